package formula

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"silico/analysis/frame"
)

// matrixFile is testdata/matrix.json, which matrix.R wrote.
type matrixFile struct {
	Data   map[string][]any
	Levels map[string][]string
	Cases  []struct {
		Formula string
		Names   []string
		Assign  []int
		Terms   []string
		Rows    []int
		Y       []float64
		X       [][]float64
		Offset  []float64
	}
}

func readMatrixFile(t *testing.T) (matrixFile, *frame.Frame) {
	t.Helper()
	b, err := os.ReadFile("testdata/matrix.json")
	if err != nil {
		t.Fatal(err)
	}
	var file matrixFile
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	var cols []*frame.Column
	for _, name := range []string{"y", "x", "z", "k", "n", "a", "b", "my level", "only", "economic.cond"} {
		if levels, ok := file.Levels[name]; ok {
			texts := make([]string, len(file.Data[name]))
			for i, v := range file.Data[name] {
				texts[i], _ = v.(string)
			}
			cols = append(cols, frame.Factors(name, texts, levels))
			continue
		}
		xs := make([]float64, len(file.Data[name]))
		for i, v := range file.Data[name] {
			x, ok := v.(float64)
			if !ok {
				x = math.NaN()
			}
			xs[i] = x
		}
		cols = append(cols, frame.Numbers(name, xs))
	}
	return file, frame.New(cols...)
}

func TestDesignHasTheColumnsOfModelMatrix(t *testing.T) {
	file, data := readMatrixFile(t)
	for _, c := range file.Cases {
		t.Run(c.Formula, func(t *testing.T) {
			f, err := Parse(c.Formula)
			if err != nil {
				t.Fatal(err)
			}
			d, err := f.Design(data, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(d.Names, c.Names) {
				t.Fatalf("columns are\n%q, R has\n%q", d.Names, c.Names)
			}
			if !slices.Equal(d.Assign, c.Assign) || !slices.Equal(d.Terms, c.Terms) {
				t.Errorf("terms are %v %q, R has %v %q", d.Assign, d.Terms, c.Assign, c.Terms)
			}
			for i, r := range c.Rows {
				if i >= len(d.Rows) || d.Rows[i] != r-1 {
					t.Fatalf("rows are %v, R has (from 1) %v", d.Rows, c.Rows)
				}
			}
			if len(d.Rows) != len(c.Rows) || d.Dropped != data.Rows()-len(c.Rows) {
				t.Errorf("%d rows, %d dropped; R has %d of %d", len(d.Rows), d.Dropped, len(c.Rows), data.Rows())
			}
			for i, row := range c.X {
				for j, want := range row {
					if got := d.X.At(i, j); math.Abs(got-want) > 1e-13*(1+math.Abs(want)) {
						t.Errorf("row %d of %s is %v, R has %v", i+1, d.Names[j], got, want)
					}
				}
			}
			bare, err := f.Design(data, Options{Bare: true})
			if err != nil {
				t.Fatal(err)
			}
			last := make([]float64, len(d.Names))
			if bare.FillRows(last, []int{len(c.X) - 1}); bare.X != nil || !slices.Equal(last, d.X.RawRowView(len(c.X)-1)) {
				t.Errorf("the last row of a bare design is %v, want %v", last, d.X.RawRowView(len(c.X)-1))
			}
			for i, want := range c.Y {
				if got := d.Y[i]; math.Abs(got-want) > 1e-14*(1+math.Abs(want)) {
					t.Errorf("outcome of row %d is %v, R has %v", i+1, got, want)
				}
			}
			for i, want := range c.Offset {
				if got := d.Offset[i]; math.Abs(got-want) > 1e-14 {
					t.Errorf("offset of row %d is %v, R has %v", i+1, got, want)
				}
			}
		})
	}
}
