package collect

import (
	"slices"
	"strings"
	"testing"

	"silico/analysis/frame"
)

func TestModelsKeepThePersonsCovariatesAndNotTheirAnswers(t *testing.T) {
	f := collected(t, load(t, files(declared("twins"))), 1)
	person := make(map[string]int)
	for i := range of(f, "people").Rows() {
		person[f.Col("id").String(i)+f.Col("place").String(i)] = i
	}
	copied := 0
	for i := of(f, "people").Rows(); i < f.Rows(); i++ {
		p := person[f.Col("id").String(i)+f.Col("place").String(i)]
		for _, name := range []string{"gender", "age", "seconds", "outside", "arm"} {
			if got, want := f.Col(name).String(i), f.Col(name).String(p); got != want {
				t.Errorf("%s of the twin in row %d = %q, the person's is %q", name, i, got, want)
			}
		}
		if f.Col("do").String(i) == f.Col("do").String(p) {
			copied++
		}
		if got := f.Col("do").String(i); got != "yes" {
			t.Errorf("do of the twin in row %d = %q, the file has yes", i, got)
		}
		if got := f.Col("do_any").Nums[i]; got != 1 {
			t.Errorf("do_any of the twin in row %d = %v, derived from yes it is 1", i, got)
		}
	}
	if copied == f.Rows()-of(f, "people").Rows() {
		t.Error("the test cannot tell the person's answers from the twin's")
	}
}

func TestOwnRespondentsAreNotTakenForPeople(t *testing.T) {
	f := of(collected(t, load(t, files(declared("strangers"))), 1), "strangers")
	if got, want := f.Rows(), 80*2; got != want {
		t.Errorf("%d rows, want %d: every row of the file that the rule keeps", got, want)
	}
	if got := f.Col("id").String(0); got != "strangers:t1" {
		t.Errorf("the first respondent is %q, want strangers:t1", got)
	}
	if got := f.Col("gender").Label(0) + " " + f.Col("outside").String(0); got != "woman yes" {
		t.Errorf("gender and attribute = %q, want those of the file: woman yes", got)
	}
	if !f.Col("age").Missing(0) {
		t.Error("what the file does not say of a stranger is not missing")
	}
}

// TestOwnRespondentsWithoutWeightsCountTheSame weights the people by a column
// that the file of the others has not.
func TestOwnRespondentsWithoutWeightsCountTheSame(t *testing.T) {
	all := files(strings.Replace(declared("strangers"), "[people]", "[people]\nweight = \"w\"", 1))
	header, lines := people()
	all["people.csv"] = header + ",w\n" + strings.Join(lines, ",2\n") + ",2\n"
	f := of(collected(t, load(t, all), 1), "strangers")
	for i := range f.Rows() {
		if w := f.Col("w").Nums[i]; w != 1 {
			t.Fatalf("the weight in row %d is %v, want 1", i, w)
		}
	}
	if got := strings.Join(f.Schema.Source("strangers").Warnings, "\n"); !strings.Contains(got, "has no weights, so its respondents count the same") {
		t.Errorf("that nobody has a weight is not said:\n%s", got)
	}
}

func TestUnmatchedRowsAreCounted(t *testing.T) {
	f := collected(t, load(t, files(declared("twins"))), 1)
	got := strings.Join(f.Schema.Source("twins").Warnings, "\n")
	for _, want := range []string{
		"4 rows of twins.csv belong to nobody in the people file (p81, p82)",
		"rows of twins.csv belong to people outside the evaluation sample and are left out",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the warnings do not say %q:\n%s", want, got)
		}
	}
	var silent []string
	people := of(f, "people")
	for i := range people.Rows() {
		if id := people.Col("id").String(i); (id == "p33" || id == "p34") && people.Col("sample").String(i) == frame.Evaluation && !slices.Contains(silent, id) {
			silent = append(silent, id)
		}
	}
	if said := strings.Contains(got, "no row in twins.csv"); said != (len(silent) > 0) {
		t.Errorf("people without a twin in the evaluation sample: %q; the warnings:\n%s", silent, got)
	}
}

func TestRowsOfOneUnitAreDraws(t *testing.T) {
	fs := files(declared("twins"))
	_, again, _ := strings.Cut(twins("no"), "\n")
	fs["twins.csv"] += again
	f := collected(t, load(t, fs), 1)
	twin := of(f, "twins")
	for i := 0; i < twin.Rows(); i += 2 {
		if twin.Col("draw").Nums[i] != 1 || twin.Col("draw").Nums[i+1] != 2 || twin.Col("do").String(i) != "yes" || twin.Col("do").String(i+1) != "no" {
			t.Fatalf("rows %d and %d are not the two draws of a unit in the order of the file", i, i+1)
		}
	}
	if got := f.Schema.Source("twins").Draws; got != 2 {
		t.Errorf("draws of the source = %d, want 2", got)
	}
}
