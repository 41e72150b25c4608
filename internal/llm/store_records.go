package llm

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Record is a kept answer with the request that it answers.
type Record struct {
	Key     Key
	Digest  string // of its line
	Request Identity
	Reply   Reply

	File string // its name in the folder of the store
	Line int    // from 1
}

// Records calls visit with every answer of a store, those that are doubled and
// second replies included, in the order of the files' names and their lines. It
// ends with the first error of visit. The findings are what cannot be used.
func Records(dir string, visit func(*Record) error) ([]Finding, error) {
	found, err := readFiles(dir,
		func(rs *[]Record, l line) error {
			r, err := record(l)
			if err == nil {
				*rs = append(*rs, r)
			}
			return err
		},
		func(rs *[]Record, file string, before int) error {
			for i := range *rs {
				r := &(*rs)[i]
				r.File, r.Line = file, r.Line+before
				if err := visit(r); err != nil {
					return err
				}
			}
			return nil
		})
	if err != nil {
		return nil, err
	}
	return found.list(), nil
}

// record decodes a line.
func record(l line) (Record, error) {
	var in struct {
		Reply   *Reply    `json:"reply"`
		Request *Identity `json:"request"`
	}
	if err := json.Unmarshal(l.appendText(nil), &in); err != nil {
		return Record{}, err
	}
	return Record{Key: l.key, Digest: hex.EncodeToString(l.digest[:]), Request: *in.Request, Reply: *in.Reply, Line: l.number}, nil
}

// Checked is what a store holds, read to the last byte.
type Checked struct {
	Files    int       `json:"files"`
	Lines    int       `json:"lines"`   // that are as they were written
	Answers  int       `json:"answers"` // different requests among them
	Findings []Finding `json:"findings"`
}

// Sound says whether every line can be used.
func (c *Checked) Sound() bool {
	for _, f := range c.Findings {
		if !f.Harmless() {
			return false
		}
	}
	return true
}

// Check reads every line of a store in full, and derives every key anew from
// the request that is kept with it.
func Check(dir string) (*Checked, error) {
	names, err := answerFiles(dir)
	if err != nil {
		return nil, fmt.Errorf("read answers: %w", err)
	}
	c := &Checked{Files: len(names)}
	seen := make(map[Key]string) // digest of the first line
	more := make(findings)
	found, err := Records(dir, func(r *Record) error {
		c.Lines++
		if KeyOf(r.Request.Fields()) != r.Key {
			more.add(Misfiled, r.File, r.Line)
		}
		switch first, ok := seen[r.Key]; {
		case !ok:
			seen[r.Key] = r.Digest
		case first == r.Digest:
			more.add(Doubled, r.File, r.Line)
		default:
			more.add(Second, r.File, r.Line)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, f := range found {
		more.put(f)
	}
	c.Answers, c.Findings = len(seen), more.list()
	return c, nil
}
