package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"text/tabwriter"

	"silico/internal/collect"
)

type auditCommand struct {
	Study   string   `arg:"" name:"STUDY" help:"Folder of the study, or its study.toml."`
	Share   *float64 `xor:"size" help:"Of the kept answers, so many are asked for once more; 0.05 when nothing is said." placeholder:"SHARE"`
	Answers *int     `xor:"size" help:"So many are asked for once more." placeholder:"N"`
	Seed    int64    `help:"Another one chooses other answers." default:"1" placeholder:"N"`
	Model   []string `help:"Of this model alone; may be given several times." placeholder:"NAME"`
	JSON    bool     `name:"json" help:"What was found as JSON."`
	asking
}

// usualShare is asked for again when nobody says how much.
const usualShare = 0.05

// Run asks a share of what was asked once more, and compares.
func (c *auditCommand) Run(ctx context.Context, con *console) error {
	sample, err := c.sample()
	if err != nil {
		return err
	}
	s, problems := load(c.Study)
	if problems != nil {
		return problems
	}
	prices, problems := pricesOf(s.study)
	if problems != nil {
		return problems
	}
	for _, name := range c.Model {
		if names := askedModels(s.study); !slices.Contains(names, name) {
			return unknown("asked model", name, names)
		}
	}
	audit, err := collect.NewAudit(ctx, s.study, sample, runtime.GOMAXPROCS(0))
	if err != nil {
		return err
	}
	bill := audit.Bill(prices, 0)
	if bill.Requests == 0 {
		con.note("nothing is kept that could be asked again; silico run %s asks", c.Study)
		return nil
	}
	if err := c.agree(con, bill); err != nil {
		return err
	}
	watch := newWatch(con)
	run := collect.NewRun(audit.Survey, audit.Again, c.choices(prices, watch.say))
	watch.begin(ctx, run)
	err = run.Do(ctx)
	watch.end()
	for _, l := range run.Progress().Lost {
		con.note("model %s: %s without an answer: %v", l.Model, count(l.N, "question"), l.Err)
	}
	return cmp.Or(c.report(con, audit.Report()), c.end(run.Progress(), err))
}

// sample returns which answers are asked for.
func (c *auditCommand) sample() (collect.Sample, error) {
	s := collect.Sample{Seed: c.Seed, Models: c.Model}
	switch {
	case c.Answers != nil && *c.Answers > 0:
		s.Answers = *c.Answers
	case c.Answers != nil:
		return s, usage(fmt.Sprintf("%s are none; give a number above 0, such as 200", count(*c.Answers, "answer")))
	case c.Share == nil:
		s.Share = usualShare
	case *c.Share > 0 && *c.Share <= 1:
		s.Share = *c.Share
	default:
		return s, usage(fmt.Sprintf("a share of %g is none; give one above 0 and up to 1, such as %g", *c.Share, usualShare))
	}
	return s, nil
}

// end says what became of an audit that did not come to its end.
func (c *auditCommand) end(p collect.Progress, err error) error {
	switch {
	case errors.Is(err, context.Canceled):
		return &stopped{"stopped; the audit compares what was said until then"}
	case errors.Is(err, collect.ErrBudget):
		return &unfinished{fmt.Sprintf("%v; the audit compares what was said until then", err)}
	case err != nil:
		return err
	case p.Answers < p.Of:
		return &unfinished{fmt.Sprintf("%d of %s were not given again", p.Of-p.Answers, count(p.Of, "answer"))}
	}
	return nil
}

// mostChanges is how many changed answers of an item are shown.
const mostChanges = 5

func (c *auditCommand) report(con *console, items []*collect.AuditedItem) error {
	if c.JSON {
		return con.json(items)
	}
	w := tabwriter.NewWriter(con.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "asked\tanswered\tsame words\tsame answer\tdrift p\tshift of probabilities\t  item")
	for _, it := range items {
		drift, shift := "-", "-"
		if it.Answered > 0 {
			drift = fmt.Sprintf("%.4f", it.Drift)
		}
		if it.Probabilities > 0 {
			shift = fmt.Sprintf("%.4f, at most %.4f", it.MeanShift, it.MaxShift)
		}
		fmt.Fprintf(w, "%d\t%d\t%s\t%s\t%s\t%s\t  %s/%s\n", it.Asked, it.Answered, shareOf(it.SameWords, it.Answered-it.Probabilities), shareOf(it.SameAnswer, it.Answered), drift, shift, it.Model, it.Question)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, it := range items {
		if len(it.Changes)+len(it.Servers) == 0 {
			continue
		}
		fmt.Fprintf(con.out, "\n%s/%s\n", it.Model, it.Question)
		for _, a := range it.Answers() {
			fmt.Fprintf(con.out, "  %s: %d then, %d now\n", cmp.Or(visible(a), "nothing"), it.Was[a], it.Now[a])
		}
		for i, ch := range it.Changes {
			if i == mostChanges {
				fmt.Fprintf(con.out, "  and %s more\n", count(len(it.Changes)-i, "change"))
				break
			}
			fmt.Fprintf(con.out, "  %s was %s, is %s\n", visible(ch.Cell), visible(ch.Was), visible(ch.Now))
		}
		for _, ch := range it.Servers {
			fmt.Fprintf(con.out, "  the server was %s, is %s\n", cmp.Or(visible(ch.Was), "unnamed"), cmp.Or(visible(ch.Now), "unnamed"))
		}
	}
	return nil
}

func shareOf(n, of int) string {
	if of == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f %%", 100*float64(n)/float64(of))
}
