package stat_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"silico/analysis/frame"
)

// oracleKinds holds, for each kind of reference case, what makes our result of
// it: the same fields as R's, from the functions that an analysis calls. A kind
// registers itself in an init of its own file.
//
// A result is built of fields, numbers (float64, int), strings, nil, slices of
// these, [][]float64 and mat.Matrix. A field that R has and we do not is a
// failure; more fields than R has are not, because R gives up where we need
// not (Fisher's test of a large table).
var oracleKinds = map[string]func(t *testing.T, c *oracleCase, f *frame.Frame) any{}

// oracleTolerances says for a kind how far a number may be from R's, by its
// place in the result ("se.HC1.lo[2]"); it is allowed when it is within either.
// A kind without an entry is compared by oracleTolerance.
var oracleTolerances = map[string]func(c *oracleCase, path string) (rel, abs float64){}

// oracleTolerance is the tolerance of closed forms: 1e-8 of R's value, and
// 1e-12 where R's value is a p-value.
func oracleTolerance(path string) (rel, abs float64) {
	last := path[strings.LastIndexByte(path, '.')+1:]
	last, _, _ = strings.Cut(last, "[")
	if last == "p" || strings.HasPrefix(last, "p_") || strings.HasSuffix(last, "_p") {
		return 1e-8, 1e-12
	}
	return 1e-8, 1e-14
}

// fields is a result with named parts.
type fields = map[string]any

// oracleCase is one case of oracle.json.
type oracleCase struct {
	ID      string          `json:"id"`
	Kind    string          `json:"kind"`
	Data    string          `json:"data"`
	Formula string          `json:"formula"`
	Options map[string]any  `json:"options"`
	Result  any             `json:"result"`
	Notes   json.RawMessage `json:"notes"`

	read  map[string]bool     // options that the kind asked for
	order map[string][]string // of an option with named parts: their names as they are written
}

// UnmarshalJSON also notes the order of the parts of options, which decides how
// R names the cells of several margins.
func (c *oracleCase) UnmarshalJSON(b []byte) error {
	type plain oracleCase
	if err := json.Unmarshal(b, (*plain)(c)); err != nil {
		return err
	}
	var raw struct {
		Options map[string]json.RawMessage `json:"options"`
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	c.order = map[string][]string{}
	for name, value := range c.Options {
		if _, ok := value.(map[string]any); !ok {
			continue
		}
		keys, err := keysInOrder(raw.Options[name])
		if err != nil {
			return err
		}
		c.order[name] = keys
	}
	return nil
}

// keysInOrder returns the names of an object's parts as they are written.
func keysInOrder(object []byte) ([]string, error) {
	d := json.NewDecoder(bytes.NewReader(object))
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	var keys []string
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		keys = append(keys, key.(string))
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

// option returns an option as JSON has it, nil where it is null or absent. An
// option that a kind never asks for is a failure.
func (c *oracleCase) option(name string) any {
	c.read[name] = true
	return c.Options[name]
}

// text returns an option that is a string, "" where it is null or absent.
func (c *oracleCase) text(name string) string {
	s, _ := c.option(name).(string)
	return s
}

// texts returns an option that is a list of strings, nil where it is null.
func (c *oracleCase) texts(name string) []string {
	var s []string
	switch v := c.option(name).(type) {
	case []any:
		for _, e := range v {
			s = append(s, fmt.Sprint(e))
		}
	case string:
		s = []string{v}
	}
	return s
}

// number returns an option that is a number, NaN where it is null.
func (c *oracleCase) number(name string) float64 { return oracleNumber(c.option(name)) }

// numbers returns an option that is a list of numbers, nil where it is null.
func (c *oracleCase) numbers(name string) []float64 {
	var x []float64
	switch v := c.option(name).(type) {
	case []any:
		for _, e := range v {
			x = append(x, oracleNumber(e))
		}
	case float64:
		x = []float64{v}
	}
	return x
}

func oracleNumber(v any) float64 {
	if x, ok := v.(float64); ok {
		return x
	}
	if s, ok := v.(string); ok {
		if x, err := strconv.ParseFloat(s, 64); err == nil {
			return x
		}
	}
	return math.NaN()
}

// TestOracle compares with R: every case of testdata/oracle and, when the
// environment variable SILICO_ORACLE names a folder of the same layout, every
// case there.
func TestOracle(t *testing.T) {
	folders := []string{filepath.Join("testdata", "oracle")}
	if extra := os.Getenv("SILICO_ORACLE"); extra != "" {
		if _, err := os.Stat(extra); err != nil && !filepath.IsAbs(extra) {
			extra = filepath.Join("..", "..", extra) // as seen from the top of the repository
		}
		folders = append(folders, extra)
	}
	for _, folder := range folders {
		compareWithR(t, folder)
	}
}

// TestOracleOfOptionsTogether compares with R on other data: weights with
// clusters, offsets with subsets, and what else no case of TestOracle has.
func TestOracleOfOptionsTogether(t *testing.T) {
	compareWithR(t, filepath.Join("testdata", "oracle_options"))
}

// compareWithR runs every case of a folder as a subtest named by its id.
func compareWithR(t *testing.T, folder string) {
	data := &oracleData{folder: folder, frames: map[string]*frame.Frame{}}
	readJSON(t, filepath.Join(folder, "datasets.json"), &data.sets)
	var cases []*oracleCase
	readJSON(t, filepath.Join(folder, "oracle.json"), &cases)
	if len(cases) == 0 {
		t.Errorf("%s holds no cases", folder)
	}
	for _, c := range cases {
		t.Run(c.ID, func(t *testing.T) { c.compare(t, data) })
	}
}

// compare runs the case and compares every field of R's result.
func (c *oracleCase) compare(t *testing.T, data *oracleData) {
	run, ok := oracleKinds[c.Kind]
	if !ok {
		t.Fatalf("no kind %q is registered; known are %s", c.Kind, strings.Join(slices.Sorted(maps.Keys(oracleKinds)), ", "))
	}
	f, err := data.frame(c.Data)
	if err != nil {
		t.Fatal(err)
	}
	c.read = map[string]bool{}
	got := run(t, c, f)
	for _, name := range slices.Sorted(maps.Keys(c.Options)) {
		if !c.read[name] {
			t.Errorf("kind %s does not know the option %q", c.Kind, name)
		}
	}
	d := oracleDiff{tolerance: func(path string) (float64, float64) { return oracleTolerance(path) }}
	if tol, ok := oracleTolerances[c.Kind]; ok {
		d.tolerance = func(path string) (float64, float64) { return tol(c, path) }
	}
	d.value("", got, c.Result, 0)
	const shown = 12
	for i, p := range d.problems {
		if i == shown {
			t.Errorf("... and %d more of %d numbers", len(d.problems)-shown, d.compared)
			break
		}
		t.Error(p)
	}
	if d.compared == 0 {
		t.Error("R's result holds nothing to compare")
	}
}

// oracleDiff compares a result with R's.
type oracleDiff struct {
	tolerance func(path string) (rel, abs float64)
	problems  []string
	compared  int
}

func (d *oracleDiff) fail(path, format string, args ...any) {
	d.problems = append(d.problems, strings.TrimPrefix(path, ".")+": "+fmt.Sprintf(format, args...))
}

// value compares got with want, what encoding/json reads. scale is the largest
// number of the array that want is in: rounding is relative to it.
func (d *oracleDiff) value(path string, got, want any, scale float64) {
	got = plain(got)
	switch w := want.(type) {
	case nil:
		if got != nil {
			if x, ok := got.(float64); !ok || !math.IsNaN(x) {
				d.fail(path, "got %v, R has none", got)
			}
		}
	case map[string]any:
		g, ok := got.(fields)
		if !ok {
			d.fail(path, "got %v (%T), R has the fields %v", got, got, slices.Sorted(maps.Keys(w)))
			return
		}
		for _, k := range slices.Sorted(maps.Keys(w)) {
			v, ok := g[k]
			if !ok && w[k] != nil {
				d.fail(path+"."+k, "no such field in our result; R has %v", brief(w[k]))
				continue
			}
			d.value(path+"."+k, v, w[k], 0)
		}
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			d.fail(path, "got %v, R has %d values %v", brief(got), len(w), brief(w))
			return
		}
		scale = largest(w)
		for i := range w {
			d.value(fmt.Sprintf("%s[%d]", path, i), g[i], w[i], scale)
		}
	case bool:
		d.compared++
		if got != w {
			d.fail(path, "got %v, R has %v", got, w)
		}
	case string:
		d.compared++
		if x, ok := got.(float64); ok {
			d.special(path, x, w)
		} else if got != w {
			d.fail(path, "got %#v, R has %q", got, w)
		}
	case float64:
		d.compared++
		g, ok := got.(float64)
		if !ok {
			d.fail(path, "got %#v, R has %.15g", got, w)
			return
		}
		rel, abs := d.tolerance(strings.TrimPrefix(path, "."))
		if off := math.Abs(g - w); !(off <= rel*math.Abs(w) || off <= abs || off <= rounding(path)*scale) {
			d.fail(path, "got %.15g, R has %.15g (relative difference %.2g)", g, w, off/math.Abs(w))
		}
	default:
		d.fail(path, "R's value %v has the unknown type %T", want, want)
	}
}

// rounding returns how far rounding may move a number, in parts of the largest
// of its row. A covariance of coefficients that is zero but for rounding, as of
// interactions in a balanced design, is as large as the condition of the design
// makes it, here and in R.
func rounding(path string) float64 {
	if strings.Contains(path, ".vcov") {
		return 1e-12
	}
	return 1e-14
}

// special compares with a number that JSON has no way to write.
func (d *oracleDiff) special(path string, got float64, want string) {
	ok := false
	switch want {
	case "NaN", "NA":
		ok = math.IsNaN(got)
	case "Inf":
		ok = math.IsInf(got, 1)
	case "-Inf":
		ok = math.IsInf(got, -1)
	}
	if !ok {
		d.fail(path, "got %.15g, R has %s", got, want)
	}
}

// plain turns what kinds return into nil, string, bool, float64, []any and
// fields.
func plain(v any) any {
	list := func(n int, at func(i int) any) any {
		l := make([]any, n)
		for i := range l {
			l[i] = at(i)
		}
		return l
	}
	switch v := v.(type) {
	case int:
		return float64(v)
	case []float64:
		return list(len(v), func(i int) any { return v[i] })
	case []int:
		return list(len(v), func(i int) any { return v[i] })
	case []string:
		return list(len(v), func(i int) any { return v[i] })
	case [][]float64:
		return list(len(v), func(i int) any { return v[i] })
	case []fields:
		return list(len(v), func(i int) any { return v[i] })
	case mat.Matrix:
		r, _ := v.Dims()
		return list(r, func(i int) any { return mat.Row(nil, i, v) })
	}
	return v
}

// largest returns the largest absolute number of a list or of a list of lists.
func largest(v []any) float64 {
	m := 0.0
	for _, e := range v {
		switch e := e.(type) {
		case float64:
			m = max(m, math.Abs(e))
		case []any:
			m = max(m, largest(e))
		}
	}
	return m
}

// brief shows a value in one short line.
func brief(v any) string {
	s := fmt.Sprintf("%v", v)
	if len(s) > 120 {
		s = s[:120] + "..."
	}
	return s
}

// oracleData reads the data sets of a folder, each once.
type oracleData struct {
	folder string
	sets   map[string]struct {
		File    string `json:"file"`
		Rows    int    `json:"rows"`
		Columns map[string]struct {
			Type    string   `json:"type"`
			Levels  []string `json:"levels"`
			Missing int      `json:"missing"`
		} `json:"columns"`
	}
	frames map[string]*frame.Frame
}

// frame returns a data set as a frame, nil for the name "".
func (d *oracleData) frame(name string) (*frame.Frame, error) {
	if f, ok := d.frames[name]; ok || name == "" {
		return f, nil
	}
	set, ok := d.sets[name]
	if !ok {
		return nil, fmt.Errorf("%s has no data set %q", d.folder, name)
	}
	file, err := os.Open(filepath.Join(d.folder, filepath.FromSlash(set.File)))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", set.File, err)
	}
	if len(rows) != set.Rows+1 {
		return nil, fmt.Errorf("%s has %d rows, datasets.json says %d", set.File, len(rows)-1, set.Rows)
	}
	var cols []*frame.Column
	for at, column := range rows[0] {
		meta, ok := set.Columns[column]
		if !ok {
			return nil, fmt.Errorf("%s: datasets.json does not know the column %q", set.File, column)
		}
		texts := make([]string, len(rows)-1)
		for i, r := range rows[1:] {
			texts[i] = r[at]
		}
		c, err := oracleColumn(column, meta.Type, meta.Levels, texts)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", set.File, err)
		}
		missing := 0
		for i := range c.Len() {
			if c.Missing(i) {
				missing++
			}
		}
		if missing != meta.Missing {
			return nil, fmt.Errorf("%s: %d values of %q are missing, datasets.json says %d", set.File, missing, column, meta.Missing)
		}
		cols = append(cols, c)
	}
	d.frames[name] = frame.New(cols...)
	return d.frames[name], nil
}

func oracleColumn(name, kind string, levels, texts []string) (*frame.Column, error) {
	switch kind {
	case "factor":
		return frame.Factors(name, texts, levels), nil
	case "numeric":
		xs := make([]float64, len(texts))
		for i, s := range texts {
			if s == "NA" || s == "" {
				xs[i] = math.NaN()
				continue
			}
			x, err := strconv.ParseFloat(s, 64)
			if err != nil {
				return nil, fmt.Errorf("column %q, row %d: %w", name, i+1, err)
			}
			xs[i] = x
		}
		return frame.Numbers(name, xs), nil
	}
	return nil, fmt.Errorf("column %q has the unknown type %q", name, kind)
}

func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		t.Fatalf("read %s: %v", path, err)
	}
}

// oracleFactor returns R's factor of a column: its codes, -1 where missing, and
// its levels, for numbers the distinct ones in ascending order.
func oracleFactor(t *testing.T, f *frame.Frame, name string) (codes []int, levels []string) {
	t.Helper()
	c := f.Col(name)
	if c == nil {
		t.Fatalf("no column %q", name)
	}
	codes = make([]int, c.Len())
	if c.Coded() {
		for i, k := range c.Codes {
			codes[i] = int(k)
		}
		return codes, c.Levels
	}
	var seen []float64
	for _, x := range c.Nums {
		if !math.IsNaN(x) {
			seen = append(seen, x)
		}
	}
	slices.Sort(seen)
	seen = slices.Compact(seen)
	for i, x := range c.Nums {
		codes[i] = slices.Index(seen, x)
	}
	for _, x := range seen {
		levels = append(levels, likeR(x))
	}
	return codes, levels
}

// likeR writes a number as R's as.character does: fixed unless that is longer.
func likeR(x float64) string {
	x, _ = strconv.ParseFloat(strconv.FormatFloat(x, 'g', 15, 64), 64)
	fixed, exponent := strconv.FormatFloat(x, 'f', -1, 64), strconv.FormatFloat(x, 'e', -1, 64)
	if len(fixed) <= len(exponent) {
		return fixed
	}
	return exponent
}

// at returns the values of rows.
func at(x []float64, rows []int) []float64 {
	y := make([]float64, len(rows))
	for i, r := range rows {
		y[i] = x[r]
	}
	return y
}
