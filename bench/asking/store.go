package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"silico/internal/collect"
	"silico/internal/study"
)

// store keeps n answers and measures the commands that look after them: first
// on the file as a run has left it, then on the compacted one.
func store(n int) error {
	b, err := newBench(n, false)
	if err != nil {
		return err
	}
	defer b.close()
	if _, err := measured(b.self("-keep", b.study())); err != nil {
		return err
	}
	other := filepath.Join(b.dir, "other") // a study without answers
	spec, err := os.ReadFile(filepath.Join(b.study(), study.SpecFile))
	if err != nil {
		return err
	}
	if err := os.Mkdir(other, 0o777); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(other, study.SpecFile), spec, 0o666); err != nil {
		return err
	}
	fmt.Printf("%d kept answers\n", n)
	for _, args := range [][]string{
		{"stats", b.study()}, {"check", b.study()}, {"prune", b.study()}, {"merge", other, b.study()},
		{"compact", b.study()},
		{"stats", b.study()}, {"check", b.study()}, {"prune", b.study()}, {"merge", other, b.study()},
		{"prune", b.study(), "--yes"},
	} {
		size := sizeOf(b.study())
		u, err := measured(b.silico(append([]string{"store"}, args...)...))
		if err != nil {
			return err
		}
		fmt.Printf("  silico store %s, %d MB: %s\n", strings.Join(flags(args), " "), size>>20, u)
	}
	return nil
}

// flags returns the words of a command that are no paths.
func flags(args []string) []string {
	var words []string
	for _, a := range args {
		if !filepath.IsAbs(a) {
			words = append(words, a)
		}
	}
	return words
}

// sizeOf returns the bytes of a study's kept answers on the disk.
func sizeOf(dir string) (size int64) {
	files, _ := os.ReadDir(filepath.Join(dir, collect.Responses))
	for _, f := range files {
		if info, err := f.Info(); err == nil {
			size += info.Size()
		}
	}
	return size
}
