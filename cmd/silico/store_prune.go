package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"text/tabwriter"

	"silico/internal/collect"
	"silico/internal/llm"
)

type storePruneCommand struct {
	Study string `arg:"" name:"STUDY" help:"Folder of the study, or its study.toml."`
	Yes   bool   `short:"y" help:"Remove them; otherwise they are only counted."`
	JSON  bool   `name:"json" help:"What was found, or done, as JSON."`
}

// Run removes answers to requests that the plan of the study has no more.
func (c *storePruneCommand) Run(ctx context.Context, con *console) error {
	s, problems := load(c.Study)
	if problems != nil {
		return problems
	}
	wanted, err := collect.NewWanted(ctx, s.study, runtime.GOMAXPROCS(0))
	if err != nil {
		return err
	}
	if wanted.Missing > 0 {
		return &unfinished{fmt.Sprintf("the study lacks %s, and what is kept may follow from what is said then; silico run %s asks first", count(wanted.Missing, "answer"), c.Study)}
	}
	dir := filepath.Join(s.study.Dir, collect.Responses)
	if c.Yes {
		done, err := llm.Prune(dir, wanted.Has)
		if err != nil {
			return err
		}
		if c.JSON {
			return con.json(done)
		}
		con.compacted(dir, done)
		return nil
	}
	idle, err := idleAnswers(dir, wanted)
	if err != nil {
		return err
	}
	if c.JSON {
		return con.json(idle)
	}
	return c.count(con, idle)
}

// idleModel counts the answers of a model that no request of a plan needs.
type idleModel struct {
	Model    string  `json:"model"`
	Revision string  `json:"revision,omitempty"`
	Answers  int     `json:"answers"` // second replies included
	Price    float64 `json:"price"`   // in USD, of those whose price is known
}

func idleAnswers(dir string, wanted *collect.Wanted) ([]*idleModel, error) {
	by := make(map[[2]string]*idleModel)
	_, err := llm.Records(dir, func(r *llm.Record) error {
		if wanted.Has(r.Key) {
			return nil
		}
		id := [2]string{r.Request.Model, r.Request.Revision}
		if by[id] == nil {
			by[id] = &idleModel{Model: id[0], Revision: id[1]}
		}
		by[id].Answers++
		if r.Reply.Price != nil {
			by[id].Price += *r.Reply.Price
		}
		return nil
	})
	byName := func(a, b *idleModel) int {
		return cmp.Or(cmp.Compare(a.Model, b.Model), cmp.Compare(a.Revision, b.Revision))
	}
	list := slices.AppendSeq([]*idleModel{}, maps.Values(by))
	slices.SortFunc(list, byName)
	return list, err
}

// count says what would be removed.
func (c *storePruneCommand) count(con *console, idle []*idleModel) error {
	if len(idle) == 0 {
		con.note("every answer that is kept belongs to a request of the study")
		return nil
	}
	w := tabwriter.NewWriter(con.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "answers\tUSD\t  model")
	for _, m := range idle {
		name := visible(m.Model)
		if m.Revision != "" {
			name += ", revision " + visible(m.Revision)
		}
		fmt.Fprintf(w, "%d\t%.4f\t  %s\n", m.Answers, m.Price, name)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	con.note("no request of the study needs these; silico store prune %s --yes removes them", c.Study)
	return nil
}
