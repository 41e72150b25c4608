package llm

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
)

// Stats are the numbers of a store.
type Stats struct {
	Files    int          `json:"files"`
	Bytes    int64        `json:"bytes"` // on the disk
	Models   []ModelStats `json:"models"`
	Findings []Finding    `json:"findings"`
}

// ModelStats are the numbers of one model: all calls that were kept, second
// replies included, each once.
type ModelStats struct {
	Provider string         `json:"provider"`
	Model    string         `json:"model"`
	Revision string         `json:"revision,omitempty"`
	Answers  int            `json:"answers"` // different requests
	Second   int            `json:"second"`  // further replies to them
	Input    int            `json:"input"`   // tokens
	Output   int            `json:"output"`
	Cached   int            `json:"cached"`
	Price    float64        `json:"price"`    // in USD, of the replies whose price is known
	Unpriced int            `json:"unpriced"` // replies whose price is not known
	First    string         `json:"first"`    // dates of the first and the last reply
	Last     string         `json:"last"`
	Latency  int64          `json:"latency_ms"` // median
	Finish   map[string]int `json:"finish"`     // how replies ended
	Served   []string       `json:"served"`     // what the server called the model, with its fingerprints

	latency []int64
	served  map[string]bool
	pico    int64 // price in units of 1e-12 USD, which add up to the same in any order
}

// ReadStats reads a store in full and counts.
func ReadStats(dir string) (*Stats, error) {
	s := &Stats{}
	if err := s.sizes(dir); err != nil {
		return nil, fmt.Errorf("read answers: %w", err)
	}
	type identity struct{ provider, model, revision string }
	models := make(map[identity]*ModelStats)
	seen := make(map[Key][]string) // digests of the replies
	found, err := Records(dir, func(r *Record) error {
		if slices.Contains(seen[r.Key], r.Digest) {
			return nil
		}
		id := identity{r.Request.Provider, r.Request.Model, r.Request.Revision}
		m := models[id]
		if m == nil {
			m = &ModelStats{Provider: id.provider, Model: id.model, Revision: id.revision, Finish: make(map[string]int), served: make(map[string]bool)}
			models[id] = m
		}
		m.count(&r.Reply, len(seen[r.Key]) > 0)
		seen[r.Key] = append(seen[r.Key], r.Digest)
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.Findings = found
	for _, m := range models {
		slices.Sort(m.latency)
		m.Latency = m.latency[len(m.latency)/2]
		m.Price = float64(m.pico) / 1e12
		m.Served = slices.Sorted(maps.Keys(m.served))
		s.Models = append(s.Models, *m)
	}
	slices.SortFunc(s.Models, func(a, b ModelStats) int {
		return cmp.Or(cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.Model, b.Model), cmp.Compare(a.Revision, b.Revision))
	})
	return s, nil
}

func (s *Stats) sizes(dir string) error {
	names, err := answerFiles(dir)
	if err != nil {
		return err
	}
	s.Files = len(names)
	for _, name := range names {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		s.Bytes += info.Size()
	}
	return nil
}

func (m *ModelStats) count(r *Reply, second bool) {
	if second {
		m.Second++
	} else {
		m.Answers++
	}
	m.Input, m.Output, m.Cached = m.Input+r.Input, m.Output+r.Output, m.Cached+r.Cached
	if r.Price != nil {
		m.pico += int64(math.Round(*r.Price * 1e12))
	} else {
		m.Unpriced++
	}
	if m.First == "" || r.Date < m.First {
		m.First = r.Date
	}
	m.Last = max(m.Last, r.Date)
	m.latency = append(m.latency, r.LatencyMS)
	m.Finish[string(r.Finish)]++
	if r.Served != "" {
		name := r.Served
		if r.Print != "" {
			name += " (" + r.Print + ")"
		}
		m.served[name] = true
	}
}
