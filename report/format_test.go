package report

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"silico/analysis"
	"silico/analysis/frame"
)

func TestNumbersAreWrittenForReaders(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, tt := range []struct{ name, got, want string }{
		{"minus sign", Decimal(-0.5, 2), "−0.50"},
		{"no minus zero", Decimal(-0.0004, 3), "0.000"},
		{"negative zero", Decimal(math.Copysign(0, -1), 0), "0"},
		{"groups from five digits", Decimal(1234567.891, 1), "1\u202f234\u202f567.9"},
		{"years stay whole", Whole(2004), "2004"},
		{"half counts", Whole(12.5), "12.5"},
		{"not a number", Decimal(nan, 3), "n/a"},
		{"infinite", Decimal(-inf, 3), "−∞"},
		{"below ten", Real(1.27345), "1.273"},
		{"tens", Real(20.512), "20.51"},
		{"thousands", Real(-4111.95), "−4112"},
		{"small", Real(0.00123), "0.0012"},
		{"tiny", Real(1e-9), "0.000000"},
		{"zero", Real(0), "0.000"},
		{"share", Share(0.2819, 1), "28.2%"},
		{"share of nothing", Share(nan, 1), "n/a"},
		{"p", P(0.0341), ".034"},
		{"small p", P(0.00099), "< .001"},
		{"large p", P(0.9999), "> .999"},
		{"p of one", P(1), "> .999"},
		{"no p", P(nan), "n/a"},
		{"interval", Range(-0.1, 0.25, 2), "[−0.10, 0.25]"},
		{"open interval", Range(math.Inf(-1), 0.25, 2), "[−∞, 0.25]"},
		{"no interval", Range(nan, nan, 2), "n/a"},
		{"file: ten digits", tenDigits(1.0 / 3), "0.3333333333"},
		{"file: small", tenDigits(1.5e-9), "1.5e-09"},
		{"file: whole", tenDigits(1e6), "1000000"},
		{"file: minus zero", tenDigits(math.Copysign(0, -1)), "0"},
		{"file: missing", tenDigits(nan), ""},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, tt.got, tt.want)
		}
	}
}

func TestValuesAreShownAsTheirFormatSays(t *testing.T) {
	nan := math.NaN()
	e := &analysis.Estimate{Value: -0.2819, SE: 0.0104, Lo: -0.3023, Hi: -0.2615, P: 0.034, People: 158, Rows: 1896, Draws: 2, Sample: "evaluation"}
	count := &analysis.Estimate{Value: 12316, SE: nan, Lo: nan, Hi: nan, P: nan}
	seed := &analysis.Estimate{Key: analysis.Key{Statistic: "seed"}, Value: 20261123, SE: nan, Lo: nan, Hi: nan, P: nan}
	for _, tt := range []struct {
		e                   *analysis.Estimate
		field, format, want string
	}{
		{e, "", "", "−0.282"}, {e, "", ".1", "−0.3"}, {e, "", ".0", "0"}, {e, "", "percent", "−28.2%"}, {e, "", "percent .0 abs", "28%"}, {e, "", "abs", "0.282"},
		{e, "", "ci", "[−0.302, −0.262]"}, {e, "", "ci percent", "[−30.2%, −26.2%]"}, {e, "", "full .2", "−0.28 [−0.30, −0.26]"}, {e, "", "p", "p = .034"}, {e, "", "n", "158"}, {e, "", "se", "0.010"},
		{e, "lo", "", "−0.302"}, {e, "p", "", ".034"}, {e, "n_rows", "", "1896"}, {e, "draws", "", "2"}, {e, "sample", "", "evaluation"}, {e, "mark", "", "planned"},
		{count, "", "", "12\u202f316"}, {count, "", ".1", "12\u202f316.0"}, {count, "", "ci", "n/a"}, {seed, "", "", "20261123"},
	} {
		f, err := parseFormat(tt.format)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := showValue(tt.e, analysis.Planned, tt.field, f); got != tt.want {
			t.Errorf("field %q in format %q is %q, want %q", tt.field, tt.format, got, tt.want)
		}
	}
}

func TestAddressesSplitAtDotsOutsideQuotes(t *testing.T) {
	for s, want := range map[string][]string{
		"a.b":                          {"a", "b"},
		"d.'x-y'.'(Intercept)'.c":      {"d", "x-y", "(Intercept)", "c"},
		"d.'it''s. so'.c":              {"d", "it's. so", "c"},
		"distance.tuned_79-base.do.js": {"distance", "tuned_79-base", "do", "js"},
	} {
		got, err := splitAddress(s)
		if err != nil || !cmp.Equal(got, want) {
			t.Errorf("%s is %q (%v), want %q", s, got, err, want)
		}
	}
	for _, s := range []string{"", ".", "a.", "a..b", "'a", "a.'b'c", "a b.c", "a'b.c"} {
		if got, err := splitAddress(s); err == nil {
			t.Errorf("%q is an address: %q", s, got)
		}
	}
}

func TestResultsAreSortedRoundedAndNeverNaN(t *testing.T) {
	doc, problems := composed("a\n")
	if problems != nil {
		t.Fatal(problems)
	}
	got := string(ResultsJSON(doc))
	var read struct {
		Format    int
		Estimates map[string]map[string]any
		Verdicts  map[string]map[string]any
	}
	if err := json.Unmarshal([]byte(got), &read); err != nil {
		t.Fatalf("results.json is no JSON: %v\n%s", err, got)
	}
	if v := read.Estimates["distance.guess.do.js"]["lo"]; v != 0.15 {
		t.Errorf("lo is %v, want 0.15 (0.25 - 0.1 to ten digits)", v)
	}
	lost := read.Estimates["distance.constant.do.kappa"]
	if value, ok := lost["value"]; !ok || value != nil || lost["why"] != "every answer is the same" {
		t.Errorf("a value that could not be computed is %v, want null with its why", lost)
	}
	if strings.Index(got, "distance.constant") > strings.Index(got, "distance.guess") {
		t.Errorf("addresses are not sorted:\n%s", got)
	}
	if read.Verdicts["h1"]["outcome"] != analysis.Supported {
		t.Errorf("the verdict is %v", read.Verdicts["h1"])
	}
}

func TestTablesGoToCSVWithEveryNumber(t *testing.T) {
	table := &analysis.Table{
		Columns: []analysis.Column{{Key: "source"}, {Key: "b"}, {Key: "ci"}, {Key: "share"}, {Key: "js"}},
		Rows: []analysis.Row{
			{Group: "A, B", Cells: []analysis.Cell{analysis.Word("=1+1"), {Kind: analysis.WithSE, Value: 1.0 / 3, SE: 0.1}, {Kind: analysis.Interval, Lo: -1, Hi: 1}, {Kind: analysis.Percent, Value: 0.5}, {Kind: analysis.WithCI, Value: 2, Lo: 1, Hi: 3}}},
			{Group: "A, B", Cells: []analysis.Cell{analysis.Word("say \"a\"\nb"), {Kind: analysis.Blank}, {Kind: analysis.Blank}, {Kind: analysis.Percent, Value: math.NaN()}, {Kind: analysis.Real, Value: math.Copysign(0, -1)}}},
		},
	}
	want := "group,source,b,b_se,ci_lo,ci_hi,share,js,js_lo,js_hi\n" +
		"\"A, B\",'=1+1,0.3333333333,0.1,-1,1,0.5,2,1,3\n" +
		"\"A, B\",\"say \"\"a\"\"\nb\",,,,,,0,,\n"
	if got := string(TableCSV(table)); got != want {
		t.Errorf("CSV is\n%s\nwant\n%s", got, want)
	}
	f := frame.New(frame.Strings("who", []string{"@me", "-x"}), frame.Numbers("x", []float64{1e-9, math.NaN()}), frame.Factors("level", []string{"a", "?"}, []string{"a"}))
	want = "who,x,level\n'@me,1e-09,a\n'-x,,\n"
	if got := string(FrameCSV(f)); got != want {
		t.Errorf("CSV of a frame is\n%s\nwant\n%s", got, want)
	}
}

func TestTablesHaveOneNumberOfDecimalsAColumn(t *testing.T) {
	table := &analysis.Table{Columns: []analysis.Column{{Key: "a", Label: "A", Group: "G"}, {Key: "b", Label: "B", Group: "G"}, {Key: "none", Label: "None"}}}
	for _, x := range []float64{0.5, 0.125, 12.25} {
		table.Rows = append(table.Rows, analysis.Row{Cells: []analysis.Cell{{Kind: analysis.Real, Value: x}, {Kind: analysis.Real, Value: math.Trunc(x)}, {Kind: analysis.Blank}}})
	}
	l := lay(table, nil)
	var got [][]string
	for _, r := range l.Rows {
		var line []string
		for _, c := range r.Cells {
			line = append(line, c.Main)
		}
		got = append(got, line)
	}
	want := [][]string{{"0.500", "0"}, {"0.125", "0"}, {"12.250", "12"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("cells (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Group{{"G", 2}}, l.Groups); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
}
