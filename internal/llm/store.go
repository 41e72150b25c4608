package llm

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
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
	index map[half]ref
	// Replies are held packed, each behind the digest of its line, and unpacked
	// when somebody looks. Requests are not held.
	text  [][]byte
	names names
	found []Finding

	writing sync.Mutex
	writers map[string]*writer // by the model's part of the file name
	closed  bool
}

// half is the first half of a key. It tells requests apart as well: that two of a
// million have one is to be expected in one of 10^26 stores.
type half [len(Key{}) / 2]byte

func halfOf(k Key) half { return half(k[:]) }

// ref is where a kept reply lies: a piece of text.
type ref struct{ chunk, from, len uint32 }

// OpenStore reads the store in a folder; one that is not there is empty, and
// made when the first answer is kept. Lines that are not as they were written
// are not used: Findings names them. The error is of the disk, or of a file
// that a newer version has written.
func OpenStore(dir string) (*Store, error) {
	s := &Store{dir: dir, index: make(map[half]ref), writers: make(map[string]*writer)}
	doubles := make(findings)
	found, err := readFiles(dir, s.load, func(l *loaded, file string, before int) error {
		s.text = append(s.text, bytes.Clone(l.text)) // in its true size
		for _, a := range l.answers {
			if t := s.add(a.key, ref{uint32(len(s.text) - 1), a.from, a.len}); t != "" {
				doubles.add(t, file, before+a.number)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.found = append(found.list(), doubles.list()...)
	return s, nil
}

// loaded is what a piece of a file holds for the index.
type loaded struct {
	text    []byte
	answers []answer
}

// answer is one line of a piece: its key, and where in the text its reply is.
type answer struct {
	key       Key
	from, len uint32
	number    int
}

// load packs the reply of a line.
func (s *Store) load(p *loaded, l line) error {
	if p.text == nil {
		p.text = make([]byte, 0, pieceSize/4)
	}
	from := len(p.text)
	p.text = s.names.pack(append(p.text, l.digest[:]...), l.reply)
	p.answers = append(p.answers, answer{l.key, uint32(from), uint32(len(p.text) - from), l.number})
	return nil
}

// add enters a reply into the index, and says whether its key was there.
func (s *Store) add(k Key, r ref) Trouble {
	old, ok := s.index[halfOf(k)]
	switch {
	case !ok:
		s.index[halfOf(k)] = r
		return ""
	case bytes.Equal(s.at(old), s.at(r)):
		return Doubled
	case s.earlier(r, old):
		s.index[halfOf(k)] = r
	}
	return Second
}

func (s *Store) at(r ref) []byte { return s.text[r.chunk][r.from : r.from+r.len] }

// earlier says whether a reply stands before another to the same request: by
// date, then by the digest of its line.
func (s *Store) earlier(a, b ref) bool {
	date := func(r ref) string {
		if reply, ok := s.names.unpack(s.at(r)[len(digest{}):]); ok {
			return reply.Date
		}
		return ""
	}
	return cmp.Or(strings.Compare(date(a), date(b)), bytes.Compare(s.at(a)[:len(digest{})], s.at(b)[:len(digest{})])) < 0
}

// Look returns the reply that is kept under the first of some keys that has
// one. Callers give all keys that a request has had over the versions of
// descriptions, newest first: see Keys.
func (s *Store) Look(keys ...Key) (*Reply, bool) {
	for _, k := range keys {
		s.mu.RLock()
		r, ok := s.index[halfOf(k)]
		var b []byte
		if ok {
			b = s.at(r)
		}
		s.mu.RUnlock()
		if !ok {
			continue
		}
		if reply, ok := s.names.unpack(b[len(digest{}):]); ok {
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
		if _, ok := s.index[halfOf(k)]; ok {
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
	return slices.Clone(s.found)
}
