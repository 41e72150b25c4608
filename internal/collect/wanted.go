package collect

import (
	"context"

	"silico/internal/llm"
	"silico/internal/study"
)

// Wanted are the requests of a plan.
type Wanted struct {
	// Missing is how many answers are still to be asked for. What was kept
	// behind them is not known while they are missing.
	Missing int

	keys map[llm.Key]bool
}

// NewWanted goes through the plan of a study with the answers that are kept.
func NewWanted(ctx context.Context, s *study.Study, workers int) (*Wanted, error) {
	w := &Wanted{keys: make(map[llm.Key]bool)}
	err := EachTold(ctx, s, workers, func(t *Told) error {
		if t.Answer == nil {
			w.Missing++
		}
		for _, a := range t.Asked {
			for _, k := range llm.Keys(a.Request, a.Wire) {
				w.keys[k] = true
			}
		}
		return nil
	})
	return w, err
}

// Has says whether a key is one of the plan's.
func (w *Wanted) Has(k llm.Key) bool { return w.keys[k] }
