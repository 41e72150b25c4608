package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"text/tabwriter"

	"silico/internal/collect"
	"silico/internal/llm"
)

type whyCommand struct {
	Study string `arg:"" name:"STUDY" help:"Folder of the study, or its study.toml."`
	Cell  string `arg:"" name:"CELL" help:"One answer, as MODEL/ID/LEVEL…/QUESTION: the levels are those of the within factors. A further draw ends with its number, as #2. silico answers shows the names."`
	JSON  bool   `name:"json" help:"What was found as JSON."`
}

// why is what there is to say about one answer.
type why struct {
	Cell     string       `json:"cell"`
	Status   string       `json:"status"`
	Value    string       `json:"value"`
	Requests []whyRequest `json:"requests"`
	// Waits names the answer that is to be asked for first, "" for none.
	Waits string `json:"waits_for,omitempty"`
}

// whyRequest is one request about it.
type whyRequest struct {
	Key         string           `json:"key"`
	Description []llm.Field      `json:"description"`
	Reply       *llm.Reply       `json:"reply"`
	Kept        []string         `json:"kept_in"` // files and lines
	Nearest     string           `json:"nearest,omitempty"`
	NearestKey  string           `json:"nearest_key,omitempty"`
	Differences []llm.Difference `json:"differences,omitempty"`
}

// Run says what an answer is kept under, and when there is none, in what its
// request differs from the nearest one that has an answer.
func (c *whyCommand) Run(ctx context.Context, con *console) error {
	s, problems := load(c.Study)
	if problems != nil {
		return problems
	}
	name, err := cellName(s.study, c.Cell)
	if err != nil {
		return usage(err.Error())
	}
	var told, owed *collect.Told // the answer, and the first of its session that is owed
	err = collect.EachTold(ctx, s.study, runtime.GOMAXPROCS(0), func(t *collect.Told) error {
		if t.Answer == nil && len(t.Asked) > 0 {
			owed = t
		}
		if t.Name(s.study) != name {
			return nil
		}
		told = t
		return errFound
	})
	if err != nil && !errors.Is(err, errFound) {
		return err
	}
	if told == nil {
		return usage(fmt.Sprintf("the plan asks no %s", name))
	}
	w := &why{Cell: name, Status: statusOf(told)}
	if told.Answer != nil {
		w.Value = told.Answer.Field
	}
	if told.Answer == nil && len(told.Asked) == 0 && owed != nil && owed.Session == told.Session {
		w.Waits = owed.Name(s.study)
	}
	if err := w.explain(told, filepath.Join(s.study.Dir, collect.Responses)); err != nil {
		return err
	}
	if c.JSON {
		return con.json(w)
	}
	return w.print(con)
}

// errFound ends a walk through a plan.
var errFound = fmt.Errorf("found")

// explain looks the requests up among all that is kept.
func (w *why) explain(t *collect.Told, dir string) error {
	nearest := make([]*llm.Nearest, len(t.Asked))
	for i, a := range t.Asked {
		w.Requests = append(w.Requests, whyRequest{Key: a.Key.String(), Description: llm.Describe(a.Request, a.Wire), Reply: a.Reply})
		if a.Reply == nil {
			nearest[i] = llm.NewNearest(a.Request, a.Wire)
		}
	}
	if len(t.Asked) == 0 {
		return nil
	}
	_, err := llm.Records(dir, func(r *llm.Record) error {
		for i, a := range t.Asked {
			switch {
			case nearest[i] != nil:
				nearest[i].Offer(r)
			case r.Key == a.Key:
				w.Requests[i].Kept = append(w.Requests[i].Kept, placeOf(dir, r))
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i, n := range nearest {
		if n == nil {
			continue
		}
		if best, differences := n.Best(); best != nil {
			w.Requests[i].Nearest, w.Requests[i].NearestKey, w.Requests[i].Differences = placeOf(dir, best), best.Key.String(), differences
		}
	}
	return nil
}

func placeOf(dir string, r *llm.Record) string {
	return fmt.Sprintf("%s:%d", filepath.ToSlash(filepath.Join(dir, r.File)), r.Line)
}

func (w *why) print(con *console) error {
	fmt.Fprintf(con.out, "%s: %s", visible(w.Cell), w.Status)
	if w.Value != "" {
		fmt.Fprintf(con.out, ", %s", visible(w.Value))
	}
	fmt.Fprintln(con.out)
	switch {
	case w.Waits != "":
		fmt.Fprintf(con.out, "its request follows from the reply to %s, which is still to be asked\n", visible(w.Waits))
	case len(w.Requests) == 0:
		fmt.Fprintln(con.out, "it was not asked: an earlier answer made the question idle")
	}
	for i, r := range w.Requests {
		fmt.Fprintf(con.out, "\nrequest %d of %d\n", i+1, len(w.Requests))
		if err := r.print(con); err != nil {
			return err
		}
	}
	return nil
}

func (r *whyRequest) print(con *console) error {
	t := tabwriter.NewWriter(con.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "  key\t%s\n", r.Key)
	for _, f := range r.Description {
		fmt.Fprintf(t, "  %s\t%s\n", f.Name, cmp.Or(visible(f.Value), "-"))
	}
	if r.Reply != nil {
		fmt.Fprintf(t, "  reply\t\"%s\"\n", visible(cmp.Or(r.Reply.Text, r.Reply.Refusal)))
		fmt.Fprintf(t, "  ended\t%s\n  served by\t%s\n  date\t%s\n", visible(string(r.Reply.Finish)), visible(r.Reply.Served), visible(r.Reply.Date))
		fmt.Fprintf(t, "  kept in\t%s\n", strings.Join(r.Kept, ", "))
	}
	if err := t.Flush(); err != nil || r.Reply != nil {
		return err
	}
	if r.Nearest == "" {
		fmt.Fprintln(con.out, "no reply is kept, nor one to any other request")
		return nil
	}
	fmt.Fprintf(con.out, "no reply is kept; the nearest request that has one is in %s and differs in\n", r.Nearest)
	for _, d := range r.Differences {
		asked, kept := excerpts(d.Asked, d.Kept)
		fmt.Fprintf(con.out, "  %s\n    here  %s\n    kept  %s\n", visible(d.Field), cmp.Or(visible(asked), "-"), cmp.Or(visible(kept), "-"))
	}
	return nil
}

// excerpts cuts two long texts to the part around their first difference.
func excerpts(a, b string) (string, string) {
	x, y := []rune(a), []rune(b)
	const before, width = 30, 100
	from := 0
	for from < min(len(x), len(y)) && x[from] == y[from] {
		from++
	}
	from = max(0, from-before)
	if max(len(x), len(y)) <= width {
		from = 0
	}
	cut := func(r []rune) string {
		s := string(r[min(from, len(r)):min(from+width, len(r))])
		if from > 0 {
			s = "…" + s
		}
		if from+width < len(r) {
			s += "…"
		}
		return s
	}
	return cut(x), cut(y)
}
