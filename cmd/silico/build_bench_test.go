package main

import (
	"context"
	"io"
	"path/filepath"
	"testing"
)

// BenchmarkBuildWanting is the whole way from study.toml to pages, in memory.
func BenchmarkBuildWanting(b *testing.B) {
	con := newConsole(io.Discard, io.Discard, true)
	for b.Loop() {
		if _, err := build(context.Background(), con, filepath.Join(root, "studies", "wanting"), options{formats: []string{"md", "html", "latex"}, figures: []string{"svg"}}); err != nil {
			b.Fatal(err)
		}
	}
}
