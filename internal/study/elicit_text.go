package study

import "silico/internal/llm"

// elicitText is an answer in words, which are searched for a value.
var elicitText = elicitation{
	name: "text",
	instruction: func(_ *item, thinking bool) string {
		if thinking {
			return thinkFirst
		}
		return ""
	},
	read: func(a *asking, r *llm.Reply) (status Status) {
		status, a.answer.Field = a.it.understand(r, a.order)
		return status
	},
}
