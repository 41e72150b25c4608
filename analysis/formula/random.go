package formula

import (
	"maps"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// RandomEffect is one bar (left | group) of a mixed model's formula over the
// kept rows: which coefficients vary, and by which groups.
type RandomEffect struct {
	Z           *mat.Dense // a row an observation, a column a varying coefficient
	Names       []string   // of the columns, such as (Intercept) and Days
	Group       string     // as the formula writes it
	Codes       []int      // the group of each row
	Levels      []string   // of the groups that occur
	Independent bool       // || was written: the coefficients are uncorrelated
}

// randomPart is a bar while the rows are being chosen.
type randomPart struct {
	effect RandomEffect
	model  *model
	values []*value
	group  *value
	needs  []*value // what must not be missing
}

// randomParts evaluates the bars. A nested group a/b stands for a and b:a.
func (d *Design) randomParts() ([]randomPart, *SyntaxError) {
	var parts []randomPart
	for _, bar := range d.model.random {
		for _, group := range nested(bar.group) {
			m, err := newModel(nil, bar.left, d.model.dot)
			if err != nil {
				return nil, err
			}
			p := randomPart{model: m, effect: RandomEffect{Group: group.String(), Independent: bar.independent}}
			for _, n := range m.variables {
				v, err := d.eval.value(n)
				if err != nil {
					return nil, err
				}
				if v.kind > coded && v.kind != basis {
					return nil, fail(n.col, "%s is %s, and no variable", n, v.kind)
				}
				p.values = append(p.values, v)
			}
			if p.group, err = d.eval.grouping(group); err != nil {
				return nil, err
			}
			p.needs = append(append(p.needs, p.values...), p.group)
			parts = append(parts, p)
		}
	}
	return parts, nil
}

// nested returns the groups of a bar: of a/b, a and b:a, as lme4 writes it.
func nested(n *node) []*node {
	for n.kind == nodeParens {
		n = n.args[0]
	}
	if n.kind != nodeBinary || n.name != "/" {
		return []*node{n}
	}
	outer := nested(n.args[0])
	within := outer[len(outer)-1]
	if within.kind == nodeBinary {
		within = &node{kind: nodeParens, args: []*node{within}, col: within.col}
	}
	inner := &node{kind: nodeBinary, name: ":", args: []*node{n.args[1], within}, col: n.col}
	return append(outer, inner)
}

// grouping returns the factor of a group; of a:b, one level a pair that occurs.
func (e *evaluator) grouping(n *node) (*value, *SyntaxError) {
	for n.kind == nodeParens {
		n = n.args[0]
	}
	if n.kind == nodeBinary && n.name == ":" {
		a, err := e.grouping(n.args[0])
		if err != nil {
			return nil, err
		}
		b, err := e.grouping(n.args[1])
		if err != nil {
			return nil, err
		}
		return pairs(a, b), nil
	}
	v, err := e.value(n)
	if err != nil {
		return nil, err
	}
	if v.kind > coded {
		return nil, fail(n.col, "%s is %s, and groups are levels", n, v.kind)
	}
	if v.kind != coded {
		v = factorOf(v, e.rows, nil)
	}
	return v, nil
}

// pairs returns the factor of the pairs of levels that occur, the second
// varying fastest.
func pairs(a, b *value) *value {
	v := &value{kind: coded, codes: make([]int32, len(a.codes))}
	at := make([]int, len(a.codes))
	code := map[int]int32{}
	for i := range a.codes {
		at[i] = -1
		if a.codes[i] >= 0 && b.codes[i] >= 0 {
			at[i] = int(a.codes[i])*len(b.levels) + int(b.codes[i])
			code[at[i]] = 0
		}
	}
	for _, c := range slices.Sorted(maps.Keys(code)) {
		code[c] = int32(len(v.levels))
		v.levels = append(v.levels, a.levels[c/len(b.levels)]+":"+b.levels[c%len(b.levels)])
	}
	for i, c := range at {
		v.codes[i] = -1
		if c >= 0 {
			v.codes[i] = code[c]
		}
	}
	return v
}

// finishRandom makes the matrices and codes over the kept rows.
func (d *Design) finishRandom(parts []randomPart) {
	for _, p := range parts {
		c := &coder{opts: d.coder.opts, values: p.values, labels: p.model.labels}
		c.usedLevels(d.source)
		cols, _ := c.columns(p.model)
		part := Design{values: p.values, source: d.source}
		p.effect.Z = part.matrix(cols)
		for _, col := range cols {
			p.effect.Names = append(p.effect.Names, col.name)
		}
		to := make([]int, len(p.group.levels))
		for _, r := range d.source {
			to[p.group.codes[r]] = 1
		}
		for k, used := range to {
			if used == 1 {
				to[k] = len(p.effect.Levels)
				p.effect.Levels = append(p.effect.Levels, p.group.levels[k])
			}
		}
		p.effect.Codes = make([]int, len(d.source))
		for i, r := range d.source {
			p.effect.Codes[i] = to[p.group.codes[r]]
		}
		d.Random = append(d.Random, p.effect)
	}
}
