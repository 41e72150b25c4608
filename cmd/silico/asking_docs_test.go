package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// busStudy is the study whose parts docs/asking.md shows. The parts that an
// example leaves out stand in busQuestion and busModel.
const (
	busStudy = `silico = 1
[study]
title = "The bus"
seed = 1
[respondents]
n = 4
[variable.gender]
type = "choice"
levels = ["F", "M"]
labels = ["woman", "man"]
role = "covariate"
ask = "Are you a woman or a man?"
tell = "I am a {{gender}}."
[variable.age]
type = "scale"
min = 18
max = 80
role = "covariate"
text = "Age in years"
ask = "How old are you?"
tell = "I am {{age}} years old."
[variable.want]
type = "ordinal"
levels = ["no", "perhaps", "yes"]
[variable.do]
type = "ordinal"
levels = ["no", "perhaps", "yes"]
[factor.situation]
within = true
[factor.situation.level.bus]
text = "A bus fails to stop for you."
reworded = "You wait at the stop, and the bus drives past."
blame = "other"
[factor.situation.level.store]
text = "The grocery store closes just as you are about to enter."
reworded = "They lock the door of the supermarket in front of you."
blame = "self"
`
	busQuestion = `
[question.want]
text = "{{situation}} Would you want to shout? Answer no, perhaps or yes."
`
	busModel = `
[model.small]
provider = "openai"
name = "small"
persona = "PERSONA"
`
)

var personaName = regexp.MustCompile(`(?m)^\[persona\.(\w+)\]`)

// TestExamplesOfAskingSendWhatThePageSays puts each toml block of
// docs/asking.md into a whole study, which must be sound, and looks for the
// text block behind it in what silico prompts shows.
func TestExamplesOfAskingSendWhatThePageSays(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs", "asking.md"))
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```toml\n(.*?)```\n(?:\n```text\n(.*?)```\n)?")
	examples := block.FindAllStringSubmatch(string(page), -1)
	if len(examples) < 10 {
		t.Fatalf("only %d examples were found", len(examples))
	}
	for _, e := range examples {
		example, want := e[1], strings.TrimSpace(e[2])
		t.Run(strings.ReplaceAll(strings.SplitN(example, "\n", 2)[0], "/", " "), func(t *testing.T) {
			persona := "none"
			if m := personaName.FindStringSubmatch(example); m != nil {
				persona = m[1]
			}
			text := busStudy + example
			if !strings.Contains(example, "[question.") {
				text += busQuestion
			}
			if !strings.Contains(example, "[model.") {
				text += strings.Replace(busModel, "PERSONA", persona, 1)
			}
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "study.toml"), []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
			var out, errOut strings.Builder
			if code := run(t.Context(), []string{"prompts", dir}, &out, &errOut); code != exitDone {
				t.Fatalf("exit code %d:\n%s", code, errOut.String())
			}
			if !strings.Contains(out.String(), want) {
				t.Errorf("the page says:\n%s\n\nand what is sent is:\n%s", want, out.String())
			}
		})
	}
}
