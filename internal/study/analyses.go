package study

import (
	"slices"
	"strconv"
	"strings"

	"silico/analysis/expr"
)

// Decode puts the parameters of the analysis into the struct that params
// points to, whose fields have `toml` tags and hold the defaults. It returns
// the unknown keys and wrong types, each at its place.
func (a *Analysis) Decode(params any) Problems {
	before := a.spec.doc.problems
	a.spec.doc.problems = nil
	a.spec.decode(params)
	found := a.spec.doc.problems
	a.spec.doc.problems = before
	return found.sorted()
}

// At returns the problem of a parameter, dotted below the analysis such as
// "se.by", at the place of its value; "outcomes.1" is the second element of a
// list, if there is one. A parameter that is not there, or an empty key, is
// placed at the analysis. A message that begins with "column 7: ", as those of
// expressions do, is placed at that character of the value.
func (a *Analysis) At(key, msg string) Problem { return a.spec.at(key, msg) }

// At returns the problem of a key of the hypothesis, such as "decide", as
// Analysis.At does: an address that no result has is placed inside the rule by
// a message that begins with "column 7: ", 7 being the Col of its expr.Path.
func (h *Hypothesis) At(key, msg string) Problem { return h.spec.at(key, msg) }

// at returns the problem of a dotted key at the place of its value.
func (s *section) at(key, msg string) Problem {
	path, value := s.where(), false
	for _, k := range strings.Split(key, ".") {
		next := append(slices.Clone(path), k)
		if _, ok := s.doc.spots.at[pathKey(next...)]; !ok {
			if i, err := strconv.Atoi(k); err == nil {
				next = append(slices.Clone(path), element(i))
			}
		}
		if _, ok := s.doc.spots.at[pathKey(next...)]; !ok {
			break
		}
		path, value = next, true
	}
	offset := s.doc.spot(path).key
	if value {
		offset = s.doc.spot(path).value
	}
	if rest, ok := strings.CutPrefix(msg, "column "); ok && value {
		n, after, _ := strings.Cut(rest, ": ")
		if char, err := strconv.Atoi(n); err == nil {
			offset, msg = inside(s.doc.src, offset, char), after
		}
	}
	p := s.doc.problem(offset, "%s", msg)
	// A message that ends in its suggestion has it in the field for it.
	p.Msg, p.Hint = splitHint(p.Msg)
	return p
}

// analyses reads the names and kinds of [analysis.*].
func (l *loader) analyses() {
	for _, s := range l.named("analysis") {
		l.analysis(s, s.path[1])
	}
}

func (l *loader) analysis(s *section, name string) {
	var spec specAnalysis
	if x, ok := s.table["kind"]; ok {
		(&section{doc: l.doc, path: s.path, table: map[string]any{"kind": x}}).decode(&spec)
	}
	l.required(s, "kind", "kind = \"...\"; silico list analyses shows the kinds")
	l.s.Analyses = append(l.s.Analyses, &Analysis{Name: name, Kind: spec.Kind, spec: *s})
}

// hypotheses reads [hypothesis.*].
func (l *loader) hypotheses() {
	sections := l.named("hypothesis")
	names := make([]string, 0, len(sections)+len(l.s.Analyses))
	for _, a := range l.s.Analyses {
		names = append(names, a.Name)
	}
	for _, s := range sections {
		if slices.Contains(names[:len(l.s.Analyses)], s.path[1]) {
			l.doc.at(s.path, "%q names an analysis and a hypothesis; one of them needs another name", s.path[1])
		}
		names = append(names, s.path[1])
	}
	for _, s := range sections {
		var spec specHypothesis
		s.decode(&spec)
		h := &Hypothesis{Name: s.path[1], Text: strings.TrimSpace(spec.Text), Family: spec.Family, spec: *s}
		l.required(s, "text", `text = "..."`)
		l.required(s, "decide", `decide = "ANALYSIS.SOURCE.STATISTIC.hi < 0"`)
		h.Decide = l.decision(s, "decide", spec.Decide, names)
		h.Reject = l.decision(s, "reject", spec.Reject, names)
		h.P = l.address(s.where("p"), spec.P, names)
		l.member(s, h)
		l.s.Hypotheses = append(l.s.Hypotheses, h)
	}
	l.circles(sections)
}

// decision parses a rule over values.
func (l *loader) decision(s *section, key, text string, names []string) *expr.Expr {
	if text == "" {
		return nil
	}
	e := l.doc.expression(s.where(key), text)
	if e == nil {
		return nil
	}
	if !l.heads(s.where(key), e, names) {
		return e
	}
	if err := e.Rule(); err != nil {
		l.doc.misexpressed(s.where(key), err)
	}
	return e
}

// heads reports addresses that begin with no analysis and no hypothesis, and
// analyses that stand alone. It returns whether there are none.
func (l *loader) heads(path []string, e *expr.Expr, names []string) bool {
	before := len(l.doc.problems)
	for _, p := range e.Paths() {
		head := p.Segments[0]
		analysis := head == "study" || slices.ContainsFunc(l.s.Analyses, func(a *Analysis) bool { return a.Name == head })
		switch {
		case !analysis && !slices.Contains(names, head):
			l.doc.within(path, p.Col, "unknown analysis %q", head)
			l.suggest(expr.Suggest(head, names))
		case analysis && len(p.Segments) == 1:
			l.doc.within(path, p.Col, "%s is an analysis and no value; write an address of it, such as %s.people.STATISTIC", head, head)
		}
	}
	return len(l.doc.problems) == before
}

// address parses a text that is one address.
func (l *loader) address(path []string, text string, names []string) *expr.Expr {
	if text == "" {
		return nil
	}
	e := l.doc.expression(path, text)
	if e == nil {
		return nil
	}
	if !e.IsAddress() {
		l.doc.value(path, "p is the address of one p-value, such as ANALYSIS.SOURCE.STATISTIC.p")
		return nil
	}
	l.heads(path, e, names)
	return e
}

// circles reports hypotheses that decide on themselves.
func (l *loader) circles(sections []*section) {
	needs := make(map[string][]string)
	for _, h := range l.s.Hypotheses {
		for _, e := range []*expr.Expr{h.Decide, h.Reject} {
			if e != nil {
				for _, p := range e.Paths() {
					if len(p.Segments) == 1 || len(p.Segments) == 2 && p.Segments[1] == "outcome" {
						needs[h.Name] = append(needs[h.Name], p.Segments[0])
					}
				}
			}
		}
	}
	for i, h := range l.s.Hypotheses {
		seen := make(map[string]bool)
		var reaches func(name string) bool
		reaches = func(name string) bool {
			for _, n := range needs[name] {
				if n == h.Name {
					return true
				}
				if !seen[n] {
					seen[n] = true
					if reaches(n) {
						return true
					}
				}
			}
			return false
		}
		if reaches(h.Name) {
			l.doc.value(sections[i].where("decide"), "hypothesis %q is decided by itself", h.Name)
		}
	}
}

// Fragment reads the TOML of a notebook's analysis cell. Its first line is
// line of the file; the analysis is called name.
func Fragment(name, text, file string, line int) (*Analysis, Problems) {
	doc := parse(file, text, line)
	if doc.root == nil {
		return nil, doc.problems.sorted()
	}
	l := &loader{s: &Study{}, doc: doc}
	l.analysis(&section{doc: doc, table: doc.root}, name)
	return l.s.Analyses[0], doc.problems.sorted()
}
