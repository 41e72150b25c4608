package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"silico/internal/collect"
	"silico/internal/llm"
	"silico/internal/llm/foreign"
	"silico/internal/study"
)

type importCommand struct {
	File     string `arg:"" name:"FILE" help:"What another program has written."`
	Study    string `arg:"" name:"STUDY" optional:"" default:"." help:"Folder of the study that lacks these answers, or its study.toml."`
	From     string `required:"" help:"What has written it: ${foreign}." placeholder:"FORMAT"`
	Requests string `help:"The batch's input, with openai-batch." placeholder:"FILE"`
	Model    string `help:"The replies are of this model of the study, whatever their file calls it." placeholder:"NAME"`
	JSON     bool   `name:"json" help:"What was done as JSON."`
}

// Run keeps replies that another program got as answers of a study.
func (c *importCommand) Run(ctx context.Context, con *console) error {
	if !slices.Contains(foreign.Formats(), c.From) {
		return unknown("format", c.From, foreign.Formats())
	}
	s, problems := load(c.Study)
	if problems != nil {
		return problems
	}
	if names := askedModels(s.study); c.Model != "" && !slices.Contains(names, c.Model) {
		return unknown("asked model", c.Model, names)
	}
	file, err := c.read()
	if err != nil {
		return err
	}
	if err := nameCells(s.study, file); err != nil {
		return fmt.Errorf("%s, %w", c.File, err)
	}
	store, err := llm.OpenStore(filepath.Join(s.study.Dir, collect.Responses))
	if err != nil {
		return err
	}
	done, err := collect.Adopt(ctx, s.study, store, c.From, file.Answers, c.Model, runtime.GOMAXPROCS(0))
	if err = cmp.Or(err, store.Close()); err != nil {
		return err
	}
	done.Left = append(file.Left, done.Left...)
	if c.JSON {
		return con.json(done)
	}
	c.print(con, done)
	return nil
}

// read reads the file, and that of the requests.
func (c *importCommand) read() (*foreign.File, error) {
	var s foreign.Sources
	var err error
	if s.Replies, err = os.ReadFile(c.File); err != nil {
		return nil, unreadable(err)
	}
	if c.Requests != "" {
		if s.Requests, err = os.ReadFile(c.Requests); err != nil {
			return nil, unreadable(err)
		}
	}
	f, err := foreign.Read(c.From, s)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.File, err)
	}
	return f, nil
}

// unreadable says which file cannot be read, and why.
func unreadable(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return fmt.Errorf("%s cannot be read: %w", path.Path, path.Err)
	}
	return err
}

// nameCells gives the answers of a table the names that the plan has for them.
func nameCells(s *study.Study, f *foreign.File) error {
	for i := range f.Answers {
		a := &f.Answers[i]
		if a.Cell == "" {
			continue
		}
		name, err := cellName(s, a.Cell)
		if err != nil {
			return fmt.Errorf("%s: %v", a.Place, err) // the mistake is in the file, not on the command line
		}
		a.Cell = name
	}
	return nil
}

// mostLeft is how many reasons are told of what was left.
const mostLeft = 8

func (c *importCommand) print(con *console, done *collect.Adopted) {
	fmt.Fprintf(con.out, "%s imported", count(done.Kept, "answer"))
	if done.Known > 0 {
		fmt.Fprintf(con.out, ", %d known already", done.Known)
	}
	if len(done.Left) > 0 {
		fmt.Fprintf(con.out, ", %d left", len(done.Left))
	}
	fmt.Fprintln(con.out)
	if done.Kept > 0 && len(done.Unsaid) > 0 {
		con.note("the file does not say %s; they are taken to have been as the study has them", strings.Join(done.Unsaid, ", "))
	}
	var reasons []string
	by := make(map[string][]string)
	for _, l := range done.Left {
		if by[l.Why] == nil {
			reasons = append(reasons, l.Why)
		}
		by[l.Why] = append(by[l.Why], l.Place)
	}
	for i, why := range reasons {
		if i == mostLeft {
			con.note("and %s more; --json tells all", count(len(reasons)-i, "reason"))
			break
		}
		place := by[why][0]
		if n := len(by[why]); n > 1 {
			place += fmt.Sprintf(" and %d more", n-1)
		}
		con.note("left: %s: %s", visible(place), visible(why))
	}
}
