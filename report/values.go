package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"silico/analysis"
	"silico/analysis/expr"
)

// Entry is one estimate with its address.
type Entry struct {
	Address  string
	Estimate analysis.Estimate
	Mark     analysis.Mark
	Title    string // of its analysis
}

// index finds the estimates and verdicts of a paper by address.
type index struct {
	values   *analysis.Values
	sorted   []Entry  // by address
	address  []string // of each
	verdicts map[string]*analysis.Verdict
}

func newIndex(results []*analysis.Result, verdicts []analysis.Verdict) *index {
	x := &index{values: analysis.NewValues(results), verdicts: make(map[string]*analysis.Verdict)}
	x.address = slices.Clone(x.values.Addresses())
	slices.Sort(x.address)
	x.sorted = make([]Entry, len(x.address))
	for i, a := range x.address {
		e, of := x.values.Find(a)
		x.sorted[i] = Entry{a, *e, of.Mark, of.Title}
	}
	for i := range verdicts {
		x.verdicts[verdicts[i].Name] = &verdicts[i]
	}
	return x
}

// fields are the parts of an estimate that an address may end with.
var fields = []string{"value", "se", "lo", "hi", "p", "n_people", "n_rows", "draws", "sample", "mark"}

// find returns the estimate that a path names, and the field behind it, ""
// for the estimate itself.
func (x *index) find(path []string) (*Entry, string, bool) {
	if e := x.entry(analysis.Join(path)); e != nil {
		return e, "", true
	}
	last := len(path) - 1
	if last < 1 || !slices.Contains(fields, path[last]) {
		return nil, "", false
	}
	e := x.entry(analysis.Join(path[:last]))
	return e, path[last], e != nil
}

// entry returns the estimate at an address, nil when there is none.
func (x *index) entry(address string) *Entry {
	i, ok := slices.BinarySearch(x.address, address)
	if !ok {
		return nil
	}
	return &x.sorted[i]
}

// verdict returns the verdict that a path names: h1 or h1.outcome.
func (x *index) verdict(path []string) (*analysis.Verdict, bool) {
	if len(path) == 2 && path[1] != "outcome" || len(path) > 2 {
		return nil, false
	}
	v, ok := x.verdicts[path[0]]
	return v, ok
}

// splitAddress returns the segments of an address as written. Quotes are
// needed around dots, spaces and quotes only.
func splitAddress(s string) ([]string, error) {
	var path []string
	for rest := s; ; {
		var segment string
		if strings.HasPrefix(rest, "'") {
			end := closingQuote(rest)
			if end < 0 {
				return nil, fmt.Errorf("a quote in the address %q is not closed", s)
			}
			segment = strings.ReplaceAll(rest[1:end], "''", "'")
			rest = rest[end+1:]
		} else {
			end := strings.IndexByte(rest, '.')
			if end < 0 {
				end = len(rest)
			}
			segment, rest = rest[:end], rest[end:]
			if strings.ContainsAny(segment, " \t'") {
				return nil, fmt.Errorf("the segment %q of an address needs single quotes around it", segment)
			}
		}
		if segment == "" {
			return nil, fmt.Errorf("the address %q has an empty segment", s)
		}
		path = append(path, segment)
		if rest == "" {
			return path, nil
		}
		if rest[0] != '.' {
			return nil, fmt.Errorf("a dot is missing in the address %q", s)
		}
		rest = rest[1:]
	}
}

// closingQuote returns where the quote at the beginning of s is closed, -1
// when it is not. A doubled quote is a quote inside.
func closingQuote(s string) int {
	for i := 1; i < len(s); i++ {
		if s[i] != '\'' {
			continue
		}
		if i+1 < len(s) && s[i+1] == '\'' {
			i++
			continue
		}
		return i
	}
	return -1
}

// lookup serves rules over values: verdicts are texts, estimates numbers.
func (x *index) lookup(path []string) (expr.Value, bool) {
	if v, ok := x.verdict(path); ok {
		return expr.Str(v.Outcome), true
	}
	if e, field, ok := x.find(path); ok && (field == "sample" || field == "mark") {
		if field == "sample" {
			return expr.Str(e.Estimate.Sample), true
		}
		return expr.Str(string(e.Mark)), true
	}
	v, ok := x.values.Field(path)
	return expr.Num(v), ok
}

// nearest returns a hint with the addresses that come closest to a path.
func (x *index) nearest(path []string) string {
	want := analysis.Join(path)
	type near struct {
		address string
		cost    int
	}
	var best []near
	add := func(a string, segments []string) {
		best = append(best, near{a, pathDistance(path, segments)})
	}
	for i := range x.sorted {
		if segments, err := splitAddress(x.sorted[i].Address); err == nil {
			add(x.sorted[i].Address, segments)
		}
	}
	if len(path) == 1 {
		for name := range x.verdicts {
			add(name, []string{name})
		}
	}
	slices.SortFunc(best, func(a, b near) int {
		if a.cost != b.cost {
			return a.cost - b.cost
		}
		return strings.Compare(a.address, b.address)
	})
	limit := 2 + len(want)/3
	var names []string
	for _, n := range best[:min(3, len(best))] {
		if n.cost <= limit && (len(names) == 0 || n.cost <= best[0].cost+1) {
			names = append(names, n.address)
		}
	}
	switch len(names) {
	case 0:
		return "results.json of a build lists all addresses"
	case 1:
		return fmt.Sprintf("did you mean %s?", names[0])
	}
	return fmt.Sprintf("did you mean %s or %s?", strings.Join(names[:len(names)-1], ", "), names[len(names)-1])
}

// pathDistance is the number of letters to change, segment by segment, to turn
// a into b; a segment too many or too few costs its length, but at most 4.
func pathDistance(a, b []string) int {
	row := make([]int, len(b)+1)
	for j, s := range b {
		row[j+1] = row[j] + min(4, len(s))
	}
	for _, s := range a {
		last := slices.Clone(row)
		row[0] = last[0] + min(4, len(s))
		for j, t := range b {
			row[j+1] = min(last[j]+letterDistance(s, t), last[j+1]+min(4, len(s)), row[j]+min(4, len(t)))
		}
	}
	return row[len(b)]
}

// letterDistance is the Levenshtein distance of two segments.
func letterDistance(a, b string) int {
	if a == b {
		return 0
	}
	if len(a) > 60 || len(b) > 60 {
		return 60
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// fill puts what readers see into a value. It returns an error and a hint
// when the value cannot be shown.
func (x *index) fill(v *Value) (msg, hint string) {
	path, err := splitAddress(v.Address)
	if err != nil {
		return err.Error(), ""
	}
	verdict, isVerdict := x.verdict(path)
	e, field, ok := x.find(path)
	if !ok && !isVerdict {
		return fmt.Sprintf("unknown value %s", v.Address), x.nearest(path)
	}
	format, err := parseFormat(v.Format)
	if err != nil {
		return err.Error(), ""
	}
	if isVerdict {
		v.Shown, v.Title = verdict.Outcome, "verdict on "+verdict.Name+": "+verdict.Decide
		if verdict.Exploratory {
			v.Mark = string(analysis.Exploratory)
		}
		return "", ""
	}
	if field == "" {
		if msg, hint := lacks(&e.Estimate, format.what); msg != "" {
			return v.Address + " " + msg, hint
		}
	}
	v.Address = analysis.Join(path)
	v.Title = provenance(e)
	if e.Mark == analysis.Exploratory {
		v.Mark = string(e.Mark)
	}
	v.Shown, v.Number = showValue(&e.Estimate, e.Mark, field, format)
	return "", ""
}

// lacks says what a format asks of an estimate that it never had, "" when there
// is nothing. An estimate that could not be computed lacks nothing: n/a says so.
func lacks(e *analysis.Estimate, what string) (msg, hint string) {
	if math.IsNaN(e.Value) || e.Why != "" {
		return "", ""
	}
	switch {
	case what == showP && math.IsNaN(e.P):
		return "has no p-value", "leave p out"
	case what == showCI && math.IsNaN(e.Lo) && math.IsNaN(e.Hi):
		return "has no interval", "leave ci out"
	case what == showN && e.People == 0 && e.Rows > 0:
		return "has no number of people", "write {value} ADDRESS.n_rows for its rows"
	case what == showN && e.People == 0:
		return "has no number of people", "leave n out"
	}
	return "", ""
}

// showValue returns an estimate, or a field of it, in the format, and the
// number for machines.
func showValue(e *analysis.Estimate, mark analysis.Mark, field string, f valueFormat) (text, number string) {
	switch field {
	case "sample":
		return e.Sample, ""
	case "mark":
		return string(mark), ""
	case "n_people":
		return Whole(float64(e.People)), tenDigits(float64(e.People))
	case "n_rows":
		return Whole(float64(e.Rows)), tenDigits(float64(e.Rows))
	case "draws":
		return Whole(float64(e.Draws)), tenDigits(float64(e.Draws))
	case "p":
		return P(e.P), tenDigits(e.P)
	case "se":
		return f.number(e.SE, e.SE), tenDigits(e.SE)
	case "lo":
		return f.number(e.Lo, e.Value), tenDigits(e.Lo)
	case "hi":
		return f.number(e.Hi, e.Value), tenDigits(e.Hi)
	}
	switch f.what {
	case showCI:
		return f.interval(e.Lo, e.Hi, e.Value), ""
	case showFull:
		return f.number(e.Value, e.Value) + " " + f.interval(e.Lo, e.Hi, e.Value), tenDigits(e.Value)
	case showP:
		return relationP(e.P), tenDigits(e.P)
	case showN:
		return Whole(float64(e.People)), tenDigits(float64(e.People))
	case showSE:
		return f.number(e.SE, e.SE), tenDigits(e.SE)
	}
	if e.Statistic == "seed" { // a name, not a quantity
		return tenDigits(e.Value), tenDigits(e.Value)
	}
	if whole := e.Value == math.Trunc(e.Value) && math.IsNaN(e.SE) && math.IsNaN(e.Lo); whole && f.digits < 0 && !f.percent {
		if f.abs {
			return Whole(math.Abs(e.Value)), tenDigits(e.Value)
		}
		return Whole(e.Value), tenDigits(e.Value)
	}
	return f.number(e.Value, e.Value), tenDigits(e.Value)
}

// provenance says in words where a value comes from.
func provenance(e *Entry) string {
	est := &e.Estimate
	parts := []string{e.Address}
	if math.IsNaN(est.Value) {
		parts[0] += " could not be computed"
		if est.Why != "" {
			parts[0] += ": " + est.Why
		}
	} else {
		parts[0] += " = " + tenDigits(est.Value)
	}
	if !math.IsNaN(est.Lo) || !math.IsNaN(est.Hi) {
		parts = append(parts, "interval "+Range(est.Lo, est.Hi, decimals(est.Value)))
	}
	if est.People > 0 {
		parts = append(parts, "n = "+Whole(float64(est.People)))
	}
	if est.Rows > 0 {
		parts = append(parts, Whole(float64(est.Rows))+" rows")
	}
	if est.Sample != "" {
		parts = append(parts, "sample "+est.Sample)
	}
	if e.Mark != "" {
		parts = append(parts, string(e.Mark))
	}
	return strings.Join(parts, "; ")
}
