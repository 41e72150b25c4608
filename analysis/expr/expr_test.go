package expr

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"silico/analysis/frame"
)

func answers() *frame.Frame {
	do := frame.Factors("do", []string{"no", "perhaps", "yes", ""}, []string{"no", "perhaps", "yes"})
	do.Kind = frame.Ordered
	want := frame.Factors("want", []string{"perhaps", "perhaps", "no", "yes"}, []string{"no", "perhaps", "yes"})
	want.Kind = frame.Ordered
	f := frame.New(
		frame.Factors("id", []string{"1", "1", "2", "2"}, nil),
		frame.Factors("gender", []string{"F", "F", "M", "M"}, []string{"F", "M"}),
		frame.Numbers("anger", []float64{20, 20, 30, math.NaN()}),
		frame.Numbers("quit", []float64{0, 0, 1, 1}),
		&frame.Column{Name: "note", Kind: frame.Text, Texts: []string{"a", "it's", "", ""}, Absent: []bool{false, false, false, true}},
		want, do)
	f.Schema = &frame.Schema{ID: "id", Variables: []frame.Variable{
		{Name: "id", Type: "id"}, {Name: "gender", Type: "choice", Levels: []string{"F", "M"}},
		{Name: "anger", Type: "number"}, {Name: "quit", Type: "binary"}, {Name: "note", Type: "text"},
		{Name: "want", Type: "ordinal", Levels: []string{"no", "perhaps", "yes"}},
		{Name: "do", Type: "ordinal", Levels: []string{"no", "perhaps", "yes"}},
	}, Sources: []frame.Source{{Name: "people"}, {Name: "uniform"}}}
	return f
}

func TestRulesOverRowsAreThreeValued(t *testing.T) {
	f := answers()
	for _, tt := range []struct{ rule, want string }{ // a row each: t, f, or . for missing
		{"gender == 'F'", "ttff"},
		{"'F' == gender", "ttff"},
		{"gender != 'F' && anger > 0", "fft."},
		{"anger >= 20", "ttt."},
		{"anger + 10 == 30", "ttf."},
		{"anger > 0 or true", "tttt"},
		{"anger > 0 and false", "ffff"},
		{"not anger > 20", "ttf."},
		{"! (anger > 20)", "ttf."},
		{"missing(anger)", "ffft"},
		{"missing(do)", "ffft"},
		{"do >= 'perhaps'", "ftt."},
		{"'perhaps' <= do", "ftt."},
		{"do > 0", "ftt."},
		{"want > do", "tff."},
		{"want - do > 0", "tff."},
		{"(want == 'no') != (do == 'no')", "tft."},
		{"do in ('no', 'yes')", "tft."},
		{"do not in ('no', 'yes')", "ftf."},
		{"anger in (20, -1)", "ttf."},
		{"quit", "fftt"},
		{"quit == true", "fftt"},
		{"not quit and gender == 'F'", "ttff"},
		{"note == 'it''s'", "ftf."},
		{"note != note", "fff."},
		{"1 / 0 > 1", "...."},
		{"abs(anger - 25) == 5", "ttt."},
		{"max(anger, 25) == 25", "ttf."},
		{"min(anger, 25, 1) == 1", "ttt."},
		{"- anger < -20", "fft."},
		{"id == '2'", "fftt"},
		{"id == 'nobody'", "ffff"},
		{"2 + 3 * 2 == 8 and (2 + 3) * 2 == 10 and 7 - 2 - 1 == 4", "tttt"},
		{"1e3 == 1000 and .5 == 0.5", "tttt"},
	} {
		e, err := Parse(tt.rule)
		if err != nil {
			t.Errorf("%s: %v", tt.rule, err)
			continue
		}
		if err := e.Check(f.Schema); err != nil {
			t.Errorf("check of %s: %v", tt.rule, err)
		}
		keep, missing, err := e.Rows(f)
		if err != nil {
			t.Errorf("%s: %v", tt.rule, err)
			continue
		}
		for i, c := range tt.want {
			if keep[i] != (c == 't') {
				t.Errorf("%s keeps row %d: %v, want %c", tt.rule, i, keep[i], c)
			}
		}
		if n := strings.Count(tt.want, "."); missing != n {
			t.Errorf("%s: %d missing, want %d", tt.rule, missing, n)
		}
	}
}

func TestMistakesSayPlaceAndWayOut(t *testing.T) {
	for _, tt := range []struct{ rule, want string }{
		{"", "column 1: the expression is empty"},
		{"agner > 3", `column 1: unknown column "agner"; did you mean "anger"?`},
		{"gender == 'f'", `column 11: "f" is no level of gender; declared are F, M; did you mean "F"?`},
		{"source == 'unifrom'", `column 11: "unifrom" is no level of source; declared are people, uniform; did you mean "uniform"?`},
		{"gender > 'F'", "column 8: the levels of gender have no order; only == and != compare them"},
		{"gender == 1", "column 11: gender is compared with its levels, in quotes: 'F', 'M'"},
		{"anger == '20'", "column 10: anger is a number and '20' is text; write numbers without quotes"},
		{"anger", "column 1: anger is a number where true or false is asked for; compare it with something"},
		{"anger = 20", "column 7: a comparison is written =="},
		{`gender == "F"`, "column 11: text stands in straight single quotes: 'yes'"},
		{"gender == F", `column 11: unknown column "F"; a level stands in quotes: 'F'`},
		{"10 < anger < 20", "column 12: comparisons do not chain: write a < b and b < c"},
		{"anger > ", "column 9: the expression ends too early"},
		{"(anger > 1", `column 1: the "(" that begins here is not closed`},
		{"anger > 1)", `column 10: ")" closes nothing`},
		{"want-do > 0", "column 5: write spaces around a minus between names, or quote a contrast: 'a-b'"},
		{"gender == 'F", "column 11: the text that begins here has no closing quote '"},
		{"maximum(anger) > 1", `column 1: unknown function "maximum"; there are abs, max, min and missing`},
		{"mixing(anger)", `column 1: unknown function "mixing"; there are abs, max, min and missing; did you mean "missing"?`},
		{"abs(1, 2) > 1", "column 1: abs takes one value, not 2"},
		{"gender + 1 > 2", "column 1: gender is a variable with levels where a number is asked for"},
		{"do.js > 1", `column 1: a rule over rows names columns, without dots; "do.js" is none`},
		{"do in 'no'", "column 7: after in comes a list in parentheses: in ('a', 'b')"},
		{"1.2.3 > anger", `column 1: "1.2.3" is no number`},
		{"anger > 2 €", `column 11: unexpected character "€"`},
		{strings.Repeat("(", 2000), "column 101: the expression is nested more than 100 deep"},
		{strings.Repeat("not ", 2000) + "true", "column 401: the expression is nested more than 100 deep"},
		{"1" + strings.Repeat("+1", 20000) + " > 1", "column 10000: the expression has more than 10000 parts"},
	} {
		e, err := Parse(tt.rule)
		if err == nil {
			err = e.Check(answers().Schema)
		}
		if err == nil {
			t.Errorf("%.40s: no error, want %s", tt.rule, tt.want)
			continue
		}
		var se *SyntaxError
		if !errors.As(err, &se) || err.Error() != tt.want {
			t.Errorf("%.40s:\n got %v\nwant %s", tt.rule, err, tt.want)
		}
	}
}

func TestRulesOverValuesReadAddresses(t *testing.T) {
	values := map[string]Value{
		"distance.tuned_79-base.do.js.hi": Num(-0.01),
		"m.people.(Intercept).coef":       Num(2),
		"h1":                              Str("supported"),
		"broken":                          Num(math.NaN()),
	}
	lookup := func(path []string) (Value, bool) {
		v, ok := values[strings.Join(path, ".")]
		return v, ok
	}
	for _, tt := range []struct {
		rule string
		want Value
	}{
		{"distance.'tuned_79-base'.do.js.hi < 0", truth(true)},
		{"m.people.'(Intercept)'.coef - 2 == 0", truth(true)},
		{"h1 == 'supported' and not (broken > 1 and false)", truth(true)},
		{"broken > 1", Value{}},
		{"nowhere > 1 or h1 != 'supported'", Value{}},
		{"h1 < 1", Value{}},
		{"h1 in ('supported', 'inconclusive')", truth(true)},
		{"missing(nowhere)", truth(true)},
		{"max(1, 2) + abs(-1)", Num(3)},
	} {
		e, err := Parse(tt.rule)
		if err != nil {
			t.Fatalf("%s: %v", tt.rule, err)
		}
		if got := e.Eval(lookup); got != tt.want {
			t.Errorf("%s is %+v, want %+v", tt.rule, got, tt.want)
		}
	}
	e, _ := Parse("a.b.'c-d' < 0 or a.b < 1")
	var paths []string
	for _, p := range e.Paths() {
		paths = append(paths, strings.Join(p.Segments, "|"))
	}
	if want := []string{"a|b|c-d", "a|b"}; !slices.Equal(paths, want) {
		t.Errorf("paths %v, want %v", paths, want)
	}
}

func TestRulesOverValuesAreTrueOrFalse(t *testing.T) {
	for _, tt := range []struct{ rule, want string }{
		{"a.b.c < 0.5 and h1 == 'supported' or not missing(a.b)", ""},
		{"h1.outcome in ('supported', 'inconclusive') and a.b.sample == 'all'", ""},
		{"h1 == h2", ""},
		{"a.b.c", "column 1: a.b.c is a number where true or false is asked for; compare it with something"},
		{"a.b + 1", "column 5: this is a number where true or false is asked for; compare it with something"},
		{"0 < 1 and a.'b-c'.d", "column 11: a.'b-c'.d is a number where true or false is asked for; compare it with something"},
		{"not h1", "column 5: the verdict h1 is a text, not true or false; write h1 == 'supported'"},
		{"h1 == 'suported'", `column 7: "suported" is no verdict; there are supported, not supported, inconclusive; did you mean "supported"?`},
		{"h1 in ('supported', 'x')", `column 21: "x" is no verdict; there are supported, not supported, inconclusive`},
		{"a.b > h1", "column 1: h1 is compared with its levels, in quotes: 'supported', 'not supported', 'inconclusive'"},
		{"a.b == '0.5'", "column 8: a.b is a number and '0.5' is text; write numbers without quotes"},
		{"abs(h1) > 1", "column 5: h1 is a verdict, which is a text, where a number is asked for"},
	} {
		e, err := Parse(tt.rule)
		if err != nil {
			t.Fatalf("%s: %v", tt.rule, err)
		}
		got := ""
		if err := e.Rule(); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.rule, got, tt.want)
		}
	}
}

func TestDerivedColumnsKeepTheirKind(t *testing.T) {
	f := answers()
	for _, tt := range []struct {
		is   string
		kind frame.Kind
		want []string
	}{
		{"do != 'no'", frame.Number, []string{"0", "1", "1", ""}},
		{"(anger - 20) / 5", frame.Number, []string{"0", "0", "2", ""}},
		{"do", frame.Ordered, []string{"no", "perhaps", "yes", ""}},
	} {
		e, err := Parse(tt.is)
		if err != nil {
			t.Fatal(err)
		}
		c, err := e.Column("made", f)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for i := range c.Len() {
			got = append(got, c.String(i))
		}
		if c.Name != "made" || c.Kind != tt.kind || !slices.Equal(got, tt.want) {
			t.Errorf("%s makes %s %s %q, want %s %q", tt.is, c.Name, c.Kind, got, tt.kind, tt.want)
		}
	}
}

func TestAMillionRowsTakeATenthOfASecond(t *testing.T) {
	n := 1_000_000
	codes, nums := make([]int32, n), make([]float64, n)
	for i := range codes {
		codes[i], nums[i] = int32(i%3), float64(i%40)
	}
	f := frame.New(frame.Numbers("anger", nums),
		&frame.Column{Name: "do", Kind: frame.Ordered, Codes: codes, Levels: []string{"no", "perhaps", "yes"}})
	e, _ := Parse("do != 'no' and anger >= 20")
	best := time.Hour
	for range 5 {
		begin := time.Now()
		if _, _, err := e.Rows(f); err != nil {
			t.Fatal(err)
		}
		best = min(best, time.Since(begin))
	}
	if best > 100*time.Millisecond {
		t.Errorf("a rule over a million rows takes %v", best)
	}
}

func TestSuggestionsAreClose(t *testing.T) {
	for _, tt := range []struct{ name, want string }{
		{"tuned50", "tuned_50"}, {"agner", "anger"}, {"Gender", "gender"}, {"zzz", ""}, {"behavior", "behaviour"},
	} {
		if got := Suggest(tt.name, []string{"anger", "gender", "tuned_50", "behaviour"}); got != tt.want {
			t.Errorf("Suggest(%q) = %q, want %q", tt.name, got, tt.want)
		}
	}
}

// FuzzParse holds the parser and every walk over its trees to be total.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"do != 'no' and anger >= 20", "a.'b-c'.d < 0 || !missing(x)", "min(1,-2)*(3)/0 in (1,'a')", "((", "not not true", "quit and do in ('no')"} {
		f.Add(s)
	}
	rows := answers()
	f.Fuzz(func(t *testing.T, src string) {
		e, err := Parse(src)
		if err != nil {
			var se *SyntaxError
			if !errors.As(err, &se) || se.Col < 1 {
				t.Fatalf("%q: error without a place: %v", src, err)
			}
			return
		}
		for _, v := range []Value{{}, Num(1), Str("a"), truth(true)} {
			e.Eval(func([]string) (Value, bool) { return v, true })
		}
		checked := e.Check(rows.Schema)
		_, _, err = e.Rows(rows)
		if checked == nil && err != nil {
			t.Fatalf("%q passes the check and fails on rows: %v", src, err)
		}
		e.Column("x", rows)
		e.Rule()
	})
}
