package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

type verifyCommand struct {
	Study   string `arg:"" name:"STUDY" help:"Folder of the study, or its study.toml."`
	Out     string `help:"Folder of the paper; where build writes it when absent." placeholder:"DIR"`
	Workers int    `help:"Computations at a time." default:"0" placeholder:"N"`
	JSON    bool   `name:"json" help:"The comparison as JSON."`
}

// Validate refuses a number of workers that cannot be.
func (c *verifyCommand) Validate() error { return atLeastNone(c.Workers) }

// difference is one file that is not what the study gives.
type difference struct {
	Path   string `json:"path"`
	Status string `json:"status"` // missing, unexpected, differs
	Line   int    `json:"line,omitempty"`
	Found  string `json:"found,omitempty"`
	Wanted string `json:"wanted,omitempty"`
}

type differs struct {
	dir string
	n   int
}

func (d *differs) Error() string {
	verb := "are"
	if d.n == 1 {
		verb = "is"
	}
	return fmt.Sprintf("%s in %s %s not what the study gives; silico build writes the folder anew", count(d.n, "file"), filepath.ToSlash(d.dir), verb)
}

// Run builds the paper in memory, in the formats that the folder has, and
// compares every byte.
func (c *verifyCommand) Run(ctx context.Context, con *console) error {
	dir := c.Out
	if dir == "" {
		dir = outputFolder(studyFolder(c.Study))
	}
	m, err := readManifest(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s has no paper to verify; silico build %s writes one", filepath.ToSlash(dir), c.Study)
	}
	if err != nil {
		return err
	}
	b, err := build(ctx, con, c.Study, options{m.Formats, m.Figures, c.Workers, m.Partial != ""})
	if err != nil {
		return err
	}
	found, err := readFiles(dir)
	if err != nil {
		return err
	}
	diffs := compare(found, b.files)
	if c.JSON {
		out, err := json.MarshalIndent(struct {
			Folder      string       `json:"folder"`
			Files       int          `json:"files"`
			Differences []difference `json:"differences"`
		}{filepath.ToSlash(dir), len(b.files), diffs}, "", "  ")
		if err != nil {
			return err
		}
		fmt.Fprintf(con.out, "%s\n", out)
	} else {
		for _, d := range diffs {
			fmt.Fprintln(con.out, d)
		}
		if len(diffs) == 0 {
			fmt.Fprintf(con.out, "%s: %s equal, byte for byte\n", filepath.ToSlash(dir), count(len(b.files), "file"))
		}
	}
	if len(diffs) > 0 {
		return &differs{dir, len(diffs)}
	}
	return nil
}

func (d difference) String() string {
	switch d.Status {
	case "differs":
		return fmt.Sprintf("%s:%d: differs\n  found:  %s\n  wanted: %s", d.Path, d.Line, d.Found, d.Wanted)
	case "missing":
		return d.Path + ": missing"
	}
	return d.Path + ": unexpected, the study does not make it"
}

// compare returns the files that differ, sorted by path.
func compare(found, wanted files) []difference {
	diffs := []difference{}
	for _, p := range wanted.paths() {
		f, ok := found[p]
		switch {
		case !ok:
			diffs = append(diffs, difference{Path: p, Status: "missing"})
		case !bytes.Equal(f, wanted[p]):
			line, a, b := firstDifference(string(f), string(wanted[p]))
			diffs = append(diffs, difference{p, "differs", line, a, b})
		}
	}
	for _, p := range found.paths() {
		if _, ok := wanted[p]; !ok {
			diffs = append(diffs, difference{Path: p, Status: "unexpected"})
		}
	}
	slices.SortStableFunc(diffs, func(a, b difference) int { return strings.Compare(a.Path, b.Path) })
	return diffs
}

// firstDifference returns the first line in which two texts differ, and what
// stands there around the first differing byte.
func firstDifference(a, b string) (line int, inA, inB string) {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := 0; ; i++ {
		switch {
		case i >= len(as):
			return i + 1, "(end of file)", excerpt(bs[i], "")
		case i >= len(bs):
			return i + 1, excerpt(as[i], ""), "(end of file)"
		case as[i] != bs[i]:
			return i + 1, excerpt(as[i], bs[i]), excerpt(bs[i], as[i])
		}
	}
}

// excerpt returns at most 80 characters of s around the first byte in which it
// differs from t, with everything unprintable escaped.
func excerpt(s, t string) string {
	at := 0
	for at < len(s) && at < len(t) && s[at] == t[at] {
		at++
	}
	q := fmt.Sprintf("%+q", s[max(0, min(at, len(s))-30):min(len(s), at+50)])
	return q[1 : len(q)-1]
}

// readFiles reads every file below dir.
func readFiles(dir string) (files, error) {
	dir = target(dir)
	all := files{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		b, err := os.ReadFile(name)
		all[filepath.ToSlash(rel)] = b
		return err
	})
	return all, err
}
