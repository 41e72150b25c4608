package study

import (
	"math"
	"testing"

	"silico/analysis/frame"
	"silico/internal/llm"
)

// variables of the table of replies.
var nan = math.NaN()

var answered = map[string]*frame.Variable{
	"want":    {Name: "want", Type: "ordinal", Levels: []string{"no", "perhaps", "yes"}, Min: nan, Max: nan},
	"agree":   {Name: "agree", Type: "ordinal", Levels: []string{"1", "2", "3", "4", "5"}, Labels: []string{"strongly disagree", "disagree", "neither agree nor disagree", "agree", "strongly agree"}, Min: nan, Max: nan},
	"gender":  {Name: "gender", Type: "choice", Levels: []string{"F", "M"}, Labels: []string{"woman", "man"}, Min: nan, Max: nan},
	"vote":    {Name: "vote", Type: "choice", Levels: []string{"cdu", "spd", "none"}, Labels: []string{"the CDU/CSU", "the SPD", "I'd rather not say"}, Min: nan, Max: nan},
	"share":   {Name: "share", Type: "binary", Min: nan, Max: nan},
	"scale":   {Name: "scale", Type: "scale", Min: 1, Max: 7},
	"number":  {Name: "number", Type: "number", Min: nan, Max: nan},
	"percent": {Name: "percent", Type: "number", Min: 0, Max: 100},
	"count":   {Name: "count", Type: "count", Min: nan, Max: nan},
	"text":    {Name: "text", Type: "text", Min: nan, Max: nan},
}

// itemOf returns an item that asks for a variable, with its options shown by
// signs.
func itemOf(v *frame.Variable, s signs) *item {
	it := &item{Question: &Question{Name: v.Name}, variable: v, measure: measureOf(v.Type), options: optionsOf(v)}
	if it.options != nil {
		it.options.signs = s
	}
	it.prepare()
	return it
}

// replies are what models say, and what it means: a value, or a status.
var replies = []struct {
	variable string
	signs    signs
	text     string
	want     string
}{
	{"want", noSigns, "perhaps", "perhaps"},
	{"want", noSigns, "Perhaps.", "perhaps"},
	{"want", noSigns, " **Yes**\n", "yes"},
	{"want", noSigns, "“No.”", "no"},
	{"want", noSigns, "'perhaps'", "perhaps"},
	{"want", noSigns, "`yes`", "yes"},
	{"want", noSigns, "# Perhaps", "perhaps"},
	{"want", noSigns, "- no", "no"},
	{"want", noSigns, "YES!!!", "yes"},
	{"want", noSigns, "Yes 😀", "yes"},
	{"want", noSigns, "no\u200b", "no"},
	{"want", noSigns, "Answer: perhaps", "perhaps"},
	{"want", noSigns, "**Answer:** Perhaps", "perhaps"},
	{"want", noSigns, "My answer is yes.", "yes"},
	{"want", noSigns, "The answer would be: no", "no"},
	{"want", noSigns, "Final answer:\nyes", "yes"},
	{"want", noSigns, "$\\boxed{yes}$", "yes"},
	{"want", noSigns, "No, I would not want to curse.", "no"},
	{"want", noSigns, "I would say perhaps.", "perhaps"},
	{"want", noSigns, "Yes, I wouldn't hesitate.", "yes"},
	{"want", noSigns, "I'm not sure, but perhaps.", "perhaps"},
	{"want", noSigns, "I don't know. Perhaps.", "perhaps"},
	{"want", noSigns, "Perhaps\n\nI might say yes if I were in a hurry.", "perhaps"},
	{"want", noSigns, "Well, it depends.\nYes", "yes"},
	{"want", noSigns, "As an AI I have no body, but my answer: yes", "yes"},
	{"want", noSigns, "Yes or no? It depends.", "unparsable"},
	{"want", noSigns, "no, perhaps or yes", "unparsable"},
	{"want", noSigns, "No\nYes", "unparsable"},
	{"want", noSigns, "Answer: yes. Actually, answer: no.", "unparsable"},
	{"want", noSigns, "I would not say yes.", "unparsable"},
	{"want", noSigns, "I wouldn't say no.", "unparsable"},
	{"want", noSigns, "Perhaps not.", "unparsable"},
	{"want", noSigns, "Rather than yes I would shrug.", "unparsable"},
	{"want", noSigns, "Perhaps would be wrong.", "unparsable"},
	{"want", noSigns, "Maybe", "unparsable"},
	{"want", noSigns, "I know nothing about it.", "unparsable"},
	{"want", noSigns, "yesterday", "unparsable"},
	{"want", noSigns, "", "unparsable"},
	{"want", noSigns, "...", "unparsable"},
	{"want", noSigns, "I'm sorry, but I can't help with that.", "refused"},
	{"want", noSigns, "As an AI language model, I don't have personal feelings.", "refused"},
	{"want", noSigns, "I’m an AI and cannot answer this.", "refused"},
	{"want", noSigns, "No, I can't assist with that request.", "unparsable"},
	{"want", letters, "B", "perhaps"},
	{"want", letters, "(b)", "perhaps"},
	{"want", letters, "B) perhaps", "perhaps"},
	{"want", letters, "B. Perhaps", "perhaps"},
	{"want", letters, "Option B", "perhaps"},
	{"want", letters, "The answer is C.", "yes"},
	{"want", letters, "I would choose A.", "no"},
	{"want", letters, "B) no", "unparsable"},
	{"want", letters, "A or B", "unparsable"},
	{"want", letters, "A bus did not stop, so I am angry.", "unparsable"},
	{"want", letters, "D", "unparsable"},
	{"want", noSigns, "B", "unparsable"},
	{"want", numbers, "2", "perhaps"},
	{"want", numbers, "2) perhaps", "perhaps"},
	{"want", numbers, "3. yes", "yes"},
	{"want", numbers, "4", "unparsable"},
	{"agree", noSigns, "Strongly agree", "5"},
	{"agree", noSigns, "agree", "4"},
	{"agree", noSigns, "I disagree.", "2"},
	{"agree", noSigns, "Neither agree nor disagree", "3"},
	{"agree", noSigns, "4", "4"},
	{"agree", noSigns, "4 (agree)", "4"},
	{"agree", noSigns, "4 - Agree", "4"},
	{"agree", noSigns, "4 (disagree)", "unparsable"},
	{"agree", noSigns, "I would give it a 4.", "4"},
	{"agree", noSigns, "4 out of 5", "4"},
	{"agree", noSigns, "4/5", "4"},
	{"agree", noSigns, "4 out of 10", "unparsable"},
	{"agree", noSigns, "I do not agree.", "unparsable"},
	{"agree", noSigns, "I agree, strongly disagree with the rest", "unparsable"},
	{"agree", noSigns, "6", "unparsable"},
	{"agree", noSigns, "between 3 and 4", "unparsable"},
	{"gender", noSigns, "Woman", "F"},
	{"gender", noSigns, "F", "F"},
	{"gender", noSigns, "I am a man.", "M"},
	{"gender", noSigns, "I'm F", "unparsable"},
	{"gender", noSigns, "Not a man", "unparsable"},
	{"vote", noSigns, "The SPD", "spd"},
	{"vote", noSigns, "the cdu/csu", "cdu"},
	{"vote", noSigns, "I'd rather not say.", "none"},
	{"vote", noSigns, "Honestly, I'd rather not say.", "none"},
	{"share", noSigns, "Yes", "1"},
	{"share", noSigns, "no.", "0"},
	{"share", noSigns, "1", "1"},
	{"share", noSigns, "True", "1"},
	{"share", noSigns, "Yes, I'd share it.", "1"},
	{"share", noSigns, "I would not share it.", "unparsable"},
	{"scale", noSigns, "5", "5"},
	{"scale", noSigns, "5.", "5"},
	{"scale", noSigns, "5.0", "5"},
	{"scale", noSigns, "**5**", "5"},
	{"scale", noSigns, "5/7", "5"},
	{"scale", noSigns, "I'd say 5 out of 7.", "5"},
	{"scale", noSigns, "On a scale of 1 to 7, 5.", "unparsable"},
	{"scale", noSigns, "five", "5"},
	{"scale", noSigns, "Five (5)", "5"},
	{"scale", noSigns, "About a 5, I guess", "5"},
	{"scale", noSigns, "8", "unparsable"},
	{"scale", noSigns, "4.5", "unparsable"},
	{"scale", noSigns, "4-5", "unparsable"},
	{"scale", noSigns, "at least 4", "unparsable"},
	{"scale", noSigns, "not 4", "unparsable"},
	{"scale", noSigns, "no more than 4", "unparsable"},
	{"scale", noSigns, "4+", "unparsable"},
	{"scale", noSigns, "the 4th", "unparsable"},
	{"scale", noSigns, "I cannot provide a rating.", "refused"},
	{"number", noSigns, "1,200", "1200"},
	{"number", noSigns, "1,234,567.5", "1234567.5"},
	{"number", noSigns, "1'200", "1200"},
	{"number", noSigns, "12\u202f000", "12000"},
	{"number", noSigns, "$1,200.50", "1200.5"},
	{"number", noSigns, "€ 40", "40"},
	{"number", noSigns, "about 40 minutes", "40"},
	{"number", noSigns, "~40", "40"},
	{"number", noSigns, "40kg", "40"},
	{"number", noSigns, "40k", "40000"},
	{"number", noSigns, "2 million", "2000000"},
	{"number", noSigns, "two hundred and five", "205"},
	{"number", noSigns, "twenty-five", "25"},
	{"number", noSigns, "one hundred", "100"},
	{"number", noSigns, "one", "1"},
	{"number", noSigns, "a dozen", "unparsable"},
	{"number", noSigns, "2 dozen", "24"},
	{"number", noSigns, "-5", "-5"},
	{"number", noSigns, "−5 °C", "-5"},
	{"number", noSigns, "It is -5.5 degrees.", "-5.5"},
	{"number", noSigns, "1,5", "unparsable"},
	{"number", noSigns, "1.200.000", "unparsable"},
	{"number", noSigns, "10:30", "unparsable"},
	{"number", noSigns, "40m", "unparsable"},
	{"number", noSigns, "10-20", "unparsable"},
	{"number", noSigns, "10 to 20", "unparsable"},
	{"number", noSigns, "COVID19", "unparsable"},
	{"number", noSigns, "more than 40", "unparsable"},
	{"number", noSigns, "40 or more", "unparsable"},
	{"number", noSigns, "1/2", "unparsable"},
	{"number", noSigns, "40, that is 40", "40"},
	{"number", noSigns, "I have 2 children and I would pay 40.", "unparsable"},
	{"number", noSigns, "I have 2 children.\nAnswer: 40", "40"},
	{"number", noSigns, "no one", "unparsable"},
	{"number", noSigns, "2024-01-05", "unparsable"},
	{"percent", noSigns, "40%", "40"},
	{"percent", noSigns, "40 percent", "40"},
	{"percent", noSigns, "140%", "unparsable"},
	{"percent", noSigns, "40/100", "40"},
	{"count", noSigns, "12", "12"},
	{"count", noSigns, "12 times", "12"},
	{"count", noSigns, "None.", "0"},
	{"count", noSigns, "never", "0"},
	{"count", noSigns, "Twice", "2"},
	{"count", noSigns, "-1", "unparsable"},
	{"count", noSigns, "1.5", "unparsable"},
	{"text", noSigns, " I would wait.\n", "I would wait."},
	{"text", noSigns, "  ", "unparsable"},
}

func TestRepliesMeanWhatTheySay(t *testing.T) {
	for _, tt := range replies {
		status, field := itemOf(answered[tt.variable], tt.signs).understand(&llm.Reply{Text: tt.text, Finish: llm.Stop}, nil)
		got := field
		if status != Answered {
			got = string(status)
		}
		if got != tt.want {
			t.Errorf("%s: %q means %q, want %q", tt.variable, tt.text, got, tt.want)
		}
	}
}
