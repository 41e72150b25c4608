package collect

import (
	"math"
	"slices"
	"strings"

	"silico/analysis"
	"silico/analysis/frame"
)

// measures lists the variables: what is known, what is asked, what is derived.
func (w *facts) measures() analysis.Table {
	t := analysis.Table{Name: "measures", Caption: "The variables",
		Columns: []analysis.Column{words("variable", "Variable"), words("type", "Type"), words("role", "Role"), words("values", "Values"), words("what", "What it is"), words("question", "Question or rule")}}
	for i := range w.f.Schema.Variables {
		v := &w.f.Schema.Variables[i]
		if v.Name == w.f.Schema.ID || v.Role == "factor" || v.Role == "attribute" || v.Role == frame.RoleChance {
			continue
		}
		asked := v.Derived
		for _, q := range w.s.Questions {
			if q.Variable == v.Name {
				asked = q.Text
			}
		}
		t.Rows = append(t.Rows, analysis.Row{Cells: cellsOf(v.Name, v.Type, v.Role, values(v), v.Text, asked)})
	}
	return t
}

// values says what a variable can be: its levels with their labels, or its
// range.
func values(v *frame.Variable) string {
	if v.Levels != nil {
		parts := make([]string, len(v.Levels))
		for k, l := range v.Levels {
			parts[k] = l
			if v.Labels != nil && v.Labels[k] != l {
				parts[k] += " = " + v.Labels[k]
			}
		}
		return strings.Join(parts, ", ")
	}
	switch lo, hi := !math.IsNaN(v.Min), !math.IsNaN(v.Max); {
	case v.Type == "binary":
		return "0, 1"
	case v.Kind() != frame.Number:
		return ""
	case lo && hi:
		return decimal(v.Min) + " to " + decimal(v.Max)
	case lo:
		return "from " + decimal(v.Min)
	case hi:
		return "up to " + decimal(v.Max)
	}
	return ""
}

// codebook lists every column of the frame with what stands in it.
func (w *facts) codebook() analysis.Table {
	t := analysis.Table{Name: "codebook", Caption: "The columns of the data",
		Columns: []analysis.Column{words("column", "Column"), words("type", "Type"), words("what", "What it is"), words("values", "Values"),
			numbers("min", "Smallest"), numbers("max", "Largest"), numbers("missing", "Missing")}}
	for _, c := range w.f.Columns() {
		typ, what, vals := w.describe(c)
		row := cellsOf(c.Name, typ, what, vals)
		missing, lo, hi := 0, math.Inf(1), math.Inf(-1)
		for i := range c.Len() {
			if c.Missing(i) {
				missing++
			} else if c.Kind == frame.Number {
				lo, hi = min(lo, c.Nums[i]), max(hi, c.Nums[i])
			}
		}
		blank := analysis.Cell{Kind: analysis.Blank}
		if c.Kind == frame.Number && lo <= hi {
			row = append(row, end(lo), end(hi))
		} else {
			row = append(row, blank, blank)
		}
		lacking := whole(missing)
		if c.Name == frame.RuleColumn { // no rule is no gap
			lacking = blank
		}
		t.Rows = append(t.Rows, analysis.Row{Cells: append(row, lacking)})
	}
	return t
}

// end returns the cell of the smallest or largest value of a column.
func end(x float64) analysis.Cell {
	c := analysis.Cell{Kind: analysis.Real, Value: x, P: math.NaN()}
	if x == math.Trunc(x) {
		c.Kind = analysis.Count
	}
	return c
}

// describe returns the type, the meaning and the values of a column.
func (w *facts) describe(c *frame.Column) (typ, what, vals string) {
	switch c.Name {
	case frame.SourceColumn:
		return "choice", "who gave the answers", strings.Join(c.Levels, ", ")
	case frame.SampleColumn:
		return "choice", "part of the sample that the respondent belongs to", strings.Join(c.Levels, ", ")
	case frame.RuleColumn:
		return "choice", "the first rule that excludes the person", strings.Join(c.Levels, ", ")
	case frame.DrawColumn:
		return "count", "which of several answers to the same question", ""
	case w.f.Schema.ID, idColumn:
		if c == idOf(w.f) {
			return "id", "the respondent", ""
		}
	}
	v := w.f.Schema.Variable(c.Name)
	if v == nil {
		return c.Kind.String(), "", ""
	}
	what = v.Text
	if v.Derived != "" {
		what = list(": ", what, v.Derived)
	}
	if what == "" && v.Of != "" {
		what = "of the level of " + v.Of
	}
	if i := slices.IndexFunc(w.f.Schema.Variables, func(x frame.Variable) bool { return x.Name == v.Of }); what == "" && i >= 0 {
		what = w.f.Schema.Variables[i].Text
	}
	return v.Type, what, values(v)
}
