package study

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"silico/analysis/frame"
	"silico/analysis/stat"
)

// trainAt is a draw of people to be made, and where it is declared.
type trainAt struct {
	model *Model
	at    *section
}

// training checks train = { ... } of a model.
func (l *loader) training(s *section, spec *specTrain, m *Model) {
	table, ok := s.table["train"].(map[string]any)
	if !ok { // reported
		return
	}
	at := &section{doc: l.doc, path: s.where("train"), table: table}
	t := &Train{People: spec.People, Share: spec.Share, Sample: spec.Sample, By: spec.By, Arms: spec.Arms, Demographics: true, Seed: spec.Seed}
	if t.Sample == "" {
		t.Sample = "random"
	}
	m.Train = t
	before := len(l.doc.problems)
	switch {
	case at.names("people") == at.names("share"):
		l.doc.at(at.path, "train needs either people = a number or share = a part of the pilot")
	case at.has("people") && t.People < 1:
		l.doc.value(at.where("people"), "a model learns from at least one person")
	case at.has("share") && (t.Share <= 0 || t.Share > 1):
		l.doc.value(at.where("share"), "share must be above 0 and at most 1")
	}
	if at.has("sample") {
		l.oneOf(at, "sample", t.Sample, []string{"random", "equal"}, "sample")
	}
	switch {
	case t.Sample == "equal" && !at.has("by"):
		l.doc.at(at.path, "an equal sample needs by = the variable from each of whose levels equally many are drawn")
	case t.Sample == "random" && at.has("by"):
		l.doc.at(at.where("by"), "by has a meaning only with sample = \"equal\"")
	case at.has("by") && t.Sample == "equal":
		l.stratum(at.where("by"), t.By)
	}
	l.shown(at, spec, m)
	if len(l.doc.problems) == before {
		l.trains = append(l.trains, trainAt{m, at})
	}
}

// checkTeachers reports, once for all models, that there is nobody to learn
// from.
func (l *loader) checkTeachers() {
	if len(l.trains) == 0 || l.s.People != nil && l.s.People.Pilot != nil || l.s.People == nil && l.s.Respondents == nil {
		return
	}
	first := l.trains[0]
	who := fmt.Sprintf("model %q learns from people", first.model.Name)
	if more := len(l.trains) - 1; more > 0 {
		who = fmt.Sprintf("model %q and %s learn from people", first.model.Name, counted(more, "other"))
	}
	if l.s.People == nil {
		l.doc.at(first.at.path, "%s, and this study has none", who)
		return
	}
	l.doc.at(first.at.path, "%s, and there is no [people.pilot] of those who may be learned from; write it with share = 0.5", who)
}

// drawTraining draws the people that each model learned from.
func (l *loader) drawTraining() {
	p := l.s.People
	if p == nil || p.Frame == nil || p.Pilot == nil || p.Pilot.Share <= 0 || p.Pilot.Share >= 1 { // reported
		return
	}
	for _, t := range l.trains {
		l.draw(t)
	}
}

// draw makes one draw from the pilot: a prefix of the permutation that the
// training's seed gives, for an equal sample one of each level's part of it.
func (l *loader) draw(t trainAt) {
	f, tr := l.s.People.Frame, t.model.Train
	pilot := tr.inArms(f, l.s.schema, peopleOf(f, l.s.schema.ID, frame.Pilot))
	order := permuted(pilot, stat.NewStreams(l.s.Seed).At("train", uint64(tr.Seed)))
	n, key := tr.People, "people"
	if tr.Share > 0 {
		n, key = int(math.Floor(tr.Share*float64(len(pilot))+0.5)), "share"
	}
	at := t.at.where(key)
	if n > len(pilot) {
		l.doc.value(at, "%d people cannot be drawn: the pilot has %d", n, len(pilot))
		return
	}
	if n == 0 {
		l.doc.value(at, "this share of the %d people of the pilot is nobody", len(pilot))
		return
	}
	var drawn []person
	if tr.Sample == "random" {
		drawn = order[:n]
	} else {
		var ok bool
		if drawn, ok = l.equal(t, at, order, n); !ok {
			return
		}
	}
	tr.People = n
	chosen := make(map[string]bool, n)
	for _, p := range drawn {
		chosen[p.id] = true
	}
	for _, p := range pilot {
		if chosen[p.id] {
			tr.IDs = append(tr.IDs, p.id)
		}
	}
}

// inArms returns the people of the arms that are shown, where arms are levels
// of a between factor.
func (t *Train) inArms(f *frame.Frame, schema *frame.Schema, people []person) []person {
	return slices.DeleteFunc(people, func(p person) bool {
		for factor, levels := range t.Levels {
			if !schema.Variable(factor).Within && !slices.Contains(levels, f.Col(factor).String(p.row)) {
				return true
			}
		}
		return false
	})
}

// shown reads what a tuned model is shown of the people it learns from: which
// arms, and whether it is told who they are.
func (l *loader) shown(at *section, spec *specTrain, m *Model) {
	t := m.Train
	for _, key := range []string{"arms", "demographics"} {
		if at.has(key) && m.Kind() != "asked" {
			l.doc.at(at.where(key), "%s is for models that are tuned; a baseline learns from all rows", key)
			return
		}
	}
	if spec.Demographics != nil {
		t.Demographics = *spec.Demographics
	}
	if !t.Demographics && m.Persona != "none" {
		l.doc.value(at.where("demographics"), "the prompts of the training are those that the model is asked, and this one has the persona %q; write persona = \"none\"", m.Persona)
	}
	t.Levels = make(map[string][]string)
	for i, arm := range spec.Arms {
		path := at.where("arms", element(i))
		factor, level, dotted := strings.Cut(arm, ".")
		var of, all []string
		for _, f := range l.s.Factors {
			for _, lev := range f.Levels {
				all = append(all, lev.Name)
				if dotted && f.Name == factor && lev.Name == level || lev.Name == arm {
					of = append(of, f.Name)
				}
			}
		}
		switch len(of) {
		case 0:
			l.doc.hint(path, arm, all, "no factor has the level %q", arm)
		case 1:
			t.Levels[of[0]] = append(t.Levels[of[0]], arm[strings.LastIndex(arm, ".")+1:])
		default:
			l.doc.value(path, "%s have a level %q; write %q", strings.Join(of, " and "), arm, of[0]+"."+arm)
		}
	}
}

// equal draws as many people from each level of a variable.
func (l *loader) equal(t trainAt, at []string, order []person, n int) ([]person, bool) {
	by := l.s.People.Frame.Col(t.model.Train.By)
	if n%len(by.Levels) != 0 {
		l.doc.value(at, "%d people cannot be drawn equally from the %d levels of %s; take a multiple of %d", n, len(by.Levels), by.Name, len(by.Levels))
		return nil, false
	}
	each := n / len(by.Levels)
	var drawn []person
	sound := true
	for k, level := range by.Levels {
		var of []person
		for _, p := range order {
			if by.Codes[p.row] == int32(k) {
				of = append(of, p)
			}
		}
		if len(of) < each {
			l.doc.value(at, "%d people cannot be drawn equally by %s: that takes %d with %s = %q, and the pilot has %d", n, by.Name, each, by.Name, level, len(of))
			sound = false
			continue
		}
		drawn = append(drawn, of[:each]...)
	}
	return drawn, sound
}

// person is a respondent of the people file and one of the rows.
type person struct {
	id  string
	row int
}

// peopleOf returns the people of a sample in the order of the file.
func peopleOf(f *frame.Frame, id, sample string) []person {
	ids, samples := f.Col(id), f.Col(frame.SampleColumn)
	code := samples.Code(sample)
	seen := make([]bool, len(ids.Levels))
	var ps []person
	for i, k := range ids.Codes {
		if !seen[k] && samples.Codes[i] == code {
			seen[k] = true
			ps = append(ps, person{ids.Levels[k], i})
		}
	}
	return ps
}

// permuted returns people in a random order that depends on who they are and
// not on the order of the file.
func permuted(people []person, rng interface{ Perm(int) []int }) []person {
	sorted := slices.Clone(people)
	slices.SortFunc(sorted, func(a, b person) int {
		switch {
		case a.id < b.id:
			return -1
		case a.id > b.id:
			return 1
		}
		return 0
	})
	out := make([]person, len(sorted))
	for i, j := range rng.Perm(len(sorted)) {
		out[i] = sorted[j]
	}
	return out
}
