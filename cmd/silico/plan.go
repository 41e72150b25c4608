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
	w := tabwriter.NewWriter(con.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "respondents\tconditions\tunits\tquestions\tdraws\tanswers\ton disk\tmissing\t  model")
	for _, m := range plan.Models {
		onDisk := fmt.Sprint(m.Kept)
		if m.Kind == "baseline" || m.Kind == "simulated" {
			onDisk = "computed"
		}
		fmt.Fprintf(w, "%d\t%d\t%d\t%d\t%d\t%d\t%s\t%d\t  %s\n",
			m.Respondents, m.Conditions, m.Units, m.Questions, m.Draws, m.Answers, onDisk, m.Missing, m.Label)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(con.out, "\n%s in all, %d to be asked for\n", count(plan.Answers, "answer"), plan.Missing)
	return nil
}
