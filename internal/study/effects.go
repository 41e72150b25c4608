package study

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"silico/analysis/expr"
	"silico/analysis/formula"
	"silico/analysis/frame"
	"silico/analysis/simulate"
)

var families = []string{"gaussian", "binomial", "poisson", "ordinal", "multinomial"}

// simulated checks the planted effects of a participant.
func (l *loader) simulated(s *section, spec *specModel, m *Model) {
	m.Simulated = &Simulated{}
	var asked []string
	unsound := 0
	for _, q := range l.s.Questions {
		if l.s.Variable(q.Variable) == nil {
			unsound++
			continue
		}
		asked = append(asked, q.Variable)
	}
	table := tableOf(s.table["effect"])
	for _, k := range l.doc.children(s.where("effect"), table) {
		if l.s.Variable(k) == nil {
			l.known(s.where("effect", k), "variable", k, asked)
		} else if !slices.Contains(asked, k) && unsound == 0 {
			l.doc.at(s.where("effect", k), "no question asks for %s, so that it needs no effect", k)
		}
	}
	var given []string
	for _, q := range l.s.inOrder() {
		earlier := given
		if unsound > 0 { // which answers come before this one is not known
			earlier = slices.Sorted(maps.Keys(spec.Effect))
		}
		given = append(given, q.Variable)
		v := l.s.Variable(q.Variable)
		if v == nil {
			continue
		}
		e, ok := spec.Effect[q.Variable]
		if !ok {
			l.doc.at(s.path, "model %q has no effect for %s; write [model.%s.effect.%s]", m.Name, q.Variable, m.Name, q.Variable)
			continue
		}
		at := &section{doc: l.doc, path: s.where("effect", q.Variable), table: tableOf(table[q.Variable])}
		m.Simulated.Effects = append(m.Simulated.Effects, l.effect(at, &e, v, earlier))
	}
}

// effect checks how one answer of a simulated participant comes about, given
// the answers before it.
func (l *loader) effect(s *section, spec *specEffect, v *Variable, earlier []string) Effect {
	e := Effect{Variable: v.Name, Formula: spec.Formula, Coef: spec.Coef, Cuts: spec.Cuts, Family: spec.Family,
		SD: 1, PersonSD: spec.PersonSD, Levels: spec.Levels}
	if e.Formula == "" {
		e.Formula = "1"
	}
	if spec.SD != nil {
		e.SD = *spec.SD
	}
	if e.Family == "" {
		e.Family = simulate.Family(v.Type)
	}
	switch {
	case s.has("family") && !l.oneOf(s, "family", e.Family, families, "family"):
		return e
	case e.Family == "" && !s.names("family"):
		l.doc.at(s.path, "%s is of type %s, which cannot be simulated", v.Name, v.Type)
		return e
	case e.Family == "ordinal" && !s.names("cuts"):
		l.required(s, "cuts", "the thresholds between the levels, such as cuts = [-0.5, 1.0]")
		return e
	case e.Family != "ordinal" && s.names("cuts"):
		l.doc.at(s.where("cuts"), "cuts are for the family ordinal, not %s", e.Family)
	}
	known := l.knownBefore(v, earlier)
	if l.broken || !l.answerable(s, e, known) {
		return e
	}
	planted := simulate.Effect{Variable: e.Variable, Formula: e.Formula, Coef: e.Coef, Family: e.Family, Cuts: e.Cuts,
		SD: e.SD, PersonSD: e.PersonSD, Levels: e.Levels}
	for _, err := range unjoin(planted.Check(known)) {
		l.misplanted(s, err)
	}
	return e
}

// knownBefore is the schema of what is known when a variable is answered, and
// the variable.
func (l *loader) knownBefore(v *Variable, earlier []string) *frame.Schema {
	known := &frame.Schema{ID: l.s.schema.ID, Weight: l.s.schema.Weight}
	for _, x := range l.s.schema.Variables {
		if x.Role == roleCovariate || x.Role == "factor" || x.Role == "attribute" || x.Name == v.Name || slices.Contains(earlier, x.Name) {
			known.Variables = append(known.Variables, x)
		}
	}
	return known
}

// answerable reports a formula that reads what is not known yet.
func (l *loader) answerable(s *section, e Effect, known *frame.Schema) bool {
	f, err := formula.Parse("~ " + e.Formula)
	if err != nil {
		return true // Check reports it
	}
	for _, name := range f.Names() {
		if name == e.Variable || known.Variable(name) == nil && l.s.schema.Variable(name) != nil {
			l.doc.value(s.where("formula"), "%s is not known when %s is answered; covariates, factors, attributes and earlier answers are", name, e.Variable)
			return false
		}
	}
	return true
}

// unjoin returns the errors that were joined into one, none of nil.
func unjoin(err error) []error {
	if j, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, e := range j.Unwrap() {
			all = append(all, unjoin(e)...)
		}
		return all
	}
	if err == nil {
		return nil
	}
	return []error{err}
}

// misplanted reports what is wrong with an effect at the part that it is about.
func (l *loader) misplanted(s *section, err error) {
	var p *simulate.Problem
	if !errors.As(err, &p) {
		l.doc.at(s.path, "%v", err)
		return
	}
	path := s.where(p.Key...)
	switch {
	case p.Key[0] == "formula":
		for _, msg := range strings.Split(p.Msg, "\n") {
			l.misformed(path, msg)
		}
	case len(p.Key) > 1:
		l.doc.at(path, "%s", p.Msg)
		if _, columns, ok := strings.Cut(p.Msg, "; it has "); ok {
			l.suggest(expr.Suggest(p.Key[len(p.Key)-1], strings.Split(columns, ", ")))
		}
	default:
		l.doc.value(path, "%s", p.Msg)
	}
}

// misformed reports a message about a formula at the column that it begins
// with. The formula was read with "~ " before it.
func (l *loader) misformed(path []string, msg string) {
	rest, found := strings.CutPrefix(msg, "column ")
	number, after, _ := strings.Cut(rest, ": ")
	char, err := strconv.Atoi(number)
	if !found || err != nil {
		l.doc.value(path, "%s", msg)
		return
	}
	msg, hint := splitHint(columnWords.ReplaceAllStringFunc(after, func(words string) string {
		n, _ := strconv.Atoi(strings.TrimPrefix(words, "column "))
		return "column " + strconv.Itoa(n-2)
	}))
	l.doc.within(path, max(char-2, 1), "%s", msg)
	l.suggest(hint)
}

var columnWords = regexp.MustCompile(`column [0-9]{1,6}`)

// splitHint takes the suggestion from the end of a message.
func splitHint(msg string) (head, hint string) {
	head, tail, ok := strings.Cut(msg, `; did you mean "`)
	if !ok || !strings.HasSuffix(tail, `"?`) {
		return msg, ""
	}
	return head, strings.TrimSuffix(tail, `"?`)
}
