package llm

// Merged is what Merge has done.
type Merged struct {
	Added    int       `json:"added"`    // answers that were not here
	Known    int       `json:"known"`    // answers that were here already
	Findings []Finding `json:"findings"` // of the other folder
}

// Merge takes the answers of the store in another folder into this one, line by
// line as they are. The findings are those of the other folder.
func (s *Store) Merge(from string) (*Merged, error) {
	type copied struct {
		line
		text  []byte // with its newline
		model string
	}
	var m Merged
	found, err := readFiles(from,
		func(cs *[]copied, l line) error {
			model, err := modelOf(l)
			if err != nil {
				return err
			}
			text := append(l.appendText(nil), '\n')
			l, err = parse(text[:len(text)-1]) // l points into what is gone soon
			*cs = append(*cs, copied{l, text, model})
			return err
		},
		func(cs *[]copied, _ string, _ int) error {
			for _, c := range *cs {
				if s.holds(c.line) {
					m.Known++
					continue
				}
				if err := s.write(c.model, c.line, c.text); err != nil {
					return err
				}
				m.Added++
			}
			return nil
		})
	if err != nil {
		return nil, err
	}
	m.Findings = found.list()
	return &m, nil
}

// holds says whether the very reply of a line is the one in the index. A second
// reply that is kept here is not, so it may be kept twice until the store is
// compacted.
func (s *Store) holds(l line) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, ok := s.index[halfOf(l.key)]
	return ok && digest(s.at(r)) == l.digest
}
