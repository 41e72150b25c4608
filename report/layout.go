package report

import (
	"math"
	"slices"
	"strings"

	"silico/analysis"
)

// Layout is a table as it is printed: words everywhere, in rows and columns.
type Layout struct {
	Groups  []Group // headings over the columns, nil for none; they cover all columns
	Columns []Head
	Rows    []Line
}

// Group is a heading over neighbouring columns.
type Group struct {
	Label   string // "" over columns without one
	Columns int
}

// Head is the head of a column.
type Head struct {
	Label string
	Words bool // flush left
}

// Line is a row of the body. A line with a heading and no cells opens a group
// of rows.
type Line struct {
	Heading string
	Cells   []Printed
}

// Printed is one cell as readers see it.
type Printed struct {
	Main, Below string // Below stands under Main, smaller
	Address     string // of the estimate it shows
	Title       string // where it comes from, in words
}

// lay prints the cells of a table. Columns in which nothing stands are left
// out.
func lay(t *analysis.Table, x *index) *Layout {
	t = withoutEmptyColumns(t)
	l := &Layout{}
	for i, c := range t.Columns {
		l.Columns = append(l.Columns, Head{c.Label, c.Words})
		if i > 0 && c.Group == t.Columns[i-1].Group {
			l.Groups[len(l.Groups)-1].Columns++
		} else {
			l.Groups = append(l.Groups, Group{c.Group, 1})
		}
	}
	if !slices.ContainsFunc(l.Groups, func(g Group) bool { return g.Label != "" }) {
		l.Groups = nil
	}
	digits := columnDigits(t)
	group := ""
	for _, r := range t.Rows {
		if r.Group != group && r.Group != "" {
			l.Rows = append(l.Rows, Line{Heading: r.Group})
		}
		group = r.Group
		line := Line{Cells: make([]Printed, len(t.Columns))}
		for j := range t.Columns {
			if j < len(r.Cells) {
				line.Cells[j] = printCell(r.Cells[j], digits[j], x)
			}
		}
		l.Rows = append(l.Rows, line)
	}
	return l
}

func withoutEmptyColumns(t *analysis.Table) *analysis.Table {
	var keep []int
	for j := range t.Columns {
		if slices.ContainsFunc(t.Rows, func(r analysis.Row) bool { return j < len(r.Cells) && !emptyCell(r.Cells[j]) }) {
			keep = append(keep, j)
		}
	}
	if len(keep) == 0 || len(keep) == len(t.Columns) {
		return t
	}
	return pick(t, keep)
}

func emptyCell(c analysis.Cell) bool {
	return c.Kind == analysis.Blank || c.Kind == analysis.Words && c.Text == ""
}

// pick returns the table with the columns at the given places alone.
func pick(t *analysis.Table, columns []int) *analysis.Table {
	picked := *t
	picked.Columns, picked.Rows = nil, make([]analysis.Row, len(t.Rows))
	for _, j := range columns {
		picked.Columns = append(picked.Columns, t.Columns[j])
	}
	for i, r := range t.Rows {
		picked.Rows[i].Group = r.Group
		for _, j := range columns {
			var c analysis.Cell
			if j < len(r.Cells) {
				c = r.Cells[j]
			} else {
				c.Kind = analysis.Blank
			}
			picked.Rows[i].Cells = append(picked.Rows[i].Cells, c)
		}
	}
	return &picked
}

// columnDigits chooses one number of decimals a column, so that the numbers
// of a column can be compared by eye: what suits its middle number.
func columnDigits(t *analysis.Table) []int {
	digits := make([]int, len(t.Columns))
	for j := range t.Columns {
		var sizes []float64
		for _, r := range t.Rows {
			if j >= len(r.Cells) {
				continue
			}
			c := r.Cells[j]
			switch c.Kind {
			case analysis.Real, analysis.WithSE, analysis.WithCI:
				sizes = append(sizes, math.Abs(c.Value))
			case analysis.Interval:
				sizes = append(sizes, math.Abs(c.Lo), math.Abs(c.Hi))
			}
		}
		sizes = slices.DeleteFunc(sizes, func(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) || x == 0 })
		digits[j] = 3
		if len(sizes) > 0 && !slices.ContainsFunc(sizes, func(x float64) bool { return x != math.Trunc(x) }) && plainReals(t, j) {
			digits[j] = 0
		} else if len(sizes) > 0 {
			slices.Sort(sizes)
			digits[j] = min(5, decimals(sizes[len(sizes)/2]))
		}
	}
	return digits
}

// plainReals says whether the numbers of a column stand alone, without standard
// errors or intervals.
func plainReals(t *analysis.Table, j int) bool {
	for _, r := range t.Rows {
		if j < len(r.Cells) && (r.Cells[j].Kind == analysis.WithSE || r.Cells[j].Kind == analysis.WithCI) {
			return false
		}
	}
	return true
}

// printCell writes the number of a cell by its kind.
func printCell(c analysis.Cell, digits int, x *index) Printed {
	if c.Digits > 0 {
		digits = c.Digits
	}
	p := Printed{Address: c.Address}
	switch c.Kind {
	case analysis.Words:
		p.Main = c.Text
	case analysis.Real:
		p.Main = Decimal(c.Value, digits)
	case analysis.Percent:
		p.Main = Share(c.Value, max(c.Digits, oneIf(c.Digits == 0)))
	case analysis.Count:
		p.Main = Whole(c.Value)
		if strings.HasSuffix(c.Address, ".seed") {
			p.Main = tenDigits(c.Value) // a name, not a quantity
		}
	case analysis.PValue:
		p.Main = P(c.Value)
	case analysis.Interval:
		p.Main = Range(c.Lo, c.Hi, digits)
	case analysis.WithSE:
		p.Main = Decimal(c.Value, digits)
		if !math.IsNaN(c.SE) {
			p.Below = "(" + Decimal(c.SE, digits) + ")"
		}
	case analysis.WithCI:
		p.Main = Decimal(c.Value, digits)
		if !math.IsNaN(c.Lo) || !math.IsNaN(c.Hi) {
			p.Below = Range(c.Lo, c.Hi, digits)
		}
	}
	if c.Address != "" && x != nil {
		if path, err := splitAddress(c.Address); err == nil {
			if e, _, ok := x.find(path); ok {
				p.Title = provenance(e)
			}
		}
	}
	return p
}
