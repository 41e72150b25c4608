package study

import (
	"fmt"
	"strings"

	"silico/analysis/frame"
)

// Plan is what the models of a study are asked.
type Plan struct {
	Models  []PlannedModel `json:"models"`
	Answers int            `json:"answers"` // of all models
	Kept    int            `json:"kept"`    // that are on disk or are computed
	Missing int            `json:"missing"` // that are still to be asked for
}

// PlannedModel is what one model is asked.
type PlannedModel struct {
	Name        string `json:"name"`
	Label       string `json:"label"`
	Kind        string `json:"kind"`        // asked recorded baseline simulated
	Respondents int    `json:"respondents"` // that it stands in for
	Conditions  int    `json:"conditions"`  // combinations of the within factors
	Units       int    `json:"units"`       // respondents under conditions
	Questions   int    `json:"questions"`
	Draws       int    `json:"draws"`
	Answers     int    `json:"answers"` // units x questions x draws
	Kept        int    `json:"kept"`    // on disk, or computed at build
	Missing     int    `json:"missing"`
}

// Plan returns what would be asked: every question of every unit of the
// evaluation sample, as often as a model draws. Only models that are asked can
// lack answers; the others are computed at build.
func (s *Study) Plan() *Plan {
	respondents, units := s.evaluation()
	conditions := 1
	for _, f := range s.Factors {
		if f.Within {
			conditions *= len(f.Levels)
		}
	}
	p := &Plan{Models: []PlannedModel{}}
	for _, m := range s.Models {
		pm := PlannedModel{Name: m.Name, Label: m.label(), Kind: m.Kind(), Respondents: respondents, Conditions: conditions,
			Units: units, Questions: len(s.Questions), Draws: m.Draws}
		pm.Answers = pm.Units * pm.Questions * pm.Draws
		if m.Recorded != nil && m.Recorded.Rows != nil {
			s.plannedRecord(&pm, m.Recorded)
		}
		if pm.Kind == "asked" {
			pm.Missing = pm.Answers
		} else {
			pm.Kept = pm.Answers
		}
		p.Answers += pm.Answers
		p.Kept += pm.Kept
		p.Missing += pm.Missing
		p.Models = append(p.Models, pm)
	}
	return p
}

// plannedRecord counts what a file has: its rows that belong to respondents of
// the evaluation sample, or all of them when they are respondents of their own.
func (s *Study) plannedRecord(pm *PlannedModel, r *Recorded) {
	id := r.Rows.Col(s.schema.ID)
	in := make(map[string]bool)
	if r.Join == "id" && s.People != nil && s.People.Frame != nil {
		for _, p := range peopleOf(s.People.Frame, s.schema.ID, frame.Evaluation) {
			in[p.id] = true
		}
	}
	met := make(map[string]bool)
	pm.Units, pm.Questions = 0, 0
	for i := range r.Rows.Rows() {
		if name := id.String(i); r.Join == "none" || in[name] {
			met[name] = true
			pm.Units++
		}
	}
	for _, v := range s.Variables {
		if _, ok := r.Columns[v.Name]; ok && s.Answers(&v.Variable) {
			pm.Questions++
		}
	}
	pm.Respondents, pm.Draws = len(met), 1
	pm.Answers = pm.Units * pm.Questions
}

// evaluation counts the respondents and units that models stand in for.
func (s *Study) evaluation() (respondents, units int) {
	f := s.Units()
	if f == nil {
		return 0, 0
	}
	id, sample := f.Col(s.schema.ID), f.Col(frame.SampleColumn)
	seen := make([]bool, len(id.Levels))
	code := sample.Code(frame.Evaluation)
	for i, k := range id.Codes {
		if sample.Codes[i] != code {
			continue
		}
		units++
		if !seen[k] {
			seen[k] = true
			respondents++
		}
	}
	return respondents, units
}

// Units returns the frame of the respondents, people or artificial ones, with
// a row a unit and the column sample; nil when the study has none.
func (s *Study) Units() *frame.Frame {
	switch {
	case s.People != nil:
		return s.People.Frame
	case s.Respondents != nil:
		return s.Respondents.Frame
	}
	return nil
}

// label returns what readers see of a model: what is no language model and no
// record is named for what it is.
func (m *Model) label() string {
	label := m.Label
	if label == "" {
		label = m.Name
	}
	switch m.Kind() {
	case "baseline", "simulated":
		if kind := m.Kind(); !strings.Contains(strings.ToLower(label), kind) {
			label += " (" + kind + ")"
		}
	}
	return label
}

// warnings says of which rows of the people's file the rules know nothing.
func (p *People) warnings() []string {
	ws := leftOut(p.Unknown, p.File)
	for _, r := range p.Exclude {
		if r.Unknown > 0 {
			ws = append(ws, fmt.Sprintf("the rule %s is missing in %s of %s, where it excludes nobody", r.Name, counted(r.Unknown, "row"), p.File))
		}
	}
	return ws
}

func leftOut(rows int, file string) []string {
	if rows == 0 {
		return nil
	}
	return []string{fmt.Sprintf("where is missing in %s of %s, left out", counted(rows, "row"), file)}
}

// counted returns "1 row", "2 rows".
func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// sources lists the sources of the frame: people first, then the models.
func (s *Study) sources() []frame.Source {
	var list []frame.Source
	if s.People != nil {
		list = append(list, frame.Source{Name: "people", Label: "people", Kind: "people", Paired: true, Draws: 1, Warnings: s.People.warnings()})
	}
	for _, m := range s.Models {
		src := frame.Source{Name: m.Name, Label: m.label(), Kind: m.Kind(), Model: m.Model, Base: m.Base, Draws: m.Draws, Paired: s.People != nil}
		if m.Train != nil {
			src.Trained = m.Train.People
		}
		if m.Recorded != nil {
			src.Paired = src.Paired && m.Recorded.Join == "id"
			src.Model = m.Recorded.File
			src.Warnings = leftOut(m.Recorded.Unknown, m.Recorded.File)
			if m.Model != "" {
				src.Model = m.Model
			}
		}
		list = append(list, src)
	}
	return list
}
