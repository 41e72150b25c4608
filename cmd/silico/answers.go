package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"silico/analysis/stat"
	"silico/internal/collect"
	"silico/internal/llm"
	"silico/internal/study"
)

type answersCommand struct {
	Study  string   `arg:"" name:"STUDY" help:"Folder of the study, or its study.toml."`
	Model  []string `help:"Answers of this model alone; may be given several times." placeholder:"NAME"`
	Item   []string `help:"Answers to this question alone." placeholder:"QUESTION"`
	Status []string `help:"Answers of which this became: ${statuses}, or missing for those that are still to be asked for." placeholder:"STATUS"`
	Text   string   `help:"Replies that hold these words, in upper or lower case." placeholder:"WORDS"`
	Sample int      `help:"So many of them, drawn at random." placeholder:"N"`
	Seed   int64    `help:"Of the draw." default:"1" placeholder:"N"`
	CSV    bool     `name:"csv" help:"As CSV; text that a spreadsheet would take for a formula begins with an apostrophe."`
	JSON   bool     `name:"json" help:"As JSON, with the prompts."`
}

// missingAnswer is the status of a question that is still to be asked.
const missingAnswer = "missing"

// shownAnswer is one question and what is kept about it.
type shownAnswer struct {
	Cell     string   `json:"cell"`
	Model    string   `json:"model"`
	ID       string   `json:"id"`
	Within   []string `json:"within"`
	Question string   `json:"question"`
	Draw     int      `json:"draw"`
	Status   string   `json:"status"`
	Value    string   `json:"value"`
	Attempts int      `json:"attempts"` // how often it was asked again

	Prompt []llm.Message `json:"prompt,omitempty"`
	Reply  *llm.Reply    `json:"reply,omitempty"` // the last one
	Key    string        `json:"key,omitempty"`
}

// Run shows kept answers.
func (c *answersCommand) Run(ctx context.Context, con *console) error {
	s, problems := load(c.Study)
	if problems != nil {
		return problems
	}
	if err := c.check(s.study); err != nil {
		return err
	}
	show, end := c.printer(con.out)
	shown := 0
	draw := newReservoir(c.Sample, c.Seed)
	err := collect.EachTold(ctx, s.study, runtime.GOMAXPROCS(0), func(t *collect.Told) error {
		if !c.wants(t) {
			return nil
		}
		shown++
		if c.Sample > 0 {
			draw.offer(showAnswer(s.study, t))
			return nil
		}
		return show(showAnswer(s.study, t))
	})
	for _, a := range draw.held() {
		err = cmp.Or(err, show(a))
	}
	if err = cmp.Or(err, end()); err != nil {
		return err
	}
	if c.Sample > 0 && c.Sample < shown {
		con.note("%d of %s", c.Sample, count(shown, "answer"))
	} else {
		con.note("%s", count(shown, "answer"))
	}
	return nil
}

// check finds mistakes in the filters.
func (c *answersCommand) check(s *study.Study) error {
	for i := range c.Status {
		c.Status[i] = strings.ReplaceAll(c.Status[i], "-", " ")
	}
	for _, filter := range []struct {
		what         string
		given, known []string
	}{{"asked model", c.Model, askedModels(s)}, {"question", c.Item, questionNames(s)}, {"status", c.Status, statusNames()}} {
		for _, name := range filter.given {
			if !slices.Contains(filter.known, name) {
				return unknown(filter.what, name, filter.known)
			}
		}
	}
	return nil
}

func statusNames() []string {
	var names []string
	for _, s := range study.Statuses {
		names = append(names, string(s))
	}
	return append(names, missingAnswer)
}

// wants says whether a question passes the filters. Those that are still to be
// asked are shown when they are asked for.
func (c *answersCommand) wants(t *collect.Told) bool {
	in := func(filter []string, x string) bool { return len(filter) == 0 || slices.Contains(filter, x) }
	status := statusOf(t)
	if status == missingAnswer && len(c.Status) == 0 {
		return false
	}
	return in(c.Model, t.Model.Name) && in(c.Item, t.Question.Name) && in(c.Status, status) && c.says(t)
}

func (c *answersCommand) says(t *collect.Told) bool {
	if c.Text == "" {
		return true
	}
	words := strings.ToLower(c.Text)
	return slices.ContainsFunc(t.Asked, func(a collect.Asked) bool {
		return a.Reply != nil && (strings.Contains(strings.ToLower(a.Reply.Text), words) || strings.Contains(strings.ToLower(a.Reply.Refusal), words))
	})
}

func statusOf(t *collect.Told) string {
	if t.Answer == nil {
		return missingAnswer
	}
	return string(t.Answer.Status)
}

func showAnswer(s *study.Study, t *collect.Told) *shownAnswer {
	a := &shownAnswer{Cell: t.Name(s), Model: t.Model.Name, ID: t.Respondent, Within: collect.Conditions(s, t.Unit),
		Question: t.Question.Name, Draw: t.Session.Draw, Status: statusOf(t)}
	if t.Answer != nil {
		a.Value, a.Attempts = t.Answer.Field, t.Answer.Attempts
	}
	if n := len(t.Asked); n > 0 {
		last := t.Asked[n-1]
		a.Prompt, a.Reply, a.Key = last.Request.Messages, last.Reply, last.Key.String()
	}
	return a
}

// printer returns how an answer is printed, and what ends the printing.
func (c *answersCommand) printer(out io.Writer) (show func(*shownAnswer) error, end func() error) {
	switch {
	case c.JSON:
		return answersJSON(out)
	case c.CSV:
		return answersCSV(out)
	}
	return func(a *shownAnswer) error {
		reply := "-"
		if a.Reply != nil {
			reply = strconv.Quote("")
			if text := cmp.Or(a.Reply.Text, a.Reply.Refusal); text != "" {
				reply = `"` + visible(text) + `"`
			}
		}
		_, err := fmt.Fprintf(out, "%s  %s  %s  %s\n", visible(a.Cell), a.Status, cmp.Or(visible(a.Value), "-"), reply)
		return err
	}, func() error { return nil }
}

func answersJSON(out io.Writer) (show func(*shownAnswer) error, end func() error) {
	between := "[\n"
	return func(a *shownAnswer) error {
			b, err := json.Marshal(a)
			if err == nil {
				_, err = fmt.Fprintf(out, "%s%s", between, b)
				between = ",\n"
			}
			return err
		}, func() error {
			if between == "[\n" {
				_, err := fmt.Fprintln(out, "[]")
				return err
			}
			_, err := fmt.Fprintln(out, "\n]")
			return err
		}
}

func answersCSV(out io.Writer) (show func(*shownAnswer) error, end func() error) {
	w := csv.NewWriter(out)
	err := w.Write([]string{"cell", "model", "id", "within", "question", "draw", "status", "value", "attempts", "reply", "reasoning", "finish", "served", "date", "input", "output", "prompt", "key"})
	return func(a *shownAnswer) error {
			r := cmp.Or(a.Reply, new(llm.Reply))
			var prompt []string
			for _, m := range a.Prompt {
				prompt = append(prompt, m.Role+": "+m.Text)
			}
			row := []string{a.Cell, a.Model, a.ID, strings.Join(a.Within, "/"), a.Question, strconv.Itoa(a.Draw), a.Status, a.Value, strconv.Itoa(a.Attempts),
				cmp.Or(r.Text, r.Refusal), r.Reasoning, string(r.Finish), r.Served, r.Date, strconv.Itoa(r.Input), strconv.Itoa(r.Output), strings.Join(prompt, "\n"), a.Key}
			for i := range row {
				row[i] = sheetCell(row[i])
			}
			return cmp.Or(err, w.Write(row))
		}, func() error {
			w.Flush()
			return cmp.Or(err, w.Error())
		}
}

// reservoir draws n of the answers that it is offered, each with the same
// chance, after Vitter (1985), algorithm R, doi:10.1145/3147.3165.
type reservoir struct {
	n       int
	seen    int
	random  interface{ IntN(int) int }
	answers []numbered
}

type numbered struct {
	number int
	answer *shownAnswer
}

func newReservoir(n int, seed int64) *reservoir {
	return &reservoir{n: n, random: stat.NewStreams(seed).At("answers")}
}

func (r *reservoir) offer(a *shownAnswer) {
	r.seen++
	if len(r.answers) < r.n {
		r.answers = append(r.answers, numbered{r.seen, a})
	} else if k := r.random.IntN(r.seen); k < r.n {
		r.answers[k] = numbered{r.seen, a}
	}
}

// held returns the answers that were drawn, in the order of the plan.
func (r *reservoir) held() []*shownAnswer {
	slices.SortFunc(r.answers, func(a, b numbered) int { return cmp.Compare(a.number, b.number) })
	var list []*shownAnswer
	for _, a := range r.answers {
		list = append(list, a.answer)
	}
	return list
}
