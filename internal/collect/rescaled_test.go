package collect

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"silico/analysis/frame"
	"silico/internal/llm/llmtest"
	"silico/internal/study"
)

// 400 answers to each of three items, drawn from a model's probabilities whose
// intercepts and temperature are known.
func TestARescalingFindsThePlantedInterceptsAndTemperature(t *testing.T) {
	const items, n = 3, 4000
	planted := rescaling{intercepts: [][]float64{{0, 1, -1}, {.5, 0, -.5}, {-.6, -.2, .8}}, inverse: .4}
	rng := rand.New(rand.NewPCG(7, 7))
	var seen []scaled
	p := make([]float64, 3)
	for i := range items * n {
		logs := []float64{2 * rng.NormFloat64(), 2 * rng.NormFloat64(), 2 * rng.NormFloat64()}
		s := scaled{item: i % items, logs: logs}
		planted.at(s.item, logs, p)
		for u := rng.Float64(); s.answer < 2 && u >= p[s.answer]; s.answer++ {
			u -= p[s.answer]
		}
		seen = append(seen, s)
	}
	got := fitRescaling(items, 3, seen)
	// The information of 12,000 answers makes the standard error of the inverse
	// temperature about .006 and that of an intercept about .03.
	if math.Abs(got.inverse-planted.inverse) > .024 {
		t.Errorf("1/T = %.3f, planted %.3f", got.inverse, planted.inverse)
	}
	for j := range items {
		mean := (planted.intercepts[j][0] + planted.intercepts[j][1] + planted.intercepts[j][2]) / 3
		for k := range 3 {
			if d := got.intercepts[j][k] - planted.intercepts[j][k] + mean; math.Abs(d) > .12 {
				t.Errorf("intercept of option %d in item %d = %.3f, planted %.3f", k, j, got.intercepts[j][k], planted.intercepts[j][k]-mean)
			}
		}
	}
}

func TestARescalingNeverTurnsAModelAround(t *testing.T) {
	var seen []scaled
	for range 50 { // what the model calls probable nobody says
		seen = append(seen, scaled{answer: 0, logs: []float64{-3, 0}}, scaled{answer: 1, logs: []float64{0, -3}})
	}
	if r := fitRescaling(1, 2, seen); r.inverse != 0 {
		t.Errorf("1/T = %v of a model that is wrong of everybody", r.inverse)
	}
}

// Nobody said perhaps, and the model never varies: no number is infinite, and
// the temperature is the model's own.
func TestARescalingOfLittleIsFinite(t *testing.T) {
	flat := []float64{math.Log(.2), math.Log(.3), math.Log(.5)}
	var seen []scaled
	for range 30 {
		seen = append(seen, scaled{answer: 0, logs: flat}, scaled{answer: 2, logs: flat})
	}
	r := fitRescaling(2, 3, seen)
	p := make([]float64, 3)
	r.at(0, flat, p)
	if p[1] > .02 || !(p[1] > 0) || math.Abs(p[0]-p[2]) > .02 {
		t.Errorf("thirty say no and thirty yes: %v", p)
	}
	r.at(1, flat, p)
	if math.Abs(p[2]-.5) > .05 { // of an item that nobody answered the model's stay
		t.Errorf("in an item without answers the model's .2, .3 and .5 are %v", p)
	}
}

// rescaledStudy is one in which a model is asked about people who are known by gender and
// age, and its probabilities are fitted to some of the pilot.
func rescaledStudy(t *testing.T, endpoint, persona string) *study.Study {
	t.Helper()
	var b strings.Builder
	b.WriteString("id,gender,age,place,want,do\n")
	rng := rand.New(rand.NewPCG(3, 3))
	levels := []string{"no", "perhaps", "yes"}
	for id := range 80 {
		for _, place := range []string{"bus", "street"} {
			fmt.Fprintf(&b, "%d,%s,%d,%s,%s,%s\n", id, []string{"F", "M"}[id%2], 20+id, place, levels[min(rng.IntN(3), rng.IntN(3))], levels[rng.IntN(3)])
		}
	}
	return load(t, map[string]string{"people.csv": b.String(), "study.toml": fmt.Sprintf(`silico = 1
[study]
title = "Rescaled"
seed = 7
[people]
file = "people.csv"
[people.pilot]
share = 0.5
by = "gender"
[variable.gender]
type = "choice"
levels = ["F", "M"]
role = "covariate"
[variable.age]
type = "number"
role = "covariate"
[variable.want]
type = "ordinal"
levels = ["no", "perhaps", "yes"]
role = "belief"
[variable.do]
type = "ordinal"
levels = ["no", "perhaps", "yes"]
role = "action"
[factor.place]
within = true
[factor.place.level.bus]
[factor.place.level.street]
[persona.described]
text = "%s"
[question.want]
text = "In the {{place}}, would you want to? Answer no, perhaps or yes."
elicit = "logprobs"
keep = "distribution"
[question.do]
after = "want"
text = "And would you? Answer no, perhaps or yes."
elicit = "logprobs"
keep = "distribution"
[model.small]
provider = "openai"
name = "small"
revision = "sha256:aa"
endpoint = "%s"
persona = "described"
[model.rescaled_30]
provider = "baseline"
name = "rescaled"
of = "small"
train = { people = 30, seed = 1 }
`, persona, endpoint)})
}

// At the maximum the probabilities of the training people sum to their answers,
// item by item and option by option, but for the prior: so do those that the
// evaluation people get, who look like them.
func TestRescaledProbabilitiesSumToWhatTheTrainingPeopleAnswered(t *testing.T) {
	server := server(t, llmtest.Config{})
	s := rescaledStudy(t, server.OpenAI(), "You are {{gender}}.")
	if p := ran(t, s, quick()); p.Answers != p.Of {
		t.Errorf("a run in which many are asked in the same words has %d of %d answers at its end", p.Answers, p.Of)
	}
	f := of(collected(t, s, 2), "rescaled_30")
	train := map[string]bool{}
	for _, id := range s.Model("rescaled_30").Train.IDs {
		train[id] = true
	}
	people := s.People.Frame
	like := func(row int) int { // a row of the source whose prompt is that of a person
		for i := range f.Rows() {
			if f.Col("gender").String(i) == people.Col("gender").String(row) && f.Col("place").String(i) == people.Col("place").String(row) {
				return i
			}
		}
		t.Fatal("nobody looks like a training person")
		return 0
	}
	levels := []string{"no", "perhaps", "yes"}
	expected, answered := map[string]float64{}, map[string]float64{}
	for row := range people.Rows() {
		if !train[people.Col("id").String(row)] {
			continue
		}
		i, item := like(row), people.Col("place").String(row)
		want := people.Col("want").String(row)
		given := 0.0
		for _, do := range levels {
			given += f.Col("p_want_do_" + want + "_" + do).Nums[i]
		}
		for _, k := range levels {
			expected[item+" want "+k] += f.Col("p_want_" + k).Nums[i]
			expected[item+" do "+k] += f.Col("p_want_do_" + want + "_" + k).Nums[i] / given
		}
		answered[item+" want "+want]++
		answered[item+" do "+people.Col("do").String(row)]++
	}
	for what, n := range expected {
		if !(math.Abs(n-answered[what]) < .25) { // the prior pulls with .1 times an intercept
			t.Errorf("%s: %.2f of the training people are expected, %v say so", what, n, answered[what])
		}
	}
}

func TestAModelIsAskedAboutThePeopleThatItsProbabilitiesAreFittedTo(t *testing.T) {
	server := server(t, llmtest.Config{})
	s := rescaledStudy(t, server.OpenAI(), "You are {{age}} years old.")
	p := ran(t, s, quick())
	// 40 people are evaluated and 30 teach; each answers want, and do behind each
	// of its three answers, in two places.
	if want := (40 + 30) * 2 * 4; p.Calls != want {
		t.Errorf("%d calls, want %d", p.Calls, want)
	}
	f := collected(t, s, 2)
	for _, source := range []string{"small", "rescaled_30"} {
		rows := of(f, source)
		if rows.Rows() != 80 {
			t.Errorf("%s has %d rows, want those of 40 people alone", source, rows.Rows())
		}
		sample := rows.Col("sample")
		for i := range rows.Rows() {
			if sample.String(i) != frame.Evaluation || rows.Col("do").Missing(i) || math.IsNaN(rows.Col("p_want_do_no_no").Nums[i]) {
				t.Fatalf("row %d of %s is in the sample %q, do %q", i, source, sample.String(i), rows.Col("do").String(i))
			}
		}
	}
	if said := strings.Join(f.Schema.Source("rescaled_30").Warnings, ". "); strings.Contains(said, "no probabilities") {
		t.Errorf("everything was asked, and it is said that %s", said)
	}
	one, eight := rows(collected(t, s, 1)), rows(collected(t, s, 8))
	for i := range one {
		if one[i] != eight[i] {
			t.Fatalf("row %d depends on the number of workers", i)
		}
	}
}

func TestMissingAnswersOfAModelThatIsRescaledAreSaid(t *testing.T) {
	s := rescaledStudy(t, "http://127.0.0.1:1/v1", "You are {{age}} years old.")
	_, err := Frame(context.Background(), s, Options{Workers: 1})
	if err == nil || !strings.Contains(err.Error(), "small") {
		t.Errorf("nothing was asked, and the frame says %v", err)
	}
	f, err := Frame(context.Background(), s, Options{Workers: 1, Partial: true})
	if err != nil {
		t.Fatal(err)
	}
	said := strings.Join(f.Schema.Source("rescaled_30").Warnings, ". ")
	if !strings.Contains(said, "small has no probabilities for 60 answers of the training people to want, which teach nothing") || !strings.Contains(said, "nothing to learn do from") {
		t.Errorf("a part of the frame says of what it lacks: %s", said)
	}
}
