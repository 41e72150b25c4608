package study

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"silico/analysis/expr"
	"silico/analysis/frame"
)

const wanting = "../../studies/wanting"

// loaded returns the study at path and fails with its problems.
func loaded(t *testing.T, path string) *Study {
	t.Helper()
	s, ps := Load(path)
	if len(ps) > 0 {
		t.Fatalf("problems in a sound study:\n%s", ps.Format())
	}
	return s
}

// with writes the sound study with changes, pairs of old and new, and loads it.
func with(t *testing.T, change ...string) (*Study, Problems) {
	t.Helper()
	files := soundFiles()
	for name := range files {
		files[name] = strings.NewReplacer(change...).Replace(files[name])
	}
	folder(t, files)
	return Load("study.toml")
}

func values(f *frame.Frame, name string) []string {
	var vs []string
	for i := range f.Rows() {
		vs = append(vs, f.Col(name).String(i))
	}
	return vs
}

func TestPilotOfVerbaggIs158PeopleBothGendersByShare(t *testing.T) {
	s := loaded(t, wanting)
	pilot := peopleOf(s.People.Frame, "id", frame.Pilot)
	gender := s.People.Frame.Col("gender")
	count := map[string]int{}
	for _, p := range pilot {
		count[gender.String(p.row)]++
	}
	if len(pilot) != 158 || count["F"] != 122 || count["M"] != 36 {
		t.Errorf("the pilot has %d people, %v; want 158: 122 women, 36 men (largest remainder, ties to the earlier level)", len(pilot), count)
	}
	if n := len(peopleOf(s.People.Frame, "id", frame.Evaluation)); n != 158 {
		t.Errorf("the evaluation sample has %d people, want 158", n)
	}
	// The same people are drawn whatever the order of the rows.
	data, err := os.ReadFile(wanting + "/people.csv")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	slices.Reverse(lines[1:])
	spec, err := os.ReadFile(wanting + "/study.toml")
	if err != nil {
		t.Fatal(err)
	}
	var kept []string
	for _, line := range strings.Split(string(spec), "\n") {
		if !strings.HasPrefix(line, "sha256") {
			kept = append(kept, line)
		}
	}
	folder(t, map[string]string{"study.toml": strings.Join(kept, "\n"), "people.csv": strings.Join(lines, "\n"), "references.bib": ""})
	again := peopleOf(loaded(t, ".").People.Frame, "id", frame.Pilot)
	names := func(ps []person) (ids []string) {
		for _, p := range ps {
			ids = append(ids, p.id)
		}
		slices.Sort(ids)
		return ids
	}
	if diff := cmp.Diff(names(pilot), names(again)); diff != "" {
		t.Errorf("other people are drawn when the rows are reversed:\n%s", diff)
	}
}

func TestSwappedPilotAndEvaluationChangePlaces(t *testing.T) {
	file, err := os.ReadFile("../../cmd/silico/testdata/hypotheses/study.toml")
	if err != nil {
		t.Fatal(err)
	}
	people, err := os.ReadFile(wanting + "/people.csv")
	if err != nil {
		t.Fatal(err)
	}
	spec, _, _ := strings.Cut(string(file), "[model.")
	swapped := strings.Replace(spec, "[people.pilot]", "[people.exclude]\nodd = \"id == '7' or id == '8'\"\n[people.pilot]\nswap = true", 1)
	folder(t, map[string]string{"study.toml": swapped, "people.csv": string(people)})
	f := loaded(t, ".").People.Frame
	folder(t, map[string]string{"study.toml": strings.Replace(swapped, "swap = true", "", 1), "people.csv": string(people)})
	g := loaded(t, ".").People.Frame
	becomes := map[string]string{frame.Pilot: frame.Evaluation, frame.Evaluation: frame.Pilot, frame.Excluded: frame.Excluded}
	for i := range f.Rows() {
		if from, to := g.Col("sample").String(i), f.Col("sample").String(i); to != becomes[from] {
			t.Fatalf("person %s of the sample %q is in %q when the halves are swapped", f.Col("id").String(i), from, to)
		}
	}
}

func TestRandomTrainingSetsOfOneSeedAreNested(t *testing.T) {
	s := loaded(t, wanting)
	sets := map[int][]string{}
	for _, m := range s.Models {
		if m.Train != nil {
			sets[m.Train.People] = m.Train.IDs
			if len(m.Train.IDs) != m.Train.People {
				t.Errorf("%s learned from %d people, want %d", m.Name, len(m.Train.IDs), m.Train.People)
			}
		}
	}
	for _, pair := range [][2]int{{40, 79}, {79, 158}} {
		for _, id := range sets[pair[0]] {
			if !slices.Contains(sets[pair[1]], id) {
				t.Errorf("%s is among the %d and not among the %d", id, pair[0], pair[1])
			}
		}
	}
	pilot := peopleOf(s.People.Frame, "id", frame.Pilot)
	for i, p := range pilot {
		if sets[158][i] != p.id {
			t.Fatalf("the 158 are not the pilot in the order of the file: %s at %d, want %s", sets[158][i], i, p.id)
		}
	}
}

func TestEqualDrawsTakeAsManyFromEachLevel(t *testing.T) {
	spec, err := os.ReadFile(wanting + "/study.toml")
	if err != nil {
		t.Fatal(err)
	}
	people, err := os.ReadFile(wanting + "/people.csv")
	if err != nil {
		t.Fatal(err)
	}
	load := func(train string) (*Study, Problems) {
		text := string(spec) + "\n[model.equal]\nlike = \"marginal_40\"\ntrain = " + train + "\n"
		folder(t, map[string]string{"study.toml": text, "people.csv": string(people), "references.bib": ""})
		return Load(".")
	}
	s, ps := load(`{ people = 72, sample = "equal", by = "gender", seed = 3 }`)
	if len(ps) > 0 {
		t.Fatal(ps.Format())
	}
	drawn := s.Models[len(s.Models)-1].Train.IDs
	men := 0
	for _, p := range peopleOf(s.People.Frame, "id", frame.Pilot) {
		if slices.Contains(drawn, p.id) && s.People.Frame.Col("gender").String(p.row) == "M" {
			men++
		}
	}
	if len(drawn) != 72 || men != 36 {
		t.Errorf("%d people with %d men, want 72 with 36", len(drawn), men)
	}
	// 80 would need 40 men, and the pilot has 36.
	_, ps = load(`{ people = 80, sample = "equal", by = "gender" }`)
	if want := `80 people cannot be drawn equally by gender: that takes 40 with gender = "M", and the pilot has 36`; len(ps) != 1 || ps[0].Msg != want {
		t.Errorf("got %v, want %s", ps, want)
	}
}

func TestQuotasFollowTheLargestRemainder(t *testing.T) {
	for _, tt := range []struct {
		sizes []int
		share float64
		want  []int
	}{
		{[]int{243, 73}, 0.5, []int{122, 36}},
		{[]int{10, 10, 10}, 0.25, []int{3, 3, 2}}, // 7.5 rounds to 8
		{[]int{100}, 0.29, []int{29}},             // 0.29 * 100 is below 29 in floating point
		{[]int{1, 1, 1, 1}, 0.5, []int{1, 1, 0, 0}},
		{[]int{0, 4}, 0.5, []int{0, 2}},
	} {
		if got := quotas(tt.sizes, tt.share); !slices.Equal(got, tt.want) {
			t.Errorf("quotas of %v at %v are %v, want %v", tt.sizes, tt.share, got, tt.want)
		}
	}
}

func TestPeopleAreTypedExcludedAndDerived(t *testing.T) {
	s, ps := with(t)
	if len(ps) > 0 {
		t.Fatal(ps.Format())
	}
	f := s.People.Frame
	if diff := cmp.Diff([]string{"id", "w", "gender", "anger", "situation", "blame", "seconds", "want", "do", "do_any", "sample", "rule"}, f.Names()); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"0", "1", "0", "1", "0", "", "0", "1", "0", "1", "0", "1"}, values(f, "do_any")); diff != "" {
		t.Errorf("do_any, which is missing where do is (-want +got):\n%s", diff)
	}
	if got := values(f, "rule"); got[8] != "speeder" || got[9] != "speeder" || got[0] != "" || values(f, "sample")[8] != frame.Excluded {
		t.Errorf("respondent 5 is not excluded by speeder: rule %q, sample %q", got, values(f, "sample"))
	}
	if got := values(f, "blame"); got[0] != "other" || got[1] != "self" {
		t.Errorf("blame is %q, want it from the levels of situation", got)
	}
	if got := f.Col("want").Missing(3); !got {
		t.Error("NA of an undeclared level is not missing")
	}
	for name, want := range map[string]struct {
		within bool
		role   string
	}{"gender": {false, "covariate"}, "situation": {true, "factor"}, "blame": {true, "attribute"}, "want": {true, "belief"}, "do_any": {true, ""}, "id": {false, "id"}, "w": {false, "weight"}} {
		if v := s.Schema().Variable(name); v.Within != want.within || v.Role != want.role {
			t.Errorf("%s: within %v role %q, want %v %q", name, v.Within, v.Role, want.within, want.role)
		}
	}
	var labels []string
	for _, src := range s.Schema().Sources {
		labels = append(labels, src.Label+"/"+src.Kind)
	}
	if diff := cmp.Diff([]string{"people/people", "uniform (baseline)/baseline", "marginal_2 (baseline)/baseline", "base/asked", "twins/recorded", "planted (simulated)/simulated"}, labels); diff != "" {
		t.Errorf("sources (-want +got):\n%s", diff)
	}
	twins := s.Models[3].Recorded.Rows
	if diff := cmp.Diff([]string{"yes", "no", "yes"}, values(twins, "do")); diff != "" {
		t.Errorf("recorded do (-want +got):\n%s", diff)
	}
}

func TestNAIsAnAnswerWhenItIsALevelAndMissingOtherwise(t *testing.T) {
	s, ps := with(t, `levels = ["no", "perhaps", "yes"]
role = "belief"`, `levels = ["no", "perhaps", "yes", "NA"]
role = "belief"`, "cuts = [-1, 1]", "cuts = [-1, 1, 2]")
	if len(ps) > 0 {
		t.Fatal(ps.Format())
	}
	if got := values(s.People.Frame, "want")[3]; got != "NA" {
		t.Errorf("NA, a declared level, is read as %q", got)
	}
	s, ps = with(t, "[variable.anger]", "[variable.anger]\nmissing = [99, \"-\"]", "6,F,21,1,100,bus", "6,F,99,1,100,bus", "6,F,21,1,100,store", "6,F,-,1,100,store")
	if len(ps) > 0 {
		t.Fatal(ps.Format())
	}
	if got := values(s.People.Frame, "anger"); got[10] != "" || got[11] != "" {
		t.Errorf("declared codes 99 and - are read as %q and %q, want missing", got[10], got[11])
	}
	_, ps = with(t, "[variable.anger]", "[variable.anger]\nmissing = [99]", "5,F,44,1,30,bus", "5,F,NA,1,30,bus")
	if want := `people.csv:10:5: row 9, column anger: "NA" is no number; a code that means missing is declared with missing = ["NA"]`; len(ps) != 1 || ps[0].Error() != want {
		t.Errorf("NA beside declared codes: got %v, want %s", ps, want)
	}
}

func TestByteOrderMarksCarriageReturnsAndQuotesChangeNothing(t *testing.T) {
	want, ps := with(t)
	if len(ps) > 0 {
		t.Fatal(ps.Format())
	}
	files := soundFiles()
	for name, text := range files {
		files[name] = "\uFEFF" + strings.ReplaceAll(text, "\n", "\r\n")
	}
	files["people.csv"] = strings.ReplaceAll(files["people.csv"], ",bus,", `,"bus",`)
	folder(t, files)
	got := loaded(t, ".")
	for _, name := range want.People.Frame.Names() {
		if diff := cmp.Diff(values(want.People.Frame, name), values(got.People.Frame, name)); diff != "" {
			t.Errorf("column %s differs (-want +got):\n%s", name, diff)
		}
	}
	files["study.toml"] = strings.Replace(files["study.toml"], "persona = \"described\"", "persona = \"nobody\"", 1)
	folder(t, files)
	_, ps = Load(".")
	if len(ps) != 1 || ps[0].Line != 71 || ps[0].Col != 11 || ps[0].Source != `persona = "nobody"` {
		t.Errorf("a problem in such a file is at %+v, want line 71, column 11", ps)
	}
}

func TestProblemsAreShownWithTheirLineAndAMark(t *testing.T) {
	_, ps := with(t, `persona = "described"`, "persona\t= \"discribed\"")
	want := "study.toml:71:11: unknown persona \"discribed\"; did you mean \"described\"?\n" +
		"   71 | persona\t= \"discribed\"\n" +
		"      |        \t  ^\n"
	if got := ps.Format(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	js, err := json.Marshal(ps)
	if err != nil {
		t.Fatal(err)
	}
	if want := `[{"file":"study.toml","line":71,"column":11,"message":"unknown persona \"discribed\"","source":"persona\t= \"discribed\"","suggestion":"described"}]`; string(js) != want {
		t.Errorf("got %s\nwant %s", js, want)
	}
	var err2 error = ps
	var back Problems
	if !errors.As(err2, &back) {
		t.Error("problems are not an error that can be told apart")
	}
}

func TestManyProblemsOfAFileAreCounted(t *testing.T) {
	var rows strings.Builder
	rows.WriteString("id,gender,anger,w,seconds,situation,want,do\n")
	for i := range 50 {
		rows.WriteString(strings.Replace("N,F,100,1,100,bus,no,no\n", "N", string(rune('A'+i)), 1))
	}
	files := soundFiles()
	files["people.csv"] = rows.String()
	folder(t, files)
	_, ps := Load(".")
	if len(ps) != maxProblems+1 || ps[maxProblems].Msg != "and 30 more problems in this file" {
		t.Errorf("%d problems, the last: %s", len(ps), ps[len(ps)-1])
	}
}

// params stand for the parameters of a kind of analysis.
type params struct {
	common
	Outcomes []string       `toml:"outcomes"`
	SE       errorsOf       `toml:"se"`
	Level    float64        `toml:"level"`
	Seed     *int           `toml:"seed"`
	Per      map[string]int `toml:"per"`
}
type common struct {
	Kind string `toml:"kind"`
}
type errorsOf struct {
	Type string `toml:"type"`
	By   string `toml:"by"`
}

func TestAnalysesDecodeWithPlacesOfKeysAndElements(t *testing.T) {
	s, ps := with(t)
	if len(ps) > 0 {
		t.Fatal(ps.Format())
	}
	a := s.Analyses[0]
	p := params{Level: 0.95}
	if ps := a.Decode(&p); ps != nil {
		t.Fatal(ps.Format())
	}
	if diff := cmp.Diff(params{common{"divergence"}, []string{"want", "do"}, errorsOf{"cluster", "id"}, 0.95, nil, nil}, p, cmp.AllowUnexported(params{}, common{}, errorsOf{})); diff != "" {
		t.Errorf("decoded (-want +got):\n%s", diff)
	}
	for key, want := range map[string]string{
		"":           "study.toml:85:11: m",
		"kind":       "study.toml:86:8: m",
		"outcomes":   "study.toml:87:12: m",
		"outcomes.1": "study.toml:87:21: m",
		"se.by":      "study.toml:88:31: m",
		"se.nothing": "study.toml:88:6: m",
		"nothing":    "study.toml:85:11: m",
	} {
		if got := a.At(key, "m").Error(); got != want {
			t.Errorf("At(%q) is %s, want %s", key, got, want)
		}
	}
	if p := a.At("kind", `unknown kind "x"; did you mean "y"?`); p.Hint != "y" || p.Msg != `unknown kind "x"` {
		t.Errorf("a message with its suggestion is split into %q and %q", p.Msg, p.Hint)
	}
	if got, want := a.At("kind", "column 3: m").Error(), "study.toml:86:11: m"; got != want {
		t.Errorf("the third character of a value is at %s, want %s", got, want)
	}
	s, _ = with(t, `outcomes = ["want", "do"]`, `outcomes = ["want", 3]
levle = 0.9
level = "high"
seed = 1.5
per = { anger = 5, x = "y" }`, `by = "id"`, `bye = "id", type2 = 1`)
	want := `study.toml:87:21: an element of "outcomes" must be text in quotes, not a whole number
study.toml:88:1: unknown key "levle"; did you mean "level"?
study.toml:89:1: "level" must be a number, not text
study.toml:90:1: "seed" must be a whole number, not a decimal number
study.toml:91:20: "x" must be a whole number, not text
study.toml:92:26: unknown key "bye"; did you mean "by"?
study.toml:92:38: unknown key "type2"; did you mean "type"?`
	if got := s.Analyses[0].Decode(&params{}).Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestAddressesOfHypothesesHaveTheirPlaceInTheRule(t *testing.T) {
	s, ps := with(t, `"distance.'marginal_2-uniform'.do.js.hi < 0"`, strings.Join([]string{
		"'''", "  0 > distance.marginal_2.do.js'''", `reject = "distance.base.do.\u006as > 0"`, `p = "distance.base.p"`, `family = "main"`, `[family.main]`, `method = "holm"`}, "\n"))
	if len(ps) > 0 {
		t.Fatal(ps.Format())
	}
	h := s.Hypotheses[0]
	at := func(e *expr.Expr, msg string) string { return fmt.Sprintf("column %d: %s", e.Paths()[0].Col, msg) }
	for _, tt := range []struct{ key, msg, want string }{
		{"decide", at(h.Decide, "m"), "study.toml:93:7: m"},
		{"reject", at(h.Reject, `there is no "js"; did you mean "tv"?`), `study.toml:94:11: there is no "js"; did you mean "tv"?`},
		{"reject", "column 20: m", "study.toml:94:35: m"}, // behind an escape of six characters
		{"p", "m", "study.toml:95:5: m"},
		{"family", "m", "study.toml:96:10: m"},
		{"nothing", "m", "study.toml:90:13: m"},
	} {
		if got := h.At(tt.key, tt.msg).Error(); got != tt.want {
			t.Errorf("At(%q, %q) is %s, want %s", tt.key, tt.msg, got, tt.want)
		}
	}
}

func TestNotebookCellsHaveTheirTruePlaces(t *testing.T) {
	a, ps := Fragment("extra", "kind = \"regression\"\nformula = \"y ~ x\"\n", "paper.md", 41)
	if len(ps) > 0 || a.Name != "extra" || a.Kind != "regression" {
		t.Fatalf("got %+v, %v", a, ps)
	}
	if got, want := a.At("formula", "m").Error(), "paper.md:42:11: m"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := a.At("nothing", "m").Error(), "paper.md:41:1: m"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	_, ps = Fragment("extra", "kind = \"regression\nformula = 1\n", "paper.md", 41)
	if len(ps) != 1 || ps[0].Line != 41 || ps[0].File != "paper.md" {
		t.Errorf("a mistake in the first line of the cell is at %+v, want paper.md:41", ps)
	}
	_, ps = Fragment("extra", "formula = \"y ~ x\"\n", "paper.md", 41)
	if want := `paper.md:41:1: the cell has no kind; write kind = "..."; silico list analyses shows the kinds`; ps.Error() != want {
		t.Errorf("got %s, want %s", ps.Error(), want)
	}
}

func TestLikeCopiesKeysAndKeepsTheirPlaces(t *testing.T) {
	s, ps := with(t, "[analysis.distance]", `[model.hot]
like = "base"
temperature = 0.5
label = "Hot"
[model.hotter]
like = "hot"
draws = 3
[analysis.distance]`)
	if len(ps) > 0 {
		t.Fatal(ps.Format())
	}
	m := s.Models[len(s.Models)-1]
	if m.Provider != "openai" || m.Persona != "described" || m.Revision != "sha256:aa" || *m.Temperature != 0.5 || m.Draws != 3 || m.label() != "hotter" || m.Like != "hot" {
		t.Errorf("a model like one that is like another is %+v", m)
	}
	_, ps = with(t, "[analysis.distance]", "[model.hot]\nlike = \"base\"\n[analysis.distance]", `persona = "described"`, `persona = "discribed"`)
	if len(ps) != 1 || ps[0].Line != 71 {
		t.Errorf("a mistake in a copied key is reported as %v, want once, where it stands", ps)
	}
}

func TestPlanCountsWhatIsAskedAndWhatIsThere(t *testing.T) {
	s, ps := with(t)
	if len(ps) > 0 {
		t.Fatal(ps.Format())
	}
	p := s.Plan()
	// Five people are not excluded; the pilot takes three.
	want := []PlannedModel{
		{"uniform", "uniform (baseline)", "baseline", 2, 2, 4, 2, 1, 8, 8, 0},
		{"marginal_2", "marginal_2 (baseline)", "baseline", 2, 2, 4, 2, 1, 8, 8, 0},
		{"base", "base", "asked", 2, 2, 4, 2, 1, 8, 0, 8},
	}
	if diff := cmp.Diff(want, p.Models[:3]); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	if p.Missing != 8 || p.Answers != p.Kept+p.Missing {
		t.Errorf("the plan counts %d answers, %d kept, %d missing", p.Answers, p.Kept, p.Missing)
	}
}

func TestTemplatesAreFilledWithWhatARowSays(t *testing.T) {
	s := loaded(t, wanting)
	f := s.Units()
	row := slices.IndexFunc(f.Col("situation").Codes, func(k int32) bool { return k == 0 })
	persona := s.Describe(s.Personas[0], f, row)
	if want := f.Col("gender").Label(row) + ". Your trait anger score is " + f.Col("anger").String(row); !strings.Contains(persona, want) || strings.Contains(persona, "{{") {
		t.Errorf("the persona reads %q, want %q in it", persona, want)
	}
	question := s.Ask(s.Questions[0], f, row)
	if want := "A bus fails to stop for me. Would you want to " + f.Col("behaviour").Label(row) + "? Answer with one of these words: no, perhaps, yes."; question != want {
		t.Errorf("the question reads %q, want %q", question, want)
	}
}

func TestAStudyWithoutPeopleDrawsRespondents(t *testing.T) {
	text := `silico = 1
[study]
title = "Nobody"
[respondents]
n = 200
[respondents.margin.gender]
F = 0.505
M = 0.495
[variable.gender]
type = "choice"
levels = ["F", "M"]
role = "covariate"
[variable.age]
type = "scale"
min = 18
max = 20
role = "covariate"
[variable.grown]
type = "binary"
is = "age >= 19"
[variable.do]
type = "ordinal"
levels = ["no", "yes"]
[factor.frame]
within = true
[factor.frame.level.gain]
sign = 1
[factor.frame.level.loss]
sign = -1
[factor.arm.level.a]
[factor.arm.level.b]
[question.do]
text = "{{frame}}, you are {{gender}}: {{sign}}?"
[model.uniform]
provider = "baseline"
name = "uniform"
`
	folder(t, map[string]string{"study.toml": text})
	s := loaded(t, ".")
	f := s.Units()
	if s.People != nil || f.Rows() != 400 {
		t.Fatalf("%d rows, want 200 respondents in 2 conditions", f.Rows())
	}
	count := map[string]int{}
	for i := range f.Rows() {
		for _, name := range []string{"gender", "frame", "arm", "age", "sign", "do", "sample"} {
			count[name+" "+f.Col(name).String(i)]++
		}
	}
	for what, n := range map[string]int{"gender F": 202, "gender M": 198, "frame gain": 200, "sign -1": 200, "arm a": 200, "do ": 400, "sample evaluation": 400} {
		if count[what] != n {
			t.Errorf("%d rows with %s, want %d", count[what], what, n)
		}
	}
	if n := count["age 18"]; n < 90 || n > 180 {
		t.Errorf("%d of 400 rows have age 18, want about a third", n)
	}
	if p := s.Plan().Models[0]; p.Respondents != 200 || p.Units != 400 || p.Answers != 400 {
		t.Errorf("plan %+v", p)
	}
	if got, want := s.Ask(s.Questions[0], f, 0), "gain, you are "+f.Col("gender").String(0)+": 1?"; got != want {
		t.Errorf("the first respondent is asked %q, want %q", got, want)
	}
	folder(t, map[string]string{"study.toml": strings.NewReplacer("M = 0.495", "N = 0.4", "max = 20\n", "").Replace(text)})
	_, ps := Load(".")
	want := `study.toml:6:21: the shares of gender sum to 0.905, not to 1
study.toml:8:1: "N" is no level of gender; declared are F, M
study.toml:13:11: a scale needs max; write max = ..., or use type = "number"`
	if got := ps.Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// The twins of the mega-study stand in the same file as the people.
func TestRecordedTwinsOfTheRedistributionStudy(t *testing.T) {
	data, err := os.ReadFile("../../../shared/data/redistribution/redistribution.csv")
	if err != nil {
		t.Skip("the data of the mega-study are not here:", err)
	}
	folder(t, map[string]string{"redistribution.csv": string(data), "study.toml": `silico = 1
[study]
title = "Redistribution"
[people]
file = "redistribution.csv"
id = "twin_id"
where = "twin_id > 0"
[variable.redist1]
type = "scale"
min = 1
max = 5
column = "redist1_human"
[variable.fatheduc]
type = "number"
column = "fatheduc_human"
role = "covariate"
[question.redist1]
text = "Should the government?"
[model.twin]
provider = "recorded"
file = "redistribution.csv"
columns = { redist1 = "redist1_twin", fatheduc = "fatheduc_twin" }
`})
	s := loaded(t, ".")
	rows := s.Models[0].Recorded.Rows
	if s.People.Frame.Rows() != 1163 || rows.Rows() != 1163 {
		t.Fatalf("%d people and %d twins, want 1163 each", s.People.Frame.Rows(), rows.Rows())
	}
	if diff := cmp.Diff([]string{"twin_id", "fatheduc", "redist1"}, rows.Names()); diff != "" {
		t.Errorf("columns of the twins (-want +got):\n%s", diff)
	}
	if h, tw := s.People.Frame.Col("redist1").Float(0), rows.Col("redist1").Float(0); h != 4 || tw != 3 {
		t.Errorf("the first person says %v and the twin %v, want 4 and 3", h, tw)
	}
	if v := s.Schema().Variable("redist1"); v.Role != "outcome" || math.IsNaN(v.Max) {
		t.Errorf("redist1 is %+v", v)
	}
}

func TestWhereIsOverTheFilesOwnColumnsBeforeAnythingElse(t *testing.T) {
	header := "id,gender,anger,w,seconds,situation,want,do"
	s, ps := with(t, header, header+",wave", ",no,no\n", ",no,no,1\n", ",perhaps\n", ",perhaps,1\n", "NA,yes\n", "NA,yes,1\n", "yes,\n", "yes,,1\n", "perhaps,no\n", "perhaps,no,1\n",
		`file = "people.csv"`, "file = \"people.csv\"\nwhere = \"wave == 1 and seconds > 0\"",
		"6,F,21,1,100,store,yes,perhaps\n", "6,F,21,1,100,store,yes,perhaps,1\n7,X,99,1,100,elsewhere,?,?,2\n8,X,99,1,,elsewhere,?,?,1\n")
	if len(ps) > 0 {
		t.Fatal(ps.Format())
	}
	if n := s.People.Frame.Rows(); n != 12 || s.People.Unknown != 1 {
		t.Errorf("%d rows are kept and the rule is missing in %d, want 12 and 1", n, s.People.Unknown)
	}
	if want := []string{"where is missing in 1 row of people.csv, left out"}; !slices.Equal(s.Schema().Sources[0].Warnings, want) {
		t.Errorf("warnings %q, want %q", s.Schema().Sources[0].Warnings, want)
	}
}

func TestRecordedRespondentsOfTheirOwnBringTheirCovariates(t *testing.T) {
	s, ps := with(t, `columns = { do = "do_twin" }`, "join = \"none\"\nid = \"bot\"\nwhere = \"arm == 'a'\"\ncolumns = { do = \"do_twin\", gender = \"sex\" }",
		twins, "bot,situation,do_twin,sex,arm\nx,bus,yes,F,a\nx,store,no,F,a\ny,bus,,M,b\n")
	if len(ps) > 0 {
		t.Fatal(ps.Format())
	}
	rows := s.Models[3].Recorded.Rows
	if diff := cmp.Diff([]string{"id", "gender", "situation", "do"}, rows.Names()); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"x", "x"}, values(rows, "id")); diff != "" {
		t.Errorf("respondents (-want +got):\n%s", diff)
	}
	if src := s.Schema().Source("twins"); src.Paired || src.Model != "twins.csv" {
		t.Errorf("source %+v, want one that is not paired", src)
	}
	if p := s.Plan().Models[3]; p.Respondents != 1 || p.Units != 2 || p.Answers != 2 {
		t.Errorf("plan %+v, want 1 respondent, 2 units, 2 answers", p)
	}
}

func TestEveryFileThatIsReadIsNamedForTheManifest(t *testing.T) {
	s, ps := with(t)
	if len(ps) > 0 {
		t.Fatal(ps.Format())
	}
	var names []string
	for _, in := range s.Inputs {
		names = append(names, in.Path)
		if len(in.SHA256) != 64 || in.Bytes == 0 {
			t.Errorf("input %+v has no digest or size", in)
		}
	}
	if diff := cmp.Diff([]string{"study.toml", "references.bib", "people.csv", "twins.csv"}, names); diff != "" {
		t.Errorf("inputs (-want +got):\n%s", diff)
	}
}
