package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"silico/internal/study"
)

// files are the files of an output folder: slash-separated path to content.
type files map[string][]byte

func (f files) add(path string, content []byte) { f[path] = content }

func (f files) paths() []string { return slices.Sorted(maps.Keys(f)) }

// manifestFile is in every output folder; a folder without one is not ours.
const manifestFile = "manifest.json"

// manifest is the digest of everything that went into a paper and came out.
type manifest struct {
	Format  int           `json:"silico"`
	Version string        `json:"version"`
	Study   string        `json:"study"`
	Title   string        `json:"title"`
	Seed    int64         `json:"seed"`
	Formats []string      `json:"formats"`
	Figures []string      `json:"figures"`
	Inputs  []study.Input `json:"inputs"`
	Answers []replied     `json:"answers,omitempty"`
	Partial string        `json:"partial,omitempty"` // what the paper lacks
	Outputs []study.Input `json:"outputs"`
}

// replied are the replies of a model that a paper was made from.
type replied struct {
	Source  string `json:"source"`
	Replies int    `json:"replies"`
	SHA256  string `json:"sha256"`
}

// outputFolder is where a study's paper goes unless told otherwise: output/SLUG
// beside its studies folder, or ./output/SLUG for a study elsewhere.
func outputFolder(dir string) string {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return filepath.Join("output", filepath.Base(dir))
	}
	slug := filepath.Base(abs)
	parent := filepath.Dir(abs)
	if filepath.Base(parent) != "studies" {
		return filepath.Join("output", slug)
	}
	out := filepath.Join(filepath.Dir(parent), "output", slug)
	if wd, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(wd, out); err == nil && filepath.IsLocal(rel) {
			return rel
		}
	}
	return out
}

// readManifest reads the manifest of an output folder. It is fs.ErrNotExist
// when there is no folder, or an empty one.
func readManifest(dir string) (*manifest, error) {
	b, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if errors.Is(err, fs.ErrNotExist) {
		entries, derr := os.ReadDir(dir)
		switch {
		case errors.Is(derr, fs.ErrNotExist), derr == nil && len(entries) == 0:
			return nil, fs.ErrNotExist
		case derr != nil:
			return nil, unwritable(dir, derr)
		}
		return nil, fmt.Errorf("%s holds files but no %s, so silico did not make it; choose another folder with --out, or empty this one", dir, manifestFile)
	}
	if err != nil {
		return nil, unwritable(dir, err)
	}
	var m manifest
	if err := json.Unmarshal(b, &m); err != nil || m.Format == 0 {
		return nil, fmt.Errorf("%s is no manifest of silico; choose another folder with --out, or empty this one", filepath.Join(dir, manifestFile))
	}
	return &m, nil
}

// holds says whether a folder has these files and no others.
func holds(dir string, out files) bool {
	b, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if err != nil || !bytes.Equal(b, out[manifestFile]) { // it has the digests of the others
		return false
	}
	found, err := readFiles(dir)
	return err == nil && maps.EqualFunc(found, out, bytes.Equal)
}

// write puts the files into dir. They are written to a folder beside it first,
// which then takes its place: dir holds the old paper or the new one, never
// half of one. A folder that silico did not make is refused, and so is one
// that holds files which silico did not put there. One that holds these files
// already stays as it is.
func write(dir string, out files) error {
	if err := own(dir); err != nil {
		return err
	}
	if holds(dir, out) {
		return nil
	}
	dir = target(dir)
	parent := filepath.Dir(dir)
	if err := os.MkdirAll(parent, 0o777); err != nil {
		return unwritable(dir, err)
	}
	clear(parent, dir)
	tmp, err := os.MkdirTemp(parent, "."+filepath.Base(dir)+".new-")
	if err != nil {
		return unwritable(dir, err)
	}
	defer os.RemoveAll(tmp)
	if err := os.Chmod(tmp, 0o755); err != nil {
		return unwritable(dir, err)
	}
	for _, p := range out.paths() {
		name := filepath.Join(tmp, filepath.FromSlash(p))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return unwritable(dir, err)
		}
		if err := os.WriteFile(name, out[p], 0o644); err != nil {
			return unwritable(dir, err)
		}
	}
	old := tmp + ".old"
	switch err := os.Rename(dir, old); {
	case err == nil:
		defer os.RemoveAll(old)
	case !errors.Is(err, fs.ErrNotExist):
		return unwritable(dir, err)
	}
	if err := os.Rename(tmp, dir); err != nil {
		os.Rename(old, dir)
		return unwritable(dir, err)
	}
	return nil
}

// unwritable is the error of an output folder that cannot be written. The names
// of what is written on the way are nobody's business.
func unwritable(dir string, err error) error {
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		err = p.Err
	case errors.As(err, &l):
		err = l.Err
	}
	return fmt.Errorf("%s cannot be written: %w; choose another folder with --out", filepath.ToSlash(dir), err)
}

// clear removes what a build that was killed has left beside dir, when it is
// more than an hour old: a younger one may still be at work.
func clear(parent, dir string) {
	left, err := filepath.Glob(filepath.Join(parent, "."+filepath.Base(dir)+".new-*"))
	if err != nil {
		return
	}
	for _, name := range left {
		if info, err := os.Stat(name); err == nil && info.IsDir() && time.Since(info.ModTime()) > time.Hour {
			os.RemoveAll(name)
		}
	}
}

// target returns the folder that a path leads to, links followed.
func target(dir string) string {
	if to, err := filepath.EvalSymlinks(dir); err == nil {
		return to
	}
	return filepath.Clean(dir)
}

// own says whether dir may be replaced: it is absent, empty, or holds what its
// manifest lists and nothing else.
func own(dir string) error {
	dir = target(dir)
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return fmt.Errorf("%s is no folder; choose another one with --out", dir)
	}
	m, err := readManifest(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	known := map[string]bool{manifestFile: true}
	for _, f := range m.Outputs {
		known[f.Path] = true
	}
	return filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		if !known[filepath.ToSlash(rel)] {
			return fmt.Errorf("%s is not a file that silico made, and the folder would be replaced; move it, or choose another folder with --out", name)
		}
		return nil
	})
}

// describe returns the digests of files, sorted by path.
func (f files) describe() []study.Input {
	var list []study.Input
	for _, p := range f.paths() {
		sum := sha256.Sum256(f[p])
		list = append(list, study.Input{Path: path.Clean(p), SHA256: hex.EncodeToString(sum[:]), Bytes: int64(len(f[p]))})
	}
	return list
}
