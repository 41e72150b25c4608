package collect

import (
	"fmt"
	"strings"

	"silico/analysis/frame"
	"silico/internal/study"
)

// Missing says that models have not given all their answers yet.
type Missing struct {
	Study     string           // as the commands name it, "" when nobody does
	Models    []MissingAnswers // in the order of the study
	Untrained []string         // models that are to be tuned before they can be asked
}

// MissingAnswers are the answers that one model still owes.
type MissingAnswers struct {
	Model   string `json:"model"`   // its name in the study
	Answers int    `json:"missing"` // how many are missing
	Of      int    `json:"of"`      // how many there will be
}

func (m *Missing) Error() string {
	var b strings.Builder
	b.WriteString("answers are missing:")
	for _, a := range m.Models {
		fmt.Fprintf(&b, "\n  model %s: %d of %s", a.Model, a.Answers, count(a.Of, "answer"))
	}
	name := m.Study
	if name == "" {
		name = "STUDY"
	}
	if len(m.Untrained) > 0 {
		b.WriteString("\n" + Untrained(name, m.Untrained))
	}
	fmt.Fprintf(&b, "\nsilico run %s asks for them; silico build --partial %s makes the paper of what there is", name, name)
	return b.String()
}

// Untrained says that models of a study are to be tuned before they can be
// asked.
func Untrained(name string, models []string) string {
	return fmt.Sprintf("not tuned yet, so that nobody can ask: %s; silico tune %s comes first", strings.Join(models, ", "), name)
}

// Sentence says what is missing, for readers of a paper that was made without
// it.
func (m *Missing) Sentence() string {
	var parts []string
	for _, a := range m.Models {
		parts = append(parts, fmt.Sprintf("%s lacks %d of %s", a.Model, a.Answers, count(a.Of, "answer")))
	}
	return "Not all models have been asked yet: " + strings.Join(parts, "; ") + "."
}

// Lacking says which answers a frame lacks that models are still to be asked
// for, nil when there are none.
func Lacking(s *study.Study, f *frame.Frame) *Missing {
	m := Missing{Study: s.Dir, Untrained: s.Untrained(nil)}
	source := f.Col(frame.SourceColumn)
	for _, model := range s.Models {
		if model.Kind() != "asked" {
			continue
		}
		a := MissingAnswers{Model: model.Name}
		code := source.Code(model.Name)
		for _, q := range s.Questions {
			status := f.Col(study.StatusColumn(q.Variable))
			for row, k := range source.Codes {
				if k != code {
					continue
				}
				a.Of++
				if status.Codes[row] < 0 {
					a.Answers++
				}
			}
		}
		if a.Answers > 0 {
			m.Models = append(m.Models, a)
		}
	}
	if m.Models == nil {
		return nil
	}
	return &m
}
