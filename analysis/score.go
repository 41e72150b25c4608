package analysis

import (
	"context"
	"fmt"
	"math"

	"silico/analysis/frame"
)

func init() {
	Register("score", func() Params {
		return &Score{Common: Common{Kind: "score", Sample: frame.Evaluation}, Least: 0.001, Replicates: 1000, Floor: 1000, Level: 0.95}
	})
}

// Score asks what a source knows about the individual: how probable it called
// the answer that each person gave. It is for sources that tell probabilities
// (keep = "distribution" at the question).
//
// Addresses: NAME.SOURCE.OUTCOME[.VARIABLE.LEVEL].STATISTIC, and
// NAME.'a-b'.OUTCOME.STATISTIC for contrasts, paired by respondent. The
// statistics are
//
//	bits    mean of -log2 P(the person's answer), bits an answer; smaller is
//	        better, and only the true probabilities make it least (Good 1952)
//	brier   mean of Σ_k (P(k) - 1{the answer is k})², between 0 and 2
//	n       respondents
//
// A probability below least counts as least, for one answer that a source calls
// impossible makes the mean infinite; how many there were is a warning. Of a
// question behind others the probability is that over all earlier answers where
// the source knows them, else that given the earlier answer that it drew.
//
// people.OUTCOME[.VARIABLE.LEVEL].bits_floor is what the item shares of one sample of people score
// on another of the size of the evaluation sample, mean over pairs of samples
// without a common person (of a subgroup, of its people): what knowing the items, and nothing of the person,
// reaches; bits_between is how much that differs from pair to pair, the mean of |Δ|. Intervals and p-values are from resamples of whole respondents, joint
// for all sources.
type Score struct {
	Common
	// Variables whose answers are scored; all answers whose probabilities are kept when absent.
	Outcomes []string `toml:"outcomes"`
	// Variables whose levels make subgroups.
	By []string `toml:"by"`
	// Differences between sources, "a-b".
	Contrasts []string `toml:"contrasts"`
	// Smallest probability that an answer is counted with. Default 0.001.
	Least float64 `toml:"least"`
	// How often respondents are resampled for intervals; 0 for none. Default 1000.
	Replicates int `toml:"replicates"`
	// How many pairs of samples of people make the floor; 0 for none. Default 1000.
	Floor int `toml:"floor"`
	// Level of the intervals. Default 0.95.
	Level float64 `toml:"level"`
}

// Needs returns nothing.
func (p *Score) Needs() []string { return nil }

// Check looks for unknown names and for outcomes whose probabilities are not
// kept.
func (p *Score) Check(s *frame.Schema) error {
	c := &checker{schema: s}
	c.common(p.Common)
	c.grouping("by", p.By)
	if !c.people() {
		c.fail("kind", "a score compares with what people answered, and this study has none")
	}
	for _, name := range p.Outcomes {
		if v := c.variable("outcomes", name); v != nil && s.Chances(name) == nil {
			c.fail("outcomes", "the probabilities of %q are not kept; write keep = \"distribution\" at the question that asks for it", name)
		}
	}
	if len(p.Outcomes) == 0 && withOdds(s, nil) == nil {
		c.fail("kind", "no question keeps probabilities; write keep = \"distribution\" at one")
	}
	c.contrasts("contrasts", p.Contrasts, p.Sources)
	if !(p.Least > 0 && p.Least < 0.1) {
		c.fail("least", "%v is no smallest probability; between 0 and 0.1, such as 0.001", p.Least)
	}
	c.replicates("replicates", p.Replicates, 100)
	c.replicates("floor", p.Floor, 20)
	c.level("level", p.Level)
	return c.err()
}

// Columns of a respondent's sums in a score.
const (
	ofScored = iota
	ofBits
	ofBrier
	ofImpossible
	ofScore // how many there are
)

// Run scores each source.
func (p *Score) Run(ctx context.Context, in Input) (*Result, error) {
	sel, err := p.pick(in.Frame, people)
	if err != nil {
		return nil, err
	}
	r := &Result{Warnings: append(sel.note(), sel.empty()...)}
	outcomes := withOdds(in.Frame.Schema, p.Outcomes)
	var scored []string
	for _, outcome := range outcomes {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		known, err := p.outcome(ctx, in, sel, r, outcome)
		if err != nil {
			return nil, err
		}
		if known {
			scored = append(scored, outcome)
		}
	}
	p.present(in, sel, r, scored)
	return r, nil
}

// outcome scores the answers to one outcome, and says whether any source tells
// probabilities of it.
func (p *Score) outcome(ctx context.Context, in Input, sel *selection, r *Result, outcome string) (bool, error) {
	o := newOdds(in.Frame, outcome)
	told := &selection{frame: sel.frame, schema: sel.schema, sample: sel.sample, missing: sel.missing}
	var given *sourceRows
	for _, src := range sel.sources {
		switch {
		case src.Name == people:
			given = src
		case len(src.rows) == 0: // said already
		case o == nil || !o.tells(src):
			r.Warnings = append(r.Warnings, Warning{Term: src.Name, Text: fmt.Sprintf("%s tells no probabilities of %s and has no score.", src.title(), outcome)})
		default:
			told.sources = append(told.sources, src)
		}
	}
	if given == nil || len(given.rows) == 0 || len(told.sources) == 0 {
		return false, nil
	}
	t := p.tally(in.Frame, o, outcome, given)
	m := &measuring{
		in: in, sel: told, sample: p.Common, by: p.By, contrasts: p.Contrasts, replicates: p.Replicates, level: p.Level,
		outcomes: []measuredOutcome{{outcome, []statistic{{name: "bits"}, {name: "brier"}}}}, tally: t,
		value:  func(s, out []float64) { out[0], out[1] = s[ofBits]/s[ofScored], s[ofBrier]/s[ofScored] },
		groups: newGroups(told, p.Contrasts, false, p.Level), result: r,
	}
	if err := m.run(ctx); err != nil {
		return false, err
	}
	p.impossible(in.Frame, told, r, t, outcome)
	return true, p.floor(ctx, in, r, o, outcome)
}

// tally adds the scores of a row on the answer of the person in whose place it
// stands.
func (p *Score) tally(f *frame.Frame, o *odds, outcome string, given *sourceRows) tally {
	answer := o.codes(f.Col(outcome))
	at := newUnits(f, given)
	weight := weights(f, everyRow(f))
	q := make([]float64, len(o.levels))
	return tally{width: ofScore, fill: func(row int, v []float64) bool {
		person := at.of(row)
		if person < 0 || answer[person] < 0 || !o.at(row, q) {
			return false
		}
		chance := q[answer[person]]
		w := weight[person]
		if chance < p.Least {
			v[ofImpossible]++
		}
		v[ofScored] += w
		v[ofBits] -= w * math.Log2(max(chance, p.Least))
		for k, x := range q {
			if int32(k) == answer[person] {
				x--
			}
			v[ofBrier] += w * x * x
		}
		return true
	}}
}

// impossible warns of answers that a source calls all but impossible.
func (p *Score) impossible(f *frame.Frame, sel *selection, r *Result, t tally, outcome string) {
	for _, src := range sel.sources {
		v := make([]float64, t.width)
		rows := 0
		for _, row := range src.rows {
			if t.fill(row, v) {
				rows++
			}
		}
		switch n := int(v[ofImpossible]); {
		case rows == 0:
			r.Warnings = append(r.Warnings, Warning{Term: src.Name, Text: fmt.Sprintf("%s stands in the place of nobody who answered %s.", src.title(), outcome)})
		case n > 0:
			r.Warnings = append(r.Warnings, Warning{Term: src.Name, Text: fmt.Sprintf("%s gave %d of %d answers to %s a probability below %v; they count with that.", src.title(), n, rows, outcome, p.Least)})
		}
	}
}

// everyRow lists the rows of a frame.
func everyRow(f *frame.Frame) []int {
	rows := make([]int, f.Rows())
	for i := range rows {
		rows[i] = i
	}
	return rows
}
