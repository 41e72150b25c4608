package study

import (
	"encoding/json"
	"slices"

	"silico/internal/llm"
)

// elicitation is a way to have an answer from a language model. Each stands in
// a file of its own, elicit_NAME.go.
type elicitation struct {
	name string
	// weighs says that the answer is drawn from log-probabilities of tokens.
	weighs bool
	// closed says that it needs a question with options.
	closed bool
	// instruction is what stands behind the question when the study says
	// nothing else, a template; "" for nothing. Thinking says whether the model
	// is to think first.
	instruction func(it *item, thinking bool) string
	// read takes the answer from a reply.
	read func(a *asking, r *llm.Reply) Status
	// schema returns the JSON schema of the reply, nil for words.
	schema func(it *item, order []int) json.RawMessage
}

// elicitations are the ways to have an answer, in the order in which they are
// told.
var elicitations = []*elicitation{&elicitText, &elicitJSON, &elicitLogprobs, &elicitDistribution}

// elicitationOf returns the elicitation of a name, nil when there is none.
func elicitationOf(name string) *elicitation {
	for _, e := range elicitations {
		if e.name == name {
			return e
		}
	}
	return nil
}

// elicitNames are the names of the elicitations.
var elicitNames = func() (names []string) {
	for _, e := range elicitations {
		names = append(names, e.name)
	}
	return names
}()

// thinkFirst is the instruction to think before the answer stands in a last
// line.
const thinkFirst = `Think about it first, step by step. Then write your answer, and nothing else, on a last line that begins with "Answer:".`

// instructs says whether an elicitation says something behind the question.
func (e *elicitation) instructs(it *item) string {
	if it.Instruction != nil {
		return *it.Instruction
	}
	return e.instruction(it, it.reasoning)
}

// enumerated returns the labels of options in the order in which they are shown.
func (o *options) enumerated(order []int) []string {
	if order == nil {
		return slices.Clone(o.labels)
	}
	list := make([]string, len(order))
	for i, k := range order {
		list[i] = o.labels[k]
	}
	return list
}
