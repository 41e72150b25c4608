package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"silico/analysis/expr"
	"silico/internal/llm"
	"silico/internal/study"
)

type promptsCommand struct {
	Study    string `arg:"" name:"STUDY" help:"Folder of the study, or its study.toml."`
	Row      string `help:"All that is asked of this respondent; the first conversation with the first one when absent." placeholder:"ID"`
	Model    string `help:"This model alone." placeholder:"NAME"`
	Question string `help:"This question alone." placeholder:"NAME"`
	JSON     bool   `name:"json" help:"One request a line, with the body as it is sent."`
}

// Run shows what would be sent to models, word by word.
func (c *promptsCommand) Run(_ context.Context, con *console) error {
	s, problems := load(c.Study)
	if problems != nil {
		return problems
	}
	models, err := c.models(s.study)
	if err != nil {
		return err
	}
	show := printPrompt
	if c.JSON {
		show = writePrompt
	}
	shown := 0
	for _, m := range models {
		sessions, err := c.sessions(s.study, m)
		if err != nil {
			return err
		}
		for _, session := range sessions {
			for _, p := range session.Prompts() {
				if c.Question != "" && p.Question.Name != c.Question {
					continue
				}
				if err := show(con.out, s.study, session, p); err != nil {
					return err
				}
				shown++
			}
		}
	}
	con.note("%s; answers of the assistant are examples", count(shown, "request"))
	return nil
}

// models returns the models that are asked, or the one that is named.
func (c *promptsCommand) models(s *study.Study) ([]*study.Model, error) {
	var asked []*study.Model
	for _, m := range s.Models {
		if m.Kind() == "asked" {
			asked = append(asked, m)
		}
	}
	if len(asked) == 0 {
		return nil, usage("the study asks no model")
	}
	if questions := questionNames(s); c.Question != "" && !slices.Contains(questions, c.Question) {
		return nil, unknown("question", c.Question, questions)
	}
	names := askedModels(s)
	if c.Model == "" {
		return asked, nil
	}
	if i := slices.Index(names, c.Model); i >= 0 {
		return asked[i : i+1], nil
	}
	return nil, unknown("asked model", c.Model, names)
}

// unknown is the mistake of a name on the command line that there is not.
func unknown(what, name string, names []string) error {
	msg := fmt.Sprintf("there is no %s %q", what, name)
	if hint := expr.Suggest(name, names); hint != "" {
		return usage(fmt.Sprintf("%s; did you mean %q?", msg, hint))
	}
	return usage(msg + "; there are " + strings.Join(names[:min(12, len(names))], ", "))
}

// sessions returns the sessions of a respondent, or the first that has the
// question.
func (c *promptsCommand) sessions(s *study.Study, m *study.Model) ([]*study.Session, error) {
	if c.Row == "" {
		for session := range s.Sessions(m) {
			if c.Question == "" || slices.ContainsFunc(session.Cells, func(cell study.Cell) bool { return cell.Question.Name == c.Question }) {
				return []*study.Session{session}, nil
			}
		}
		return nil, nil
	}
	var own []*study.Session
	var ids []string
	for session := range s.Sessions(m) {
		if session.Respondent == c.Row && session.Draw == 1 {
			own = append(own, session)
		}
		if len(ids) == 0 || ids[len(ids)-1] != session.Respondent {
			ids = append(ids, session.Respondent)
		}
	}
	if own == nil {
		return nil, unknown("respondent of the evaluation sample", c.Row, ids)
	}
	return own, nil
}

// printPrompt writes a request for a person.
func printPrompt(w io.Writer, s *study.Study, session *study.Session, p study.Prompt) error {
	var b strings.Builder
	fmt.Fprintf(&b, "== %s is asked %s as respondent %s%s\n", session.Model.Name, p.Question.Name, session.Respondent, conditions(s, p.Unit))
	if o := settings(p.Request); o != "" {
		fmt.Fprintf(&b, "   %s\n", o)
	}
	for i, m := range p.Request.Messages {
		role := m.Role
		if p.Supposed(i) {
			role += ", an example"
		}
		fmt.Fprintf(&b, "-- %s\n", role)
		for line := range strings.Lines(m.Text) {
			fmt.Fprintln(&b, visible(strings.TrimSuffix(line, "\n")))
		}
	}
	b.WriteByte('\n')
	_, err := io.WriteString(w, b.String())
	return err
}

// conditions says which levels of the within factors a unit has.
func conditions(s *study.Study, unit int32) string {
	var list []string
	for _, f := range s.Factors {
		if f.Within {
			list = append(list, f.Name+" = "+s.Units().Col(f.Name).String(int(unit)))
		}
	}
	if list == nil {
		return ""
	}
	return ", " + strings.Join(list, ", ")
}

// settings says what is asked of the server beside words.
func settings(r *llm.Request) string {
	var list []string
	o := r.Options
	if o.Template != "" {
		list = append(list, "template "+o.Template)
	}
	if o.Temperature != nil {
		list = append(list, fmt.Sprintf("temperature %g", *o.Temperature))
	}
	if o.TopP != nil {
		list = append(list, fmt.Sprintf("top_p %g", *o.TopP))
	}
	if o.MaxTokens > 0 {
		list = append(list, "at most "+count(o.MaxTokens, "token"))
	}
	if o.Seed != nil {
		list = append(list, fmt.Sprintf("seed %d", *o.Seed))
	}
	if o.Logprobs > 0 {
		list = append(list, fmt.Sprintf("log-probabilities of %d tokens", o.Logprobs))
	}
	if o.Schema != nil {
		list = append(list, "schema "+string(o.Schema))
	}
	return strings.Join(list, ", ")
}

// writePrompt writes a request for a program: one line of JSON.
func writePrompt(w io.Writer, _ *study.Study, session *study.Session, p study.Prompt) error {
	provider, ok := llm.Named(p.Request.Provider)
	if !ok {
		return fmt.Errorf("model %s: this version has no provider %s", session.Model.Name, p.Request.Provider)
	}
	wire, err := provider.Wire(p.Request)
	if err != nil {
		return fmt.Errorf("model %s: %w", session.Model.Name, err)
	}
	supposed := false
	for i := range p.Request.Messages {
		supposed = supposed || p.Supposed(i)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(struct {
		Model      string          `json:"model"`
		Respondent string          `json:"respondent"`
		Unit       int32           `json:"unit"`
		Question   string          `json:"question"`
		Supposed   bool            `json:"supposed"` // earlier answers are examples
		Path       string          `json:"path"`
		Body       json.RawMessage `json:"body"`
	}{session.Model.Name, session.Respondent, p.Unit + 1, p.Question.Name, supposed, wire.Path, json.RawMessage(wire.Body)})
}
