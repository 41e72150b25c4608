package llm

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// template renders a conversation into the prompt of a plain completion, as
// the models expect it that were trained on it. When the last message is the
// assistant's, the prompt ends within it, and the model continues it.
//
// The token with which some models want every text to begin (such as
// <|begin_of_text|>) is left to the server, which puts it there itself: written
// out it would be there twice.
type template struct {
	// turn appends one message; the roles are "system", "user" and "assistant".
	turn func(to *prompt, role, text string)
	// opening begins the assistant's answer.
	opening string
	// end ends a turn, and with it the answer; "" when nothing does.
	end string
	// system says whether system messages have a turn of their own. Otherwise
	// they begin the user's.
	system bool
}

var templates = map[string]template{
	// OpenAI's format, which Qwen, SmolLM and many others were trained on:
	// https://github.com/openai/openai-python/blob/release-v0.28.0/chatml.md
	"chatml": {
		turn:    func(to *prompt, role, text string) { to.say("<|im_start|>", role, "\n", text, "<|im_end|>\n") },
		opening: "<|im_start|>assistant\n",
		end:     "<|im_end|>",
		system:  true,
	},
	// Gemma knows the roles user and model; what a system message would say
	// belongs into the user's turn:
	// https://ai.google.dev/gemma/docs/core/prompt-structure
	"gemma": {
		turn: func(to *prompt, role, text string) {
			if role == Assistant {
				role = "model"
			}
			to.say("<start_of_turn>", role, "\n", text, "<end_of_turn>\n")
		},
		opening: "<start_of_turn>model\n",
		end:     "<end_of_turn>",
	},
	// https://www.llama.com/docs/model-cards-and-prompt-formats/meta-llama-3/
	"llama3": {
		turn: func(to *prompt, role, text string) {
			to.say("<|start_header_id|>", role, "<|end_header_id|>\n\n", text, "<|eot_id|>")
		},
		opening: "<|start_header_id|>assistant<|end_header_id|>\n\n",
		end:     "<|eot_id|>",
		system:  true,
	},
	// For models that were trained on no conversations, questions and answers as
	// they stand in many texts. An answer ends with its line.
	"qa": {
		turn: func(to *prompt, role, text string) {
			switch role {
			case User:
				to.say("Question: ", text, "\n")
			case Assistant:
				to.say("Answer: ", text, "\n\n")
			default:
				to.say(text, "\n\n")
			}
		},
		opening: "Answer:",
		end:     "\n",
		system:  true,
	},
	// For the same models, and prompts that say all themselves: the texts one after
	// another with a blank line between them, and nothing else.
	"plain": {
		turn:   func(to *prompt, _, text string) { to.say(text, "\n\n") },
		system: true,
	},
}

// Templates returns the names of the templates for plain completions, sorted.
func Templates() []string { return slices.Sorted(maps.Keys(templates)) }

// prompt is a prompt that is being written, as JSON without its quotes. A
// conversation has a new one for each of its turns, so it is written once, into
// the body.
type prompt struct{ json []byte }

// say appends pieces of a prompt, of which no two share a character.
func (p *prompt) say(pieces ...string) {
	for _, s := range pieces {
		p.json = appendLetters(p.json, s)
	}
}

// render writes the prompt for a conversation.
func (t *template) render(to *prompt, messages []Message) {
	pending := "" // system messages that begin the user's turn
	for i, m := range messages {
		switch {
		case m.Role == System && !t.system:
			pending += m.Text + "\n\n"
			continue
		case m.Role == Assistant && i == len(messages)-1:
			to.say(t.opening, m.Text)
			return
		case m.Role == User:
			m.Text, pending = pending+m.Text, ""
		}
		t.turn(to, m.Role, m.Text)
	}
	to.say(t.opening)
}

// templateOf returns the template of a name.
func templateOf(name string) (*template, error) {
	t, ok := templates[name]
	if !ok {
		return nil, fmt.Errorf("there is no template %q; there are %s", name, strings.Join(Templates(), ", "))
	}
	return &t, nil
}
