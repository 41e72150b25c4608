package collect

import (
	"context"
	"sync"

	"silico/internal/llm"
	"silico/internal/study"
)

// Wanted are the requests of a plan.
type Wanted struct {
	// Missing is how many answers are still to be asked for. What was kept
	// behind them is not known while they are missing.
	Missing int

	mu   sync.Mutex
	keys map[llm.Key]bool
}

// NewWanted goes through the plan of a study with the answers that are kept.
func NewWanted(ctx context.Context, s *study.Study, workers int) (*Wanted, error) {
	store, err := openKept(s)
	if err != nil {
		return nil, err
	}
	w := &Wanted{keys: make(map[llm.Key]bool)}
	return w, replay(ctx, s, store, workers, w)
}

// Has says whether a key is one of the plan's.
func (w *Wanted) Has(k llm.Key) bool { return w.keys[k] }

func (w *Wanted) hear(c *conversation) error {
	keys, err := c.keys()
	if err != nil {
		return err
	}
	_, owed := c.answers()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.Missing += owed
	for _, k := range keys {
		w.keys[k] = true
	}
	return nil
}

func (w *Wanted) file(*conversation) {}
