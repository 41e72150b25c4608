package collect

import (
	"context"

	"silico/internal/study"
)

// asked is a language model behind a provider. Its answers were asked for by
// Run and are replayed from the store; this makes no call.
type asked struct{ model *study.Model }

// Answer returns the rows of the model.
func (a asked) Answer(_ context.Context, t *Task) (*Answers, error) {
	v := t.asked.of[a.model]
	if owed := int(v.owed.Load()); owed > 0 && !t.partial {
		return nil, &Missing{Models: []MissingAnswers{{Model: a.model.Name, Answers: owed, Of: v.answers}}}
	}
	return v.rows(), nil
}
