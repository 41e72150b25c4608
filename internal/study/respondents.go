package study

import (
	"math"
	"slices"
	"strconv"

	"silico/analysis/frame"
	"silico/analysis/stat"
)

// Respondents are artificial: drawn from margins, for a study without people.
type Respondents struct {
	N int
	// Frame has one row a unit, with the columns of People.Frame: the
	// respondent's id, covariates, factors and attributes; answers are missing.
	// Everybody is in the evaluation sample.
	Frame *frame.Frame
}

// readRespondents reads [respondents].
func (l *loader) readRespondents(s *section) {
	if s == nil {
		return
	}
	var spec specRespondents
	s.decode(&spec)
	switch {
	case !s.has("n"):
		l.required(s, "n", "n = 200")
	case spec.N < 1 || spec.N > 1_000_000:
		l.doc.value(s.where("n"), "n must be between 1 and 1000000")
	}
	l.s.Respondents = &Respondents{N: spec.N}
	l.margins, l.marginsAt = spec.Margin, s
}

// drawRespondents makes the respondents: each covariate from its margin by a
// random stream of its name, factors between persons in turn, within factors
// in every combination.
func (l *loader) drawRespondents() {
	r := l.s.Respondents
	if r == nil || r.N < 1 || r.N > 1_000_000 {
		return
	}
	l.checkMargins()
	if l.broken || len(l.doc.problems) > 0 {
		return
	}
	conditions := 1
	for _, f := range l.s.Factors {
		if f.Within {
			conditions *= len(f.Levels)
		}
	}
	rows := r.N * conditions
	people := make([]int, rows)
	for i := range people {
		people[i] = i / conditions
	}
	streams := stat.NewStreams(l.s.Seed)
	var cols []*frame.Column
	under := conditions
	between := 1
	for i := range l.s.schema.Variables {
		v := &l.s.schema.Variables[i]
		c := newCells(v, empty, rows)
		f := l.s.factor(v.Name)
		switch {
		case v.Derived != "", v.Role == frame.RoleChance:
			continue
		case v.Role == "id":
			for i, p := range people {
				c.put(i, strconv.Itoa(p+1))
			}
		case f != nil && f.Within:
			under /= len(f.Levels)
			for i := range people {
				c.put(i, f.Levels[i/under%len(f.Levels)].Name)
			}
		case f != nil:
			order := streams.At("respondents."+v.Name, 0).Perm(r.N)
			for i, p := range people {
				c.put(i, f.Levels[order[p]/between%len(f.Levels)].Name)
			}
		case v.Of != "":
			cols = append(cols, l.s.attribute(v, find(cols, v.Of)))
			continue
		case v.Role == roleCovariate || v.Role == roleFactor:
			values := l.drawMargin(v, r.N, streams)
			for i, p := range people {
				c.put(i, values[p])
			}
		default:
			for i := range people {
				c.put(i, "")
			}
		}
		cols = append(cols, c.column())
	}
	f := frame.New(cols...)
	f.Schema = l.s.schema
	f, err := l.s.Derive(f)
	if err != nil {
		l.doc.at(l.marginsAt.path, "%v", err)
		return
	}
	sample := &frame.Column{Name: frame.SampleColumn, Kind: frame.Factor, Levels: []string{frame.Evaluation, frame.Pilot, frame.Excluded}, Codes: make([]int32, rows)}
	rule := &frame.Column{Name: frame.RuleColumn, Kind: frame.Factor, Codes: make([]int32, rows)}
	for i := range rule.Codes {
		rule.Codes[i] = -1
	}
	r.Frame = f.With(sample).With(rule)
}

func find(cols []*frame.Column, name string) *frame.Column {
	for _, c := range cols {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// drawMargin returns one value a respondent. Levels come in their exact shares
// by largest remainder, in random order; numbers evenly between min and max.
func (l *loader) drawMargin(v *frame.Variable, n int, streams stat.Streams) []string {
	rng := streams.At("respondents." + v.Name)
	values := make([]string, n)
	levels := v.Levels
	if v.Type == "binary" && levels == nil {
		levels = []string{"0", "1"}
	}
	if len(levels) == 0 {
		for i := range values {
			x := v.Min + rng.Float64()*(v.Max-v.Min)
			if v.Type != "number" {
				x = v.Min + math.Floor(rng.Float64()*(v.Max-v.Min+1))
			}
			values[i] = strconv.FormatFloat(x, 'g', -1, 64)
		}
		return values
	}
	counts := make([]int, len(levels))
	left := n
	shares := make([]float64, len(levels))
	for k, level := range levels {
		shares[k] = 1 / float64(len(levels))
		if m, ok := l.margins[v.Name]; ok {
			shares[k] = m[level]
		}
		counts[k] = int(math.Floor(shares[k]*float64(n) + 1e-9))
		left -= counts[k]
	}
	for ; left > 0; left-- { // to the level that is shortest of its share
		best := 0
		for k := range levels {
			if shares[k]*float64(n)-float64(counts[k]) > shares[best]*float64(n)-float64(counts[best])+1e-9 {
				best = k
			}
		}
		counts[best]++
	}
	order, at := rng.Perm(n), 0
	for k, c := range counts {
		for range c {
			values[order[at]] = levels[k]
			at++
		}
	}
	return values
}

// checkMargins compares the margins with the covariates.
func (l *loader) checkMargins() {
	s := l.marginsAt
	var known []string
	for i := range l.s.schema.Variables {
		v := &l.s.schema.Variables[i]
		if v.Role != roleCovariate && v.Role != roleFactor || l.s.factor(v.Name) != nil || v.Derived != "" {
			continue
		}
		known = append(known, v.Name)
		if len(v.Levels) == 0 && v.Type != "binary" && v.Type != "scale" && (math.IsNaN(v.Min) || math.IsNaN(v.Max)) {
			l.doc.at(l.variables[v.Name].path, "%s is drawn evenly between min and max, and it does not have both", v.Name)
		}
	}
	table := tableOf(s.table["margin"])
	for _, k := range l.doc.children(s.where("margin"), table) {
		at := s.where("margin", k)
		if !slices.Contains(known, k) {
			l.doc.at(at, "unknown covariate %q", k)
			l.suggestOf(k, known)
			continue
		}
		v := l.s.schema.Variable(k)
		levels := v.Levels
		if v.Type == "binary" && levels == nil {
			levels = []string{"0", "1"}
		}
		sum := 0.0
		for _, level := range l.doc.children(at, tableOf(table[k])) {
			x := l.margins[k][level]
			sum += x
			switch lp := append(slices.Clone(at), level); {
			case !slices.Contains(levels, level):
				l.doc.at(lp, "%q is no level of %s%s", level, k, list(levels, "; declared are "))
				l.suggestOf(level, levels)
			case x < 0:
				l.doc.value(lp, "a share is not negative")
			}
		}
		if math.Abs(sum-1) > 1e-9 {
			l.doc.at(at, "the shares of %s sum to %s, not to 1", k, strconv.FormatFloat(sum, 'g', 6, 64))
		}
	}
}
