package frame

import (
	"fmt"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"
)

// ToGota returns the frame as a gota data frame: numbers become floats, levels
// and texts become strings, missing stays missing.
//
// Note: gota is at the edge only. Its GroupBy returns rows in random order and
// its WriteCSV keeps six decimals, so neither is used here.
func (f *Frame) ToGota() dataframe.DataFrame {
	columns := make([]series.Series, len(f.cols))
	for i, c := range f.Columns() {
		if c.Kind == Number {
			columns[i] = series.New(c.Nums, series.Float, c.Name)
			continue
		}
		values := make([]any, c.Len())
		for r := range values {
			if !c.Missing(r) {
				values[r] = c.String(r)
			}
		}
		columns[i] = series.New(values, series.String, c.Name)
	}
	return dataframe.New(columns...)
}

// FromGota returns a gota data frame as a frame: floats, ints and booleans
// (1 and 0) become numbers, strings become texts. A data frame that carries an
// error, or two columns of one name, is an error.
func FromGota(df dataframe.DataFrame) (*Frame, error) {
	if df.Err != nil {
		return nil, fmt.Errorf("read gota data frame: %w", df.Err)
	}
	seen := make(map[string]bool)
	var columns []*Column
	for _, name := range df.Names() {
		if seen[name] {
			return nil, fmt.Errorf("read gota data frame: two columns named %q", name)
		}
		seen[name] = true
		s := df.Col(name)
		if s.Type() != series.String {
			columns = append(columns, Numbers(name, s.Float()))
			continue
		}
		c := Strings(name, s.Records())
		for r, absent := range s.IsNaN() {
			if absent {
				if c.Absent == nil {
					c.Absent = make([]bool, c.Len())
				}
				c.Absent[r], c.Texts[r] = true, ""
			}
		}
		columns = append(columns, c)
	}
	return New(columns...), nil
}
