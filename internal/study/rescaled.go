package study

import (
	"slices"
	"strings"

	"silico/analysis/frame"
)

// checkRescaled checks the models whose probabilities baselines rescale.
func (l *loader) checkRescaled() {
	var asked []string
	for _, m := range l.s.Models {
		if m.Kind() == "asked" {
			asked = append(asked, m.Name)
		}
	}
	for _, m := range l.s.Models {
		if m.Baseline == nil || m.Model != "rescaled" {
			continue
		}
		s := &m.spec
		if m.Baseline.Of == "" {
			l.required(s, "of", `of = "base", a model that is asked for log-probabilities`)
			continue
		}
		if !l.known(s.where("of"), "model that is asked", m.Baseline.Of, asked) {
			continue
		}
		of := l.s.Model(m.Baseline.Of)
		var unweighed, lost []string
		for _, q := range l.s.Questions {
			switch {
			case of.elicit(q) != "logprobs" || of.reasons(q):
				unweighed = append(unweighed, q.Name)
			case q.Keep != "distribution":
				lost = append(lost, q.Name)
			}
		}
		if unweighed != nil {
			l.doc.value(s.where("of"), "%s answers %s without log-probabilities, and there is nothing to rescale; write elicit = \"logprobs\" for it", of.Name, strings.Join(unweighed, ", "))
		}
		if lost != nil {
			l.doc.value(s.where("of"), "the probabilities of the answers to %s are not kept; write keep = \"distribution\" at the question", strings.Join(lost, ", "))
		}
		if of.Memory != 0 {
			l.doc.value(s.where("of"), "%s remembers earlier questions, whose answers change its probabilities; rescale one with memory = \"none\"", of.Name)
		}
	}
}

// PupilRows returns the units of the training people of the baselines that
// rescale a model, person by person in the order of the file: it is asked about
// them too, for what it says of them is what is rescaled.
func (s *Study) PupilRows(m *Model) [][]int32 {
	var ids []string
	for _, other := range s.Models {
		if b := other.Baseline; b != nil && other.Model == "rescaled" && b.Of == m.Name && other.Train != nil {
			ids = append(ids, other.Train.IDs...)
		}
	}
	if ids == nil || s.Units() == nil {
		return nil
	}
	id, sample := s.Units().Col(s.schema.ID), s.Units().Col(frame.SampleColumn)
	pupil := make([]bool, len(id.Levels))
	for k, name := range id.Levels {
		pupil[k] = slices.Contains(ids, name)
	}
	evaluated := sample.Code(frame.Evaluation)
	return s.rowsOf(func(row int) bool {
		return id.Codes[row] >= 0 && pupil[id.Codes[row]] && sample.Codes[row] != evaluated
	})
}
