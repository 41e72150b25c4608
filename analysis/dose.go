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
	Register("dose", func() Params {
		return &Dose{Common: Common{Kind: "dose"}, Permutations: 1999, Level: 0.95}
	})
}

// Dose asks how a number grows or falls with the number of people that sources
// learned from. Sources of one method, or tuned from one base, make a curve;
// several of one size are draws of who taught them, whose luck is not to be taken
// for the size.
//
// A metric is the part of an address behind the source: "do.js" of the analysis
// distance is distance.SOURCE.do.js. Addresses are NAME.CURVE.METRIC, the metric
// with its own outcome and subgroup, and
//
//	'79'.METRIC     mean over the sources that learned from 79 people. Its interval
//	                is the mean of theirs: that of numbers which move as one, too
//	                wide where they do not
//	'79'.METRIC_low, '79'.METRIC_high   the least and the largest of them
//	METRIC_trend    slope per doubling of the people, least squares over the
//	                sources, its standard error from theirs as if independent.
//	                Sources that share the people whom they are compared with err
//	                together, so it is too wide rather than too narrow
//	METRIC_order    that bigger comes behind smaller: Jonckheere and Terpstra's
//	                statistic, between -1 (always falling) and 1 (always growing);
//	                its p-value, from permutations of the sources, cannot be small
//	                with few sources (with one at each of three sizes, not below .33)
type Dose struct {
	Common
	// The analysis whose numbers are followed, by its name.
	Of string `toml:"of"`
	// The numbers: the parts of their addresses behind the source, such as "do.js" or "do.gender.M.js".
	Metrics []string `toml:"metrics"`
	// A source that each is compared with: the metric is then that of the contrast 'SOURCE-against', which the analysis must have.
	Against string `toml:"against"`
	// Sources of each curve: curves = { tuned = ["tuned_40", "tuned_79"] }. One a method or a base when absent, of all sources that learned from people.
	Curves map[string][]string `toml:"curves"`
	// How many permutations give the p-value of the order. Default 1999.
	Permutations int `toml:"permutations"`
	// Level of the intervals; that of the analysis should be the same. Default 0.95.
	Level float64 `toml:"level"`
}

// Needs returns the analysis that is followed.
func (p *Dose) Needs() []string {
	if p.Of == "" {
		return nil
	}
	return []string{p.Of}
}

// Check looks for unknown sources and for curves without two sizes.
func (p *Dose) Check(s *frame.Schema) error {
	c := &checker{schema: s}
	if p.Of == "" {
		c.fail("of", "name the analysis whose numbers are followed: of = \"NAME\"")
	}
	if p.Sample != "" || p.Where != "" {
		c.fail("kind", "the rows are those of the analysis that is followed; set sample and where there")
	}
	if len(p.Metrics) == 0 {
		c.fail("metrics", "name the numbers to follow, as the parts of their addresses behind the source: metrics = [\"do.js\"]")
	}
	for i, m := range p.Metrics {
		if slices.Contains(p.Metrics[:i], m) {
			c.fail("metrics", "metric %q is named twice", m)
		}
	}
	c.sources("sources", p.Sources)
	if p.Against != "" {
		c.source("against", p.Against)
	}
	for _, name := range sortedKeys(p.Curves) {
		for _, src := range p.Curves[name] {
			if c.source("curves."+name, src) && s.Source(src).Trained == 0 && !isBase(s, src) {
				c.fail("curves."+name, "source %q learned from nobody and is the base of no other", src)
			}
		}
	}
	if len(p.curves(s)) == 0 && len(c.errs) == 0 {
		c.fail("kind", "no method has sources that learned from two numbers of people; declare some with train = { people = ... }")
	}
	c.replicates("permutations", p.Permutations, 99)
	c.level("level", p.Level)
	return c.err()
}

// isBase says whether another source was tuned from this one.
func isBase(s *frame.Schema, name string) bool {
	return slices.ContainsFunc(s.Sources, func(o frame.Source) bool { return o.Base == name })
}

// curve is the sources of one method by the number of people that taught them.
type curve struct {
	name, label string
	sources     []frame.Source
	sizes       []int // ascending, each once
}

// at returns the names of the sources of a size.
func (c *curve) at(size int) []string {
	var names []string
	for _, s := range c.sources {
		if s.Trained == size {
			names = append(names, s.Name)
		}
	}
	return names
}

// curves returns the curves with at least two sizes, in the order of their first
// sources.
func (p *Dose) curves(s *frame.Schema) []*curve {
	var list []*curve
	add := func(name, label string, src frame.Source) {
		i := slices.IndexFunc(list, func(c *curve) bool { return c.name == name })
		if i < 0 {
			i, list = len(list), append(list, &curve{name: name, label: label})
		}
		list[i].sources = append(list[i].sources, src)
		if !slices.Contains(list[i].sizes, src.Trained) {
			list[i].sizes = append(list[i].sizes, src.Trained)
		}
	}
	for _, name := range sortedKeys(p.Curves) {
		for _, src := range p.Curves[name] {
			if of := s.Source(src); of != nil {
				add(name, strings.ReplaceAll(name, "_", " "), *of)
			}
		}
	}
	if p.Curves == nil {
		for _, src := range s.Sources {
			switch {
			case p.Sources != nil && !slices.Contains(p.Sources, src.Name) || src.Kind == people:
			case src.Base != "" && src.Trained > 0:
				add(src.Base, "tuned from "+titleOfSource(s, src.Base), src)
			case src.Base == "" && isBase(s, src.Name):
				add(src.Name, "tuned from "+titleOfSource(s, src.Name), src)
			case src.Trained > 0:
				add(src.Model, src.Model, src)
			}
		}
	}
	list = slices.DeleteFunc(list, func(c *curve) bool { return len(c.sizes) < 2 })
	for _, c := range list {
		slices.Sort(c.sizes)
	}
	return list
}

// titleOfSource returns what readers see of a source or a group by its name.
func titleOfSource(s *frame.Schema, name string) string {
	if g := s.Group(name); g != nil {
		return g.Title()
	}
	if src := s.Source(name); src != nil && src.Label != "" {
		return src.Label
	}
	return name
}

// doseRun is a dose on its way.
type doseRun struct {
	*Dose
	in     Input
	values *Values
	result *Result
	curves []*curve
	found  []followed
}

// followed is a metric along one curve.
type followed struct {
	curve  *curve
	metric string
	key    Key // of the estimates, with the curve as source
	points []dosePoint
}

// dosePoint is a metric at one size.
type dosePoint struct {
	size      int
	mean      Estimate
	low, high float64
	of        []Estimate // the sources' own
}

// Run follows every metric along every curve.
func (p *Dose) Run(ctx context.Context, in Input) (*Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r := &doseRun{Dose: p, in: in, result: &Result{}, curves: p.curves(in.Frame.Schema)}
	var of []*Result
	if res := in.Results[p.Of]; res != nil {
		named := *res
		named.Name = p.Of
		of = append(of, &named)
	}
	r.values = NewValues(of)
	for _, m := range p.Metrics {
		any := false
		for _, c := range r.curves {
			if f, ok := r.follow(c, m); ok {
				any = true
				if err := r.trend(ctx, f); err != nil {
					return nil, err
				}
				r.found = append(r.found, f)
			}
		}
		if !any {
			r.missing(m)
		}
	}
	r.present()
	return r.result, nil
}

// path returns the address of a metric of a source.
func (r *doseRun) path(source, metric string) string {
	if r.Against != "" {
		source += "-" + r.Against
	}
	return r.Of + "." + Quote(source) + "." + metric
}

// missing warns of a metric that no source of a curve has.
func (r *doseRun) missing(metric string) {
	text := fmt.Sprintf("No source that learned has the number %s.", r.path("SOURCE", metric))
	if len(r.curves) > 0 {
		src := r.curves[0].sources[0].Name
		path := r.path(src, metric)
		if near := r.values.Nearest(strings.Split(path, ".")); near != "" {
			text += fmt.Sprintf(" There is %s.", near)
		}
	}
	r.result.Warnings = append(r.result.Warnings, Warning{Term: metric, Text: text})
}

func (r *doseRun) add(e Estimate) {
	if math.IsNaN(e.Value) && e.Why == "" {
		e.Why = "no source has a number"
	}
	r.result.Estimates = append(r.result.Estimates, e)
}

// follow adds a metric at each size of a curve, false when none has it.
func (r *doseRun) follow(c *curve, metric string) (followed, bool) {
	f := followed{curve: c, metric: metric}
	for _, size := range c.sizes {
		p := dosePoint{size: size, low: math.Inf(1), high: math.Inf(-1)}
		for _, name := range c.at(size) {
			if name == r.Against {
				continue
			}
			e, ok := r.values.Estimate(r.path(name, metric))
			if !ok || math.IsNaN(e.Value) {
				continue
			}
			p.of = append(p.of, e)
			p.low, p.high = min(p.low, e.Value), max(p.high, e.Value)
		}
		if len(p.of) == 0 {
			continue
		}
		if f.key.Statistic == "" {
			f.key = p.of[0].Key
			f.key.Source = c.name
		}
		p.mean = r.mean(f.key, p)
		r.add(p.mean)
		for _, end := range []struct {
			name  string
			value float64
		}{{"_low", p.low}, {"_high", p.high}} {
			e := Number(p.mean.Key, end.value)
			e.Statistic += end.name
			e.People, e.Draws, e.Sample = p.mean.People, len(p.of), p.mean.Sample
			r.add(e)
		}
		f.points = append(f.points, p)
	}
	return f, len(f.points) > 1
}

// mean returns the mean of the sources of one size.
func (r *doseRun) mean(k Key, p dosePoint) Estimate {
	e := Number(atSize(k, p.size), 0)
	e.SE, e.Lo, e.Hi = 0, 0, 0
	n := float64(len(p.of))
	for _, o := range p.of {
		e.Value += o.Value / n
		e.SE += o.SE / n
		e.Lo += o.Lo / n
		e.Hi += o.Hi / n
		e.People, e.Sample = o.People, o.Sample
	}
	e.Draws = len(p.of)
	return e
}

// atSize returns a key with the number of people in the place of a term, behind
// the term where there is one.
func atSize(k Key, size int) Key {
	if k.Term != "" {
		k.Term += " "
	}
	k.Term += fmt.Sprint(size)
	return k
}

// trend adds the slope and the order of a metric along its curve.
func (r *doseRun) trend(ctx context.Context, f followed) error {
	var x, y, se []float64
	groups := make([][]float64, len(f.points))
	for i, p := range f.points {
		for _, e := range p.of {
			groups[i] = append(groups[i], e.Value)
			if p.size > 0 { // nothing doubles to nobody
				x, y, se = append(x, math.Log2(float64(p.size))), append(y, e.Value), append(se, e.SE)
			}
		}
	}
	k := f.key
	k.Statistic += "_trend"
	e := Number(k, math.NaN())
	e.Why = "fewer than two sizes have a number"
	e.Sample, e.People, e.Draws = f.points[0].mean.Sample, f.points[0].mean.People, len(y)
	mx, sxx := meanOf(x), 0.0
	for _, v := range x {
		sxx += (v - mx) * (v - mx)
	}
	if sxx > 0 {
		e.Value, e.SE, e.Why = 0, 0, ""
		for i, v := range x {
			w := (v - mx) / sxx
			e.Value += w * y[i]
			e.SE += w * w * se[i] * se[i]
		}
		e.SE = math.Sqrt(e.SE)
		h := tQuantile(r.Level, math.Inf(1)) * e.SE
		e.Lo, e.Hi = e.Value-h, e.Value+h
		e.P = tPValue(e.Value/e.SE, math.Inf(1))
	}
	r.add(e)
	return r.order(ctx, f, e, groups)
}

// order adds how far bigger sizes come behind smaller ones.
func (r *doseRun) order(ctx context.Context, f followed, like Estimate, groups [][]float64) error {
	pairs := 0.0
	for i := range groups {
		for _, g := range groups[i+1:] {
			pairs += float64(len(groups[i]) * len(g))
		}
	}
	order := func(groups [][]float64) float64 {
		s := 0.0
		for i, a := range groups {
			for _, b := range groups[i+1:] {
				for _, x := range a {
					for _, y := range b {
						switch {
						case y > x:
							s++
						case y < x:
							s--
						}
					}
				}
			}
		}
		return s / pairs
	}
	e := Number(like.Key, order(groups))
	e.Statistic = f.key.Statistic + "_order"
	e.Sample, e.People, e.Draws = like.Sample, like.People, like.Draws
	if r.Permutations > 0 {
		draws := stat.Resampling{Streams: r.in.Streams, Name: "order." + f.curve.name + "." + f.metric, B: r.Permutations, Workers: r.in.Workers}
		test, err := stat.PermutationTest(ctx, draws, groups, 0, order)
		if err != nil {
			return err
		}
		e.P = test.P
	}
	r.add(e)
	return nil
}
