//go:build unix

package llm

import (
	"errors"
	"os"
	"syscall"
)

// lockFile takes the lock of a file without waiting, and says whether it got
// it. The lock ends with the process at the latest. A file system without
// locks gives it to everybody.
func lockFile(f *os.File) (bool, error) {
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil, errors.Is(err, errors.ErrUnsupported), errors.Is(err, syscall.ENOLCK):
			return true, nil
		case errors.Is(err, syscall.EWOULDBLOCK):
			return false, nil
		case !errors.Is(err, syscall.EINTR):
			return false, err
		}
	}
}
