package main

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"time"

	"silico/analysis"
)

type buildCommand struct {
	Study   string   `arg:"" name:"STUDY" help:"Folder of the study, or its study.toml."`
	Out     string   `help:"Folder to write to; output/SLUG beside the studies folder when absent." placeholder:"DIR"`
	Format  []string `help:"Formats of the paper: ${enum}." enum:"md,html,latex" default:"md,html,latex"`
	Figures []string `help:"Formats of the figures: ${enum}." enum:"svg,png" default:"svg"`
	Partial bool     `help:"Build from the answers that there are, when some are missing; every page says so."`
	Workers int      `help:"Computations at a time; the bytes do not depend on it." default:"0" placeholder:"N"`
}

// Validate refuses choices that leave no paper.
func (c *buildCommand) Validate() error {
	if len(c.Format) == 0 {
		return usage("--format names no format; there are md, html, latex")
	}
	if len(c.Figures) == 0 {
		return usage("--figures names no format; there are svg, png")
	}
	return atLeastNone(c.Workers)
}

// atLeastNone refuses a number of workers that cannot be; 0 is as many as there
// are processors.
func atLeastNone(workers int) error {
	if workers < 0 {
		return usage(fmt.Sprintf("--workers is %d; it is how many computations run at a time, or 0 for as many as there are processors", workers))
	}
	return nil
}

// Run writes the paper of a study.
func (c *buildCommand) Run(ctx context.Context, con *console) error {
	start := time.Now()
	dir := c.Out
	if dir == "" {
		dir = outputFolder(studyFolder(c.Study))
	}
	if err := own(dir); err != nil { // before anything is computed
		return err
	}
	b, err := build(ctx, con, c.Study, options{c.Format, c.Figures, c.Workers, c.Partial})
	if err != nil {
		return err
	}
	if err := write(dir, b.files); err != nil {
		return err
	}
	for _, n := range b.document.Notes {
		con.note("%s", n)
	}
	con.note("%s: %d values, %s, %s in %.1f s", filepath.ToSlash(dir), len(b.document.Values),
		count(len(b.document.Tables), "table"), count(len(b.document.Figures), "figure"), time.Since(start).Seconds())
	return nil
}

// options are the choices of a build that decide which files it makes.
type options struct {
	formats, figures []string
	workers          int
	partial          bool // of models that lack answers, take what there is
}

// build makes every file of the paper in memory. It is the way of the data:
// study, answers, results, verdicts, document, pages.
func build(ctx context.Context, con *console, path string, o options) (*built, error) {
	if o.workers <= 0 {
		o.workers = runtime.GOMAXPROCS(0)
	}
	s, problems := load(path)
	if problems != nil {
		return nil, problems
	}
	steps := con.progress(len(s.analyses) + 3)
	defer steps.clear()

	steps.step("answers")
	answers, err := s.answers(ctx, o.workers, o.partial)
	if err != nil {
		return nil, err
	}
	results, err := s.compute(ctx, answers, o.workers, steps)
	if err != nil {
		return nil, err
	}
	values := analysis.NewValues(results)
	if problems := s.checkClaims(values); problems != nil {
		return nil, problems
	}
	steps.step("paper")
	document, problems, err := s.compose(s.input(answers, results, values))
	if err != nil {
		return nil, err
	}
	if problems != nil {
		return nil, problems
	}
	steps.step("pages")
	pages, err := draw(document, o)
	if err != nil {
		return nil, err
	}
	if err := pages.seal(s, document, answers, o); err != nil {
		return nil, err
	}
	return &built{s.study, document, pages}, nil
}
