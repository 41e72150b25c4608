package study

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// BenchmarkSessions goes through the sessions of 10,000 respondents who answer
// two questions about each of ten situations, and reads what they answer. A
// million kept answers must become a frame in 10 s on two cores, with the keys
// and the store; the share of this is 5 µs a request.
func BenchmarkSessions(b *testing.B) {
	for _, tt := range []struct{ name, model, question string }{
		{"text", "", ""},
		{"text among words", "", ""},
		{"json", `elicit = "json"`, ""},
		{"logprobs", `elicit = "logprobs"`, ""},
		{"full memory", `memory = "full"`, ""},
		{"random order", "", "order = \"random\""},
	} {
		b.Run(tt.name, func(b *testing.B) {
			s := crowd(b, tt.model, tt.question)
			reply := said("perhaps")
			switch tt.name {
			case "json":
				reply = said(`{"answer": "perhaps"}`)
			case "logprobs":
				reply = tokens(map[string]float64{"no": 0.3, "perhaps": 0.3, "yes": 0.2, "maybe": 0.1, "A": 0.05, "B": 0.03, "C": 0.02})
			case "text among words":
				reply = said("I would say **perhaps**, since I often feel that way.")
			}
			requests := 0
			b.ReportAllocs()
			for b.Loop() {
				requests = 0
				for session := range s.Sessions(s.Models[0]) {
					var talk Transcript
					for {
						next := session.Next(talk)
						if len(next) == 0 {
							break
						}
						requests += len(next)
						for _, r := range next {
							talk = append(talk, Exchange{r, reply})
						}
					}
					for _, a := range session.Answers(talk) {
						if a.Field == "" {
							b.Fatalf("%+v", a)
						}
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(requests), "ns/request")
		})
	}
}

// crowd returns a study of 10,000 people under ten conditions.
func crowd(b *testing.B, model, question string) *Study {
	var spec, levels strings.Builder
	for k := range 10 {
		fmt.Fprintf(&levels, "[factor.situation.level.s%d]\ntext = \"Situation %d.\"\n", k, k)
	}
	fmt.Fprintf(&spec, `silico = 1
[study]
title = "Crowd"
[respondents]
n = 10000
[variable.gender]
type = "choice"
levels = ["F", "M"]
labels = ["woman", "man"]
role = "covariate"
[variable.anger]
type = "scale"
min = 11
max = 44
role = "covariate"
[variable.want]
type = "ordinal"
levels = ["no", "perhaps", "yes"]
[variable.do]
type = "ordinal"
levels = ["no", "perhaps", "yes"]
[factor.situation]
within = true
%s[persona.described]
text = "You are a {{gender}}. Your trait anger score is {{anger}} (11 lowest, 44 highest)."
[question.want]
text = "{{situation}} Would you want to curse? Answer with one of these: {{options}}."
%s
[question.do]
after = "want"
text = "And would you actually curse? Answer with one of these: {{options}}."
[model.small]
provider = "openai"
name = "small"
persona = "described"
%s
`, levels.String(), question, model)
	dir := b.TempDir()
	if err := os.WriteFile(dir+"/study.toml", []byte(spec.String()), 0o644); err != nil {
		b.Fatal(err)
	}
	s, ps := Load(dir)
	if len(ps) > 0 {
		b.Fatal(ps.Format())
	}
	return s
}
