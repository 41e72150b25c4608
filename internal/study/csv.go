package study

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// maxProblems is how many problems of one data file are shown.
const maxProblems = 20

// csvFile is a CSV file: its header, and where its rows begin. Rows are
// numbered from 1 below the header.
type csvFile struct {
	name     string // as problems show it
	data     string // without byte order mark
	header   []string
	rows     int
	offsets  []int // of each row, rows+1 of them
	problems Problems
	more     int // problems that are not shown
}

// readCSV finds the header and the rows of a file. What makes it unreadable,
// and rows that have another number of fields than the header, are problems.
func readCSV(name string, data []byte) *csvFile {
	c := &csvFile{name: name, data: strings.TrimPrefix(string(data), "\uFEFF")}
	switch bad := invalidUTF8(c.data); {
	case strings.TrimSpace(c.data) == "":
		c.report(Problem{File: name, Msg: "the file is empty; it needs a line with the names of the columns and a row for each unit"})
		return c
	case bad >= 0 || strings.IndexByte(c.data[:min(len(c.data), 100)], 0) >= 0:
		c.place(max(bad, 0), "the file is not valid UTF-8 from here on; save it as UTF-8")
		return c
	case !strings.Contains(c.data, "\n") && strings.Contains(c.data, "\r"):
		c.place(0, "the lines end in carriage returns alone; save the file with line feeds")
		return c
	}
	r := c.reader(0)
	header, err := r.Read()
	if err != nil {
		c.syntax(err, 0)
		return c
	}
	c.header = slices.Clone(header)
	if len(header) == 1 && strings.ContainsAny(header[0], ";\t") {
		c.place(0, "the fields are not separated by commas; save the file as CSV with commas")
		return c
	}
	for i, h := range c.header {
		if j := slices.Index(c.header, h); j < i && h != "" {
			_, col := r.FieldPos(i)
			c.place(col-1, "column %q is there twice, as columns %d and %d; rename one of them", h, j+1, i+1)
		}
	}
	c.offsets = make([]int, 0, strings.Count(c.data, "\n")+1)
	for {
		from := int(r.InputOffset())
		rec, err := r.Read()
		if err == io.EOF {
			c.offsets = append(c.offsets, from)
			break
		}
		if err != nil {
			c.syntax(err, 0)
			break
		}
		c.rows++
		c.offsets = append(c.offsets, from)
		if len(rec) != len(c.header) {
			c.place(c.lineStart(from), "row %d has %d fields, and the header has %d", c.rows, len(rec), len(c.header))
		}
	}
	if c.rows == 0 && len(c.problems) == 0 {
		c.place(0, "the file has a header and no rows")
	}
	return c
}

// reader reads from an offset on.
func (c *csvFile) reader(offset int) *csv.Reader {
	r := csv.NewReader(strings.NewReader(c.data[offset:]))
	r.FieldsPerRecord = -1
	r.ReuseRecord = true
	return r
}

// sound says whether the file can be read.
func (c *csvFile) sound() bool { return c.header != nil && len(c.problems) == 0 }

// lineStart skips the empty lines before a row.
func (c *csvFile) lineStart(offset int) int {
	for offset < len(c.data) && (c.data[offset] == '\n' || c.data[offset] == '\r') {
		offset++
	}
	return offset
}

// syntax reports the error of the CSV reader.
func (c *csvFile) syntax(err error, offset int) {
	var pe *csv.ParseError
	if !errors.As(err, &pe) {
		c.place(offset, "%v", err)
		return
	}
	msg, line, col := "a quote \" that stands inside a quoted field is written twice", pe.Line, pe.Column
	switch {
	case errors.Is(pe.Err, csv.ErrBareQuote):
		msg = "a quote \" stands inside a field without quotes; put quotes around the field and write the one inside twice"
	case pe.StartLine != pe.Line:
		msg, line, col = "a quote \" that begins in this row is not closed", pe.StartLine, 1
	}
	at := 0
	for ; line > 1; line-- {
		next := strings.IndexByte(c.data[at:], '\n')
		if next < 0 {
			break
		}
		at += next + 1
	}
	c.place(min(at+max(col-1, 0), len(c.data)), "%s", msg)
}

// report notes a problem, counting those that are not shown.
func (c *csvFile) report(p Problem) {
	if len(c.problems) >= maxProblems {
		c.more++
		return
	}
	c.problems = append(c.problems, p)
}

// place reports a problem at a byte.
func (c *csvFile) place(offset int, format string, a ...any) {
	if len(c.problems) >= maxProblems {
		c.more++
		return
	}
	line, col, source := lineOf(c.data, offset, 1)
	c.report(Problem{File: c.name, Line: line, Col: col, Msg: fmt.Sprintf(format, a...), Source: source})
}

// cell reports a problem with the field of a row and column, both from 0.
func (c *csvFile) cell(row, col int, hint, format string, a ...any) {
	if len(c.problems) >= maxProblems {
		c.more++
		return
	}
	offset := c.offsets[row]
	r := c.reader(offset)
	if rec, err := r.Read(); err == nil && col < len(rec) {
		line, column := r.FieldPos(col)
		for ; line > 1; line-- {
			offset += strings.IndexByte(c.data[offset:], '\n') + 1
		}
		offset += column - 1
	}
	c.place(offset, "row %d, column %s: %s", row+1, c.header[col], fmt.Sprintf(format, a...))
	c.problems[len(c.problems)-1].Hint = hint
}

// found returns the problems, and a last one that says how many there are
// besides.
func (c *csvFile) found() Problems {
	ps := c.problems.sorted()
	if c.more > 0 {
		last := ps[len(ps)-1]
		ps = append(ps, Problem{File: c.name, Line: last.Line, Col: last.Col, Msg: fmt.Sprintf("and %s in this file", counted(c.more, "more problem"))})
	}
	return ps
}

// column returns the index of a column by its name, -1 when there is none.
func (c *csvFile) column(name string) int { return slices.Index(c.header, name) }

// each calls visit with the fields of each row, which are only good until it
// returns. The file must be sound.
func (c *csvFile) each(visit func(row int, fields []string)) {
	if c.rows == 0 {
		return
	}
	r := c.reader(c.offsets[0])
	for row := range c.rows {
		rec, err := r.Read()
		if err != nil {
			return
		}
		visit(row, rec)
	}
}
