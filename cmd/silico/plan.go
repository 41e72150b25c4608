package main

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"text/tabwriter"

	"silico/internal/collect"
)

type planCommand struct {
	Study string `arg:"" name:"STUDY" help:"Folder of the study, or its study.toml."`
	JSON  bool   `name:"json" help:"The plan as JSON."`
}

// Run shows what is to be asked, and how much of it is kept already.
func (c *planCommand) Run(ctx context.Context, con *console) error {
	s, problems := load(c.Study)
	if problems != nil {
		return problems
	}
	survey, err := collect.NewSurvey(ctx, s.study, runtime.GOMAXPROCS(0))
	if err != nil {
		return err
	}
	plan := survey.Plan()
	if c.JSON {
		out, err := json.MarshalIndent(plan, "", "  ")
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(con.out, "%s\n", out)
		return err
	}
	w := tabwriter.NewWriter(con.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "respondents\tconditions\tunits\tquestions\tdraws\tanswers\tkept\tmissing\t  model")
	for _, m := range plan.Models {
		kept := fmt.Sprint(m.Kept)
		if m.Kind == "baseline" || m.Kind == "simulated" {
			kept = "computed"
		}
		fmt.Fprintf(w, "%d\t%d\t%d\t%d\t%d\t%d\t%s\t%d\t  %s\n",
			m.Respondents, m.Conditions, m.Units, m.Questions, m.Draws, m.Answers, kept, m.Missing, m.Label)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(con.out, "\n%s in all, %d to be asked for\n", count(plan.Answers, "answer"), plan.Missing)
	if models := s.study.Untrained(nil); models != nil {
		con.note("%s", collect.Untrained(c.Study, models))
	}
	return nil
}
