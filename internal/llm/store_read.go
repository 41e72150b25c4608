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

// readAll reads the files of a folder, one after the other in the order of
// their names. A file may vanish while that goes on, when another process
// compacts the store; its answers are in a file that was not read then, and
// vanished is true.
func readAll(dir string, read func(name string) error) (vanished bool, err error) {
	names, err := answerFiles(dir)
	if err != nil {
		return false, err
	}
	for _, name := range names {
		err := read(name)
		if errors.Is(err, fs.ErrNotExist) {
			return true, nil
		}
		if err != nil {
			return false, fmt.Errorf("read answers: %w", err)
		}
	}
	return false, nil
}

// chunkSize is how much text is worked on at once. Larger ones save nothing,
// and there are a few for each processor.
const chunkSize = 1 << 20

// scan reads a file of answers in chunks of whole lines: work is called on
// several of them at a time, take on the results in the order of the file. The
// slices are for the duration of work alone. An error of the compression is
// given to broken, and ends the file.
func scan[T any](path string, work func(chunk []byte) T, take func(T) error, broken func(error)) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, packedSuffix) {
		z, err := zstd.NewReader(f)
		if err != nil {
			return err
		}
		defer z.Close()
		r = packed{z}
	}
	results := make(chan chan T, runtime.GOMAXPROCS(0))
	quit := make(chan struct{})
	var reading error
	go func() {
		defer close(results)
		reading = chunks(r, func(chunk *[]byte) bool {
			result := make(chan T, 1)
			select {
			case results <- result:
			case <-quit:
				return false
			}
			go func() {
				result <- work(*chunk)
				buffers.Put(chunk)
			}()
			return true
		})
	}()
	var taking error
	for result := range results {
		x := <-result
		if taking != nil {
			continue // of a reader that has not seen quit yet
		}
		if taking = take(x); taking != nil {
			close(quit)
		}
	}
	var bad *damage
	switch {
	case taking != nil:
		return taking
	case errors.As(reading, &bad):
		broken(bad.error)
		return nil
	}
	return reading
}

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

var buffers = sync.Pool{New: func() any { b := make([]byte, 0, chunkSize); return &b }}

// chunks cuts what r gives into chunks of whole lines; only the last one may
// end without a newline. It stops when give returns false.
func chunks(r io.Reader, give func(*[]byte) bool) error {
	chunk := buffers.Get().(*[]byte)
	*chunk = (*chunk)[:0]
	for {
		b := *chunk
		if len(b) == cap(b) { // a line that is longer than a chunk
			b = slices.Grow(b, chunkSize)
		}
		n, err := io.ReadFull(r, b[len(b):cap(b)])
		b = b[:len(b)+n]
		*chunk = b
		end := err == io.EOF || err == io.ErrUnexpectedEOF
		cut := bytes.LastIndexByte(b, '\n') + 1
		if end {
			cut = len(b)
		}
		if cut > 0 {
			next := buffers.Get().(*[]byte)
			*next = append((*next)[:0], b[cut:]...)
			*chunk = b[:cut]
			if !give(chunk) {
				return nil
			}
			chunk = next
		}
		if end {
			buffers.Put(chunk)
			return nil
		}
		if err != nil {
			return err
		}
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

func (s *Store) path(name string) string { return filepath.Join(s.dir, name) }
