package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"time"

	"silico/internal/collect"
	"silico/internal/llm"
	"silico/internal/study"
)

type runCommand struct {
	Study string        `arg:"" name:"STUDY" help:"Folder of the study, or its study.toml."`
	Model []string      `help:"Ask this model alone; may be given several times." placeholder:"NAME"`
	Limit int           `help:"Ask at most so many questions." placeholder:"N"`
	Batch bool          `help:"Ask by batches, which cost less and may take a day; those of an earlier run are taken up again."`
	Poll  time.Duration `help:"Ask this often how far batches are." default:"1m" placeholder:"TIME"`
	asking
}

// Run asks what the study lacks and keeps every answer.
func (c *runCommand) Run(ctx context.Context, con *console) error {
	s, problems := load(c.Study)
	if problems != nil {
		return problems
	}
	prices, problems := c.prices(s.study)
	if problems != nil {
		return problems
	}
	survey, err := collect.NewSurvey(ctx, s.study, runtime.GOMAXPROCS(0))
	if err != nil {
		return err
	}
	if err := survey.Only(c.Model); err != nil {
		return usage(err.Error())
	}
	bill := survey.Bill(prices, c.Limit)
	if bill.Requests == 0 {
		if err := c.untrained(s.study); err != nil {
			return err
		}
		con.note("nothing is missing; silico build %s writes the paper", c.Study)
		return nil
	}
	responses := filepath.Join(s.study.Dir, collect.Responses)
	if err := c.underWay(filepath.Join(responses, collect.Batches)); err != nil {
		return err
	}
	if err := c.agree(con, bill); err != nil {
		return err
	}
	if err := c.ask(ctx, con, survey, prices, responses); err != nil {
		return err
	}
	return c.untrained(s.study)
}

// prices returns what models cost when they are asked in this way.
func (c *runCommand) prices(s *study.Study) (study.Prices, study.Problems) {
	prices, problems := pricesOf(s)
	if c.Batch {
		prices = prices.InBatches()
	}
	return prices, problems
}

// ask asks until nothing is missing or nothing more can be had, and reports.
func (c *runCommand) ask(ctx context.Context, con *console, survey *collect.Survey, prices study.Prices, responses string) error {
	watch := newWatch(con)
	asking := c.choices(prices, watch.say)
	asking.Limit, asking.Poll = c.Limit, c.Poll
	if err := survey.Try(ctx, asking); err != nil {
		return err
	}
	store, err := llm.OpenStore(responses)
	if err != nil {
		return err
	}
	run := collect.NewRun(survey, store, asking)
	if c.Batch {
		err = c.batch(ctx, run, filepath.Join(responses, collect.Batches))
	} else {
		watch.begin(ctx, run)
		err = run.Do(ctx)
		watch.end()
	}
	if closing := store.Close(); err == nil {
		err = closing
	}
	return c.report(con, run.Progress(), err)
}

// untrained says that models are left which are to be tuned first.
func (c *runCommand) untrained(s *study.Study) error {
	models := s.Untrained(c.Model)
	if len(models) == 0 {
		return nil
	}
	return &unfinished{collect.Untrained(c.Study, models)}
}

// batch asks by batches.
func (c *runCommand) batch(ctx context.Context, run *collect.Run, dir string) error {
	folder, err := llm.OpenJobs(dir)
	if err != nil {
		return err
	}
	defer folder.Close()
	return run.Batch(ctx, folder)
}

// underWay sees to it that what is asked by batches is not asked besides.
func (c *runCommand) underWay(dir string) error {
	jobs, err := llm.Jobs(dir)
	if err != nil || c.Batch || len(jobs) == 0 {
		return err
	}
	n := 0
	for _, j := range jobs {
		n += len(j.Keys)
	}
	return usage(fmt.Sprintf("%s of this study may be under way in batches; silico run --batch %s waits for their answers (to ask again, and to pay again, remove %s)", count(n, "request"), c.Study, dir))
}

// report says what a run has reached; the error is what is still lacking, or
// what stopped it.
func (c *runCommand) report(con *console, p collect.Progress, err error) error {
	for _, l := range p.Lost {
		con.note("model %s: %s without an answer: %v", l.Model, count(l.N, "question"), l.Err)
	}
	con.note("%s", finished(p))
	goOn := fmt.Sprintf("silico run %s goes on from here", c.Study)
	if c.Batch {
		goOn = fmt.Sprintf("silico run --batch %s goes on from here", c.Study)
	}
	switch {
	case errors.Is(err, context.Canceled):
		return &stopped{fmt.Sprintf("stopped; every answer so far is kept, and %s", goOn)}
	case errors.Is(err, collect.ErrLimit):
		con.note("%v; %s", err, goOn)
		return nil
	case errors.Is(err, collect.ErrBudget):
		return &unfinished{fmt.Sprintf("%v; every answer so far is kept, and %s", err, goOn)}
	case err != nil:
		return err
	case p.Answers < p.Of:
		return &unfinished{fmt.Sprintf("%d of %s are still missing; %s", p.Of-p.Answers, count(p.Of, "answer"), goOn)}
	}
	return nil
}

// stopped is a run that a person has ended.
type stopped struct{ msg string }

func (s *stopped) Error() string { return s.msg }

// unfinished is a run that did not get all answers.
type unfinished struct{ msg string }

func (u *unfinished) Error() string { return u.msg }
