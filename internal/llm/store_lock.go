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
	return lockFolder(dir, storeLock, "another process is compacting it; wait until it is done")
}

// lockFolder locks a file in a folder, which is there until unlock is called.
// Busy is the error when somebody else has locked it.
func lockFolder(dir, file, busy string) (unlock func(), err error) {
	name := filepath.Join(dir, file)
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
			return nil, errors.New(busy)
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
