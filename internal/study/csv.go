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

// csvData is a CSV file that has been looked through once: its header, and
// where its rows begin. Rows are numbered from 1 below the header. Everybody
// who reads the file shares it.
type csvData struct {
	name    string // as problems show it
	data    string // without byte order mark
	header  []string
	offsets []int              // of each row
	raws    map[int]*rawColumn // columns that rules have asked for
	ids     *dictionary        // room for the respondents of one source after the other
}

// csvFile is one reading of a CSV file, with the problems that it finds.
type csvFile struct {
	*csvData
	problems Problems
	more     int // problems that are not shown
}

// readCSV finds the header and the rows of a file. What makes it unreadable,
// and rows that have another number of fields than the header, are problems.
func readCSV(name, data string) *csvFile {
	c := &csvFile{csvData: &csvData{name: name, data: strings.TrimPrefix(data, "\uFEFF"), raws: make(map[int]*rawColumn), ids: newDictionary(nil)}}
	pieces := cut(c.data)
	valid, quotes := survey(c.data, pieces)
	switch {
	case strings.TrimSpace(c.data) == "":
		c.report(Problem{File: name, Msg: "the file is empty; it needs a line with the names of the columns and a row for each unit"})
		return c
	case !valid:
		c.place(invalidUTF8(c.data), "the file is not valid UTF-8 from here on; save it as UTF-8")
		return c
	case strings.IndexByte(c.data, 0) >= 0: // UTF-16 looks like this, and so does a spreadsheet
		c.place(strings.IndexByte(c.data, 0), "a zero byte stands here, as in no text; save the file as CSV in UTF-8")
		return c
	case !strings.Contains(c.data, "\n") && strings.Contains(c.data, "\r"):
		c.place(0, "the lines end in carriage returns alone; save the file with line feeds")
		return c
	}
	r := c.reader(0)
	header, err := r.Read()
	if err != nil {
		c.syntax(err)
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
	if !c.scan(int(r.InputOffset()), pieces, quotes) {
		c.explain(r)
	}
	if c.rows() == 0 && len(c.problems) == 0 {
		c.place(0, "the file has a header and no rows")
	}
	return c
}

// again returns another reading of the file, with the problems that make it
// unsound for everybody.
func (c *csvFile) again() *csvFile {
	return &csvFile{csvData: c.csvData, problems: slices.Clone(c.problems), more: c.more}
}

func (c *csvData) rows() int { return len(c.offsets) }

// reader reads from an offset on.
func (c *csvData) reader(offset int) *csv.Reader {
	r := csv.NewReader(strings.NewReader(c.data[offset:]))
	r.FieldsPerRecord = -1
	r.ReuseRecord = true
	return r
}

// explain reads a file whose quotes are not sound from row to row, to say
// where and how.
func (c *csvFile) explain(r *csv.Reader) {
	for row := 1; ; row++ {
		from := int(r.InputOffset())
		rec, err := r.Read()
		if err == io.EOF {
			return
		}
		if err != nil {
			c.syntax(err)
			return
		}
		if len(rec) != len(c.header) {
			c.ragged(row, c.lineStart(from), len(rec))
		}
	}
}

// ragged reports a row, from 1, that has another number of fields than the
// header.
func (c *csvFile) ragged(row, offset, fields int) {
	c.place(offset, "row %d has %s, and the header has %d", row, counted(fields, "field"), len(c.header))
}

// sound says whether the file can be read.
func (c *csvFile) sound() bool { return c.header != nil && len(c.problems) == 0 }

// lineStart skips the empty lines before a row.
func (c *csvData) lineStart(offset int) int {
	for offset < len(c.data) && (c.data[offset] == '\n' || c.data[offset] == '\r') {
		offset++
	}
	return offset
}

// syntax reports the error of the CSV reader.
func (c *csvFile) syntax(err error) {
	var pe *csv.ParseError
	if !errors.As(err, &pe) {
		c.place(0, "%v", err)
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
func (c *csvData) column(name string) int { return slices.Index(c.header, name) }
