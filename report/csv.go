package report

import (
	"bytes"
	"encoding/csv"
	"strings"

	"silico/analysis"
	"silico/analysis/frame"
)

// TableCSV returns a table as CSV: numbers with ten significant digits, an
// empty field for what is missing. A cell with a standard error or an interval
// takes further columns KEY_se, KEY_lo, KEY_hi.
func TableCSV(t *analysis.Table) []byte {
	grouped := false
	for _, r := range t.Rows {
		grouped = grouped || r.Group != ""
	}
	parts := make([][]string, len(t.Columns)) // suffixes of each column, "" for the value
	for j := range t.Columns {
		parts[j] = columnParts(t, j)
	}
	var head []string
	if grouped {
		head = append(head, "group")
	}
	for j, c := range t.Columns {
		for _, suffix := range parts[j] {
			head = append(head, c.Key+suffix)
		}
	}
	records := [][]string{head}
	for _, r := range t.Rows {
		var record []string
		if grouped {
			record = append(record, guard(r.Group))
		}
		for j := range t.Columns {
			var c analysis.Cell
			if j < len(r.Cells) {
				c = r.Cells[j]
			}
			for _, suffix := range parts[j] {
				record = append(record, cellField(c, suffix))
			}
		}
		records = append(records, record)
	}
	return writeCSV(records)
}

// columnParts returns the columns of the file that one of the table takes.
func columnParts(t *analysis.Table, j int) []string {
	var value, se, interval bool
	for _, r := range t.Rows {
		if j >= len(r.Cells) {
			continue
		}
		switch r.Cells[j].Kind {
		case analysis.Blank:
		case analysis.Interval:
			interval = true
		case analysis.WithSE:
			value, se = true, true
		case analysis.WithCI:
			value, interval = true, true
		default:
			value = true
		}
	}
	var parts []string
	if value || !interval {
		parts = append(parts, "")
	}
	if se {
		parts = append(parts, "_se")
	}
	if interval {
		parts = append(parts, "_lo", "_hi")
	}
	return parts
}

func cellField(c analysis.Cell, suffix string) string {
	switch c.Kind {
	case analysis.Blank:
		return ""
	case analysis.Words:
		if suffix == "" {
			return guard(c.Text)
		}
		return ""
	}
	switch {
	case suffix == "" && c.Kind != analysis.Interval:
		return tenDigits(c.Value)
	case suffix == "_se" && c.Kind == analysis.WithSE:
		return tenDigits(c.SE)
	case suffix == "_lo" && (c.Kind == analysis.WithCI || c.Kind == analysis.Interval):
		return tenDigits(c.Lo)
	case suffix == "_hi" && (c.Kind == analysis.WithCI || c.Kind == analysis.Interval):
		return tenDigits(c.Hi)
	}
	return ""
}

// FrameCSV returns a frame, such as the data of a figure, as CSV.
func FrameCSV(f *frame.Frame) []byte {
	records := [][]string{f.Names()}
	for i := range f.Rows() {
		record := make([]string, 0, len(f.Columns()))
		for _, c := range f.Columns() {
			switch {
			case c.Missing(i):
				record = append(record, "")
			case c.Kind == frame.Number:
				record = append(record, tenDigits(c.Nums[i]))
			default:
				record = append(record, guard(c.String(i)))
			}
		}
		records = append(records, record)
	}
	return writeCSV(records)
}

// guard keeps a spreadsheet from taking words for a formula: words that begin
// like one get an apostrophe before them.
func guard(words string) string {
	if words != "" && strings.ContainsRune("=+-@\t\r", rune(words[0])) {
		return "'" + words
	}
	return words
}

func writeCSV(records [][]string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	for _, r := range records {
		if len(r) == 1 && r[0] == "" {
			b.WriteString("\"\"\n") // a blank line is no record
			continue
		}
		_ = w.Write(r) // a buffer takes everything
		w.Flush()
	}
	return b.Bytes()
}
