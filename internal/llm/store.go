package llm

import (
	"bytes"
	"encoding/json"
	"sync"
)

// Store keeps the replies to requests for good, in a folder of JSON lines. It
// may be used by several goroutines at a time, and several processes may have
// the same folder open.
//
// A look-up goes by key over all files. Two replies to one key can come from
// two processes that ask at the same time; the earliest by date, then digest,
// is the answer, and the other is kept beside it.
type Store struct {
	dir string

	mu    sync.RWMutex
	index map[Key]ref
	// Replies are held as they stand in the files, each behind the digest of
	// its line, and decoded when somebody looks. Requests are not held.
	text  [][]byte
	found findings

	writing sync.Mutex
	writers map[string]*writer // by the model's part of the file name
	closed  bool
}

// ref is where a kept reply lies: a piece of text.
type ref struct{ chunk, from, len uint32 }

// OpenStore reads the store in a folder; one that is not there is empty, and
// made when the first answer is kept. Lines that are not as they were written
// are not used: Findings names them. The error is of the disk, or of a file
// that a newer version has written.
func OpenStore(dir string) (*Store, error) {
	for {
		s := &Store{dir: dir, index: make(map[Key]ref), found: make(findings), writers: make(map[string]*writer)}
		vanished, err := readAll(dir, s.read)
		if err != nil {
			return nil, err
		}
		if !vanished {
			return s, nil
		}
	}
}

// loaded is what one chunk of a file holds for the index.
type loaded struct {
	text    []byte
	answers []answer
	lines   int
	changed []int // lines of the chunk, from 1
	torn    int   // the line that was not finished, 0 for none
	format  int   // the newest that a header names
}

// answer is one line of a chunk: its key and where in the text it lies.
type answer struct {
	key       Key
	from, len uint32
	line      int
}

// load takes the lines of a chunk apart and copies the replies.
func load(chunk []byte) *loaded {
	c := &loaded{text: make([]byte, 0, len(chunk)/2)}
	eachLine(chunk, func(b []byte, whole bool) {
		c.lines++
		l, err := parse(b)
		switch {
		case err != nil && !whole:
			c.torn = c.lines
		case err != nil:
			c.changed = append(c.changed, c.lines)
		case l.format > 0:
			c.format = max(c.format, l.format)
		default:
			from := len(c.text)
			c.text = append(append(c.text, l.digest[:]...), l.reply...)
			c.answers = append(c.answers, answer{l.key, uint32(from), uint32(len(c.text) - from), c.lines})
		}
	})
	c.text = bytes.Clone(c.text) // in its true size
	return c
}

// read takes a file into the index.
func (s *Store) read(name string) error {
	before := 0 // lines of the chunks before
	take := func(c *loaded) error {
		if c.format > StoreFormat {
			return newer(s.path(name), c.format)
		}
		for _, n := range c.changed {
			s.found.add(Changed, name, before+n)
		}
		if c.torn > 0 {
			s.found.add(Torn, name, before+c.torn)
		}
		s.text = append(s.text, c.text)
		for _, a := range c.answers {
			if t := s.add(a.key, ref{uint32(len(s.text) - 1), a.from, a.len}); t != "" {
				s.found.add(t, name, before+a.line)
			}
		}
		before += c.lines
		return nil
	}
	return scan(s.path(name), load, take, func(error) { s.found.add(Broken, name, before+1) })
}

// add enters a reply into the index, and says whether its key was there.
func (s *Store) add(k Key, r ref) Trouble {
	old, ok := s.index[k]
	switch {
	case !ok:
		s.index[k] = r
		return ""
	case bytes.Equal(s.at(old), s.at(r)):
		return Doubled
	case earlier(s.at(r), s.at(old)):
		s.index[k] = r
	}
	return Second
}

func (s *Store) at(r ref) []byte { return s.text[r.chunk][r.from : r.from+r.len] }

// earlier says whether a reply stands before another to the same request: by
// date, then by the digest of its line.
func earlier(a, b []byte) bool {
	date := func(b []byte) string {
		var r struct {
			Date string `json:"date"`
		}
		json.Unmarshal(b[len(digest{}):], &r) // "" when there is none
		return r.Date
	}
	if x, y := date(a), date(b); x != y {
		return x < y
	}
	return bytes.Compare(a[:len(digest{})], b[:len(digest{})]) < 0
}

// Look returns the reply that is kept under the first of some keys that has
// one. Callers give all keys that a request has had over the versions of
// descriptions, newest first: see Keys.
func (s *Store) Look(keys ...Key) (*Reply, bool) {
	for _, k := range keys {
		s.mu.RLock()
		r, ok := s.index[k]
		var b []byte
		if ok {
			b = s.at(r)
		}
		s.mu.RUnlock()
		if !ok {
			continue
		}
		reply := new(Reply)
		if err := json.Unmarshal(b[len(digest{}):], reply); err == nil {
			return reply, true
		}
	}
	return nil, false
}

// Has says whether a reply is kept under one of the keys. It decodes nothing.
func (s *Store) Has(keys ...Key) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, k := range keys {
		if _, ok := s.index[k]; ok {
			return true
		}
	}
	return false
}

// Len returns the number of requests with a reply.
func (s *Store) Len() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.index)
}

// Findings returns what was wrong with the files when they were opened.
func (s *Store) Findings() []Finding {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.found.list()
}
