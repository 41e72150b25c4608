package collect

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"silico/analysis/frame"
	"silico/internal/study"
)

// load returns a study written into a folder of its own.
func load(t *testing.T, files map[string]string) *study.Study {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s, problems := study.Load(dir)
	if len(problems) > 0 {
		t.Fatalf("the study of the test has problems:\n%s", problems.Format())
	}
	return s
}

func collected(t *testing.T, s *study.Study, workers int) *frame.Frame {
	t.Helper()
	f, err := Frame(context.Background(), s, workers)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// rows writes a frame as text, a line a row.
func rows(f *frame.Frame) []string {
	lines := make([]string, f.Rows())
	var b strings.Builder
	for i := range lines {
		b.Reset()
		for _, c := range f.Columns() {
			b.WriteString(c.String(i))
			b.WriteByte('|')
		}
		lines[i] = b.String()
	}
	return lines
}

// of returns the rows of one source.
func of(f *frame.Frame, source string) *frame.Frame {
	c := f.Col(frame.SourceColumn)
	code := c.Code(source)
	return f.Filter(func(row int) bool { return c.Codes[row] == code })
}

// spec is a study with every kind of source that is computed, over people who
// meet two places each and stand in one of two arms.
const spec = `silico = 1
[study]
title = "Every kind of source"
authors = ["A"]
seed = 7
[people]
file = "people.csv"
[people.exclude]
speeder = "seconds < 60"
sleeper = "age > 90"
[people.pilot]
share = 0.5
by = "gender"
[variable.gender]
type = "choice"
levels = ["F", "M"]
labels = ["woman", "man"]
role = "covariate"
[variable.age]
type = "number"
role = "covariate"
[variable.seconds]
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
[variable.sure]
type = "scale"
min = 1
max = 7
role = "outcome"
[variable.vote]
type = "binary"
role = "action"
[variable.do_any]
type = "binary"
is = "do != 'no'"
[factor.place]
within = true
text = "Where"
[factor.place.level.bus]
text = "in the bus"
outside = "no"
[factor.place.level.street]
text = "in the street"
outside = "yes"
[factor.arm]
text = "What was said before"
[factor.arm.level.control]
[factor.arm.level.treated]
[persona.described]
text = "You are a {{gender}} of {{age}}."
[question.want]
text = "Would you want to shout {{place}}?"
[question.do]
after = "want"
text = "Would you?"
[question.sure]
text = "How sure are you {{place}}, from 1 to 7?"
[question.vote]
text = "Do you vote?"
`

// models are sources of every computed kind, by name.
var models = map[string]string{
	"uniform": `provider = "baseline"
name = "uniform"
draws = 2`,
	"marginal": `provider = "baseline"
name = "marginal"
train = { people = 20, seed = 1 }`,
	"regression": `provider = "baseline"
name = "regression"
covariates = ["gender", "age"]
draws = 2
train = { people = 20, seed = 1 }`,
	"hotdeck": `provider = "baseline"
name = "hotdeck"
match = ["gender"]
nearest = "age"
train = { people = 30, seed = 1 }`,
	"twins": `provider = "recorded"
file = "twins.csv"
where = "model == 'gpt'"
columns = { want = "w", do = "d", sure = "s", vote = "v" }`,
	"strangers": `provider = "recorded"
file = "twins.csv"
join = "none"
id = "who"
where = "model == 'gpt'"
columns = { want = "w", do = "d", sure = "s", vote = "v", gender = "sex" }`,
	"planted": `provider = "simulated"
draws = 2
[model.planted.effect.want]
formula = "gender + place + arm"
coef = { genderM = 1, armtreated = 0.5 }
cuts = [-0.5, 1]
person_sd = 1
[model.planted.effect.do]
formula = "want"
coef = { wantyes = 2 }
cuts = [0, 1]
[model.planted.effect.sure]
formula = "age"
coef = { "(Intercept)" = 3, age = 0.02 }
sd = 0.5
[model.planted.effect.vote]
formula = "gender"
coef = { "(Intercept)" = -1, genderM = 2 }`,
}

var everyModel = []string{"uniform", "marginal", "regression", "hotdeck", "twins", "strangers", "planted"}

// declared returns the study with the given models.
func declared(names ...string) string {
	text := spec
	for _, name := range names {
		text += "[model." + name + "]\n" + models[name] + "\n"
	}
	return text
}

// people returns the rows of the people file. Of 80 people, ids count down, so
// that the order of the file is not the order of the names.
func people() (header string, lines []string) {
	answers := []string{"no", "perhaps", "yes"}
	for id := 80; id > 0; id-- {
		for k, place := range []string{"bus", "street"} {
			seconds, age := 100, 20+id*7%50
			if id%20 == 0 {
				seconds = 10
			}
			if id%40 == 5 || id == 40 {
				age = 95
			}
			lines = append(lines, fmt.Sprintf("p%d,%s,%d,%d,%s,%s,%s,%s,%d,%d", id, []string{"F", "M", "F"}[id%3], age, seconds, place,
				[]string{"control", "treated"}[id/2%2], answers[(id+k)%3], answers[(id*id+k)%3], 1+(id+k)%7, id%2))
		}
	}
	return "id,gender,age,seconds,place,arm,want,do,sure,vote", lines
}

// twins returns the file of recorded answers, of which every do is the given.
func twins(do string) string {
	var b strings.Builder
	b.WriteString("model,id,who,sex,arm,place,w,d,s,v\n")
	for id := 1; id <= 82; id++ { // p81 and p82 are nobody
		if id == 33 || id == 34 {
			continue // have no twin
		}
		for _, place := range []string{"street", "bus"} {
			for _, model := range []string{"gpt", "old"} {
				fmt.Fprintf(&b, "%s,p%d,t%d,F,control,%s,%s,%s,%d,1\n", model, id, id, place, []string{"no", "yes"}[id%2], do, 1+id%7)
			}
		}
	}
	return b.String()
}

func files(text string) map[string]string {
	header, lines := people()
	return map[string]string{"study.toml": text, "people.csv": header + "\n" + strings.Join(lines, "\n") + "\n", "twins.csv": twins("yes")}
}

func TestFrameHasPeopleFirstThenModelsUnitByUnitAndDrawByDraw(t *testing.T) {
	s := load(t, files(declared(everyModel...)))
	f := collected(t, s, 2)
	want := []string{"source", "id", "sample", "rule", "draw", "gender", "age", "seconds", "place", "outside", "arm", "want", "do", "sure", "vote", "do_any"}
	if diff := cmp.Diff(want, f.Names()); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(append([]string{"people"}, everyModel...), f.Col("source").Levels); diff != "" {
		t.Errorf("sources (-want +got):\n%s", diff)
	}
	units := make(map[string][]string)
	for i := range f.Rows() {
		source := f.Col("source").String(i)
		units[source] = append(units[source], f.Col("id").String(i)+" "+f.Col("place").String(i)+" "+f.Col("draw").String(i))
	}
	if got := units["people"][:2]; !slices.Equal(got, []string{"p80 bus 1", "p80 street 1"}) {
		t.Errorf("the people do not stand in the order of their file: %q", got)
	}
	evaluated := f.Filter(func(i int) bool {
		return f.Col("source").Codes[i] == 0 && f.Col("sample").String(i) == frame.Evaluation
	})
	var one, two []string
	for i := range evaluated.Rows() {
		unit := evaluated.Col("id").String(i) + " " + evaluated.Col("place").String(i)
		one = append(one, unit+" 1")
		two = append(two, unit+" 1", unit+" 2")
	}
	for _, source := range []string{"marginal", "hotdeck"} {
		if diff := cmp.Diff(one, units[source]); diff != "" {
			t.Errorf("units of %s (-want +got):\n%s", source, diff)
		}
	}
	for _, source := range []string{"uniform", "regression", "planted"} {
		if diff := cmp.Diff(two, units[source]); diff != "" {
			t.Errorf("units of %s (-want +got):\n%s", source, diff)
		}
	}
}

func TestModelsAnswerForTheEvaluationSampleAlone(t *testing.T) {
	f := collected(t, load(t, files(declared(everyModel...))), 2)
	source, sample := f.Col("source"), f.Col("sample")
	for i := range f.Rows() {
		if source.Codes[i] > 0 && sample.String(i) != frame.Evaluation {
			t.Fatalf("row %d of %s stands in the sample %q", i, source.String(i), sample.String(i))
		}
	}
}

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

func TestAnswersDoNotDependOnTheNumberOfWorkers(t *testing.T) {
	s := load(t, files(declared(everyModel...)))
	one := rows(collected(t, s, 1))
	if diff := cmp.Diff(one, rows(collected(t, s, 8))); diff != "" {
		t.Errorf("1 worker and 8 workers differ:\n%s", diff)
	}
}

func TestAnotherModelChangesNoAnswer(t *testing.T) {
	all := collected(t, load(t, files(declared(everyModel...))), 2)
	for _, name := range everyModel {
		alone := collected(t, load(t, files(declared(name))), 2)
		if diff := cmp.Diff(rows(of(alone, name)), rows(of(all, name))); diff != "" {
			t.Errorf("%s answers differently beside other models:\n%s", name, diff)
		}
	}
}

func TestAnswersDoNotDependOnTheOrderOfTheFile(t *testing.T) {
	s := load(t, files(declared(everyModel...)))
	want := rows(collected(t, s, 2))
	order := make([]int, s.People.Frame.Rows())
	for i := range order {
		order[i] = len(order) - 1 - i
	}
	s.People.Frame = s.People.Frame.Take(order)
	got := rows(collected(t, s, 2))
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the order of the people file changes answers:\n%s", diff)
	}
}

func TestAnswersOfOneSourceDifferFromThoseOfAnother(t *testing.T) {
	text := declared("marginal") + "[model.again]\n" + models["marginal"] + "\n"
	f := collected(t, load(t, files(text)), 1)
	a, b := of(f, "marginal").Col("want"), of(f, "again").Col("want")
	same := 0
	for i := range a.Len() {
		if a.Codes[i] == b.Codes[i] {
			same++
		}
	}
	if same == a.Len() {
		t.Error("two sources of one method give the same answers: their streams have one name")
	}
}

func TestDrawsOfOneUnitDiffer(t *testing.T) {
	f := of(collected(t, load(t, files(declared("uniform"))), 1), "uniform")
	same := 0
	for i := 0; i < f.Rows(); i += 2 {
		if f.Col("sure").Nums[i] == f.Col("sure").Nums[i+1] {
			same++
		}
	}
	if same > f.Rows()/4 { // 1 in 7 are by chance
		t.Errorf("%d of %d pairs of draws are equal", same, f.Rows()/2)
	}
}

func TestBaselinesStayOnTheirScales(t *testing.T) {
	f := collected(t, load(t, files(declared("uniform", "marginal", "regression", "hotdeck"))), 1)
	for i := of(f, "people").Rows(); i < f.Rows(); i++ {
		source := f.Col("source").String(i)
		if x := f.Col("sure").Nums[i]; !(x >= 1 && x <= 7) || x != math.Trunc(x) {
			t.Errorf("sure of %s in row %d = %v, want a whole number from 1 to 7", source, i, x)
		}
		if x := f.Col("vote").Nums[i]; x != 0 && x != 1 {
			t.Errorf("vote of %s in row %d = %v, want 0 or 1", source, i, x)
		}
		if f.Col("want").Missing(i) || f.Col("do").Missing(i) {
			t.Errorf("an answer of %s in row %d is missing", source, i)
		}
	}
}

func TestHotDeckTakesAWholePersonOfTheSameGenderAndArm(t *testing.T) {
	s := load(t, files(declared("hotdeck")))
	f := collected(t, s, 1)
	who := func(f *frame.Frame, i int) string {
		return f.Col("gender").String(i) + f.Col("arm").String(i)
	}
	tuple := func(f *frame.Frame, i int) string {
		var b strings.Builder
		for _, name := range []string{"want", "do", "sure", "vote"} {
			b.WriteString(f.Col(name).String(i) + f.Col(name).String(i+1) + " ")
		}
		return b.String()
	}
	known := make(map[string]bool)
	for i := 0; i < s.People.Frame.Rows(); i += 2 {
		if slices.Contains(s.Models[0].Train.IDs, s.People.Frame.Col("id").String(i)) {
			known[who(s.People.Frame, i)+tuple(s.People.Frame, i)] = true
		}
	}
	deck := of(f, "hotdeck")
	for i := 0; i < deck.Rows(); i += 2 {
		if !known[who(deck, i)+tuple(deck, i)] {
			t.Errorf("the answers of %s are those of no training person of that gender and arm: %s", deck.Col("id").String(i), tuple(deck, i))
		}
	}
}

func TestModelsToBeAskedLackTheirAnswers(t *testing.T) {
	text := declared("uniform") + `[model.small]
provider = "openai"
name = "small"
persona = "described"
draws = 3
`
	s := load(t, files(text))
	_, err := Frame(context.Background(), s, 1)
	var missing *Missing
	if !errors.As(err, &missing) {
		t.Fatalf("error = %v, want *Missing", err)
	}
	units := len(evaluation(s.People.Frame))
	want := []MissingAnswers{{"small", units * 3 * 4, units * 3 * 4}}
	if diff := cmp.Diff(want, missing.Models); diff != "" {
		t.Errorf("what is missing (-want +got):\n%s", diff)
	}
	if !strings.Contains(err.Error(), "model small: ") {
		t.Errorf("the message does not name the model: %v", err)
	}
}

func TestACancelledCollectionStops(t *testing.T) {
	s := load(t, files(declared("uniform")))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Frame(ctx, s, 2); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want that of the context", err)
	}
}

func TestAStudyWithoutPeopleHasRespondents(t *testing.T) {
	_, design, _ := strings.Cut(spec, "[variable.gender]")
	head := `silico = 1
[study]
title = "Nobody"
authors = ["A"]
[respondents]
n = 30
[variable.gender]`
	text := head + strings.Replace(design, "[variable.age]\ntype = \"number\"", "[variable.age]\ntype = \"number\"\nmin = 18\nmax = 80", 1)
	text = strings.Replace(text, "[variable.seconds]\ntype = \"number\"", "[variable.seconds]\ntype = \"number\"\nmin = 0\nmax = 9", 1)
	s := load(t, map[string]string{"study.toml": text + "[model.uniform]\n" + models["uniform"] + "\n"})
	f := collected(t, s, 1)
	if got, want := f.Rows(), 30*2*2; got != want {
		t.Errorf("%d rows, want %d: 30 respondents in 2 places with 2 draws", got, want)
	}
	if diff := cmp.Diff([]string{"uniform"}, f.Col("source").Levels); diff != "" {
		t.Errorf("sources (-want +got):\n%s", diff)
	}
	for i := range f.Rows() {
		if f.Col("gender").Missing(i) || f.Col("want").Missing(i) || f.Col("sample").String(i) != frame.Evaluation {
			t.Fatalf("row %d of a made respondent: %v", i, rows(f)[i])
		}
	}
	Facts(s, f) // must not need people
}

func TestRegressionPutsMissingCovariatesAtTheirMeans(t *testing.T) {
	fs := files(declared("regression"))
	fs["people.csv"] = strings.ReplaceAll(fs["people.csv"], "p3,F,", "p3,,")
	f := of(collected(t, load(t, fs), 1), "regression")
	for i := range f.Rows() {
		for _, name := range []string{"want", "do", "sure", "vote"} {
			if f.Col(name).Missing(i) {
				t.Errorf("%s of %s is missing", name, f.Col("id").String(i))
			}
		}
	}
}

func TestMarginalFallsBackOnAllConditionsAndSaysSo(t *testing.T) {
	s := load(t, files(declared("marginal")))
	s.Models[0].Train.IDs = s.Models[0].Train.IDs[:1] // one person, in one arm
	f := collected(t, s, 1)
	marginal := of(f, "marginal")
	for i := range marginal.Rows() {
		if marginal.Col("want").Missing(i) {
			t.Fatalf("want is missing in row %d", i)
		}
	}
	if got := strings.Join(f.Schema.Source("marginal").Warnings, "\n"); !strings.Contains(got, "no training person answered want in 2 conditions; the shares over all conditions stand in") {
		t.Errorf("the warnings do not say that conditions were not learned:\n%s", got)
	}
}

func TestHotDeckBreaksTiesByTheStream(t *testing.T) {
	// All are equally near and one neighbour is taken: were ties broken by the
	// order of the file, everybody would get the same donor.
	text := strings.Replace(declared("hotdeck"), `nearest = "age"`, "neighbours = 1", 1)
	f := of(collected(t, load(t, files(text)), 1), "hotdeck")
	tuples := make(map[string]bool)
	for i := 0; i < f.Rows(); i += 2 {
		if f.Col("gender").String(i) == "F" && f.Col("arm").String(i) == "control" {
			tuples[f.Col("want").String(i)+f.Col("do").String(i)+f.Col("sure").String(i)] = true
		}
	}
	if len(tuples) < 3 {
		t.Errorf("respondents with equally near donors got %d different sets of answers, want several", len(tuples))
	}
}

func TestUnknownPlantedCoefficientsAreProblems(t *testing.T) {
	text := strings.Replace(declared("planted"), "coef = { genderM = 1, armtreated = 0.5 }", "coef = { genderX = 1 }", 1)
	fs := files(text)
	dir := t.TempDir()
	for name, text := range fs {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s, problems := study.Load(dir)
	said := fmt.Sprint(problems)
	if len(problems) == 0 {
		_, err := Frame(context.Background(), s, 1)
		said = fmt.Sprint(err)
	}
	if !strings.Contains(said, "genderX") || !strings.Contains(said, "genderM") {
		t.Errorf("the message names neither the coefficient nor those that there are: %s", said)
	}
}
