package collect

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"silico/internal/llm/llmtest"
)

// weighed is a study that asks one respondent one question by
// log-probabilities, whose answers have one, two and three tokens.
func weighed(endpoint, keys string) string {
	return fmt.Sprintf(`silico = 1
[study]
title = "Weighing"
[respondents]
n = 1
[variable.view]
type = "ordinal"
levels = ["sd", "d", "n", "a", "sa"]
labels = ["strongly disagree", "disagree", "neither of both", "agree", "strongly agree"]
[question.view]
text = "%s"
elicit = "logprobs"
keep = "distribution"
[model.small]
provider = "openai"
name = "small"
revision = "sha256:aa"
endpoint = "%s"
%s
`, viewText, endpoint, keys)
}

const viewText = "Buses are late. Answer strongly disagree, disagree, neither of both, agree or strongly agree."

func TestProbabilitiesAreThoseByWhichTheServerAnswers(t *testing.T) {
	labels := []string{"strongly disagree", "disagree", "neither of both", "agree", "strongly agree"}
	levels := []string{"sd", "d", "n", "a", "sa"}
	s := server(t, llmtest.Config{})
	for _, tt := range []struct {
		name, keys, context string
		continued           bool
	}{
		{"by chats", "", "small\x00user\x00" + viewText, true},
		{"by plain completions", `template = "chatml"`, "small\x00<|im_start|>user\n" + viewText + "<|im_end|>\n", true},
		{"where nothing is continued", `prefill = false`, "small\x00user\x00" + viewText, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			truth := make(map[string]float64) // of each label, in every spelling
			for _, a := range llmtest.Distribution(tt.context, labels) {
				for k, label := range labels {
					if strings.EqualFold(strings.TrimSpace(a.Text), label) {
						truth[levels[k]] += a.P
					}
				}
			}
			mass := 1 - llmtest.Outside
			if !tt.continued { // "strongly" begins two answers
				mass -= truth["sd"] + truth["sa"]
				truth["sd"], truth["sa"] = 0, 0
			}
			study := load(t, map[string]string{"study.toml": weighed(s.OpenAI(), tt.keys)})
			ran(t, study, quick())
			f := collected(t, study, 1)
			// Beginnings below 0.005 are not gone on with.
			if got := f.Col("mass_view").Nums[0]; math.Abs(got-mass) > 0.01 {
				t.Errorf("the options have a mass of %v, want %v", got, mass)
			}
			for _, level := range levels {
				if got, want := f.Col("p_view_" + level).Nums[0], truth[level]/mass; math.Abs(got-want) > 0.01 {
					t.Errorf("%s has a probability of %v, want %v", level, got, want)
				}
			}
		})
	}
}
