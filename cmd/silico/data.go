package main

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"strconv"
	"strings"
	"text/tabwriter"

	"silico/analysis/frame"
	"silico/report"
)

type dataCommand struct {
	Study   string `arg:"" name:"STUDY" help:"Folder of the study, or its study.toml."`
	CSV     bool   `name:"csv" help:"The rows as CSV."`
	Partial bool   `help:"With the answers that there are, when some are missing."`
}

// Run shows the analysis frame: its codebook and its sources, or all its rows.
func (c *dataCommand) Run(ctx context.Context, con *console) error {
	s, problems := load(c.Study)
	if problems != nil {
		return problems
	}
	f, err := s.answers(ctx, runtime.GOMAXPROCS(0), c.Partial)
	if err != nil {
		return err
	}
	if c.CSV {
		_, err := con.out.Write(report.FrameCSV(f))
		return err
	}
	fmt.Fprintf(con.out, "%d rows: one a source x unit x draw; --csv writes them\n\n", f.Rows())
	w := tabwriter.NewWriter(con.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "column\ttype\trole\tmissing\tvalues\twhat")
	for _, col := range f.Columns() {
		fmt.Fprintln(w, strings.Join(codebook(f, col), "\t"))
	}
	fmt.Fprintln(w, "\nsource\trows\tkind\tlabel")
	source := f.Col(frame.SourceColumn)
	for k, rows := range frame.Groups(source) {
		src := f.Schema.Source(source.Levels[k])
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\n", src.Name, len(rows), src.Kind, src.Label)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, src := range f.Schema.Sources {
		for _, warning := range src.Warnings {
			con.note("%s: %s", src.Name, warning)
		}
	}
	return nil
}

// codebook describes a column: name, type, role, missing values, what it
// holds, and what it is.
func codebook(f *frame.Frame, col *frame.Column) []string {
	line := []string{col.Name, col.Kind.String(), "", "", values(col), ""}
	missing := 0
	for i := range col.Len() {
		if col.Missing(i) {
			missing++
		}
	}
	line[3] = strconv.Itoa(missing)
	if v := f.Schema.Variable(col.Name); v != nil {
		line[1], line[2], line[5] = v.Type, v.Role, v.Text
		if v.Derived != "" {
			line[5] = strings.TrimSpace(v.Text + " (" + v.Derived + ")")
		}
	}
	return line
}

// values says what a column holds: its levels, or its range.
func values(col *frame.Column) string {
	switch {
	case col.Coded() && len(col.Levels) > 8:
		return fmt.Sprintf("%d levels", len(col.Levels))
	case col.Coded():
		labels := make([]string, len(col.Levels))
		for k, l := range col.Levels {
			labels[k] = l
			if name := col.LevelLabel(k); name != l {
				labels[k] += " = " + name
			}
		}
		return strings.Join(labels, ", ")
	case col.Kind == frame.Text:
		return "words"
	}
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, x := range col.Nums {
		if !math.IsNaN(x) {
			lo, hi = min(lo, x), max(hi, x)
		}
	}
	if lo > hi {
		return "none"
	}
	return end(lo) + " to " + end(hi)
}

// end writes the smallest or largest value of a column.
func end(x float64) string {
	if x == math.Trunc(x) {
		return report.Whole(x)
	}
	return report.Real(x)
}
