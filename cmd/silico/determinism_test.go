package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestTheSameBytesEverywhere builds the shipped studies as processes of their
// own, in surroundings that differ in everything that must not matter, and
// compares with the committed output.
func TestTheSameBytesEverywhere(t *testing.T) {
	if testing.Short() {
		t.Skip("builds every study four times")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	repo, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	studies, err := filepath.Glob(filepath.Join(repo, "studies", "*", "study.toml"))
	if err != nil || len(studies) == 0 {
		t.Fatalf("no studies: %v", err)
	}
	for _, spec := range studies {
		slug := filepath.Base(filepath.Dir(spec))
		want, err := readFiles(filepath.Join(repo, "output", slug))
		if err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			name, workers string
			env           []string
		}{
			{"one worker", "1", nil},
			{"eight workers", "8", nil},
			{"another time zone and locale", "2", []string{"TZ=Pacific/Chatham", "LC_ALL=tr_TR.UTF-8", "LANG=tr_TR.UTF-8"}},
			{"other colours, sizes and homes", "3", []string{"NO_COLOR=1", "COLUMNS=40", "HOME=/nonexistent", "GOMAXPROCS=1"}},
		} {
			t.Run(slug+", "+tt.name, func(t *testing.T) {
				dir := t.TempDir()
				out := filepath.Join(dir, "paper")
				cmd := exec.Command(self, "build", spec, "--out", out, "--workers", tt.workers)
				cmd.Dir = dir
				cmd.Env = append(append(os.Environ(), tt.env...), "SILICO_TEST_MAIN=1")
				if b, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("%v\n%s", err, b)
				}
				got, err := readFiles(out)
				if err != nil {
					t.Fatal(err)
				}
				for _, d := range compare(want, got) {
					t.Errorf("output/%s/%s; if the change is meant: silico build studies/%s", slug, d, slug)
				}
			})
		}
	}
}

func TestNothingOfThisMachineReachesTheOutput(t *testing.T) {
	all, err := readFiles(filepath.Join(root, "output"))
	if err != nil {
		t.Fatal(err)
	}
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	host, _ := os.Hostname()
	for _, p := range all.paths() {
		if strings.Contains(string(all[p]), filepath.Dir(filepath.Dir(wd))+"/") {
			t.Errorf("output/%s names the folder of this checkout", p)
		}
		if len(host) > 4 && strings.Contains(string(all[p]), host) {
			t.Errorf("output/%s names this machine", p)
		}
	}
}
