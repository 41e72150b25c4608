package collect

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
	f, err := Frame(context.Background(), s, Options{Workers: workers})
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
