package report

import (
	"fmt"
	"slices"
	"strings"

	"silico/analysis"
)

// keep returns the table with the columns and rows that a cell wants.
func keep(t *analysis.Table, options map[string]option) (*analysis.Table, error) {
	kept := *t
	if o, ok := options["columns"]; ok {
		var which []int
		keys := make([]string, len(t.Columns))
		for j, col := range t.Columns {
			keys[j] = col.Key
		}
		for _, key := range o.list {
			j := slices.Index(keys, key)
			if j < 0 {
				return nil, o.unknown("column", key, keys)
			}
			which = append(which, j)
		}
		kept = *pick(t, which)
	}
	if o, ok := options["rows"]; ok {
		rows, err := o.rows(t, &kept)
		if err != nil {
			return nil, err
		}
		kept.Rows = rows
	}
	return &kept, nil
}

// rows returns the rows of kept that the option names, in its order, group by
// group in the order of the table.
func (o option) rows(t, kept *analysis.Table) ([]analysis.Row, error) {
	var groups, names []string
	for _, r := range t.Rows {
		if !slices.Contains(groups, r.Group) {
			groups = append(groups, r.Group)
		}
		if n := rowName(r); n != "" && !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	found := make(map[string]bool)
	var rows []analysis.Row
	for _, g := range groups {
		for _, want := range o.list {
			for i, r := range t.Rows {
				if r.Group == g && rowNamed(r, want) {
					rows, found[want] = append(rows, kept.Rows[i]), true
				}
			}
		}
	}
	for _, want := range o.list {
		if !found[want] {
			return nil, o.unknown("row", want, names)
		}
	}
	return rows, nil
}

// rowName returns the first words of a row.
func rowName(r analysis.Row) string {
	for _, c := range r.Cells {
		if c.Kind == analysis.Words && c.Text != "" {
			return c.Text
		}
	}
	return ""
}

// rowNamed says whether a row is meant by its group, its first words, or the
// source of an estimate in it.
func rowNamed(r analysis.Row, want string) bool {
	if r.Group == want || rowName(r) == want {
		return true
	}
	for _, c := range r.Cells {
		if c.Address == "" {
			continue
		}
		path, err := splitAddress(c.Address)
		return err == nil && len(path) > 1 && path[1] == want
	}
	return false
}

func (o option) unknown(what, name string, names []string) error {
	return &optionError{o.valueAt, fmt.Sprintf("the table has no %s %q; %s", what, name, didYouMean(name, names, "there are "+strings.Join(names, ", ")))}
}

func (e *optionError) Error() string { return e.msg }

// percentage reads a width such as 70%.
func percentage(s string) (string, bool) {
	n, ok := strings.CutSuffix(s, "%")
	if !ok || len(n) < 2 || len(n) > 3 || strings.Trim(n, "0123456789") != "" || n[0] == '0' || len(n) == 3 && n != "100" {
		return "", false
	}
	return n, true
}
