package study

import (
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"
)

// piece is about how many bytes of a file a worker looks through at a time.
const piece = 1 << 20

// inParallel calls do for 0 to n-1, with as many workers as there are
// processors, and returns when all are done.
func inParallel(n int, do func(k int)) {
	workers := min(n, runtime.GOMAXPROCS(0))
	if workers <= 1 {
		for k := range n {
			do(k)
		}
		return
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for k := int(next.Add(1)) - 1; k < n; k = int(next.Add(1)) - 1 {
				do(k)
			}
		})
	}
	wg.Wait()
}

// cut returns where the pieces of a text begin, each at the start of a line,
// and its end.
func cut(text string) []int {
	starts := []int{0}
	for at := piece; at < len(text); at += piece {
		next := strings.IndexByte(text[at:], '\n')
		if next < 0 {
			break
		}
		at += next + 1
		starts = append(starts, at)
	}
	return append(starts, len(text))
}

// survey says whether a text is valid UTF-8, and how many quotes each piece
// has.
func survey(text string, pieces []int) (valid bool, quotes []int) {
	quotes = make([]int, len(pieces)-1)
	sound := make([]bool, len(quotes))
	inParallel(len(quotes), func(k int) {
		part := text[pieces[k]:pieces[k+1]]
		sound[k] = utf8.ValidString(part)
		quotes[k] = strings.Count(part, `"`)
	})
	valid = true
	for _, s := range sound {
		valid = valid && s
	}
	return valid, quotes
}

// scan finds the rows from an offset on, and reports those with another number
// of fields than the header. It returns false, with no rows, when the quotes of
// a row are not sound.
//
// Pieces are looked through at the same time. As long as quotes are sound, a
// line feed ends a row if and only if the quotes before it are even in number,
// so that their count tells each piece where its first row begins. Where they
// are not, the first piece with such a row begins at the right place all the
// same and finds it.
func (c *csvFile) scan(body int, pieces, quotes []int) bool {
	starts := make([]int, len(pieces))
	odd := false
	for k := range quotes {
		starts[k] = pieces[k]
		if odd {
			starts[k] = c.even(pieces[k])
		}
		starts[k] = max(starts[k], body)
		odd = odd != (quotes[k]%2 == 1)
	}
	starts[len(quotes)] = len(c.data)
	found := make([]scanned, len(quotes))
	inParallel(len(quotes), func(k int) {
		found[k] = c.scanPiece(starts[k], starts[k+1], quotes[k] > 0)
	})
	rows := 0
	for _, f := range found {
		if f.unsound {
			return false
		}
		rows += len(f.rows)
	}
	c.offsets = make([]int, 0, rows)
	for k, f := range found {
		for _, r := range f.ragged {
			c.ragged(len(c.offsets)+r.row+1, starts[k]+int(f.rows[r.row]), r.fields)
		}
		c.more += f.more
		for _, at := range f.rows {
			c.offsets = append(c.offsets, starts[k]+int(at))
		}
	}
	return true
}

// even returns where the line after the first line feed begins that has an
// even number of quotes before it, when there is an odd number before offset.
func (c *csvData) even(offset int) int {
	odd := true
	for ; offset < len(c.data); offset++ {
		switch c.data[offset] {
		case '"':
			odd = !odd
		case '\n':
			if !odd {
				return offset + 1
			}
		}
	}
	return offset
}

// scanned are the rows of a piece.
type scanned struct {
	rows    []uint32    // where they begin, behind the start of the piece
	ragged  []raggedRow // the first of them
	more    int         // how many there are besides
	unsound bool        // a row has quotes that are not sound
}

// raggedRow is a row of a piece, from 0, that has another number of fields
// than the header.
type raggedRow struct{ row, fields int }

func (c *csvData) scanPiece(from, to int, quoted bool) (s scanned) {
	if from >= to {
		return s
	}
	s.rows = make([]uint32, 0, 1+strings.Count(c.data[from:to], "\n"))
	for at := from; at < to; {
		next := to
		if i := strings.IndexByte(c.data[at:to], '\n'); i >= 0 {
			next = at + i + 1
		}
		line := c.data[at:next]
		if line == "\n" || line == "\r\n" || line == "\r" { // an empty line is no row
			at = next
			continue
		}
		fields := 0
		if quoted && strings.IndexByte(line, '"') >= 0 {
			if fields, next = c.count(at); fields == 0 {
				s.unsound = true
				return s
			}
		} else {
			fields = 1 + strings.Count(line, ",")
		}
		switch {
		case fields == len(c.header):
		case len(s.ragged) < maxProblems:
			s.ragged = append(s.ragged, raggedRow{len(s.rows), fields})
		default:
			s.more++
		}
		s.rows = append(s.rows, uint32(at-from))
		at = next
	}
	return s
}

// count returns the number of fields of the row that begins at an offset, and
// where the next one does; no fields when quotes are not sound.
func (c *csvData) count(at int) (fields, next int) {
	for {
		_, end, sound := c.field(at)
		fields++
		switch {
		case !sound:
			return 0, at
		case end < len(c.data) && c.data[end] == ',':
			at = end + 1
			continue
		}
		return fields, min(end+1, len(c.data))
	}
}
