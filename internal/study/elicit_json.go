package study

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"silico/analysis/frame"
	"silico/internal/llm"
)

// elicitJSON is an answer in a JSON object whose schema the interface enforces.
var elicitJSON = elicitation{
	name: "json",
	instruction: func(_ *item, thinking bool) string {
		if thinking {
			return `Reply with a JSON object that has two keys: "analysis", in which you think about it first, and then "answer".`
		}
		return `Reply with a JSON object that has one key, "answer".`
	},
	read:   readJSON,
	schema: jsonSchema,
}

// jsonSchema returns the schema of a reply. What the model thinks has a key that
// comes before "answer" in the alphabet, since keys are written in that order.
func jsonSchema(it *item, order []int) json.RawMessage {
	answer := map[string]any{"type": jsonType(it.variable)}
	switch {
	case it.options == nil:
	case it.variable.Type == "scale":
		var list []json.Number
		for _, label := range it.options.enumerated(order) {
			list = append(list, json.Number(label))
		}
		answer["enum"] = list
	default:
		answer["type"], answer["enum"] = "string", it.options.enumerated(order)
	}
	properties, required := map[string]any{"answer": answer}, []string{"answer"}
	if it.reasoning {
		properties["analysis"] = map[string]any{"type": "string"}
		required = []string{"analysis", "answer"}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(map[string]any{"type": "object", "properties": properties, "required": required, "additionalProperties": false}); err != nil {
		panic(err) // texts and numbers
	}
	return bytes.TrimSpace(b.Bytes())
}

func jsonType(v *frame.Variable) string {
	switch v.Type {
	case "number":
		return "number"
	case "scale", "count":
		return "integer"
	}
	return "string"
}

// readJSON reads the value of the key answer. A reply that wraps its object in a
// fence of Markdown or in words is read as well; one that has two, or a value
// that is none of the variable, is not.
func readJSON(a *asking, r *llm.Reply) Status {
	text := r.Text
	from, to := strings.IndexByte(text, '{'), strings.LastIndexByte(text, '}')
	var object struct {
		Answer json.RawMessage `json:"answer"`
	}
	if from < 0 || to < from || json.Unmarshal([]byte(text[from:to+1]), &object) != nil {
		return elsewise(r)
	}
	field, ok := a.it.valueOf(object.Answer, a.order)
	if !ok {
		return Unparsable
	}
	a.answer.Field = field
	return Answered
}

// elsewise returns the status of a reply that is not in the form that was asked
// for.
func elsewise(r *llm.Reply) Status {
	words := plainly(r.Text)
	switch {
	case r.Finish == llm.Length:
		return CutOff
	case has(words, declining) || has(words, disclaiming):
		return RefusedIt
	}
	return Unparsable
}

// valueOf returns the value that a JSON text or number is.
func (it *item) valueOf(raw json.RawMessage, order []int) (string, bool) {
	var text string
	switch {
	case len(raw) == 0:
		return "", false
	case raw[0] == '"':
		if json.Unmarshal(raw, &text) != nil {
			return "", false
		}
	case raw[0] == '-' || isDigit(raw[0]):
		x, err := strconv.ParseFloat(string(raw), 64)
		if err != nil || math.IsInf(x, 0) {
			return "", false
		}
		text = strconv.FormatFloat(x, 'f', -1, 64)
	case string(raw) == "true" || string(raw) == "false":
		text = string(raw)
	default:
		return "", false
	}
	f := it.finder(order)
	if f == nil {
		text = strings.TrimSpace(text)
		return text, text != ""
	}
	return f.strict(plainly(text))
}
