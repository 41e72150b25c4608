package llm

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// Names of files in a store. What stands before says for people whose answers
// they are; no reader looks at it.
const (
	partSuffix    = ".part.jsonl" // a writer's own
	plainSuffix   = ".jsonl"
	packedSuffix  = ".jsonl.zst"
	writingSuffix = ".writing" // not finished yet, no answers for a reader
)

// answerFiles returns the names of the files of answers in a folder, sorted.
// A folder that is not there has none.
func answerFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		name := e.Name()
		if !e.IsDir() && (strings.HasSuffix(name, plainSuffix) || strings.HasSuffix(name, packedSuffix)) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// openFiles opens the files of answers in a folder, in the order of their
// names. All of them are open before one is read: another process may compact
// the store meanwhile, which moves answers from files to another and removes
// them.
func openFiles(dir string) (files []*os.File, err error) {
	names, err := answerFiles(dir)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			closeFiles(files)
			if errors.Is(err, fs.ErrNotExist) {
				return openFiles(dir) // it was removed since the folder was read
			}
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

func closeFiles(files []*os.File) {
	for _, f := range files {
		f.Close()
	}
}

// readFiles reads all answers of a folder, in the order of the files' names and
// their lines. Each is called with every answer, on several at a time, to put
// what is wanted of it into the T of its chunk; the line is gone when it
// returns, and an error says that the line is not as it was written. Take is
// called with one T after the other, and the number of lines before it.
//
// The findings are what cannot be used.
func readFiles[T any](dir string, each func(*T, line) error, take func(t *T, file string, before int) error) (findings, error) {
	files, err := openFiles(dir)
	if err != nil {
		return nil, fmt.Errorf("read answers: %w", err)
	}
	defer closeFiles(files)
	found := make(findings)
	for _, f := range files {
		if err := readFile(f, found, each, take); err != nil {
			return nil, fmt.Errorf("read answers: %w", err)
		}
	}
	return found, nil
}

// chunk is what a piece of a file holds.
type chunk[T any] struct {
	held    T
	lines   int
	changed []int // lines from 1
	torn    int   // the line that was not finished, 0 for none
	format  int   // the newest that a header names
}

func readFile[T any](f *os.File, found findings, each func(*T, line) error, take func(t *T, file string, before int) error) error {
	work := func(text []byte) *chunk[T] {
		c := new(chunk[T])
		eachLine(text, func(b []byte, whole bool) {
			c.lines++
			l, err := parse(b)
			if l.format > 0 {
				c.format = max(c.format, l.format)
				return
			}
			if err == nil {
				l.number = c.lines
				err = each(&c.held, l)
			}
			switch {
			case err != nil && !whole:
				c.torn = c.lines
			case err != nil:
				c.changed = append(c.changed, c.lines)
			}
		})
		return c
	}
	name, before := filepath.Base(f.Name()), 0
	err := scan(f, work, func(c *chunk[T]) error {
		if c.format > StoreFormat {
			return newer(f.Name(), c.format)
		}
		for _, n := range c.changed {
			found.add(Changed, name, before+n)
		}
		if c.torn > 0 {
			found.add(Torn, name, before+c.torn)
		}
		if err := take(&c.held, name, before); err != nil {
			return err
		}
		before += c.lines
		return nil
	})
	var bad *damage
	if errors.As(err, &bad) {
		found.add(Broken, name, before+1)
		return nil
	}
	return err
}

// pieceSize is how much text is worked on at once. Larger ones save nothing,
// and there are a few for each processor.
const pieceSize = 1 << 20

// scan reads a file in pieces of whole lines: work is called on several of them
// at a time, take on the results in the order of the file. A piece is gone when
// work returns.
func scan[T any](f *os.File, work func(text []byte) T, take func(T) error) error {
	var r io.Reader = f
	if strings.HasSuffix(f.Name(), packedSuffix) {
		z := decoders.Get().(*zstd.Decoder)
		defer func() {
			z.Reset(nil) // lets go of the file
			decoders.Put(z)
		}()
		if err := z.Reset(f); err != nil {
			return err
		}
		r = packed{z}
	}
	results := make(chan chan T, runtime.GOMAXPROCS(0))
	quit := make(chan struct{})
	var reading error
	go func() {
		defer close(results)
		reading = pieces(r, func(text *[]byte) bool {
			result := make(chan T, 1)
			select {
			case results <- result:
			case <-quit:
				return false
			}
			go func() {
				result <- work(*text)
				buffers.Put(text)
			}()
			return true
		})
	}()
	var taking error
	for result := range results {
		x := <-result
		if taking != nil {
			continue // from a reader that has not seen quit yet
		}
		if taking = take(x); taking != nil {
			close(quit)
		}
	}
	if taking != nil {
		return taking
	}
	return reading
}

// decoders are used again: each has a window of megabytes, and a study may have a
// file for each of dozens of models.
var decoders = sync.Pool{New: func() any {
	z, err := zstd.NewReader(nil)
	if err != nil {
		panic("llm: no decoder without options: " + err.Error())
	}
	return z
}}

// damage is an error of the compression, not of the disk.
type damage struct{ error }

// packed marks the errors of a decoder as damage.
type packed struct{ r io.Reader }

func (p packed) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	var pe *fs.PathError
	if err != nil && err != io.EOF && !errors.As(err, &pe) {
		err = &damage{err}
	}
	return n, err
}

var buffers = sync.Pool{New: func() any { b := make([]byte, 0, pieceSize); return &b }}

// pieces cuts what r gives into pieces of whole lines; only the last one may
// end without a newline. It stops when give returns false.
func pieces(r io.Reader, give func(*[]byte) bool) error {
	next := func(rest []byte) *[]byte {
		b := buffers.Get().(*[]byte)
		*b = append((*b)[:0], rest...)
		return b
	}
	text := next(nil)
	for {
		b := *text
		if len(b) == cap(b) { // a line that is longer than a piece
			b = slices.Grow(b, pieceSize)
		}
		n, err := io.ReadFull(r, b[len(b):cap(b)])
		b = b[:len(b)+n]
		end := err == io.EOF || err == io.ErrUnexpectedEOF
		cut := bytes.LastIndexByte(b, '\n') + 1
		if end {
			cut = len(b)
		}
		rest := next(b[cut:])
		if *text = b[:cut]; cut > 0 && !give(text) {
			return nil
		}
		if end {
			return nil
		}
		if err != nil {
			return err
		}
		text = rest
	}
}

// eachLine calls visit with every line of a chunk, and whether it ends with a
// newline.
func eachLine(chunk []byte, visit func(b []byte, whole bool)) {
	for len(chunk) > 0 {
		n := bytes.IndexByte(chunk, '\n')
		if n < 0 {
			visit(chunk, false)
			return
		}
		visit(chunk[:n], true)
		chunk = chunk[n+1:]
	}
}
