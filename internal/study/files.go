package study

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"silico/analysis/expr"
)

// contents is what stands in a file, and its entry for the manifest.
type contents struct {
	text  string
	input Input
}

// file returns a file of the study, which is read once however many keys name
// it. What keeps it from being read is reported at the key.
func (l *loader) file(at []string, name, what string) (contents, bool) {
	if filepath.IsAbs(name) || strings.HasPrefix(name, "/") || strings.HasPrefix(name, `\`) {
		l.doc.value(at, "%q is an absolute path; a study reads only files below its own folder, named from there", name)
		return contents{}, false
	}
	if !filepath.IsLocal(name) {
		l.doc.value(at, "%q leads out of the study's folder; a study reads only files below it", name)
		return contents{}, false
	}
	if l.root == nil {
		return contents{}, false
	}
	if c, ok := l.read[path.Clean(filepath.ToSlash(name))]; ok {
		return c, true
	}
	if info, err := l.root.Stat(filepath.FromSlash(name)); err == nil && !info.Mode().IsRegular() { // a pipe would never end
		l.doc.value(at, "%q is a folder or a device, not a file", name)
		return contents{}, false
	}
	c, err := l.open(name)
	var pe *fs.PathError
	switch {
	case err == nil:
	case errors.Is(err, fs.ErrNotExist):
		l.doc.value(at, "there is no %s %q in the study's folder", what, name)
		if hint := l.alike(name); hint != "" {
			l.suggest(hint)
		}
		return contents{}, false
	case errors.As(err, &pe) && strings.Contains(pe.Err.Error(), "escapes"):
		l.doc.value(at, "%q leads out of the study's folder by a symbolic link; a study reads only files below it", name)
		return contents{}, false
	default:
		l.doc.value(at, "%s %q: %s", what, name, unreadable(err, ""))
		return contents{}, false
	}
	l.input(c.input)
	l.read[c.input.Path] = c
	return c, true
}

// open reads a file and its digest in one go.
func (l *loader) open(name string) (contents, error) {
	f, err := l.root.Open(filepath.FromSlash(name))
	if err != nil {
		return contents{}, err
	}
	defer f.Close()
	var text strings.Builder
	if info, err := f.Stat(); err == nil {
		text.Grow(int(info.Size()))
	}
	digest := sha256.New()
	if _, err := io.Copy(io.MultiWriter(&text, digest), f); err != nil {
		return contents{}, err
	}
	return contents{text.String(), entry(name, digest.Sum(nil), text.Len())}, nil
}

// describe returns the entry of a file for the manifest.
func describe(name string, data []byte) Input {
	sum := sha256.Sum256(data)
	return entry(name, sum[:], len(data))
}

func entry(name string, digest []byte, size int) Input {
	return Input{Path: path.Clean(filepath.ToSlash(name)), SHA256: hex.EncodeToString(digest), Bytes: int64(size)}
}

// neighbours returns the names of the files beside one.
func (l *loader) neighbours(name string) []string {
	dir := filepath.ToSlash(filepath.Dir(name))
	entries, err := fs.ReadDir(l.root.FS(), dir)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, filepath.ToSlash(filepath.Join(dir, e.Name())))
		}
	}
	return names
}

// alike returns a file of the study's folder that may be meant: one with a
// similar name, else the only one of the same kind.
func (l *loader) alike(name string) string {
	names := l.neighbours(name)
	if hint := expr.Suggest(name, names); hint != "" {
		return hint
	}
	names = slices.DeleteFunc(names, func(n string) bool { return filepath.Ext(n) != filepath.Ext(name) || filepath.Base(n) == SpecFile })
	if len(names) == 1 {
		return names[0]
	}
	return ""
}

// input notes a file that was read.
func (l *loader) input(in Input) {
	if !slices.Contains(l.s.Inputs, in) {
		l.s.Inputs = append(l.s.Inputs, in)
	}
}

// csv returns a reading of a CSV file of the study. Rows and fields are found
// once for all who read it.
func (l *loader) csv(name string, c contents) *csvFile {
	first, ok := l.tables[c.input.Path]
	if !ok {
		first = readCSV(path.Join(l.dir, name), c.text)
		l.tables[c.input.Path] = first
	}
	return first.again()
}
