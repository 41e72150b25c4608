package llm

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// syncEvery is how long an answer may wait until it is forced to the disk.
// Until then it survives the death of the process, not that of the machine.
const syncEvery = 5 * time.Second

// Keep writes the reply to a request to the disk and into the index. When it
// returns, the answer has reached the operating system: killing the process
// loses nothing. It is forced to the disk by Close, and every five seconds
// while answers come.
//
// An error says that this answer is not kept; those before it are.
func (s *Store) Keep(r *Request, w Wire, reply *Reply) error {
	id := identify(r, w)
	b, err := encode(KeyOf(id.Fields()), id, reply)
	if err != nil {
		return fmt.Errorf("keep an answer of %s: %w", r.Model, err)
	}
	l, err := parse(b[:len(b)-1])
	if err != nil {
		panic("llm: a line that is about to be written cannot be read: " + err.Error())
	}
	return s.write(r.Model, l, b)
}

// write writes a line, newline included, and enters it into the index.
func (s *Store) write(model string, l line, b []byte) error {
	out, err := s.writer(fileName(model))
	if err == nil {
		err = out.append(b)
	}
	if errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("keep an answer of %s: the disk is full; what was kept before is safe, so make room and go on: %w", model, err)
	}
	if err != nil {
		return fmt.Errorf("keep an answer of %s: %w", model, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.add(l.key, s.copy(l))
	return nil
}

// copy packs a reply at the end of the text.
func (s *Store) copy(l line) ref {
	packed := s.names.pack(append([]byte(nil), l.digest[:]...), l.reply)
	last := len(s.text) - 1
	if last < 0 || cap(s.text[last])-len(s.text[last]) < len(packed) {
		s.text = append(s.text, make([]byte, 0, max(len(packed), pieceSize/4)))
		last++
	}
	from := len(s.text[last])
	s.text[last] = append(s.text[last], packed...)
	return ref{uint32(last), uint32(from), uint32(len(packed))}
}

// fileName returns a name for the files of a model that every system takes:
// "Qwen/Qwen3-0.6B" is "qwen-qwen3-0.6b".
func fileName(model string) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.", r) {
			return r
		}
		return '-'
	}, strings.ToLower(model))
	name = strings.Trim(name, "-.")
	if name == "" {
		return "model"
	}
	return name[:min(len(name), 100)]
}

// writer returns this store's own file for a model.
func (s *Store) writer(model string) (*writer, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.closed {
		return nil, fs.ErrClosed
	}
	if w := s.writers[model]; w != nil {
		if !w.failed() {
			return w, nil
		}
		w.close() // what it could write is whole
	}
	w, err := newWriter(s.dir, model)
	if err != nil {
		return nil, err
	}
	s.writers[model] = w
	return w, nil
}

// Close forces what was kept to the disk and ends the writing.
func (s *Store) Close() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.closed = true
	var errs []error
	for _, w := range s.writers {
		errs = append(errs, w.close())
	}
	s.writers = nil
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close the store: %w", err)
	}
	return nil
}

// writer appends to a file that no other process writes to.
type writer struct {
	mu     sync.Mutex
	f      *os.File
	size   int64 // of whole lines
	synced time.Time
	broken bool // the file ends with half a line that could not be taken back
}

// newWriter makes a file with a name of its own. The name is random so that
// two machines whose folders are put together later do not clash; it is gone
// once the store is compacted.
func newWriter(dir, model string) (*writer, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	name := filepath.Join(dir, model+"."+strings.ToLower(rand.Text()[:10])+partSuffix)
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o666)
	if err != nil {
		return nil, err
	}
	if _, err := lockFile(f); err != nil {
		f.Close()
		return nil, err
	}
	w := &writer{f: f, synced: time.Now()}
	if err := w.append(header()); err != nil {
		f.Close()
		os.Remove(name)
		return nil, err
	}
	return w, syncDir(dir)
}

func (w *writer) failed() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.broken
}

// append writes a line in one call, or takes back what was written of it.
func (w *writer) append(line []byte) error {
	due, err := w.put(line)
	if err != nil || !due {
		return err
	}
	return w.f.Sync() // others go on meanwhile: a disk may take a second for it
}

// put writes a line, and says whether it is time to force the file to the disk.
func (w *writer) put(line []byte) (due bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.broken {
		return false, errors.New("the file cannot be written any more")
	}
	if _, err := w.f.WriteAt(line, w.size); err != nil {
		w.broken = w.f.Truncate(w.size) != nil
		return false, err
	}
	w.size += int64(len(line))
	if time.Since(w.synced) < syncEvery {
		return false, nil
	}
	w.synced = time.Now()
	return true, nil
}

func (w *writer) close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return errors.Join(w.f.Sync(), w.f.Close())
}

// syncDir forces the names in a folder to the disk, where the system can.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return nil
}
