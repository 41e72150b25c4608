package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"silico/analysis"
	"silico/analysis/expr"
	"silico/analysis/frame"
	"silico/internal/collect"
	"silico/internal/study"
	"silico/report"
)

// notebookFile is the text of a study's paper; a study without it gets the
// default paper.
const notebookFile = "paper.md"

// loaded is a study with all that it declares, checked.
type loaded struct {
	study        *study.Study
	analyses     []*declared       // those of study.toml, then those of the notebook
	notebook     *report.Notebook  // nil for a study without paper.md
	inText       study.Problems    // of the notebook; Compose reports them with its own
	images       map[string][]byte // the pictures of the notebook
	bibliography []byte
	inputs       []study.Input
}

// declared is an analysis with its parameters.
type declared struct {
	*study.Analysis
	params analysis.Params
	mark   analysis.Mark
}

// studyFolder returns the folder of a study that is named by its folder or by
// its study.toml.
func studyFolder(path string) string {
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		return filepath.Dir(path)
	}
	return path
}

// load reads a study and its notebook, decodes every analysis and checks it
// against the schema. It reports every problem of both files at once.
func load(path string) (*loaded, study.Problems) {
	st, problems := study.Load(path)
	if st == nil {
		return nil, problems
	}
	s := &loaded{study: st, inputs: st.Inputs}
	for _, a := range st.Analyses {
		problems = append(problems, s.declare(a, analysis.Planned)...)
	}
	problems = append(problems, s.readNotebook()...)
	if st.Bibliography != "" { // Load has reported what cannot be read
		s.bibliography, _, _ = st.ReadFile(st.Bibliography)
	}
	problems = append(problems, s.checkNeeds()...)
	if problems = study.Join(problems); problems != nil {
		return nil, study.Join(problems, s.inText)
	}
	return s, nil
}

// declare decodes an analysis and checks its parameters.
func (s *loaded) declare(a *study.Analysis, mark analysis.Mark) study.Problems {
	if a.Kind == "" { // reported already
		return nil
	}
	params, ok := analysis.New(a.Kind)
	if !ok {
		p := a.At("kind", fmt.Sprintf("unknown kind of analysis %q; `silico list analyses` shows what there is", a.Kind))
		p.Hint = expr.Suggest(a.Kind, analysis.Kinds())
		return study.Problems{p}
	}
	problems := a.Decode(params)
	if len(problems) > 0 {
		return problems
	}
	for _, err := range split(params.Check(s.study.Schema())) {
		var p *analysis.ParamError
		if errors.As(err, &p) {
			problems = append(problems, a.At(p.Key, p.Msg))
		} else {
			problems = append(problems, a.At("", err.Error()))
		}
	}
	s.analyses = append(s.analyses, &declared{a, params, mark})
	return problems
}

// split returns the errors that were joined into one.
func split(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, e := range joined.Unwrap() {
			all = append(all, split(e)...)
		}
		return all
	}
	if err == nil {
		return nil
	}
	return []error{err}
}

// readNotebook reads paper.md, if there is one, and declares the analyses of
// its cells as exploratory.
func (s *loaded) readNotebook() study.Problems {
	file := filepath.ToSlash(filepath.Join(s.study.Dir, notebookFile))
	text, input, err := s.study.ReadFile(notebookFile)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return study.Problems{{File: file, Msg: err.Error()}}
	}
	s.inputs = append(slices.Clone(s.inputs), input)
	notebook, problems := report.Parse(text, file)
	if notebook == nil {
		return problemsOf(problems)
	}
	s.notebook, s.inText = notebook, problemsOf(problems)
	s.images = map[string][]byte{}
	for _, name := range notebook.Images() { // Compose reports what is not there
		if data, input, err := s.study.ReadFile(name); err == nil {
			s.images[name] = data
			s.inputs = append(s.inputs, input)
		}
	}
	var found study.Problems
	lines := make(map[string]int) // where an analysis of the notebook is declared
	for _, c := range notebook.Cells {
		if c.CellKind != "analysis" {
			continue
		}
		a, problems := study.Fragment(c.Name, c.Body, file, c.Line+1)
		found = append(found, problems...)
		if a == nil {
			continue
		}
		if line, ok := lines[a.Name]; ok {
			found = append(found, study.Problem{File: file, Line: c.Line, Col: 1,
				Msg: fmt.Sprintf("analysis %q is declared on line %d already; give this one another name", a.Name, line)})
			continue
		}
		lines[a.Name] = c.Line
		if slices.ContainsFunc(s.study.Analyses, func(d *study.Analysis) bool { return d.Name == a.Name }) {
			found = append(found, study.Problem{File: file, Line: c.Line, Col: 1,
				Msg: fmt.Sprintf("analysis %q is declared in %s too; give this one another name", a.Name, study.SpecFile)})
			continue
		}
		found = append(found, s.declare(a, analysis.Exploratory)...)
	}
	return found
}

// checkNeeds reports analyses that need others which are not declared, or that
// need each other in a circle.
func (s *loaded) checkNeeds() study.Problems {
	var problems study.Problems
	var names []string
	for _, a := range s.analyses {
		names = append(names, a.Name)
	}
	needs := map[string][]string{}
	for _, a := range s.analyses {
		needs[a.Name] = a.params.Needs()
		for _, n := range needs[a.Name] {
			if !slices.Contains(names, n) {
				p := a.At("of", fmt.Sprintf("unknown analysis %q", n))
				p.Hint = expr.Suggest(n, names)
				problems = append(problems, p)
				continue
			}
			wants, ok := a.params.(interface{ NeedsKind() string })
			needed := s.analyses[slices.Index(names, n)]
			if ok && needed.Kind != wants.NeedsKind() {
				problems = append(problems, a.At("of", fmt.Sprintf("%q is of the kind %s; a %s needs one of the kind %s", n, needed.Kind, a.Kind, wants.NeedsKind())))
				continue
			}
			if asks, ok := a.params.(interface {
				CheckNeeded(analysis.Params) error
			}); ok {
				if err := asks.CheckNeeded(needed.params); err != nil {
					problems = append(problems, a.At("of", fmt.Sprintf("%q %v", n, err)))
				}
			}
		}
	}
	_, err := analysis.Order(names, func(n string) []string { return needs[n] })
	var circle *analysis.CircleError
	if errors.As(err, &circle) {
		a := s.analyses[slices.Index(names, circle.Name)]
		problems = append(problems, a.At("of", circle.Error()))
	}
	return problems
}

// problemsOf returns the problems of a notebook as those of a study.
func problemsOf(ps []report.Problem) study.Problems {
	var all study.Problems
	for _, p := range ps {
		msg := p.Msg
		if p.Hint != "" {
			msg += "; " + p.Hint
		}
		all = append(all, study.Problem{File: p.File, Line: p.Line, Col: p.Col, Msg: msg, Source: p.Source})
	}
	return all
}

// answers gathers the rows of all sources; partial takes what there is of
// models that were not asked everything.
func (s *loaded) answers(ctx context.Context, workers int, partial bool) (*frame.Frame, error) {
	return collect.Frame(ctx, s.study, collect.Options{Workers: workers, Partial: partial})
}

// checkClaims reports addresses in the rules of hypotheses that no result has.
func (s *loaded) checkClaims(values *analysis.Values) study.Problems {
	var names []string
	for _, h := range s.study.Hypotheses {
		names = append(names, h.Name)
	}
	var problems study.Problems
	for _, h := range s.study.Hypotheses {
		for _, rule := range []struct {
			key  string
			expr *expr.Expr
		}{{"decide", h.Decide}, {"reject", h.Reject}, {"p", h.P}} {
			if rule.expr == nil {
				continue
			}
			for _, p := range rule.expr.Paths() {
				if _, ok := values.Field(p.Segments); ok || len(p.Segments) == 1 && slices.Contains(names, p.Segments[0]) {
					if rule.key == "p" && values.LacksP(p.Segments) {
						problems = append(problems, h.At(rule.key, fmt.Sprintf("%s has no p-value; that of a difference, 'a-b', has one", analysis.Join(p.Segments[:len(p.Segments)-1]))))
					}
					continue
				}
				msg := fmt.Sprintf("column %d: no result has the address %s", p.Col, analysis.Join(p.Segments))
				if hint := values.Nearest(p.Segments); hint != "" {
					msg += fmt.Sprintf("; did you mean %q?", hint)
				} else if i := slices.IndexFunc(p.Segments, func(s string) bool { return strings.Contains(s, "-") }); i > 0 {
					msg += fmt.Sprintf("; an analysis computes the differences that it is asked for: contrasts = [%q]", p.Segments[i])
				} else {
					msg += "; results.json of a build without this hypothesis lists all addresses"
				}
				problems = append(problems, h.At(rule.key, msg))
			}
		}
	}
	return study.Join(problems)
}

// decide gives the verdicts on the hypotheses of the study.
func (s *loaded) decide(values *analysis.Values) []analysis.Verdict {
	var claims []analysis.Claim
	for _, h := range s.study.Hypotheses {
		claims = append(claims, analysis.Claim{Name: h.Name, Text: h.Text, Decide: h.Decide, Reject: h.Reject, Family: h.Family, P: h.P})
	}
	var families []analysis.Family
	for _, f := range s.study.Families {
		families = append(families, analysis.Family{Name: f.Name, Method: f.Method, Alpha: f.Alpha})
	}
	return analysis.Decide(claims, families, values)
}

// compose makes the paper: from the study's own text, or from the default one.
func (s *loaded) compose(in report.Input) (*report.Document, study.Problems, error) {
	if in.Notebook == nil {
		text, err := report.Default(in)
		if err != nil {
			return nil, nil, err
		}
		notebook, problems := report.Parse(text, "the default paper")
		if problems != nil {
			return nil, problemsOf(problems), nil
		}
		in.Notebook = notebook
	}
	doc, problems := report.Compose(in)
	return doc, problemsOf(problems), nil
}

// input is everything that the paper is made of.
func (s *loaded) input(answers *frame.Frame, results []*analysis.Result, values *analysis.Values) report.Input {
	return report.Input{
		Notebook: s.notebook, Images: s.images, Meta: s.meta(answers), Results: results, Verdicts: s.decide(values), Sources: answers.Schema.Sources,
		Bibliography: s.bibliography, BibliographyFile: path.Join(filepath.ToSlash(s.study.Dir), s.study.Bibliography),
	}
}

func (s *loaded) meta(answers *frame.Frame) report.Meta {
	st := s.study
	partial := ""
	if lacking := collect.Lacking(st, answers); lacking != nil {
		partial = lacking.Sentence()
	}
	return report.Meta{
		Partial: partial,
		Title:   st.Title, Authors: st.Authors, Date: st.Date, Abstract: st.Abstract, Keywords: st.Keywords,
		Slug: st.Slug, Version: Version, Seed: st.Seed,
	}
}
