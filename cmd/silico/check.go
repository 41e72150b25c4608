package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"silico/internal/collect"
	"silico/internal/study"
)

type checkCommand struct {
	Study string `arg:"" name:"STUDY" help:"Folder of the study, or its study.toml."`
	JSON  bool   `name:"json" help:"The problems as JSON."`
}

// Run reports every problem of a study. When the study itself is sound and all
// its answers are there, the paper is composed too, so that an address without
// a value is found here and not at build.
func (c *checkCommand) Run(ctx context.Context, con *console) error {
	problems, missing, err := check(ctx, con, c.Study)
	if err != nil {
		return err
	}
	if c.JSON {
		if problems == nil {
			problems = study.Problems{}
		}
		out, err := json.MarshalIndent(struct {
			Problems study.Problems `json:"problems"`
		}{problems}, "", "  ")
		if err != nil {
			return err
		}
		fmt.Fprintf(con.out, "%s\n", out)
		if len(problems) > 0 {
			return errReported
		}
		return nil
	}
	if len(problems) > 0 {
		fmt.Fprint(con.out, problems.Format())
		con.note("%s", count(len(problems), "problem"))
		return errReported
	}
	con.note("no problems")
	if missing != nil && missing.Untrained != nil {
		con.note("%s", collect.Untrained(c.Study, missing.Untrained))
	}
	return nil
}

// check returns the problems of a study, and what is to be asked before it can
// be built; the error is one of the world.
func check(ctx context.Context, con *console, path string) (study.Problems, *collect.Missing, error) {
	quiet := *con
	quiet.quiet = true
	_, err := build(ctx, &quiet, path, options{})
	var problems study.Problems
	var missing *collect.Missing
	switch {
	case errors.As(err, &problems):
		return problems, nil, nil
	case errors.As(err, &missing): // to be asked: only what needs no answers can be checked
		s, problems := load(path)
		if s != nil {
			problems = s.inText
		}
		return problems, missing, nil
	}
	return nil, nil, err
}
