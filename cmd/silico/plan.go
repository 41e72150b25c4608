package main

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"
)

type planCommand struct {
	Study string `arg:"" name:"STUDY" help:"Folder of the study, or its study.toml."`
	JSON  bool   `name:"json" help:"The plan as JSON."`
}

// Run shows what would be asked.
func (c *planCommand) Run(_ context.Context, con *console) error {
	s, problems := load(c.Study)
	if problems != nil {
		return problems
	}
	plan := s.study.Plan()
	if c.JSON {
		out, err := json.MarshalIndent(plan, "", "  ")
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(con.out, "%s\n", out)
		return err
	}
	w := tabwriter.NewWriter(con.out, 0, 0, 2, ' ', 0)
	_ = w
	return nil
}
