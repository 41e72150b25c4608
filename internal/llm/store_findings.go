package llm

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Trouble is what can be wrong with a line of a store.
type Trouble string

// Troubles of a store, and what is made of them.
const (
	Torn     Trouble = "torn"     // the last line of a writer that was killed: never acknowledged, dropped
	Changed  Trouble = "changed"  // not as it was written: never used
	Broken   Trouble = "broken"   // the compression is damaged: nothing from here on can be read
	Misfiled Trouble = "misfiled" // the key is not that of the request beside it
	Doubled  Trouble = "doubled"  // the same answer again: harmless
	Second   Trouble = "second"   // another reply to the same request: the earliest is used
)

// Finding is trouble of one kind in one file.
type Finding struct {
	Trouble Trouble `json:"trouble"`
	File    string  `json:"file"`  // its name in the folder of the store
	Lines   []int   `json:"lines"` // the first of them, from 1
	Count   int     `json:"count"` // of all of them
}

// shownLines is how many lines a finding names.
const shownLines = 10

// Harmless says whether every answer can be read in spite of it.
func (f Finding) Harmless() bool {
	return f.Trouble != Changed && f.Trouble != Broken && f.Trouble != Misfiled
}

func (f Finding) String() string {
	place := fmt.Sprintf("%s, line", f.File)
	if len(f.Lines) > 1 {
		place += "s"
	}
	for i, n := range f.Lines {
		if i > 0 {
			place += ","
		}
		place += fmt.Sprintf(" %d", n)
	}
	if f.Count > len(f.Lines) {
		place += fmt.Sprintf(" and %d more", f.Count-len(f.Lines))
	}
	switch f.Trouble {
	case Torn:
		return place + ": the line was not finished when its writer was stopped; it is dropped, and its request is asked again"
	case Changed:
		return place + ": not as it was written; never used. Bring the file back from version control or a copy, or the request is asked again"
	case Broken:
		return place + ": the file is damaged from here on and cannot be read. Bring it back from version control or a copy"
	case Misfiled:
		return place + ": the key is not that of the request beside it, though the line is whole: somebody has written it by hand. Remove the line, or bring the file back"
	case Doubled:
		return place + ": the same answer is kept elsewhere too; harmless, and gone after `silico store compact`"
	}
	return place + ": another reply to a request that was answered before; kept, and the earliest is used"
}

// findings are the findings of a store by file and trouble.
type findings map[string]map[Trouble]*Finding

func (fs findings) add(t Trouble, file string, line int) {
	if fs[file] == nil {
		fs[file] = make(map[Trouble]*Finding)
	}
	f := fs[file][t]
	if f == nil {
		f = &Finding{Trouble: t, File: file}
		fs[file][t] = f
	}
	if f.Count++; len(f.Lines) < shownLines {
		f.Lines = append(f.Lines, line)
	}
}

// put adds a finding as it is.
func (fs findings) put(f Finding) {
	if fs[f.File] == nil {
		fs[f.File] = make(map[Trouble]*Finding)
	}
	fs[f.File][f.Trouble] = &f
}

// list returns the findings by file and trouble.
func (fs findings) list() []Finding {
	var list []Finding
	for _, byTrouble := range fs {
		for _, f := range byTrouble {
			list = append(list, *f)
		}
	}
	slices.SortFunc(list, func(a, b Finding) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Lines[0], b.Lines[0]), strings.Compare(string(a.Trouble), string(b.Trouble)))
	})
	return list
}
