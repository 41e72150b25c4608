package collect

import (
	"context"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"silico/analysis/frame"
	"silico/internal/study"
)

// wantingWithChances is the experiment of studies/wanting with baselines alone, which keeps the probabilities of what
// people would do, with the named models.
func wantingWithChances(t *testing.T, models ...string) *study.Study {
	t.Helper()
	texts := map[string]string{}
	for name, folder := range map[string]string{"study.toml": "../study/testdata/verbagg/", "people.csv": "../../studies/wanting/", "references.bib": "../../studies/wanting/"} {
		text, err := os.ReadFile(folder + name)
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = string(text)
	}
	texts["study.toml"] = strings.Replace(texts["study.toml"], "[question.do]\n", "[question.do]\nkeep = \"distribution\"\n", 1)
	s := load(t, texts)
	s.Models = slices.DeleteFunc(s.Models, func(m *study.Model) bool { return !slices.Contains(models, m.Name) })
	return s
}

func TestBaselinesTellTheProbabilitiesThatTheyDrawWith(t *testing.T) {
	s := wantingWithChances(t, "uniform", "marginal_79", "regression_79", "hotdeck_79")
	for _, m := range s.Models {
		m.Draws = 40
	}
	f := collected(t, s, 2)
	options := []string{"no", "perhaps", "yes"}
	for _, m := range s.Models {
		rows := of(f, m.Name)
		var given, together, drawn [3]float64
		for i := range rows.Rows() {
			for k, do := range options {
				p := rows.Col("p_do_" + do).Nums[i]
				given[k] += p
				if m.Name == "hotdeck_79" {
					if !math.IsNaN(p) {
						t.Fatalf("the hot deck copies persons, and says that %s has probability %v", do, p)
					}
					continue
				}
				for _, want := range options {
					together[k] += rows.Col("p_want_do_" + want + "_" + do).Nums[i]
				}
				if rows.Col("do").String(i) == do {
					drawn[k]++
				}
			}
		}
		if m.Name == "hotdeck_79" {
			continue
		}
		n := float64(rows.Rows())
		for k, do := range options {
			// 75,840 draws of a share near 1/3 have a standard error of .0017, in
			// which answers of the same row are independent.
			if math.Abs(given[k]-drawn[k])/n > .008 || math.Abs(together[k]-drawn[k])/n > .008 {
				t.Errorf("%s draws do = %s in %.4f of rows, and tells %.4f given what was drawn before, %.4f over it", m.Name, do, drawn[k]/n, given[k]/n, together[k]/n)
			}
		}
	}
}

func TestPeopleAndFilesHaveNoProbabilities(t *testing.T) {
	f := collected(t, wantingWithChances(t, "marginal_79"), 1)
	if p := of(f, "people").Col("p_do_no"); !p.Missing(0) {
		t.Errorf("a person answers no with probability %v", p.Nums[0])
	}
	s := load(t, files(declared("twins")))
	if f := collected(t, s, 1); f.Col("p_do_no") != nil {
		t.Error("a study that keeps no probabilities has a column of them")
	}
}

// METHOD: marginal_79 scores 1.273 bits an answer to do, regression_79 1.249,
// over halves. A half has a standard deviation of about .012, its difference of
// about .006, so the mean of forty .002 and .001.
func TestLogScoresOfBaselinesAreAsTheMethodSays(t *testing.T) {
	s := wantingWithChances(t, "marginal_79", "regression_79")
	people := s.People.Frame
	const halves = 40
	got := map[string]float64{}
	for seed := range int64(halves) {
		halved(s, people, seed)
		f, err := Frame(context.Background(), s, Options{Workers: 2})
		if err != nil {
			t.Fatal(err)
		}
		evaluated := of(f, "people").Filter(func(i int) bool { return f.Col("sample").String(i) == frame.Evaluation })
		answer := evaluated.Col("do")
		for _, m := range s.Models {
			rows, sum := of(f, m.Name), 0.0
			for i := range rows.Rows() {
				p := 0.0
				for _, want := range answer.Levels {
					p += rows.Col("p_want_do_" + want + "_" + answer.String(i)).Nums[i]
				}
				sum -= math.Log2(max(p, .001))
			}
			got[m.Name] += sum / float64(rows.Rows()) / halves
		}
	}
	t.Logf("%v", got)
	if m, d := got["marginal_79"], got["regression_79"]-got["marginal_79"]; math.Abs(m-1.273) > .01 || math.Abs(d+.024) > .006 {
		t.Errorf("marginal_79 scores %.4f bits and regression_79 %.4f more, want 1.273 and -.024", m, d)
	}
}
