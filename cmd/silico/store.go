package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"silico/internal/collect"
	"silico/internal/llm"
	"silico/internal/study"
)

type storeCommand struct {
	Check   storeCheckCommand   `cmd:"" help:"Read every kept answer, and say what is wrong with which."`
	Compact storeCompactCommand `cmd:"" help:"Merge the files into one a model, sorted, compressed when large."`
	Merge   storeMergeCommand   `cmd:"" help:"Take in the answers of another study's folder or responses."`
	Prune   storePruneCommand   `cmd:"" help:"Count or remove answers that no request of the study needs any more."`
	Stats   storeStatsCommand   `cmd:"" help:"Count answers, tokens, cost and time by model."`
}

// responsesOf returns the folder of a study's kept answers. The study need not
// be sound, so that a store can be looked at and mended whatever the spec says.
func responsesOf(path string) (string, error) {
	dir := studyFolder(path)
	if _, err := os.Stat(filepath.Join(dir, study.SpecFile)); err != nil {
		return "", fmt.Errorf("%s has no %s; a study is a folder with one, or that file", dir, study.SpecFile)
	}
	return filepath.Join(dir, collect.Responses), nil
}

// unsound is a store with answers that cannot be used.
type unsound int

func (n unsound) Error() string {
	return fmt.Sprintf("%s of trouble with kept answers", count(int(n), "kind"))
}

// tell prints findings of a store for people.
func (con *console) tell(dir string, found []llm.Finding) {
	for _, f := range found {
		con.note("%s", filepath.ToSlash(filepath.Join(dir, f.String())))
	}
}

type storeCheckCommand struct {
	Study string `arg:"" name:"STUDY" help:"Folder of the study, or its study.toml."`
	JSON  bool   `name:"json" help:"What was found as JSON."`
}

// Run reads every kept answer.
func (c *storeCheckCommand) Run(con *console) error {
	dir, err := responsesOf(c.Study)
	if err != nil {
		return err
	}
	checked, err := llm.Check(dir)
	if err != nil {
		return err
	}
	if c.JSON {
		if err := con.json(checked); err != nil {
			return err
		}
	} else {
		for _, f := range checked.Findings {
			fmt.Fprintln(con.out, filepath.ToSlash(filepath.Join(dir, f.String())))
		}
		fmt.Fprintf(con.out, "%s in %s: %s\n", count(checked.Lines, "line"), count(checked.Files, "file"), count(checked.Answers, "answer"))
	}
	bad := 0
	for _, f := range checked.Findings {
		if !f.Harmless() {
			bad++
		}
	}
	if bad > 0 {
		return unsound(bad)
	}
	return nil
}

// json prints a value for machines.
func (con *console) json(v any) error {
	out, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(con.out, "%s\n", out)
	return err
}

type storeCompactCommand struct {
	Study       string `arg:"" name:"STUDY" help:"Folder of the study, or its study.toml."`
	DropChanged bool   `help:"Leave out lines that are not as they were written."`
	JSON        bool   `name:"json" help:"What was done as JSON."`
}

// Run merges the files of a store.
func (c *storeCompactCommand) Run(con *console) error {
	dir, err := responsesOf(c.Study)
	if err != nil {
		return err
	}
	done, err := llm.Compact(dir, c.DropChanged)
	if err != nil {
		return err
	}
	if c.JSON {
		return con.json(done)
	}
	con.compacted(dir, done)
	return nil
}

// compacted says what became of the files of a store.
func (con *console) compacted(dir string, done *llm.Compacted) {
	fmt.Fprintf(con.out, "%s in %s", count(done.Lines, "answer"), count(len(done.Files), "file"))
	if done.Doubled > 0 {
		fmt.Fprintf(con.out, "; %s dropped that were kept twice", count(done.Doubled, "line"))
	}
	if done.Pruned > 0 {
		fmt.Fprintf(con.out, "; %s removed", count(done.Pruned, "answer"))
	}
	fmt.Fprintln(con.out)
	for _, f := range done.Files {
		fmt.Fprintf(con.out, "  %s\n", filepath.ToSlash(filepath.Join(dir, f)))
	}
	for _, f := range done.InUse {
		con.note("%s is left as it is: a run is writing to it", filepath.ToSlash(filepath.Join(dir, f)))
	}
}

type storeMergeCommand struct {
	Study string `arg:"" name:"STUDY" help:"Folder of the study, or its study.toml."`
	From  string `arg:"" name:"FROM" help:"A study, or a folder of kept answers."`
	JSON  bool   `name:"json" help:"What was done as JSON."`
}

// Run takes in the answers of another store, line by line as they are.
func (c *storeMergeCommand) Run(con *console) error {
	dir, err := responsesOf(c.Study)
	if err != nil {
		return err
	}
	from, err := answersIn(c.From)
	if err != nil {
		return err
	}
	if sameFolder(dir, from) {
		return usage(fmt.Sprintf("%s and %s are the same folder", dir, from))
	}
	store, err := llm.OpenStore(dir)
	if err != nil {
		return err
	}
	merged, err := store.Merge(from)
	if err = cmp.Or(err, store.Close()); err != nil {
		return err
	}
	if c.JSON {
		return con.json(merged)
	}
	con.tell(from, merged.Findings)
	fmt.Fprintf(con.out, "%s added, %d known already\n", count(merged.Added, "answer"), merged.Known)
	return nil
}

// answersIn returns the folder of kept answers that a path means.
func answersIn(path string) (string, error) {
	if dir, err := responsesOf(path); err == nil {
		path = dir
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("%s is not there; give a study that has kept answers, or a folder of them", path)
	case err != nil:
		return "", err
	case !info.IsDir():
		return "", fmt.Errorf("%s is no folder; give the folder that the file of answers is in", path)
	}
	return path, nil
}

func sameFolder(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

type storeStatsCommand struct {
	Study string `arg:"" name:"STUDY" help:"Folder of the study, or its study.toml."`
	JSON  bool   `name:"json" help:"The numbers as JSON."`
}

// Run counts what is kept.
func (c *storeStatsCommand) Run(con *console) error {
	dir, err := responsesOf(c.Study)
	if err != nil {
		return err
	}
	s, err := llm.ReadStats(dir)
	if err != nil {
		return err
	}
	if c.JSON {
		return con.json(s)
	}
	con.tell(dir, s.Findings)
	w := tabwriter.NewWriter(con.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "answers\tsecond\ttokens in\tout\tUSD\tmedian ms\tfrom\tto\t  model")
	for _, m := range s.Models {
		fmt.Fprintf(w, "%d\t%d\t%d\t%d\t%s\t%d\t%s\t%s\t  %s\n", m.Answers, m.Second, m.Input, m.Output, price(m), m.Latency, day(m.First), day(m.Last), visible(m.Model))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, m := range s.Models {
		fmt.Fprintf(con.out, "\n%s", visible(m.Model))
		if m.Revision != "" {
			fmt.Fprintf(con.out, ", revision %s", visible(m.Revision))
		}
		fmt.Fprintf(con.out, "\n  ended: %s\n", ends(m.Finish))
		if len(m.Served) > 0 {
			fmt.Fprintf(con.out, "  served by: %s\n", visible(strings.Join(m.Served, ", ")))
		}
	}
	fmt.Fprintf(con.out, "\n%s, %.1f MB\n", count(s.Files, "file"), float64(s.Bytes)/1e6)
	return nil
}

// price says what the answers of a model cost.
func price(m llm.ModelStats) string {
	switch {
	case m.Unpriced == m.Answers+m.Second:
		return "unknown"
	case m.Unpriced > 0:
		return fmt.Sprintf("%.4f + %d unknown", m.Price, m.Unpriced)
	}
	return fmt.Sprintf("%.4f", m.Price)
}

// day returns the day of a date.
func day(date string) string {
	d, _, _ := strings.Cut(date, "T")
	return visible(d)
}

// ends says how replies ended, most frequent first.
func ends(finish map[string]int) string {
	var names []string
	for name := range finish {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(finish[b], finish[a]), strings.Compare(a, b)) })
	for i, name := range names {
		names[i] = fmt.Sprintf("%s %d", cmp.Or(visible(name), "not said"), finish[name])
	}
	return strings.Join(names, ", ")
}
