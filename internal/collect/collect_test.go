package collect

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"silico/analysis/frame"
	"silico/analysis/stat"
	"silico/internal/study"
)

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

func TestStreamsAreNamedForWhatIsDrawn(t *testing.T) {
	st := load(t, files(declared("uniform")))
	s := newSheet(&Task{Study: st, Schema: st.Schema(), People: st.People.Frame, Units: []int32{0, 1}, Streams: stat.NewStreams(st.Seed), Workers: 1}, st.Models[0])
	if a, b := s.at([]string{"ab", "c"}, 1).Uint64(), s.at([]string{"a", "bc"}, 1).Uint64(); a == b {
		t.Error("two lists of parts have one stream")
	}
	// The name is a promise: another one would change every answer of every
	// study. Person p80 in the bus, model uniform, question want, draw 1.
	want := stat.NewStreams(7).At("answer/7:uniform/3:p80/5:place/3:bus/4:want", 1).Uint64()
	if got := s.stream(0, "want").Uint64(); got != want {
		t.Errorf("the stream of an answer begins with %d, want %d", got, want)
	}
	if got, want := s.personal(0, 1, "donor").Uint64(), stat.NewStreams(7).At("answer/7:uniform/3:p80/5:donor", 1).Uint64(); got != want {
		t.Errorf("the stream of a person begins with %d, want %d", got, want)
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
	_, err := Frame(context.Background(), s, Options{Workers: 1})
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
	if _, err := Frame(ctx, s, Options{Workers: 2}); !errors.Is(err, context.Canceled) {
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
	Facts(s, f, nil) // must not need people
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
		_, err := Frame(context.Background(), s, Options{Workers: 1})
		said = fmt.Sprint(err)
	}
	if !strings.Contains(said, "genderX") || !strings.Contains(said, "genderM") {
		t.Errorf("the message names neither the coefficient nor those that there are: %s", said)
	}
}
