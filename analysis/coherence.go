package analysis

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"silico/analysis/expr"
	"silico/analysis/frame"
)

func init() {
	Register("coherence", func() Params {
		return &Coherence{Common: Common{Kind: "coherence", Sample: frame.Evaluation}, Replicates: 1000, Floor: 1000, Level: 0.95}
	})
}

// Coherence asks whether what respondents do follows from what they believe or
// want: the share of rows that break a declared rule.
//
// Addresses: NAME.SOURCE[.VARIABLE.LEVEL].STATISTIC; NAME.'a-people'.STATISTIC is
// the difference of a source to the people, paired by respondent, and
// NAME.'a-b'.STATISTIC a contrast that was asked for. The statistics are
//
//	gap            share of rows that break the rule; the rule is
//	               (belief holds) != (action is taken) unless declared
//	belief_only    share without the action among rows where the belief holds
//	action_only    share with the action among rows where it does not hold
//	belief_alone, action_alone  the two parts of the gap as shares of all rows
//	mismatch       share of rows where belief and action have different levels
//	opposite       share where one has the lowest, the other the highest level
//	chance         gap expected if belief and action were independent within
//	               items: mean over items of p_b(1-p_a) + p_a(1-p_b)
//	kappa          1 - gap/chance; NaN when chance is 0, as for a source that
//	               always answers the same: it has no gap and no coherence
//	correlation    Pearson correlation of belief and action over rows, by the
//	               scores of their levels
//	n              respondents
//
// Shares have standard errors by respondent (CR1) and t intervals; chance, kappa
// and the correlation have bootstrap intervals over whole respondents, corrected
// for bias, which cover .93 to .95 of the time at 200 respondents. Of a source that tells the probabilities of its answers the shares are
// exact expectations, Σ P(belief) P(action | belief), not those of one draw. Floors are STATISTIC_floor and STATISTIC_floor95 of the people. Rows
// count by the study's weight where it has one.
type Coherence struct {
	Common
	// The belief: a variable, or a rule that is true where it holds, such as "want != 'no'". The one variable with the role belief when absent.
	Belief string `toml:"belief"`
	// The action: a variable, or a rule that is true where it is taken. The one variable with the role action when absent.
	Action string `toml:"action"`
	// The lowest level or number of belief and action that counts as yes; the second level when absent.
	Threshold string `toml:"threshold"`
	// A rule that is true where a row is incoherent; "belief holds and action is not taken, or the other way round" when absent.
	Rule string `toml:"rule"`
	// Variables whose levels make subgroups.
	By []string `toml:"by"`
	// The factors whose combinations are the items of chance; all within factors when absent, none when empty.
	Items []string `toml:"items"`
	// Differences between sources, "a-b"; those to the people always come.
	Contrasts []string `toml:"contrasts"`
	// How often respondents are resampled for intervals; 0 for none. Default 1000.
	Replicates int `toml:"replicates"`
	// How many pairs of samples of people make the floor; 0 for none. Default 1000.
	Floor int `toml:"floor"`
	// Level of the intervals. Default 0.95.
	Level float64 `toml:"level"`
}

// Needs returns nothing.
func (p *Coherence) Needs() []string { return nil }

// Check looks for unknown names, unreadable rules and answers without a
// threshold.
func (p *Coherence) Check(s *frame.Schema) error {
	c := &checker{schema: s}
	c.common(p.Common)
	c.grouping("by", p.By)
	c.contrasts("contrasts", p.Contrasts, p.Sources)
	c.rule("rule", p.Rule)
	for _, side := range []struct{ key, src, role string }{{"belief", p.Belief, "belief"}, {"action", p.Action, "action"}} {
		src := side.src
		if src == "" {
			if src = only(s, side.role); src == "" {
				c.fail(side.key, "the study has not exactly one variable with the role %s; write %s = the name of a variable, or a rule such as \"want != 'no'\"", side.role, side.key)
				continue
			}
		}
		if _, err := holds(s, src, p.Threshold); err != nil {
			c.fail(side.key, "%v", err)
		}
	}
	for _, name := range p.Items {
		if v := c.variable("items", name); v != nil && (!v.Within || len(v.Levels) == 0 || isAnswer(v)) {
			c.fail("items", "variable %q is no factor within respondents; items are combinations of such factors", name)
		}
	}
	c.replicates("replicates", p.Replicates, 100)
	c.replicates("floor", p.Floor, 20)
	c.level("level", p.Level)
	return c.err()
}

// only returns the name of the one variable with a role, "" when there is none
// or more than one.
func only(s *frame.Schema, role string) string {
	name := ""
	for _, v := range s.Variables {
		if v.Role == role {
			if name != "" {
				return ""
			}
			name = v.Name
		}
	}
	return name
}

// holds returns the rule that says where a belief holds or an action is taken:
// src itself, or for a variable that it has at least the threshold: a level, or
// a number for a variable that is one.
func holds(s *frame.Schema, src, threshold string) (*expr.Expr, error) {
	rule := src
	if v := s.Variable(src); v != nil {
		switch {
		case len(v.Levels) > 0:
			level := threshold
			if level == "" && len(v.Levels) > 1 {
				level = v.Levels[1]
			}
			if !hasLevel(v, level) {
				msg := fmt.Sprintf("variable %q has no level %q as a threshold", src, level)
				if h := expr.Suggest(level, v.Levels); h != "" {
					msg += fmt.Sprintf("; did you mean %q?", h)
				} else {
					msg += "; there is " + strings.Join(v.Levels, ", ")
				}
				return nil, fmt.Errorf("%s", msg)
			}
			op := ">="
			if v.Kind() != frame.Ordered {
				op = "=="
			}
			rule = fmt.Sprintf("%s %s '%s'", src, op, strings.ReplaceAll(level, "'", "''"))
		case v.Type == "binary":
			rule = src + " == 1"
		case threshold == "":
			return nil, fmt.Errorf("variable %q is a number; set the threshold from which it counts as yes, or write the rule, such as \"%s >= 1\"", src, src)
		default:
			if x, err := strconv.ParseFloat(threshold, 64); err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
				return nil, fmt.Errorf("variable %q is a number and the threshold %q is none", src, threshold)
			}
			rule = src + " >= " + threshold
		}
	}
	e, err := expr.Parse(rule)
	if err == nil {
		err = e.Check(s)
	}
	return e, err
}

func hasLevel(v *frame.Variable, level string) bool {
	for _, l := range v.Levels {
		if l == level {
			return true
		}
	}
	return false
}

// Columns of a respondent's sums in coherence; the items follow, three columns
// each: rows, belief holds, action taken.
const (
	ofRows = iota
	ofOnes // 1 for each row: a denominator that is never column 0
	ofBreaks
	ofBelief
	ofNoBelief
	ofBeliefAlone
	ofActionAlone
	ofMismatch
	ofOpposite
	ofB
	ofA
	ofBB
	ofAA
	ofBA
	ofItems
)

// rowsOfCoherence are the values of every row of the frame, NaN where missing.
type rowsOfCoherence struct {
	breaks, belief, action []float64
	b, a                   []float64 // scores
	weight                 []float64 // the study's weight; nil where it has none
	keys                   *keys     // what decides all of these; nil when they are too many
	levelled               bool      // belief and action are variables with the same levels
	numbers                bool      // belief or action is a number of more than two values
	top                    float64   // score of the highest level
	bottom                 float64
}

// Run measures the gap of each source.
func (p *Coherence) Run(ctx context.Context, in Input) (*Result, error) {
	study := in.Frame.Rows()
	in, err := in.expanded(p.Common, p.names(in.Frame.Schema)...)
	if err != nil {
		return nil, err
	}
	sel, err := p.pick(in.Frame, people)
	if err != nil {
		return nil, err
	}
	type result struct {
		rows *rowsOfCoherence
		err  error
	}
	key := strings.Join([]string{"coherence", p.Belief, p.Action, p.Threshold, p.Rule}, "\x00")
	r := shared(in.Frame, study, key, func() (r result) {
		r.rows, r.err = p.read(in.Frame)
		return r
	})
	rows, err := r.rows, r.err
	if err != nil {
		return nil, err
	}
	factors := p.Items
	if factors == nil {
		for _, v := range withinFactors(in.Frame.Schema) {
			factors = append(factors, v.Name)
		}
	}
	it := newItems(in.Frame, factors, sel.sources)
	m := &measuring{
		in: in, sel: sel, sample: p.Common, by: p.By, contrasts: p.Contrasts, replicates: p.Replicates, floor: p.Floor, level: p.Level,
		outcomes: []measuredOutcome{{statistics: rows.statistics()}},
		tally:    tally{width: ofItems + 3*len(it.labels), fill: func(row int, v []float64) bool { return rows.fill(row, int(it.code[row]), v) }, shares: shares(in.Frame), keys: rows.keys.and(it.code, len(it.labels))},
		value:    rows.value,
		groups:   newGroups(sel, p.Contrasts, true, p.Level),
		result:   &Result{Warnings: append(sel.note(), sel.empty()...)},
	}
	if err := m.run(ctx); err != nil {
		return nil, err
	}
	p.warn(m, rows)
	p.present(m, rows)
	return m.result, nil
}

// names returns the rules and variables that a row is judged by.
func (p *Coherence) names(s *frame.Schema) []string {
	names := []string{p.Rule, p.Belief, p.Action}
	for i, role := range [2]string{"belief", "action"} {
		if names[i+1] == "" {
			names[i+1] = only(s, role)
		}
	}
	return names
}

// read evaluates belief, action and rule on every row.
func (p *Coherence) read(f *frame.Frame) (*rowsOfCoherence, error) {
	r := &rowsOfCoherence{keys: newKeys()}
	if hasWeights(f) {
		all := make([]int, f.Rows())
		for i := range all {
			all[i] = i
		}
		r.weight, r.keys = weights(f, all), nil
	}
	names := [2]string{p.Belief, p.Action}
	for i, role := range [2]string{"belief", "action"} {
		if names[i] == "" {
			names[i] = only(f.Schema, role)
		}
		e, err := holds(f.Schema, names[i], p.Threshold)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", role, err)
		}
		c, err := e.Column(role, f)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", role, err)
		}
		truth := c.Floats()
		scores := truth
		if v := f.Col(names[i]); v != nil && v.Kind != frame.Text && v.Kind != frame.Factor {
			scores = v.Floats()
			r.numbers = r.numbers || v.Kind == frame.Number && f.Schema.Variable(names[i]).Type != "binary"
		}
		if v := f.Col(names[i]); v != nil { // the truth is that of its value
			r.keys = r.keys.andColumn(f, v)
		} else {
			r.keys = r.keys.andColumn(f, frame.Numbers(role, truth))
		}
		if i == 0 {
			r.belief, r.b = truth, scores
		} else {
			r.action, r.a = truth, scores
		}
	}
	r.breaks = make([]float64, f.Rows())
	for i := range r.breaks {
		r.breaks[i] = math.Abs(r.belief[i] - r.action[i])
	}
	if p.Rule != "" {
		e, err := expr.Parse(p.Rule)
		if err != nil {
			return nil, fmt.Errorf("rule: %w", err)
		}
		c, err := e.Column("rule", f)
		if err != nil {
			return nil, fmt.Errorf("rule: %w", err)
		}
		r.breaks = c.Floats()
		r.keys = r.keys.andColumn(f, frame.Numbers("rule", r.breaks))
	}
	b, a := f.Col(names[0]), f.Col(names[1])
	if b != nil && a != nil && b.Kind == frame.Ordered && a.Kind == frame.Ordered && strings.Join(b.Levels, "\x00") == strings.Join(a.Levels, "\x00") && len(b.Levels) > 1 {
		r.levelled = true
		s := codedSpace("", b)
		r.bottom, r.top = s.scores[0], s.scores[len(s.scores)-1]
	}
	return r, nil
}

// fill adds a row to its respondent's sums; rows with a missing value do not
// count.
func (r *rowsOfCoherence) fill(row, item int, v []float64) bool {
	b, a, broken := r.belief[row], r.action[row], r.breaks[row]
	if math.IsNaN(b+a+broken) || item < 0 {
		return false
	}
	w := 1.0
	if r.weight != nil {
		w = r.weight[row]
	}
	v[ofRows] += w
	v[ofOnes] += w
	v[ofBreaks] += w * broken
	v[ofBelief] += w * b
	v[ofNoBelief] += w * (1 - b)
	v[ofBeliefAlone] += w * b * (1 - a)
	v[ofActionAlone] += w * a * (1 - b)
	x, y := r.b[row], r.a[row]
	if x != y {
		v[ofMismatch] += w
	}
	if r.levelled && (x == r.bottom && y == r.top || x == r.top && y == r.bottom) {
		v[ofOpposite] += w
	}
	v[ofB] += w * x
	v[ofA] += w * y
	v[ofBB] += w * x * x
	v[ofAA] += w * y * y
	v[ofBA] += w * x * y
	at := ofItems + 3*item
	v[at] += w
	v[at+1] += w * b
	v[at+2] += w * a
	return true
}

// statistics returns what value computes, in its order.
func (r *rowsOfCoherence) statistics() []statistic {
	list := []statistic{
		{name: "gap", num: ofBreaks, den: ofOnes},
		{name: "belief_only", num: ofBeliefAlone, den: ofBelief, why: "the belief never holds"},
		{name: "action_only", num: ofActionAlone, den: ofNoBelief, why: "the belief always holds"},
		{name: "belief_alone", num: ofBeliefAlone, den: ofOnes},
		{name: "action_alone", num: ofActionAlone, den: ofOnes},
		{name: "chance"},
		{name: "kappa", why: "chance is 0: every answer to an item is the same"},
		{name: "correlation", why: "belief or action does not vary"},
	}
	if r.levelled {
		list = append(list, statistic{name: "mismatch", num: ofMismatch, den: ofOnes}, statistic{name: "opposite", num: ofOpposite, den: ofOnes})
	}
	return list
}

// value computes the statistics from sums.
func (r *rowsOfCoherence) value(s, out []float64) {
	n := s[ofRows]
	out[0] = s[ofBreaks] / n
	out[1] = s[ofBeliefAlone] / s[ofBelief]
	out[2] = s[ofActionAlone] / s[ofNoBelief]
	out[3] = s[ofBeliefAlone] / n
	out[4] = s[ofActionAlone] / n
	chance, items := 0.0, 0
	for at := ofItems; at < len(s); at += 3 {
		if s[at] > 0 {
			b, a := s[at+1]/s[at], s[at+2]/s[at]
			chance += b*(1-a) + a*(1-b)
			items++
		}
	}
	out[5] = chance / float64(items)
	out[6] = math.NaN()
	if out[5] > 0 {
		out[6] = unlessRounding(1-out[0]/out[5], 1)
	}
	out[7] = math.NaN()
	sbb, saa := s[ofBB]-s[ofB]*s[ofB]/n, s[ofAA]-s[ofA]*s[ofA]/n
	if sbb > 1e-9*s[ofBB] && saa > 1e-9*s[ofAA] {
		out[7] = unlessRounding(s[ofBA]-s[ofB]*s[ofA]/n, s[ofBA]) / math.Sqrt(sbb*saa)
	}
	if r.levelled {
		out[8], out[9] = s[ofMismatch]/n, s[ofOpposite]/n
	}
}
