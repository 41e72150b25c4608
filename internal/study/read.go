package study

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ReadFile reads a file below the study's folder, such as the text of its
// paper, with its digest for the manifest. It is fs.ErrNotExist when there is
// none; a path that leaves the folder, also by a symbolic link, is an error.
func (s *Study) ReadFile(name string) ([]byte, Input, error) {
	root, err := os.OpenRoot(s.Dir)
	if err != nil {
		return nil, Input{}, err
	}
	defer root.Close()
	if info, err := root.Stat(filepath.FromSlash(name)); err == nil && !info.Mode().IsRegular() { // a pipe would never end
		return nil, Input{}, fmt.Errorf("%s is a folder or a device, not a file", name)
	}
	data, err := root.ReadFile(filepath.FromSlash(name))
	if err != nil && strings.Contains(err.Error(), "escapes") {
		return nil, Input{}, fmt.Errorf("%s leads out of the study's folder by a symbolic link; a study reads only files below it", name)
	}
	if err != nil {
		return nil, Input{}, err
	}
	return data, describe(name, data), nil
}

// Forget lets go of the rows of recorded models, which a frame that was made of
// the study has: of a million answers, keeping them twice was a third of the
// memory.
func (s *Study) Forget() {
	for _, m := range s.Models {
		if m.Recorded != nil {
			m.Recorded.Rows = nil
		}
	}
}

// Join returns the problems of several readings of a study as one list, sorted
// by file and place, nil when there are none.
func Join(lists ...Problems) Problems { return slices.Concat(lists...).sorted() }
