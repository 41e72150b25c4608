package collect

import (
	"slices"

	"silico/analysis"
	"silico/internal/llm"
	"silico/internal/study"
)

// requests are what models are sent about the first respondent under the first
// condition, message by message. Models that are sent the same stand together.
func (w *facts) requests() analysis.Table {
	t := analysis.Table{Name: "requests", Caption: "What models are sent, message by message",
		Columns: []analysis.Column{words("models", "Models"), words("question", "Question"), words("role", "Role"), words("text", "Text")},
		Notes:   []string{"Shown are the first respondent and the first condition. What the assistant says is an example, in the place of the model's own answer."}}
	var all []sent
	for _, m := range w.s.Models {
		messages := newMessages(w.s.Prompts(m))
		if len(messages) == 0 {
			continue
		}
		same := func(other sent) bool { return slices.Equal(other.messages, messages) }
		if i := slices.IndexFunc(all, same); i >= 0 {
			all[i].models += ", " + w.label(m.Name)
			continue
		}
		all = append(all, sent{w.label(m.Name), messages})
	}
	for _, s := range all {
		for _, m := range s.messages {
			t.Rows = append(t.Rows, analysis.Row{Cells: cellsOf(s.models, m.question, m.Role, m.Text)})
		}
	}
	return t
}

// sent is what some models are sent.
type sent struct {
	models   string
	messages []message
}

// message is a message and the question for whose sake it is sent.
type message struct {
	question string
	llm.Message
}

// newMessages returns the messages of requests, without those with which a
// request repeats the one before it.
func newMessages(prompts []study.Prompt) []message {
	var all []message
	var before []llm.Message
	for _, p := range prompts {
		known := 0
		for known < len(before) && known < len(p.Request.Messages) && before[known] == p.Request.Messages[known] {
			known++
		}
		for _, m := range p.Request.Messages[known:] {
			all = append(all, message{p.Question.Name, m})
		}
		before = p.Request.Messages
	}
	return all
}
