package plot

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"silico/analysis"
	"silico/analysis/frame"
)

// data are the columns of a figure by their roles.
type data struct {
	fig  analysis.Figure
	rows int
}

// read checks a figure against its kind and returns its data, or all that is
// wrong with it.
func read(fig analysis.Figure, kind Kind) (*data, error) {
	if fig.Data == nil {
		return nil, fmt.Errorf("figure %s: no data frame; an empty one draws an empty panel", called(fig))
	}
	var problems []error
	problem := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("figure %s (%s): %s", called(fig), kind.Name, fmt.Sprintf(format, args...)))
	}
	known := make(map[string]bool)
	var names []string
	for _, r := range kind.Roles {
		known[r.Name] = true
		names = append(names, r.Name)
		column, given := fig.Roles[r.Name]
		if !given {
			if r.Required {
				problem("no column plays the role %q (%s); name one in Roles", r.Name, r.Doc)
			}
			continue
		}
		switch c := fig.Data.Col(column); {
		case c == nil:
			problem("role %q names the column %q, which its data lack; columns are %s", r.Name, column, strings.Join(fig.Data.Names(), ", "))
		case r.Number && c.Kind != frame.Number && c.Kind != frame.Ordered:
			problem("role %q needs numbers, and the column %q is %s", r.Name, column, c.Kind)
		}
	}
	for _, role := range slices.Sorted(maps.Keys(fig.Roles)) {
		if !known[role] {
			problem("there is no role %q; roles are %s", role, strings.Join(names, ", "))
		}
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	d := &data{fig: fig, rows: fig.Data.Rows()}
	if err := d.twice(kind); err != nil {
		return nil, err
	}
	return d, nil
}

// twice returns an error when two rows are one mark of the kind.
func (d *data) twice(kind Kind) error {
	if kind.unique == nil {
		return nil
	}
	var roles []cats
	for _, r := range kind.unique {
		roles = append(roles, d.cats(r))
	}
	first := make(map[string]int)
	for i := range d.rows {
		place, whole := "", true
		for _, k := range roles {
			place += fmt.Sprint(k.codes[i], " ")
			whole = whole && k.codes[i] >= 0
		}
		before, again := first[place]
		if !whole || !again {
			first[place] = i
			continue
		}
		var names []string
		for n, r := range kind.unique {
			if d.has(r) {
				names = append(names, fmt.Sprintf("%s %q", r, roles[n].labels[roles[n].codes[i]]))
			}
		}
		return fmt.Errorf("figure %s (%s): rows %d and %d both are %s; each may come once", called(d.fig), kind.Name, before+1, i+1, strings.Join(names, ", "))
	}
	return nil
}

// has says whether a column plays the role.
func (d *data) has(role string) bool { return d.fig.Roles[role] != "" }

// label returns the figure's label of the first role that has one.
func (d *data) label(roles ...string) string {
	for _, r := range roles {
		if l := d.fig.Labels[r]; l != "" {
			return l
		}
	}
	return ""
}

// nums returns the numbers of a role, a row each; NaN where there is none,
// where it is infinite, and everywhere when no column plays the role.
func (d *data) nums(role string) []float64 {
	xs := make([]float64, d.rows)
	c := d.fig.Data.Col(d.fig.Roles[role])
	for i := range xs {
		xs[i] = math.NaN()
		if c != nil {
			if x := c.Float(i); !math.IsInf(x, 0) {
				xs[i] = x
			}
		}
	}
	return xs
}

// cats are the categories of a role: the code of each row into labels, -1
// where the value is missing.
type cats struct {
	labels []string
	codes  []int
	used   []bool // the categories that some row has
	people int    // the code of the category "people", -1 when there is none
}

// cats returns the categories of a role. They come in the order of the levels
// of a coded column, ascending for numbers, in order of appearance for texts.
// All rows are in one category without a name when no column plays the role.
func (d *data) cats(role string) cats {
	c := d.fig.Data.Col(d.fig.Roles[role])
	k := cats{codes: make([]int, d.rows), people: -1}
	switch {
	case c == nil:
		k.labels = []string{""}
	case c.Coded():
		for i, l := range c.Levels {
			k.labels = append(k.labels, c.LevelLabel(i))
			if l == "people" {
				k.people = i
			}
		}
		for i, code := range c.Codes {
			k.codes[i] = int(code)
		}
	default:
		k.number(c)
	}
	k.used = make([]bool, len(k.labels))
	for _, code := range k.codes {
		if code >= 0 {
			k.used[code] = true
		}
	}
	return k
}

// number gives codes to the distinct values of a column without levels.
func (k *cats) number(c *frame.Column) {
	var rows []int // the first row of each distinct value
	seen := make(map[string]bool)
	for i := range k.codes {
		if v := c.String(i); !c.Missing(i) && !seen[v] {
			seen[v] = true
			rows = append(rows, i)
		}
	}
	if c.Kind == frame.Number {
		slices.SortStableFunc(rows, func(a, b int) int {
			switch x, y := c.Nums[a], c.Nums[b]; {
			case x < y:
				return -1
			case x > y:
				return 1
			}
			return 0
		})
	}
	code := make(map[string]int)
	for _, i := range rows {
		v := c.String(i)
		code[v] = len(k.labels)
		if strings.EqualFold(v, "people") {
			k.people = len(k.labels)
		}
		if c.Kind == frame.Number {
			v = strings.Replace(v, "-", minus, 1)
		}
		k.labels = append(k.labels, v)
	}
	for i := range k.codes {
		k.codes[i] = -1
		if !c.Missing(i) {
			k.codes[i] = code[c.String(i)]
		}
	}
}

// present returns the categories without those that no row has.
func (k cats) present() cats {
	kept := cats{codes: make([]int, len(k.codes)), people: -1}
	to := make([]int, len(k.labels))
	for i, l := range k.labels {
		to[i] = -1
		if !k.used[i] {
			continue
		}
		to[i] = len(kept.labels)
		if i == k.people {
			kept.people = to[i]
		}
		kept.labels = append(kept.labels, l)
		kept.used = append(kept.used, true)
	}
	for i, code := range k.codes {
		kept.codes[i] = -1
		if code >= 0 {
			kept.codes[i] = to[code]
		}
	}
	return kept
}

var nan = math.NaN()

// finite says whether all of the numbers are.
func finite(xs ...float64) bool {
	for _, x := range xs {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return false
		}
	}
	return true
}

// span is a range of numbers that grows; the zero span is empty.
type span struct {
	lo, hi float64
	any    bool
}

func (s *span) add(xs ...float64) {
	for _, x := range xs {
		if !finite(x) {
			continue
		}
		if !s.any {
			s.lo, s.hi, s.any = x, x, true
		}
		s.lo, s.hi = min(s.lo, x), max(s.hi, x)
	}
}

// fromZero returns the span with 0 in it where that is not far off.
func (s span) fromZero() span {
	if s.any && s.lo > 0 && s.lo < 0.5*s.hi {
		s.lo = 0
	}
	return s
}

// axis returns the number axis over the span with a share of it as margin on
// both sides. A span of one value gets a margin all the same.
func (s span) axis(margin float64) axis {
	if !s.any {
		return axis{lo: 0, hi: 1}
	}
	pad := (s.hi - s.lo) * margin
	if s.hi-s.lo <= 1e-9*max(math.Abs(s.lo), math.Abs(s.hi)) {
		pad = max(math.Abs(s.hi)*0.1, 1e-9)
		if s.hi == 0 {
			pad = 1
		}
	}
	return axis{lo: s.lo - pad, hi: s.hi + pad}
}

// median returns the upper median of xs, 0 when there are none.
func median(xs []float64) float64 {
	if len(xs) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(xs))
	return sorted[len(sorted)/2]
}
