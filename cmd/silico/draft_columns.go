package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"silico/internal/study"
)

// draftColumn is what a column of somebody's CSV file looks like.
type draftColumn struct {
	name    string // in the study: lower case, plain
	header  string // in the file
	values  []string
	levels  []string // distinct values that are there, in order of appearance, at most maxItems+1
	missing []string // what stands for no answer, besides nothing and NA
	number  bool     // every value is a number
	whole   bool     // every value is a whole number
	min     float64
	max     float64
	within  bool // varies within a respondent
}

// missingWords are values that stand for no answer in most files.
var missingWords = []string{"", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "."}

// missingNumbers are codes that stand for no answer where all others are far
// from them.
var missingNumbers = []float64{-9, -99, -999, -9999, 77, 88, 97, 98, 99, 777, 888, 997, 998, 999, 9999}

// readColumns reads a CSV file with a head into columns.
func readColumns(file string, data []byte) ([]*draftColumn, error) {
	records, err := readRecords(file, data)
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	columns := make([]*draftColumn, len(records[0]))
	for i, h := range records[0] {
		if at := slices.Index(records[0], h); at < i {
			return nil, fmt.Errorf("%s: columns %d and %d are both named %q; give one of them another name", file, at+1, i+1, h)
		}
		name := plain(h)
		for k := 2; names[name]; k++ {
			name = plain(h) + "_" + strconv.Itoa(k)
		}
		names[name] = true
		columns[i] = &draftColumn{name: name, header: h}
		for _, r := range records[1:] {
			columns[i].values = append(columns[i].values, r[i])
		}
		columns[i].look()
	}
	return columns, nil
}

// readRecords reads the rows of a CSV file, the head first.
func readRecords(file string, data []byte) ([][]string, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		return nil, fmt.Errorf("%s: not UTF-8; save the file as UTF-8", file)
	}
	if first, _, _ := bytes.Cut(data, []byte("\n")); bytes.Count(first, []byte(";")) > bytes.Count(first, []byte(",")) {
		return nil, fmt.Errorf("%s: the columns are separated by semicolons; save the file with commas", file)
	}
	r := csv.NewReader(bytes.NewReader(data))
	var records [][]string
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		records = append(records, record)
	}
	switch len(records) {
	case 0:
		return nil, fmt.Errorf("%s: empty; the first line must name the columns", file)
	case 1:
		return nil, fmt.Errorf("%s: no rows below the head", file)
	}
	return records, nil
}

// look finds the levels, the missing values and the range of a column.
func (c *draftColumn) look() {
	words := map[string]bool{}
	seen := map[string]bool{}
	var numbers []float64
	c.number, c.whole = true, true
	for _, v := range c.values {
		if slices.Contains(missingWords, v) {
			words[v] = true
			continue
		}
		if seen[v] {
			continue
		}
		seen[v] = true
		if len(c.levels) <= maxItems {
			c.levels = append(c.levels, v)
		}
		x, err := strconv.ParseFloat(v, 64)
		if err != nil || math.IsInf(x, 0) || math.IsNaN(x) {
			c.number, c.whole = false, false
			continue
		}
		c.whole = c.whole && x == math.Trunc(x)
		numbers = append(numbers, x)
	}
	for _, w := range missingWords {
		if words[w] && w != "" && w != "NA" {
			c.missing = append(c.missing, w)
		}
	}
	if len(c.levels) == 0 {
		c.number, c.whole = false, false
	}
	if c.number {
		c.leaveCodes(numbers)
	}
}

// leaveCodes finds the range of a column of numbers, and codes for missing
// that are farther from it than it is wide: 99 among answers from 1 to 5.
func (c *draftColumn) leaveCodes(numbers []float64) {
	slices.Sort(numbers)
	first, last := 0, len(numbers)-1
	code := func(i int) bool { return c.whole && slices.Contains(missingNumbers, numbers[i]) }
	for i := last; i-first >= 2 && code(i); i-- {
		if numbers[i]-numbers[i-1] > numbers[i-1]-numbers[first] {
			last = i - 1
		}
	}
	for i := first; last-i >= 2 && code(i); i++ {
		if numbers[i+1]-numbers[i] > numbers[last]-numbers[i+1] {
			first = i + 1
		}
	}
	for i, x := range numbers {
		if i < first || i > last {
			c.missing = append(c.missing, decimal(x))
			c.levels = slices.DeleteFunc(c.levels, func(l string) bool { return l == decimal(x) })
		}
	}
	c.min, c.max = numbers[first], numbers[last]
}

// gaps says whether a value is missing in some row.
func (c *draftColumn) gaps() bool {
	return len(c.missing) > 0 || slices.Contains(c.values, "") || slices.Contains(c.values, "NA")
}

// spaced says whether a value has words in it.
func (c *draftColumn) spaced() bool {
	return slices.ContainsFunc(c.values, func(v string) bool { return strings.ContainsAny(v, " \t\n") })
}

// plain returns a name of the study for the head of a column.
func plain(head string) string {
	var b strings.Builder
	for _, r := range folded(head) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9' && b.Len() > 0:
			b.WriteRune(r)
		case r == '_' || r == '.' || r == '-' || unicode.IsSpace(r):
			if b.Len() > 0 && !strings.HasSuffix(b.String(), "_") {
				b.WriteByte('_')
			}
		}
	}
	name := strings.Trim(b.String(), "_")
	if name == "" {
		return "column"
	}
	if name == "id" || study.Reserved(name) {
		return name + "_answer"
	}
	return name
}

// folded returns a head in lower case with letters of other alphabets in the
// nearest ASCII spelling: "Größe (cm)" is "grosse (cm)".
func folded(head string) string {
	head = strings.NewReplacer("ß", "ss", "æ", "ae", "Æ", "ae", "œ", "oe", "Œ", "oe", "ø", "o", "Ø", "o", "ł", "l", "Ł", "l", "(", " ", ")", " ", "/", " ", ":", " ").Replace(head)
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(strings.TrimSpace(head))) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}
