package study

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// records reads a file as the standard library does. It returns nil when the
// rows have not all as many fields as the header or when quotes are not sound.
func records(t *testing.T, data string) [][]string {
	t.Helper()
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(data, "\uFEFF")))
	rows, err := r.ReadAll()
	if err != nil {
		return nil
	}
	return rows
}

// sameRecords fails unless a file reads as the standard library reads it.
func sameRecords(t *testing.T, data string) {
	t.Helper()
	c, want := readCSV("a.csv", data), records(t, data)
	if !c.sound() {
		for _, p := range c.problems {
			if strings.Contains(p.Msg, "fields, and the header") || strings.Contains(p.Msg, "quote") {
				if want != nil {
					t.Fatalf("%q: %v, and encoding/csv reads it", data, p)
				}
				return
			}
		}
		return
	}
	got := [][]string{c.header}
	for row := range c.rows() {
		fields := make([]string, len(c.header))
		c.split(row, fields)
		got = append(got, fields)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%q (-encoding/csv +got):\n%s", data, diff)
	}
}

var tricky = []string{
	"a,b\n1,2\n", "a,b\n1,2", "a,b\r\n1,2\r\n", "a,b\r\n1,2\r", "a,b\n1,2\r\r\n", "a,b\n\r\r\n1,2\n",
	"a,b\n\n\r\n1,2\n\n3,\n\n\r", "a,b\n1,\"2\"\r", "a,b\n\"1\n\r\n,\",\"2\"\"\"\n3,4", "a,b\n\"\",\"\"\n\"\"\"\",\"\"\"\"",
	"a,b\n\"1\"x,2\n", "a,b\n1\",2\n", "a,b\n\"1,2\n", "\"a\",\"b\nc\"\n1,2\n", "a,b\n\"1\"\r,2\n", "a,b\n\"1\r\",2\n",
	"a\n\"\"\n\n\"x\"", "a,b\n\"\",\n,\"\"", "\uFEFFa,b\n\"ä\",ö\n", "a,b\n1,2,3\n1\n4,5\n",
}

func TestRowsAreThoseOfTheStandardLibrary(t *testing.T) {
	for _, data := range tricky {
		sameRecords(t, data)
	}
}

func FuzzRows(f *testing.F) {
	for _, data := range tricky {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data string) { sameRecords(t, data) })
}

// A file of several pieces has quoted line feeds wherever pieces meet.
func TestPiecesOfAFileMeetBetweenRows(t *testing.T) {
	quoted := "x,\"" + strings.Repeat("line\n", 60) + "\"\n"
	plain := strings.Repeat("x,y\n", 40)
	for name, row := range map[string]string{"quoted": quoted, "plain": plain, "both": quoted + plain, "one field": "x,\"" + strings.Repeat("\n", 3*piece) + "\"\n"} {
		data := "a,b\n" + strings.Repeat(row, 1+3*piece/len(row))
		if n := len(cut(data)); n < 4 {
			t.Fatalf("%s: %d pieces, want at least 3", name, n-1)
		}
		c := readCSV("a.csv", data)
		if !c.sound() {
			t.Fatalf("%s: %v", name, c.problems)
		}
		fields, got := make([]string, 2), 0
		for row := range c.rows() {
			c.split(row, fields)
			if fields[0] != "x" {
				t.Fatalf("%s: row %d begins with %q, want x", name, row+1, fields[0])
			}
			got++
		}
		if want := len(records(t, data)) - 1; got != want {
			t.Errorf("%s: %d rows, want %d", name, got, want)
		}
		broken := strings.TrimSuffix(data, "\n") + "\n\"x\"y,1\nx,y,z\n"
		want := "a quote \" that stands inside a quoted field is written twice"
		if ps := readCSV("a.csv", broken).problems; len(ps) != 1 || ps[0].Msg != want || ps[0].Source != `"x"y,1` {
			t.Errorf("%s with a last row that is not sound: %v, want %s", name, ps, want)
		}
	}
}

func TestRaggedRowsOfManyPiecesAreCounted(t *testing.T) {
	row := strings.Repeat("x", 1000)
	data := "a,b\n" + strings.Repeat(row+",1\n", 2000) + row + "\n" + strings.Repeat(row+",1\n", 2000) + strings.Repeat("1,2,3\n", 30)
	ps := readCSV("a.csv", data).found()
	if len(ps) != maxProblems+1 || ps[maxProblems].Msg != "and 11 more problems in this file" {
		t.Fatalf("%d problems, the last: %v", len(ps), ps[len(ps)-1])
	}
	for i, want := range []string{"row 2001 has 1 field, and the header has 2", "row 4002 has 3 fields, and the header has 2"} {
		if ps[i].Msg != want || ps[i].Line != []int{2002, 4003}[i] {
			t.Errorf("problem %d is %v, want %s", i+1, ps[i], want)
		}
	}
}
