package frame

import "sync"

// made holds what was computed of a frame for all who need it.
type made struct {
	mu sync.Mutex
	by map[string]*entry
}

type entry struct {
	once  sync.Once
	value any
}

// Once returns what makes returns, which is called once for the frame and the
// key, by whoever comes first. A frame never changes, so that what analyses
// need of it alike, such as the numbers of its respondents, need not be made by
// each of them.
func Once[T any](f *Frame, key string, makes func() T) T {
	f.made.mu.Lock()
	if f.made.by == nil {
		f.made.by = make(map[string]*entry)
	}
	e := f.made.by[key]
	if e == nil {
		e = new(entry)
		f.made.by[key] = e
	}
	f.made.mu.Unlock()
	e.once.Do(func() { e.value = makes() })
	return e.value.(T)
}
