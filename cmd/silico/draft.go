package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A drafted study is what silico makes of the columns of somebody's CSV file:
// a beginning that builds, with a comment wherever it guessed.
type drafted struct {
	file, title string
	id          *draftColumn
	numbered    bool // no column held the respondents, so each row is one
	rows        int
	respondents int

	within, between            []*draftColumn // factors
	attributes                 map[*draftColumn][]*draftColumn
	covariates, answers, about []*draftColumn
	unused                     []unusedColumn
}

// unusedColumn is a column that is left out, and why.
type unusedColumn struct {
	*draftColumn
	why string
}

const (
	maxLevels = 12  // of a choice
	maxItems  = 100 // of a factor
)

// demographics are words in the names of columns that describe a person
// rather than answer a question.
var demographics = regexp.MustCompile(`(?i)(^|_|\.)(age|gender|sex|race|ethnic|educ|school|income|party|region|country|state|religio|marital|married|child|employ|occupation|ideology|urban|class|cohort|year|born|birth)`)

// process are words in the names of columns that say how somebody answered:
// neither what they are nor an answer, but of use in rules that exclude.
var process = regexp.MustCompile(`(?i)(^|[_ .(])(duration|seconds|secs|minutes|elapsed|time|timestamp|date|startdate|enddate|progress|finished)([_ .)]|$)`)

// assigned are the names of columns that hold what an experiment did to a
// person.
var assigned = regexp.MustCompile(`(?i)^(condition|cond|treatment|treat|treated|arm|vignette|frame|framing|manipulation|experiment(al)?[_ .]?group)$`)

// counters are the names of columns that number the rows.
var counters = regexp.MustCompile(`(?i)^(|x|row|rows|rownames|row[_ .]names|index|obs|nr|unnamed: 0)$`)

// draft finds out which column of a CSV file holds the respondent, which ones
// describe people, which are factors, and which answers.
func draft(file, title string, data []byte) (*drafted, error) {
	columns, err := readColumns(file, data)
	if err != nil {
		return nil, err
	}
	d := &drafted{file: file, title: title, rows: len(columns[0].values), attributes: map[*draftColumn][]*draftColumn{}}
	if d.id = respondent(columns); d.id == nil {
		d.number(columns)
	}
	d.respondents = distinct(d.id)
	markWithin(columns, d.id)
	d.within = factorsOf(columns, d.id)
	if d.within == nil && d.respondents < d.rows {
		return nil, fmt.Errorf("%s: column %q repeats, and no columns tell the rows of a respondent apart; add a column for the item or condition of a row, or an id for each row", file, d.id.header)
	}
	for _, c := range columns {
		d.place(c)
	}
	if len(d.answers) == 0 { // nothing looks like an answer: the last column is taken for one
		if len(d.covariates) == 0 {
			return nil, fmt.Errorf("%s: no column holds answers; a study needs at least one besides the respondent's", file)
		}
		last := len(d.covariates) - 1
		d.answers, d.covariates = d.covariates[last:], d.covariates[:last]
	}
	return d, nil
}

// number makes each row a respondent of its own.
func (d *drafted) number(columns []*draftColumn) {
	d.numbered = true
	d.id = &draftColumn{name: "id", header: "id"}
	for slices.ContainsFunc(columns, func(c *draftColumn) bool { return c.header == d.id.header }) {
		d.id.header += "_row"
	}
	for i := range d.rows {
		d.id.values = append(d.id.values, strconv.Itoa(i+1))
	}
}

// place says what a column is.
func (d *drafted) place(c *draftColumn) {
	wide := len(d.within) == 0
	leave := func(why string) { d.unused = append(d.unused, unusedColumn{c, why}) }
	switch {
	case c == d.id, slices.Contains(d.within, c):
	case len(c.levels) == 0:
		leave("it is empty")
	case len(c.levels) == 1:
		leave("it is the same for everybody")
	case counters.MatchString(c.header) && distinct(c) == d.rows:
		leave("it numbers the rows")
	case c.header == "":
		leave("it has no name")
	case !wide && c.within && d.follows(c):
	case !c.number && len(c.levels) > maxLevels:
		leave("it is free text, or has too many levels")
	case !c.within && assigned.MatchString(c.header) && len(c.levels) <= maxLevels && !c.gaps():
		d.between = append(d.between, c)
	case wide && process.MatchString(c.header):
		d.about = append(d.about, c)
	case c.within || wide && !demographics.MatchString(c.name):
		d.answers = append(d.answers, c)
	default:
		d.covariates = append(d.covariates, c)
	}
}

// follows says whether a column is settled by the condition alone: for
// everybody the same within a level of a factor, of which it is then an
// attribute, or within a combination of levels, and then it is left out.
func (d *drafted) follows(c *draftColumn) bool {
	if d.respondents < 3 || c.gaps() {
		return false
	}
	for _, f := range d.within {
		if settled(c, f) {
			d.attributes[f] = append(d.attributes[f], c)
			return true
		}
	}
	if settled(c, d.within...) {
		d.unused = append(d.unused, unusedColumn{c, "it is the same for everybody in a condition"})
		return true
	}
	return false
}

// settled says whether a column has one value in all rows with the same values
// of others.
func settled(c *draftColumn, by ...*draftColumn) bool {
	first := map[string]string{}
	for i, v := range c.values {
		k := ""
		for _, f := range by {
			k += strconv.Quote(f.values[i])
		}
		if was, ok := first[k]; ok && was != v {
			return false
		}
		first[k] = v
	}
	return true
}

// identifiers are heads of columns that hold the respondent.
var identifiers = regexp.MustCompile(`(?i)^(id|pid|uid|ppt|subj|resp|judge|rater|.*(respondent|response|participant|subject|person|case|user|worker|prolific|twin|student|patient).*id|respondent|participant|subject|person|.*[ _.]id)$`)

// respondent returns the column that identifies people: one named like an
// identifier, the shortest name first; else one that numbers the rows; else
// the first column whose values are all different and look like codes rather
// than words or measurements.
func respondent(columns []*draftColumn) *draftColumn {
	var found *draftColumn
	for _, c := range columns {
		if identifiers.MatchString(strings.TrimSpace(c.header)) && !c.gaps() && (found == nil || len(c.header) < len(found.header)) {
			found = c
		}
	}
	if found != nil {
		return found
	}
	for i, c := range columns {
		if c.gaps() || distinct(c) < len(c.values) {
			continue
		}
		if counters.MatchString(c.header) || c.whole && i == 0 || !c.number && !c.spaced() {
			return c
		}
	}
	return nil
}

// markWithin marks the columns that vary within a respondent.
func markWithin(columns []*draftColumn, id *draftColumn) {
	first := make(map[string]int, len(id.values))
	for i, v := range id.values {
		if _, ok := first[v]; !ok {
			first[v] = i
		}
	}
	for _, c := range columns {
		for i, v := range c.values {
			if v != c.values[first[id.values[i]]] {
				c.within = true
				break
			}
		}
	}
}

// factorsOf returns the fewest leading columns whose values, with the
// respondent's, tell all rows apart: the within factors. It is nil when
// respondents have one row, or when no columns do.
func factorsOf(columns []*draftColumn, id *draftColumn) []*draftColumn {
	if distinct(id) == len(id.values) {
		return nil
	}
	var candidates []*draftColumn
	for _, c := range columns {
		if c != id && c.within && c.header != "" && len(c.levels) <= maxItems && !c.gaps() && (!c.number || c.whole) {
			candidates = append(candidates, c)
		}
	}
	var found []*draftColumn
	var choose func(from int, chosen []*draftColumn, size int) bool
	choose = func(from int, chosen []*draftColumn, size int) bool {
		if len(chosen) == size {
			if unique(id, chosen) {
				found = slices.Clone(chosen)
				return true
			}
			return false
		}
		for i := from; i < len(candidates); i++ {
			if choose(i+1, append(chosen, candidates[i]), size) {
				return true
			}
		}
		return false
	}
	for size := 1; size <= min(3, len(candidates)); size++ {
		if choose(0, nil, size) {
			return found
		}
	}
	return nil
}

func unique(id *draftColumn, with []*draftColumn) bool {
	seen := make(map[string]bool, len(id.values))
	for i, v := range id.values {
		k := strconv.Quote(v)
		for _, c := range with {
			k += strconv.Quote(c.values[i])
		}
		if seen[k] {
			return false
		}
		seen[k] = true
	}
	return true
}

// distinct returns how many different values a column has.
func distinct(c *draftColumn) int {
	seen := make(map[string]bool, len(c.values))
	for _, v := range c.values {
		seen[v] = true
	}
	return len(seen)
}
