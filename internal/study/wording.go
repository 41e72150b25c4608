package study

import (
	"maps"
	"slices"

	"silico/analysis/expr"
)

// wording reads [persona.*] and [question.*].
func (l *loader) wording() {
	for _, s := range l.named("persona") {
		l.persona(s)
	}
	for _, v := range l.s.Variables {
		l.template(l.variables[v.Name].where("tell"), v.Tell, audience{persona: true})
	}
	sections := l.named("question")
	for _, s := range sections {
		l.question(s)
	}
	l.conversations(sections)
	l.said(sections)
	l.chances(sections)
}

// question reads one question, without what it says of others.
func (l *loader) question(s *section) {
	var spec specQuestion
	s.decode(&spec)
	q := &Question{
		Name: s.path[1], Variable: spec.Variable, Text: spec.Text, After: spec.After, Elicit: spec.Elicit, Keep: spec.Keep,
		Reasoning: spec.Reasoning, Instruction: spec.Instruction, Order: spec.Order, Reask: spec.Reask, Code: spec.Code, Missing: spec.Missing,
	}
	if q.Variable == "" {
		q.Variable = q.Name
	}
	if q.Elicit == "" {
		q.Elicit = "text"
	}
	if q.Order == "" {
		q.Order = "fixed"
	}
	l.required(s, "text", `text = "Would you ...?"`)
	l.oneOf(s, "elicit", q.Elicit, elicitNames, "elicitation")
	l.oneOf(s, "order", q.Order, orders, "order")
	if q.Reask != nil && *q.Reask < 0 {
		l.doc.value(s.where("reask"), "reask must not be negative")
	}
	if spec.When != "" {
		q.When = l.doc.expression(s.where("when"), spec.When)
	}
	l.asks(s, q)
	l.s.Questions = append(l.s.Questions, q)
}

// asks checks the variable that a question gives.
func (l *loader) asks(s *section, q *Question) {
	at := s.where("variable")
	if !s.has("variable") {
		at = s.path
	}
	var names []string
	for _, v := range l.s.Variables {
		names = append(names, v.Name)
	}
	if !l.known(at, "variable", q.Variable, names) {
		return
	}
	v := l.s.Variable(q.Variable)
	switch {
	case v.Derived != "":
		l.doc.value(at, "%s is derived from other variables; ask for those", v.Name)
	case v.Role == roleCovariate || v.Role == roleFactor:
		l.doc.value(at, "%s is a %s, which is known and not asked for", v.Name, v.Role)
	}
	for _, other := range l.s.Questions {
		if other.Variable == q.Variable {
			l.doc.value(at, "question %q asks for %s already", other.Name, q.Variable)
		}
	}
	l.code(s, q, v)
	o := optionsOf(&v.Variable)
	if q.Order != "fixed" && slices.Contains(orders, q.Order) && o == nil {
		l.doc.value(s.where("order"), "%s has no options to be shown in an order", v.Name)
	}
	if q.Order == "all" && o != nil && len(o.levels) > maxAll {
		l.doc.value(s.where("order"), "%d options have too many orders to be asked in all; write order = \"both\"", len(o.levels))
	}
}

// code checks a coding rule.
func (l *loader) code(s *section, q *Question, v *Variable) {
	if !s.has("code") {
		return
	}
	if len(v.Levels) == 0 {
		l.doc.at(s.where("code"), "a coding rule gives levels, and %s has none", v.Name)
		return
	}
	if q.Elicit != "text" && slices.Contains(elicitNames, q.Elicit) {
		l.doc.at(s.where("code"), "a coding rule is for answers in free words; elicit %q gives none", q.Elicit)
	}
	for _, level := range l.doc.children(s.where("code"), tableOf(s.table["code"])) {
		at := s.where("code", level)
		if !slices.Contains(v.Levels, level) {
			l.doc.at(at, "%q is no level of %s; declared are %s", level, v.Name, shortList(v.Levels))
			l.suggest(expr.Suggest(level, v.Levels))
		}
		for i, text := range q.Code[level] {
			if _, err := pattern(text); err != nil || text == "" {
				l.doc.value(append(slices.Clone(at), element(i)), "%q is no pattern: write a word, or a regular expression such as \"never|not once\"", text)
			}
		}
	}
}

// conversations checks what questions come after, and that no question comes
// after itself.
func (l *loader) conversations(sections []*section) {
	var names []string
	after := make(map[string]string)
	for _, q := range l.s.Questions {
		names = append(names, q.Name)
		after[q.Name] = q.After
	}
	for i, q := range l.s.Questions {
		if q.After == "" || !l.known(sections[i].where("after"), "question", q.After, names) {
			continue
		}
		for at, n := q.After, 0; at != "" && n <= len(names); at, n = after[at], n+1 {
			if at == q.Name {
				l.doc.value(sections[i].where("after"), "question %q comes after itself", q.Name)
				break
			}
		}
	}
}

// said checks the texts and conditions of questions, which may speak of the
// answers before them.
func (l *loader) said(sections []*section) {
	at := make(map[*Question]*section)
	for i, q := range l.s.Questions {
		at[q] = sections[i]
	}
	for _, chain := range l.s.chains() {
		for i, q := range chain {
			s := at[q]
			to := audience{earlier: chain[:i]}
			if v := l.s.Variable(q.Variable); v != nil {
				to.options = optionsOf(&v.Variable)
			}
			shows := l.template(s.where("text"), q.Text, to)
			if q.Instruction != nil {
				shows = l.template(s.where("instruction"), *q.Instruction, to) || shows
			}
			if !shows && q.Order != "fixed" && slices.Contains(orders, q.Order) && to.options != nil {
				l.doc.value(s.where("order"), "the order of the options shows only where the text has {{options}}")
			}
			if q.When != nil {
				l.when(s, q, chain[:i])
			}
		}
	}
}

// when checks the rule under which a question is asked: that it speaks of what
// is known then.
func (l *loader) when(s *section, q *Question, before []*Question) {
	earlier := make(map[string]bool)
	for _, b := range before {
		earlier[b.Variable] = true
	}
	path := s.where("when")
	for _, p := range q.When.Paths() {
		name := p.Segments[0]
		v := l.s.schema.Variable(name)
		if v == nil || earlier[name] || !l.s.Answers(v) && v.Derived == "" && v.Role != "id" && v.Role != "weight" {
			continue // what there is not is reported by Check
		}
		var names []string
		for _, b := range before {
			names = append(names, b.Variable)
		}
		l.doc.within(path, p.Col, "%s is not known when %s is asked; a condition speaks of covariates, factors, attributes and answers before it%s", name, q.Name, list(names, ": "))
		return
	}
	if err := q.When.Check(l.s.schema); err != nil {
		l.doc.misexpressed(path, err)
		q.When = nil
	}
}

// quotable are the names of questions.
func quotable(qs []*Question) []string {
	names := make(map[string]bool)
	for _, q := range qs {
		names[q.Name] = true
	}
	return slices.Sorted(maps.Keys(names))
}
