package formula

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"silico/analysis/frame"
)

func small() *frame.Frame {
	nan := math.NaN()
	return frame.New(
		frame.Numbers("y", []float64{1, 0, 1, 1, 0, 1}),
		frame.Numbers("x", []float64{1, 2, 3, 4, nan, 6}),
		frame.Numbers("w", []float64{1, 2, 1, 2, 1, 0}),
		frame.Factors("g", []string{"a", "b", "c", "a", "b", "c"}, []string{"a", "b", "c", "never"}),
		&frame.Column{Name: "o", Kind: frame.Ordered, Codes: []int32{0, 1, 2, 2, 1, -1}, Levels: []string{"no", "perhaps", "yes"}, Scores: []float64{0, 1, 5}},
		frame.Strings("t", []string{"q", "p", "q", "p", "q", "p"}),
		frame.Numbers("economic.cond.national", []float64{1, 2, 3, 4, 5, 6}),
	)
}

func mustDesign(t *testing.T, f *frame.Frame, src string, opts Options) *Design {
	t.Helper()
	parsed, err := Parse(src)
	if err != nil {
		t.Fatal(err)
	}
	d, err := parsed.Design(f, opts)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestMistakesAreNamedWithTheirColumn(t *testing.T) {
	for _, tt := range []struct{ src, want string }{
		{"", "column 1: the formula is empty"},
		{"y", "column 2: found the end where ~ should part"},
		{"y ~", "column 4: found the end where a variable should be"},
		{"y ~ a b", `column 7: found "b" after the formula's end`},
		{"y ~ (a + b", "column 11: found the end where ) should close the parenthesis of column 5"},
		{"y ~ a ++* b", `column 9: found "*" where a variable should be`},
		{"y ~ sqr(a)", `column 5: unknown function "sqr"; did you mean "sqrt"?`},
		{"y ~ log(a, 2, 3)", "column 5: log() takes 1 to 2 values, and has 3"},
		{"y ~ scale(a, centre = FALSE)", `column 5: scale() has no argument "centre"; did you mean "center"?`},
		{"y ~ scale(center = 0)", "column 5: scale() needs the argument x"},
		{"y ~ log(base = 2)", "column 5: log() needs the argument x"},
		{"y ~ log(x = 1, x = 2)", "column 5: log() has the argument x twice"},
		{"y ~ a + 2", "column 9: 2 is no term"},
		{"y ~ a > 3", "column 7: > compares values, not terms; write I(a > 3)"},
		{"y ~ a^b", "column 6: the power of terms is a whole number"},
		{"y ~ 'a'", "column 5: the text \"a\" is no variable"},
		{"y ~ `a", "column 5: ` opens here and is not closed"},
		{"y ~ 1 < 2 < 3", "column 11: comparisons do not chain"},
		{"y ~ a | g", "column 7: a random effect stands in parentheses: (a | g)"},
		{"y ~ a $ b", "column 7: '$' has no meaning"},
		{"y ~ " + strings.Repeat("(", 500), "more than 200 levels of nesting"},
		{"y ~ (a+b+c+d+e+f+g+h+i+j+k+l+m+n+o+p)^16", "more than 10000 terms"},
		{"y ~ a \xff", "not valid UTF-8"},
	} {
		_, err := Parse(tt.src)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: error %v, want %q", tt.src, err, tt.want)
		}
		var mistake *SyntaxError
		if err != nil && !errors.As(err, &mistake) {
			t.Errorf("%q: the error is a %T, want a *SyntaxError", tt.src, err)
		}
	}
}

func TestColumnsThatDoNotFitAreNamed(t *testing.T) {
	f := small()
	for _, tt := range []struct {
		src  string
		opts Options
		want string
	}{
		{"y ~ ecnomic.cond.national", Options{}, `column 5: unknown variable "ecnomic.cond.national"; did you mean "economic.cond.national"?`},
		{"y ~ log(g)", Options{}, "g is a factor, and log() needs numbers"},
		{"y ~ I(o + 1)", Options{}, "score(o) is the number of its level"},
		{"y ~ log(x - 1)", Options{}, "log(x - 1) is infinite in 1 of 5 rows, first in row 1"},
		{"y ~ x", Options{Weights: "wt"}, `unknown variable "wt"`},
		{"y ~ x", Options{Weights: "g"}, `"g" is a factor, and weights are numbers`},
		{"y ~ x", Options{Subset: "x >"}, `subset "x >"`},
		{"y ~ x", Options{Subset: "g"}, "g is a factor, not a condition"},
		{"y ~ x", Options{Complete: []string{"person"}}, `unknown variable "person"`},
		{"y ~ relevel(g, ref = 'd')", Options{}, `g has no level "d"`},
		{"y ~ I(g > 'a')", Options{}, "the levels of a factor have no order"},
	} {
		parsed, err := Parse(tt.src)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parsed.Design(f, tt.opts); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s %+v: error %v, want %q", tt.src, tt.opts, err, tt.want)
		}
	}
	negative := f.With(frame.Numbers("w", []float64{1, -1, 1, 1, 1, 1}))
	parsed, _ := Parse("y ~ x")
	if _, err := parsed.Design(negative, Options{Weights: "w"}); err == nil || !strings.Contains(err.Error(), "row 2 of \"w\" is -1") {
		t.Errorf("negative weight: error %v", err)
	}
}

func TestNamesAreReadFromBothSidesOnce(t *testing.T) {
	if _, err := Parse("log(`my y` + 1) ~ a * b + I(a^2) + C(g, sum) + offset(log(n)) + TRUE:c - pi"); err == nil {
		t.Fatal("TRUE is no variable, and no error says so")
	}
	f, err := Parse("log(`my y` + 1) ~ a * b + I(a^2 > pi) + C(g, sum) + offset(log(n)) + (1 + z | school)")
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"my y", "a", "b", "g", "n", "z", "school"}; !slices.Equal(f.Names(), want) {
		t.Errorf("names are %q, want %q", f.Names(), want)
	}
	if got := f.Response(); got != "log(`my y` + 1)" || !f.Mixed() {
		t.Errorf("outcome %q, mixed %v", got, f.Mixed())
	}
	if got := f.Interact("by").String(); got != "log(`my y` + 1) ~ (a * b + I(a^2 > pi) + C(g, sum) + offset(log(n)) + (1 + z | school)) * by" {
		t.Errorf("with every term free: %s", got)
	}
}

func TestReferencesAndContrastsAreChosen(t *testing.T) {
	f := small()
	for _, tt := range []struct {
		src   string
		opts  Options
		names []string
		row   []float64 // of the row with g = a
	}{
		{"y ~ g", Options{Reference: map[string]string{"g": "b"}}, []string{"(Intercept)", "ga", "gc"}, []float64{1, 1, 0}},
		{"y ~ g", Options{Contrasts: map[string]Contrast{"g": Sum}}, []string{"(Intercept)", "g1", "g2"}, []float64{1, 1, 0}},
		{"y ~ g", Options{Contrasts: map[string]Contrast{"": Sum}, Reference: map[string]string{"g": "a"}}, []string{"(Intercept)", "g1", "g2"}, []float64{1, -1, -1}},
		{"y ~ C(g, treatment, 3)", Options{}, []string{"(Intercept)", "C(g, treatment, 3)a", "C(g, treatment, 3)b"}, []float64{1, 1, 0}},
		{"y ~ C(contr = sum, g)", Options{}, []string{"(Intercept)", "C(contr = sum, g)1", "C(contr = sum, g)2"}, []float64{1, 1, 0}},
		{"y ~ o", Options{}, []string{"(Intercept)", "operhaps", "oyes"}, []float64{1, 0, 0}},
		{"y ~ score(o)", Options{}, []string{"(Intercept)", "score(o)"}, []float64{1, 0}},
		{"y ~ t", Options{}, []string{"(Intercept)", "tq"}, []float64{1, 1}},
	} {
		d := mustDesign(t, f, tt.src, tt.opts)
		if !slices.Equal(d.Names, tt.names) || !slices.Equal(d.X.RawRowView(0), tt.row) {
			t.Errorf("%s %+v: %q with %v, want %q with %v", tt.src, tt.opts, d.Names, d.X.RawRowView(0), tt.names, tt.row)
		}
	}
	d := mustDesign(t, f, "y ~ g", Options{Reference: map[string]string{"g": "never"}})
	if len(d.Warnings) != 1 || !strings.Contains(d.Warnings[0], `no row has the reference level "never"`) {
		t.Errorf("warnings %q do not say that the reference has no rows", d.Warnings)
	}
}

func TestRowsAreChosenAndCounted(t *testing.T) {
	f := small()
	d := mustDesign(t, f, "y ~ x + o", Options{Subset: "g %in% c('a', 'b') & (economic.cond.national < 6 | is.na(x))", Weights: "w", Complete: []string{"t"}})
	if !slices.Equal(d.Rows, []int{0, 1, 3}) || d.Dropped != 1 {
		t.Errorf("rows %v with %d dropped, want 0, 1, 3 with 1 dropped", d.Rows, d.Dropped)
	}
	if !slices.Equal(d.Weights, []float64{1, 2, 2}) {
		t.Errorf("weights %v, want 1, 2, 2", d.Weights)
	}
	if got := d.Cluster(f.Col("g")); !slices.Equal(got, []int{0, 1, 0}) {
		t.Errorf("clusters %v, want 0, 1, 0", got)
	}
	if got := d.Cluster(f.Col("t")); !slices.Equal(got, []int{0, 1, 1}) {
		t.Errorf("clusters of a text %v, want 0, 1, 1", got)
	}
	none := mustDesign(t, f, "y ~ x + g", Options{Subset: "x > 100"})
	if len(none.Rows) != 0 || len(none.Y) != 0 || !slices.Equal(none.Names, []string{"(Intercept)", "x"}) {
		t.Errorf("no rows: %v, columns %q", none.Rows, none.Names)
	}
}

func TestOutcomesOfEveryKind(t *testing.T) {
	f := small()
	g := mustDesign(t, f, "g ~ x", Options{})
	if !slices.Equal(g.ResponseLevels, []string{"a", "b", "c"}) || !slices.Equal(g.Codes, []int{0, 1, 2, 0, 2}) || g.Scored {
		t.Errorf("factor: levels %q, codes %v", g.ResponseLevels, g.Codes)
	}
	o := mustDesign(t, f, "o ~ 1", Options{})
	if !slices.Equal(o.Y, []float64{0, 1, 5, 5, 1}) || !o.Scored || o.Dropped != 1 {
		t.Errorf("ordered: %v, scored %v, %d dropped", o.Y, o.Scored, o.Dropped)
	}
	c := mustDesign(t, f, "I(economic.cond.national > 100) ~ 1", Options{})
	if !slices.Equal(c.ResponseLevels, []string{"FALSE", "TRUE"}) || c.Y[0] != 0 {
		t.Errorf("condition that never holds: levels %q, %v", c.ResponseLevels, c.Y)
	}
	if d := mustDesign(t, f, "~ x", Options{}); d.Y != nil || d.Response != "" {
		t.Errorf("without an outcome: %v %q", d.Y, d.Response)
	}
}

func TestTheDotIsEveryOtherColumn(t *testing.T) {
	d := mustDesign(t, small(), "log(y + 1) ~ . - t - o - w", Options{})
	if want := []string{"(Intercept)", "x", "gb", "gc", "economic.cond.national"}; !slices.Equal(d.Names, want) {
		t.Errorf("columns %q, want %q", d.Names, want)
	}
	schema := &frame.Schema{ID: "id", Weight: "w", Variables: []frame.Variable{
		{Name: "id", Type: "id"}, {Name: "w", Type: "number", Role: "weight"}, {Name: "y", Type: "number"}, {Name: "x", Type: "number"}, {Name: "t", Type: "text"},
	}}
	f := small().With(frame.Factors("id", []string{"1", "2", "3", "4", "5", "6"}, nil)).With(frame.Numbers(frame.DrawColumn, make([]float64, 6)))
	f.Schema = schema
	if d := mustDesign(t, f, "y ~ .", Options{}); !slices.Equal(d.Names, []string{"(Intercept)", "x"}) {
		t.Errorf("in a study's frame the dot stands for %q, want x alone", d.Names)
	}
}

func TestCheckFindsEveryUnknownVariable(t *testing.T) {
	schema := &frame.Schema{ID: "id", Variables: []frame.Variable{{Name: "anger", Type: "number"}, {Name: "gender", Type: "choice", Levels: []string{"F", "M"}}, {Name: "do", Type: "ordinal", Levels: []string{"no", "yes"}}}}
	check := func(src string) error {
		f, err := Parse(src)
		if err != nil {
			t.Fatal(err)
		}
		return f.Check(schema)
	}
	if err := check("score(do) ~ log(anger) * gender + I(anger > 20) + C(gender, sum) + relevel(gender, ref = 'M') + factor(anger) + source"); err != nil {
		t.Errorf("a formula that fits: %v", err)
	}
	err := check("doo ~ angr * gender")
	if err == nil || !strings.Contains(err.Error(), `did you mean "do"?`) || !strings.Contains(err.Error(), `did you mean "anger"?`) {
		t.Errorf("two unknown variables: %v", err)
	}
	if err := check("do ~ log(gender)"); err == nil || !strings.Contains(err.Error(), "gender is a factor") {
		t.Errorf("log of a factor: %v", err)
	}
}

func TestVariantsKeepLevelsAndScalings(t *testing.T) {
	f := small()
	d := mustDesign(t, f, "y ~ scale(x) * g + factor(economic.cond.national)", Options{Subset: "x > 0"})
	k := len(d.Names)
	buffer := make([]float64, len(d.Rows)*k)
	b, err := d.At("g", "b")
	if err != nil {
		t.Fatal(err)
	}
	b.Fill(buffer, 0, len(d.Rows))
	if buffer[2] != 1 || buffer[1] != d.X.At(0, 1) {
		t.Errorf("all in b: row 1 is %v", buffer[:k])
	}
	five, err := d.At("economic.cond.national", "3")
	if err != nil {
		t.Fatal(err)
	}
	five.Fill(buffer, 0, 1)
	at := slices.Index(d.Names, "factor(economic.cond.national)3")
	if at < 0 || buffer[at] != 1 {
		t.Errorf("columns %q: a number that is a factor set to 3 gives %v", d.Names, buffer[:k])
	}
	slope, err := d.Slopes("x")
	if err != nil {
		t.Fatal(err)
	}
	slope.Fill(buffer, 0, 1)
	want := 1 / 1.9235384061671346 // sd of 1, 2, 3, 4, 6
	if math.Abs(buffer[1]-want) > 1e-14 || buffer[0] != 0 {
		t.Errorf("slopes of the first row are %v, want %v for scale(x)", buffer[:k], want)
	}
	if levels, ok := d.Levels("g"); !ok || !slices.Equal(levels, []string{"a", "b", "c"}) {
		t.Errorf("levels of g: %q", levels)
	}
	if _, ok := d.Levels("x"); ok {
		t.Error("x has levels")
	}
	if levels, ok := d.Levels("economic.cond.national"); !ok || len(levels) != 5 {
		t.Errorf("levels of a number that is a factor: %q", levels)
	}
	if _, err := d.At("g", "d"); err == nil {
		t.Error("no error for an unknown level")
	}
	if _, err := d.Slopes("g"); err == nil {
		t.Error("no error for the slope of a factor")
	}
	swapped, err := d.Reassign("g", []int{1, 0, 2, 3, 4})
	if err != nil {
		t.Fatal(err)
	}
	swapped.Fill(buffer, 0, 2)
	if buffer[2] != 1 || buffer[k+2] != 0 {
		t.Errorf("g of rows 1 and 2 exchanged: %v", buffer[:2*k])
	}
}

func TestRandomEffectsAreReadBesideTheFixed(t *testing.T) {
	d := mustDesign(t, small(), "y ~ x + (1 + x || g) + (1 | t/g)", Options{})
	if !slices.Equal(d.Names, []string{"(Intercept)", "x"}) || len(d.Random) != 3 {
		t.Fatalf("columns %q and %d random effects, want 3", d.Names, len(d.Random))
	}
	r := d.Random[0]
	if !slices.Equal(r.Names, []string{"(Intercept)", "x"}) || r.Group != "g" || !r.Independent || !slices.Equal(r.Codes, []int{0, 1, 2, 0, 2}) {
		t.Errorf("first: %+v", r)
	}
	if got := d.Random[2]; got.Group != "g:t" || !slices.Equal(got.Levels, []string{"a:p", "a:q", "b:p", "c:p", "c:q"}) {
		t.Errorf("nested: %s with levels %q", got.Group, got.Levels)
	}
}

func FuzzParse(f *testing.F) {
	for _, src := range []string{
		"y ~ a * b", "log(y+1) ~ (x + g + o)^2 - x:g", "~ . - 1", "y ~ I(x^2) + scale(x, center = FALSE) + factor(g)", "I(y > 0) ~ `odd name` + offset(log(w))",
		"y ~ a/b %in% c + 0", "y ~ C(g, sum) + relevel(g, ref = \"b\") + (1 + x || g)", "cbind(y, w) ~ x + I(-x^-2) + pmin(x, 3)", "y ~ ((((x))))", "y ~ x^1e9", "y~ifelse(x>2,1,0)+o",
		"y ~ poly(x, 2, raw = TRUE):g + C(o, poly) + I(x - mean(x)/sd(w))",
	} {
		f.Add(src)
	}
	data := small()
	f.Fuzz(func(t *testing.T, src string) {
		parsed, err := Parse(src)
		if err != nil {
			var mistake *SyntaxError
			if !errors.As(err, &mistake) || mistake.Col < 1 || mistake.Col > len(src)+1 {
				t.Fatalf("%q: error %v without a place", src, err)
			}
			return
		}
		parsed.Names()
		d, err := parsed.Design(data, Options{})
		if err != nil {
			return
		}
		// What R would print of the formula means the same.
		again, err := Parse(parsed.Response() + " ~ " + parsed.right.String())
		if err != nil {
			t.Fatalf("%q is written %q, which is no formula: %v", src, parsed.right, err)
		}
		e, err := again.Design(data, Options{})
		if err != nil || !slices.Equal(d.Names, e.Names) || !slices.Equal(d.Rows, e.Rows) {
			t.Fatalf("%q has columns %q, and written anew %q (%v)", src, d.Names, e.Names, err)
		}
	})
}

func FuzzSubset(f *testing.F) {
	for _, src := range []string{"x > 1", "g == 'a' & !is.na(x)", "o >= 'perhaps' | t %in% c('p')", "x %% 2 == 0", "-x^2 < 3"} {
		f.Add(src)
	}
	data := small()
	formula, _ := Parse("y ~ 1")
	f.Fuzz(func(t *testing.T, src string) {
		if d, err := formula.Design(data, Options{Subset: src}); err == nil && len(d.Rows) > data.Rows() {
			t.Fatalf("%q keeps %d of %d rows", src, len(d.Rows), data.Rows())
		}
	})
}
