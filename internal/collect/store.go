package collect

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"silico/internal/llm"
	"silico/internal/study"
)

// Responses is the folder of a study in which the answers of models are kept.
const Responses = "responses"

// nothing is the store of a study that keeps no answers.
type nothing struct{}

func (nothing) Look(...llm.Key) (*llm.Reply, bool) { return nil, false }

// openKept opens the answers of a study to be read. A study that asks nobody,
// or has asked nobody yet, has none.
func openKept(s *study.Study) (kept, error) {
	asks := slices.ContainsFunc(s.Models, func(m *study.Model) bool { return m.Kind() == "asked" })
	dir := filepath.Join(s.Dir, Responses)
	if _, err := os.Stat(dir); !asks || os.IsNotExist(err) {
		return nothing{}, nil
	}
	store, err := llm.OpenStore(dir)
	if err != nil {
		return nil, fmt.Errorf("read the answers in %s: %w", dir, err)
	}
	return store, nil
}
