package study

import (
	"encoding/json"
	"math"
	"net/url"
	"slices"
	"strings"

	"silico/analysis/frame"
	"silico/internal/llm"
)

// askable checks a model that is asked.
func (l *loader) askable(s *section, m *Model) {
	if m.Base == "" || m.Train == nil { // else the record has it
		l.required(s, "name", `name = "...", as its server knows it`)
	}
	personas := []string{"none"}
	for _, p := range l.s.Personas {
		personas = append(personas, p.Name)
	}
	if s.has("persona") {
		l.known(s.where("persona"), "persona", m.Persona, personas)
	}
	if len(l.s.Questions) == 0 {
		l.doc.at(s.path, "model %q has nothing to be asked: there is no [question.NAME]", m.Name)
	}
	l.limits(s, m)
	l.script(s, m)
	l.endpoint(s, m)
}

// limits checks the numbers of a model that is asked.
func (l *loader) limits(s *section, m *Model) {
	if m.Temperature != nil && *m.Temperature < 0 {
		l.doc.value(s.where("temperature"), "temperature must not be negative")
	}
	if m.TopP != nil && (*m.TopP <= 0 || *m.TopP > 1) {
		l.doc.value(s.where("top_p"), "top_p is a share: it is more than 0 and at most 1")
	}
	for _, n := range []struct {
		key   string
		x     float64
		least float64
		words string
	}{
		{"reask", float64(m.Reask), 0, "at least 0"},
		{"max_tokens", float64(m.MaxTokens), 1, "at least 1"},
		{"timeout_s", m.Timeout.Seconds(), 0.001, "more than 0"},
		{"requests_per_minute", float64(m.RequestsPerMinute), 1, "at least 1"},
		{"tokens_per_minute", float64(m.TokensPerMinute), 1, "at least 1"},
		{"workers", float64(m.Workers), 1, "at least 1"},
	} {
		if s.has(n.key) && n.x < n.least {
			l.doc.value(s.where(n.key), "%s must be %s", n.key, n.words)
		}
	}
	if s.has("template") {
		l.oneOf(s, "template", m.Template, llm.Templates(), "template")
	}
	if s.has("key_env") && strings.ContainsAny(m.KeyEnv, " =-") {
		l.doc.value(s.where("key_env"), "key_env is the name of an environment variable, such as \"OPENAI_API_KEY\"; the key itself must not stand in a study")
	}
}

// script checks how a model goes through the questions, and that it can answer
// in the way in which they want to be answered.
func (l *loader) script(s *section, m *Model) {
	if s.has("elicit") {
		l.oneOf(s, "elicit", m.Elicit, elicitNames, "elicitation")
	}
	if l.oneOf(s, "order", m.Order, []string{"file", "random"}, "order") && s.has("order") && m.Memory == 0 && !s.names("memory") {
		l.doc.at(s.where("order"), "a model without memory meets each unit for itself, in no order; write memory = \"full\"")
	}
	l.worded(s, m)
	can, known := m.can()
	if s.has("seed") && known && !can.Seed {
		l.doc.at(s.where("seed"), "%s has no seed; take it out", m.Provider)
	}
	if m.Template != "" && known && !can.Completions {
		l.doc.at(s.where("template"), "%s has no plain completions; take template out", m.Provider)
	}
	if m.Prefill != nil && *m.Prefill && known && !can.Prefill {
		l.doc.at(s.where("prefill"), "%s does not go on with an answer that was begun; take prefill out", m.interfaceWords())
	}
	for _, q := range l.s.Questions {
		l.wayOfAnswering(s, m, q, can)
	}
}

// worded checks that there are other words for some factor.
func (l *loader) worded(s *section, m *Model) {
	if m.Wording == "" {
		return
	}
	var names []string
	for _, f := range l.s.Factors {
		names = append(names, f.Attributes...)
	}
	slices.Sort(names)
	l.known(s.where("wording"), "attribute of levels", m.Wording, slices.Compact(names))
}

// wayOfAnswering checks that a model can be asked a question as it is to be asked.
func (l *loader) wayOfAnswering(s *section, m *Model, q *Question, can llm.Capabilities) {
	v := l.s.schema.Variable(q.Variable)
	e := elicitationOf(m.elicit(q))
	if v == nil || e == nil || v.Derived != "" {
		return
	}
	at, who := l.questionAt(q, "elicit"), q.Name
	if m.Elicit != "" {
		at, who = s.where("elicit"), q.Name+" as "+m.Name+" is asked it"
	}
	o := optionsOf(v)
	switch {
	case e.closed && o == nil:
		l.doc.value(at, "%s has no options to have probabilities: %s is of type %s; write elicit = \"text\"", who, v.Name, v.Type)
	case e.weighs && can.Logprobs == 0:
		l.doc.at(s.path, "model %q is asked %s by log-probabilities, and %s has none; write elicit = \"distribution\" or \"text\"", m.Name, q.Name, m.Provider)
	case e.weighs && len(o.levels) > can.Logprobs:
		l.doc.value(at, "%s has %d options, and %s tells the probabilities of %d tokens; write elicit = \"distribution\" or \"text\"", who, len(o.levels), m.Provider, can.Logprobs)
	case e.schema != nil && (!can.Schema || m.Template != ""):
		l.doc.at(s.path, "model %q is asked %s by a JSON schema, and %s has none; write elicit = \"text\"", m.Name, q.Name, m.interfaceWords())
	case q.averaged() && !e.weighs && (m.Elicit == "" || !elicitationOf(q.Elicit).weighs):
		l.doc.value(l.questionAt(q, "order"), "order = %q averages probabilities, and %s has none; write elicit = \"logprobs\", or order = \"random\"", q.Order, who)
	case q.averaged() && e.weighs && m.reasons(q):
		l.doc.value(l.questionAt(q, "order"), "order = %q asks in several orders, and a model that thinks first thinks once; write order = \"random\"", q.Order)
	}
}

// interfaceWords names the interface through which a model is asked.
func (m *Model) interfaceWords() string {
	if m.Template != "" {
		return "a plain completion"
	}
	return m.Provider
}

// questionAt returns where a key of a question stands.
func (l *loader) questionAt(q *Question, key string) []string {
	return []string{"question", q.Name, key}
}

// elicit returns how a model is asked a question.
func (m *Model) elicit(q *Question) string {
	if m.Elicit != "" {
		return m.Elicit
	}
	return q.Elicit
}

// reasons says whether a model thinks before it answers a question.
func (m *Model) reasons(q *Question) bool {
	if m.Reasoning != nil {
		return *m.Reasoning
	}
	return q.Reasoning
}

// can returns what the interface of a model has, and whether that is known.
func (m *Model) can() (can llm.Capabilities, known bool) {
	p, known := llm.Named(m.Provider)
	if !known {
		return llm.Capabilities{Seed: true, Logprobs: 20, Schema: true, Completions: true}, false
	}
	can = p.Can()
	if can.Prefill { // of some servers behind an interface it is known that they cannot
		_, err := p.Wire(&llm.Request{Provider: m.Provider, Model: m.Model, Revision: m.Revision, Endpoint: m.Endpoint,
			Messages: []llm.Message{{Role: llm.User, Text: "a"}, {Role: llm.Assistant, Text: "b"}}, Options: llm.Options{Template: m.Template}})
		can.Prefill = err == nil && (m.Prefill == nil || *m.Prefill)
	}
	return can, true
}

// endpoint checks the address of a server.
func (l *loader) endpoint(s *section, m *Model) {
	if m.Endpoint == "" {
		return
	}
	u, err := url.Parse(m.Endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		l.doc.value(s.where("endpoint"), "%q is no address; write one such as \"http://127.0.0.1:8080/v1\"", m.Endpoint)
		return
	}
	untrained := m.Base != "" && m.Train != nil && m.Model == ""
	if m.Local() && m.Revision == "" && !untrained {
		l.doc.at(s.path, "model %q is served on this machine, where nothing else says which weights it has; write revision = \"sha256:...\"", m.Name)
	}
}

// loopback says whether an address is one of this machine.
func loopback(endpoint string) bool {
	u, err := url.Parse(endpoint)
	if err != nil {
		return false
	}
	host := u.Hostname()
	return host == "localhost" || host == "::1" || strings.HasPrefix(host, "127.")
}

// memory reads how much a model remembers.
func (l *loader) memory(s *section, x any) int {
	switch x := x.(type) {
	case nil:
		return 0
	case string:
		switch x {
		case "none":
			return 0
		case "full":
			return FullMemory
		}
		l.doc.value(s.where("memory"), "unknown memory %q; there are none, full, and a number of exchanges", x)
		l.suggestOf(x, []string{"none", "full"})
	case int64:
		if x >= 1 && x <= math.MaxInt32 {
			return int(x)
		}
		l.doc.value(s.where("memory"), "a memory of %d exchanges is none; write a positive number, or \"none\"", x)
	default:
		l.doc.value(s.where("memory"), "memory is \"none\", \"full\", or a number of exchanges, not %s", kindOf(x))
	}
	return 0
}

// ownKeys are the keys of a request that the program itself writes.
var ownKeys = map[string]string{
	"model": "name", "messages": "the questions", "prompt": "the questions", "system": "persona", "temperature": "temperature", "top_p": "top_p",
	"max_tokens": "max_tokens", "max_completion_tokens": "max_tokens", "seed": "seed", "logprobs": "elicit", "top_logprobs": "elicit",
	"response_format": "elicit", "n": "draws", "stream": "nothing: replies come whole",
}

// extra reads the further keys of requests.
func (l *loader) extra(s *section, table map[string]any) map[string]json.RawMessage {
	var extra map[string]json.RawMessage
	for _, k := range l.doc.children(s.where("extra"), table) {
		at := s.where("extra", k)
		if by, ok := ownKeys[k]; ok {
			l.doc.at(at, "%s of the request is written by %s", k, by)
			continue
		}
		raw, err := json.Marshal(table[k])
		if err != nil || kindOf(table[k]) == "a date" {
			l.doc.value(at, "%s is nothing that JSON can hold", kindOf(table[k]))
			continue
		}
		if extra == nil {
			extra = make(map[string]json.RawMessage)
		}
		extra[k] = raw
	}
	return extra
}

// untold reports people who lack something that an asked model would be told of
// them, and have no words for that.
func (l *loader) untold() {
	f := l.s.Units()
	if f == nil {
		return
	}
	told := make(map[string]bool)
	asked := false
	for _, m := range l.s.Models {
		if m.Kind() != "asked" {
			continue
		}
		asked = true
		for _, p := range l.s.Personas {
			if p.Name == m.Persona && p.Missing == "" && !told[p.Name] {
				told[p.Name] = true
				l.lacks(f, []string{"persona", p.Name}, "persona "+p.Name, columnsOf(p.Template))
			}
		}
	}
	for _, q := range l.s.Questions {
		if asked && q.Missing == "" {
			text := q.Text
			if q.Instruction != nil {
				text += *q.Instruction
			}
			l.lacks(f, []string{"question", q.Name}, "question "+q.Name, columnsOf(text))
		}
	}
}

// lacks reports the people for whom a column that a text names is missing.
func (l *loader) lacks(f *frame.Frame, at []string, what string, columns []string) {
	id, sample := f.Col(l.s.schema.ID), f.Col(frame.SampleColumn)
	evaluated := sample.Code(frame.Evaluation)
	for _, name := range columns {
		c := f.Col(name)
		if c == nil {
			continue
		}
		var who []string
		for i, k := range sample.Codes {
			if person := id.String(i); k == evaluated && c.Missing(i) && !slices.Contains(who, person) {
				if who = append(who, person); len(who) > 3 {
					break
				}
			}
		}
		if len(who) == 0 {
			continue
		}
		some := "respondent " + who[0]
		if len(who) > 1 {
			some = "respondents " + strings.Join(who[:min(3, len(who))], ", ")
		}
		if len(who) > 3 {
			some += " and others"
		}
		verb := map[bool]string{true: "has", false: "have"}[len(who) == 1]
		l.doc.at(at, "%s speaks of %s, which %s %s not; say what is said then, such as missing = \"not known\", or leave them out by a rule of [people.exclude], such as no_%s = \"missing(%s)\"",
			what, name, some, verb, name, name)
	}
}
