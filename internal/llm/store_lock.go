package llm

import (
	"errors"
	"os"
	"path/filepath"
)

// storeLock is the file that whoever rewrites a store locks. It is there while
// that goes on.
const storeLock = "compact.lock"

// lockStore makes sure that nobody else rewrites the store in a folder until
// unlock is called.
func lockStore(dir string) (unlock func(), err error) {
	name := filepath.Join(dir, storeLock)
	if _, err := os.Stat(dir); err != nil {
		return nil, err
	}
	for {
		f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o666)
		if err != nil {
			return nil, err
		}
		locked, err := lockFile(f)
		if err != nil {
			f.Close()
			return nil, err
		}
		if !locked {
			f.Close()
			return nil, errors.New("another process is compacting it; wait until it is done")
		}
		if same(f, name) {
			return func() { os.Remove(name); f.Close() }, nil
		}
		f.Close() // its last owner has removed it after we opened it
	}
}

// same says whether a path still leads to an open file.
func same(f *os.File, name string) bool {
	a, err := f.Stat()
	if err != nil {
		return false
	}
	b, err := os.Stat(name)
	return err == nil && os.SameFile(a, b)
}
