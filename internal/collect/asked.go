package collect

import (
	"context"
	"fmt"
	"strings"

	"silico/internal/study"
)

// Missing says that models have not given all their answers yet.
type Missing struct {
	Models []MissingAnswers // in the order of the study
}

// MissingAnswers are the answers that one model still owes.
type MissingAnswers struct {
	Model   string // its name in the study
	Answers int    // how many are missing
	Of      int    // how many there will be
}

func (m *Missing) Error() string {
	var b strings.Builder
	b.WriteString("answers are missing:")
	for _, a := range m.Models {
		fmt.Fprintf(&b, "\n  model %s: %d of %d answers", a.Model, a.Answers, a.Of)
	}
	b.WriteString("\nthis version asks no model; declare these models as recorded, with a file of their answers, or take them out")
	return b.String()
}

// asked is a language model behind a provider.
type asked struct{ model *study.Model }

// Answer says how many answers are missing: each question once for every unit
// and draw.
func (a asked) Answer(_ context.Context, t *Task) (*Answers, error) {
	n := len(t.Units) * max(1, a.model.Draws) * max(1, len(t.Study.Questions))
	return nil, &Missing{[]MissingAnswers{{Model: a.model.Name, Answers: n, Of: n}}}
}
