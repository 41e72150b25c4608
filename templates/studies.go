package templates

import (
	"embed"
	"io/fs"
)

// Studies are the example studies that `silico new --from` copies, one folder
// each below study/.
//
//go:embed all:study
var Studies embed.FS

// Examples returns the names of the example studies, sorted.
func Examples() []string {
	entries, err := fs.ReadDir(Studies, "study")
	if err != nil {
		panic(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
