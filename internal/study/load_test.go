package study

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// sound is a small study with one of everything; mistakes are made in it.
const sound = `silico = 1
[study]
title = "Small"
seed = 7
bibliography = "references.bib"

[people]
file = "people.csv"
weight = "w"
[people.exclude]
speeder = "seconds < 60"
[people.pilot]
share = 0.5
by = "gender"

[variable.gender]
type = "choice"
levels = ["F", "M"]
labels = ["woman", "man"]
role = "covariate"
[variable.anger]
type = "number"
min = 11
max = 44
role = "covariate"
[variable.seconds]
type = "number"
[variable.want]
type = "ordinal"
levels = ["no", "perhaps", "yes"]
role = "belief"
[variable.do]
type = "ordinal"
levels = ["no", "perhaps", "yes"]
role = "action"
[variable.do_any]
type = "binary"
is = "do != 'no'"

[factor.situation]
within = true
[factor.situation.level.bus]
text = "A bus fails to stop."
blame = "other"
[factor.situation.level.store]
text = "The store closes."
blame = "self"

[persona.described]
text = "You are a {{gender}}."
[question.want]
variable = "want"
text = "{{situation}} Would you want to?"
[question.do]
variable = "do"
after = "want"
text = "Would you?"

[model.uniform]
provider = "baseline"
name = "uniform"
[model.marginal_2]
provider = "baseline"
name = "marginal"
train = { people = 2, seed = 1 }
[model.base]
provider = "openai"
name = "small"
revision = "sha256:aa"
endpoint = "http://127.0.0.1:8080/v1"
persona = "described"
[model.twins]
provider = "recorded"
file = "twins.csv"
columns = { do = "do_twin" }
[model.planted]
provider = "simulated"
[model.planted.effect.want]
cuts = [-1, 1]
[model.planted.effect.do]
formula = "anger + want"
coef = { anger = 0.1 }
cuts = [0, 1.5]

[analysis.distance]
kind = "divergence"
outcomes = ["want", "do"]
se = { type = "cluster", by = "id" }

[hypothesis.h1]
text = "Nearer."
decide = "distance.'marginal_2-uniform'.do.js.hi < 0"
`

// people of the sound study: six respondents in two situations.
const people = `id,gender,anger,w,seconds,situation,want,do
1,F,20,1,100,bus,no,no
1,F,20,1,100,store,yes,perhaps
2,F,30,1,100,bus,no,no
2,F,30,1,100,store,NA,yes
3,M,25,2,100,bus,no,no
3,M,25,2,100,store,yes,
4,M,11,1,100,bus,perhaps,no
4,M,11,1,100,store,yes,perhaps
5,F,44,1,30,bus,no,no
5,F,44,1,30,store,yes,perhaps
6,F,21,1,100,bus,no,no
6,F,21,1,100,store,yes,perhaps
`

const twins = `id,situation,do_twin
1,bus,yes
1,store,no
9,bus,yes
`

// folder writes a study and goes there, so that problems name files without
// folders.
func folder(t *testing.T, files map[string]string) {
	t.Helper()
	dir := t.TempDir()
	t.Chdir(dir)
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func soundFiles() map[string]string {
	return map[string]string{"study.toml": sound, "people.csv": people, "twins.csv": twins, "references.bib": "@book{a}"}
}

func TestEveryBadInputGetsPlaceMistakeAndWayOut(t *testing.T) {
	for _, tt := range slices.Concat(badInputs, badScripts) {
		t.Run(tt.name, func(t *testing.T) {
			files := soundFiles()
			for i := 0; i+1 < len(tt.change); i += 2 {
				for name := range files {
					files[name] = strings.Replace(files[name], tt.change[i], tt.change[i+1], 1)
				}
			}
			for name, text := range tt.files {
				if text == "-" {
					delete(files, name)
				} else {
					files[name] = text
				}
			}
			folder(t, files)
			if tt.prepare != nil {
				tt.prepare(t)
			}
			_, ps := Load(".")
			if got := ps.Error(); got != strings.TrimSpace(tt.want) {
				t.Errorf("got\n%s\nwant\n%s", got, strings.TrimSpace(tt.want))
			}
		})
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func mkdir(t *testing.T, name string) {
	t.Helper()
	if err := os.Mkdir(name, 0o755); err != nil {
		t.Fatal(err)
	}
}

// link makes name a symbolic link to a file outside the folder.
func link(t *testing.T, name string) {
	t.Helper()
	outside := filepath.Join(t.TempDir(), "twins.csv")
	write(t, outside, twins)
	if err := os.Symlink(outside, name); err != nil {
		t.Skip(err)
	}
}

// blamed is the people file with the column of an attribute, which is wrong in
// its last row.
func blamed() string {
	lines := strings.Split(strings.TrimSpace(people), "\n")
	for i, line := range lines {
		switch {
		case i == 0:
			lines[i] = line + ",blame"
		case strings.Contains(line, "bus") || i == len(lines)-1:
			lines[i] = line + ",other"
		default:
			lines[i] = line + ",self"
		}
	}
	return strings.Join(lines, "\n")
}
