package analysis

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"silico/analysis/frame"
	"silico/analysis/stat"
)

func init() {
	Register("ablation", func() Params {
		return &Ablation{Common: Common{Kind: "ablation"}, Metrics: []string{"js", "gap", "kappa", "alpha", "entropy", "bits", "ame_error"}, Alpha: 0.05}
	})
}

// Ablation asks what it does to take one thing away: of pairs of sources that
// differ in one thing it collects the differences on every measure, over all
// answers, by subgroup and by item, and controls for there being many.
//
// It reads the contrasts of other analyses, which must have the pairs among
// theirs: intervals and p-values are those of the analyses, from resamples of
// whole respondents, paired. Addresses are
// NAME.'a-b'[.OUTCOME][.VARIABLE.LEVEL].ANALYSIS_STATISTIC, such as
// ablation.'tuned-tuned_no_persona'.do.gender.M.distance_js, and
// …ANALYSIS_STATISTIC_adjusted, the p-value adjusted by Benjamini and Hochberg
// (1995) over all pairs and measures, apart for differences over all answers, by
// subgroup and by item. …ANALYSIS_STATISTIC_floor is how much the measure differs
// between two samples of people, the mean of |Δ|, as the analysis has it: an effect
// that is smaller is one that other people would make.
type Ablation struct {
	Common
	// The analyses whose contrasts are read, by their names.
	Of []string `toml:"of"`
	// The pairs, "a-b": b has everything that a has but one thing.
	Pairs []string `toml:"pairs"`
	// What was changed, in words, by the pair: changes = { "tuned-tuned_all" = "one situation for all" }. The labels of the sources when absent.
	Changes map[string]string `toml:"changes"`
	// The statistics that are read, of those that the analyses have. Default js, gap, kappa, alpha, entropy, bits, ame_error.
	Metrics []string `toml:"metrics"`
	// The largest adjusted p-value that counts as an effect. Default 0.05.
	Alpha float64 `toml:"alpha"`
}

// Needs returns the analyses that are read.
func (p *Ablation) Needs() []string { return p.Of }

// contraster is an analysis that may have contrasts.
type contraster interface{ contrasted() []string }

func (d *Divergence) contrasted() []string    { return d.Contrasts }
func (p *Coherence) contrasted() []string     { return p.Contrasts }
func (h *Heterogeneity) contrasted() []string { return h.Contrasts }
func (r *Recovery) contrasted() []string      { return r.Contrasts }
func (p *Score) contrasted() []string         { return p.Contrasts }

// CheckNeeded says what an analysis lacks.
func (p *Ablation) CheckNeeded(needed Params) error {
	c, ok := needed.(contraster)
	if !ok {
		return fmt.Errorf("has no contrasts; an ablation reads divergence, coherence, heterogeneity, recovery and score")
	}
	var lacks []string
	for _, pair := range p.Pairs {
		if !slices.Contains(c.contrasted(), pair) && !strings.HasSuffix(pair, "-"+people) {
			lacks = append(lacks, fmt.Sprintf("%q", pair))
		}
	}
	if lacks != nil {
		return fmt.Errorf("lacks the contrast %s; write contrasts = [%s] there", list(lacks), strings.Join(lacks, ", "))
	}
	return nil
}

// Check looks for unknown sources.
func (p *Ablation) Check(s *frame.Schema) error {
	c := &checker{schema: s}
	if len(p.Of) == 0 {
		c.fail("of", "name the analyses whose contrasts are read: of = [\"NAME\"]")
	}
	for i, name := range p.Of {
		if slices.Contains(p.Of[:i], name) {
			c.fail("of", "analysis %q is named twice", name)
		}
	}
	if len(p.Pairs) == 0 {
		c.fail("pairs", "name the pairs of sources that differ in one thing: pairs = [\"a-b\"]")
	}
	c.contrasts("pairs", p.Pairs, p.Sources)
	for _, pair := range sortedKeys(p.Changes) {
		if !slices.Contains(p.Pairs, pair) {
			c.fail("changes", "%q is not among the pairs", pair)
		}
	}
	if p.Sample != "" || p.Where != "" || p.Sources != nil {
		c.fail("kind", "the rows are those of the analyses that are read; set sample, where and sources there")
	}
	if !(p.Alpha > 0 && p.Alpha < 0.5) {
		c.fail("alpha", "%v is no level of significance; between 0 and 0.5, such as 0.05", p.Alpha)
	}
	return c.err()
}

// tier is what a difference is over.
type tier int

const (
	overAll tier = iota
	bySubgroup
	perItem
)

var tierNames = [...]string{"All answers", "By subgroup", "By item"}

func tierOf(k Key) tier {
	switch k.Variable {
	case "":
		return overAll
	case "item":
		return perItem
	}
	return bySubgroup
}

// ablated is one difference of a pair.
type ablated struct {
	Estimate         // as the ablation names it
	of       *Result // where it was read
	read     Estimate
	adjusted float64
	floor    Estimate // between two samples of people; without a statistic where the analysis has none
}

// ablationRun is an ablation on its way.
type ablationRun struct {
	*Ablation
	in      Input
	result  *Result
	effects [len(tierNames)][]*ablated
}

// Run collects the differences of every pair.
func (p *Ablation) Run(ctx context.Context, in Input) (*Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r := &ablationRun{Ablation: p, in: in, result: &Result{}}
	for _, name := range p.Of {
		of := in.Results[name]
		if of == nil {
			continue
		}
		for _, pair := range p.Pairs {
			r.collect(name, of, pair)
		}
	}
	r.adjust()
	r.present()
	return r.result, nil
}

// collect reads the differences of a pair from an analysis.
func (r *ablationRun) collect(name string, of *Result, pair string) {
	any := false
	found := newFinder("", of).found
	for _, e := range of.Estimates {
		if e.Source != pair || !slices.Contains(r.Metrics, e.Statistic) {
			continue
		}
		any = true
		x := &ablated{Estimate: e, of: of, read: e, floor: floorOf(found, e.Key)}
		x.Statistic = name + "_" + e.Statistic
		t := tierOf(e.Key)
		r.effects[t] = append(r.effects[t], x)
	}
	if !any {
		r.result.Warnings = append(r.result.Warnings, Warning{Term: pair, Text: fmt.Sprintf("%s has no difference of %s in any of %s.", name, pair, list(r.Metrics))})
	}
}

// adjust controls for there being many differences, tier by tier.
func (r *ablationRun) adjust() {
	for _, effects := range r.effects {
		ps := make([]float64, len(effects))
		for i, x := range effects {
			ps[i] = x.P
		}
		for i, p := range stat.Adjust(ps, stat.BH) {
			x := effects[i]
			x.adjusted = p
			r.result.Estimates = append(r.result.Estimates, x.Estimate)
			e := Number(x.Key, p)
			e.Statistic += "_adjusted"
			e.People, e.Rows, e.Sample = x.People, x.Rows, x.Sample
			if math.IsNaN(p) {
				e.Why = "the difference has no p-value"
			}
			r.result.Estimates = append(r.result.Estimates, e)
			if x.floor.Statistic != "" {
				f := x.Estimate.end("_floor", x.floor.Value)
				f.Why = x.floor.Why
				r.result.Estimates = append(r.result.Estimates, f)
			}
		}
	}
}

// floorOf finds how much a measure differs between two samples of people: in
// the analysis of sources by themselves, of the first source where distances have
// it, else of the people.
func floorOf(of map[Key]Estimate, difference Key) Estimate {
	first, _, _ := strings.Cut(difference.Source, "-")
	for _, source := range []string{first, people} {
		for _, suffix := range []string{"_between", "_floor"} {
			k := difference
			k.Source, k.Statistic = source, difference.Statistic+suffix
			if e, ok := of[k]; ok {
				return e
			}
		}
	}
	return Estimate{}
}
