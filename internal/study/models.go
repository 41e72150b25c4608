package study

import (
	"math"
	"slices"
	"strings"
	"time"

	"silico/analysis/frame"
)

var (
	providers = []string{"baseline", "recorded", "simulated", "openai", "anthropic"}
	baselines = []string{"uniform", "marginal", "regression", "hotdeck", "rescaled"}
)

// asks are the providers behind which a language model is asked.
var asks = []string{"openai", "anthropic"}

// belongs says which providers a key has a meaning for; keys that are not here
// have one for all.
var belongs = map[string][]string{
	"revision": {"openai", "anthropic"}, "endpoint": {"openai", "anthropic"}, "temperature": {"openai", "anthropic"},
	"draws":   {"baseline", "simulated", "openai", "anthropic"},
	"persona": {"openai", "anthropic"}, "wording": asks, "base": {"openai", "anthropic"}, "trainer": {"openai", "anthropic"}, "tune": {"openai", "anthropic"},
	"memory": asks, "order": asks, "reask": asks, "elicit": asks, "reasoning": asks, "top_p": asks, "max_tokens": asks, "seed": asks,
	"template": asks, "prefill": asks, "extra": asks, "key_env": asks, "timeout_s": asks, "requests_per_minute": asks, "tokens_per_minute": asks, "workers": asks,
	"file": {"recorded"}, "where": {"recorded"}, "join": {"recorded"}, "id": {"recorded"}, "columns": {"recorded"},
	"train": {"baseline", "openai", "anthropic"}, "covariates": {"baseline"}, "match": {"baseline"},
	"nearest": {"baseline"}, "neighbours": {"baseline"}, "of": {"baseline"}, "effect": {"simulated"},
}

// Kind returns the kind of source that a model is: asked, recorded, baseline or
// simulated.
func (m *Model) Kind() string {
	switch m.Provider {
	case "baseline", "recorded", "simulated":
		return m.Provider
	}
	return "asked"
}

// sources reads [model.*].
func (l *loader) sources() {
	sections := l.named("model")
	var names []string
	for _, s := range sections {
		names = append(names, s.path[1])
		l.models[s.path[1]] = s
	}
	for _, s := range sections {
		merged, whole := l.merge(s, names, nil)
		var spec specModel
		merged.decode(&spec)
		m := &Model{
			Name: s.path[1], Label: spec.Label, Provider: spec.Provider, Model: spec.Name,
			Revision: spec.Revision, Endpoint: spec.Endpoint, Persona: spec.Persona, Wording: spec.Wording, Draws: spec.Draws,
			Base: spec.Base, Like: spec.Like, Temperature: spec.Temperature, Trainer: spec.Trainer,
			Order: spec.Order, Reask: spec.Reask, Elicit: spec.Elicit, Reasoning: spec.Reasoning,
			TopP: spec.TopP, MaxTokens: spec.MaxTokens, Seed: spec.Seed, Template: spec.Template, Prefill: spec.Prefill, KeyEnv: spec.KeyEnv,
			Timeout:           time.Duration(spec.TimeoutS * float64(time.Second)),
			RequestsPerMinute: spec.RequestsPerMinute, TokensPerMinute: spec.TokensPerMinute, Workers: spec.Workers,
			spec: *merged,
		}
		m.Memory = l.memory(merged, spec.Memory)
		m.Extra = l.extra(merged, spec.Extra)
		if m.Order == "" {
			m.Order = "file"
		}
		if m.Persona == "" {
			m.Persona = "none"
		}
		if m.Draws == 0 {
			m.Draws = 1
		}
		if whole {
			l.source(merged, &spec, m, names)
		}
		l.distinct(merged, m)
		l.s.Models = append(l.s.Models, m)
	}
	l.checkTeachers()
	l.checkRescaled()
}

// own are the keys of a model that another that is like it does not copy, and
// weights those that one tuned from it does not.
var own, weights = []string{"label", "like"}, []string{"label", "like", "name", "revision", "base", "train", "trainer", "tune"}

// merge returns the section of a model with the keys of the model that it is
// like, or else was tuned from, and whether all of them could be found.
func (l *loader) merge(s *section, names, way []string) (*section, bool) {
	key, not := "like", own
	if !s.names("like") && s.names("base") {
		key, not = "base", weights
	}
	like, ok := s.table[key].(string)
	if !ok {
		return s, !s.names(key)
	}
	name := s.path[1]
	switch {
	case key == "base" && like == name:
		return s, true // reported with the base
	case slices.Contains(way, name) || like == name:
		l.doc.value(s.where(key), "model %q is like itself", name)
		return s, false
	case !l.known(s.where(key), "model", like, names):
		return s, false
	}
	other, whole := l.merge(l.models[like], names, append(way, name))
	m := &section{doc: l.doc, path: s.path, table: make(map[string]any), from: make(map[string][]string)}
	for k, v := range other.table {
		if !slices.Contains(not, k) {
			m.table[k], m.from[k] = v, other.where(k)
		}
	}
	for k, v := range s.table {
		m.table[k] = v
		delete(m.from, k)
	}
	return m, whole
}

// distinct reports a label that readers could not tell from another's.
func (l *loader) distinct(s *section, m *Model) {
	if m.label() == "people" {
		l.doc.value(s.where("label"), "people are called so; choose another label")
	}
	for _, other := range l.s.Models {
		if other.label() == m.label() {
			at := s.where("label")
			if m.Label == "" {
				at = s.path
			}
			l.doc.value(at, "readers could not tell this model from %s: both are called %q; choose another label", other.Name, m.label())
		}
	}
}

// source checks one model.
func (l *loader) source(s *section, spec *specModel, m *Model, names []string) {
	if s.has("draws") && m.Draws < 1 {
		l.doc.value(s.where("draws"), "draws must be at least 1")
	}
	if !s.has("provider") {
		l.required(s, "provider", `provider = "baseline"; there are `+strings.Join(providers, ", "))
		return
	}
	if !l.oneOf(s, "provider", m.Provider, providers, "provider") {
		return
	}
	for _, k := range l.doc.childrenOf(s) {
		if of := belongs[k]; of != nil && !slices.Contains(of, m.Provider) {
			if _, copied := s.from[k]; !copied {
				l.doc.at(s.where(k), "%s has no meaning for provider %s; it is for %s", k, m.Provider, strings.Join(of, ", "))
			}
		}
	}
	l.tunedFrom(s, spec, m, names)
	if spec.Train != nil && m.Kind() != "recorded" && m.Kind() != "simulated" {
		l.training(s, spec.Train, m)
	}
	switch m.Kind() {
	case "asked":
		l.askable(s, m)
	case "baseline":
		l.baseline(s, spec, m)
	case "recorded":
		l.recorded(s, spec, m)
	case "simulated":
		l.simulated(s, spec, m)
	}
}

// baseline checks a model that learned from people without language.
func (l *loader) baseline(s *section, spec *specModel, m *Model) {
	b := &Baseline{Covariates: spec.Covariates, Match: spec.Match, Nearest: spec.Nearest, Neighbours: spec.Neighbours, Of: spec.Of}
	m.Baseline = b
	if !s.has("name") {
		l.required(s, "name", `name = "marginal"; there are `+strings.Join(baselines, ", "))
		return
	}
	if !l.oneOf(s, "name", m.Model, baselines, "baseline") {
		return
	}
	only := map[string]string{"covariates": "regression", "match": "hotdeck", "nearest": "hotdeck", "neighbours": "hotdeck", "of": "rescaled"}
	for _, k := range l.doc.childrenOf(s) {
		if of, ok := only[k]; ok && of != m.Model && !l.copied(s, k) {
			l.doc.at(s.where(k), "%s has no meaning for the baseline %s; it is for %s", k, m.Model, of)
		}
	}
	known := l.personal()
	l.variableList(s, "covariates", b.Covariates, known)
	l.variableList(s, "match", b.Match, known)
	if b.Nearest != "" && l.known(s.where("nearest"), "variable", b.Nearest, known) && l.s.schema.Variable(b.Nearest).Kind() == frame.Factor {
		l.doc.value(s.where("nearest"), "%s has no order to be near in; match on it", b.Nearest)
	}
	if b.Neighbours == 0 {
		b.Neighbours = 5
	}
	if b.Neighbours < 1 {
		l.doc.value(s.where("neighbours"), "neighbours must be at least 1")
	}
	switch {
	case m.Model == "uniform" && spec.Train != nil && !l.copied(s, "train"):
		l.doc.at(s.where("train"), "the baseline uniform guesses and learns from nobody; take train out")
	case m.Model != "uniform" && spec.Train == nil && !s.has("train"):
		l.doc.at(s.path, "the baseline %s learns from people; write train = { people = 79, seed = 1 }", m.Model)
	}
	if m.Model == "uniform" {
		l.guessable(s)
	}
}

func (l *loader) copied(s *section, key string) bool { _, ok := s.from[key]; return ok }

// guessable reports asked variables that one cannot guess evenly.
func (l *loader) guessable(s *section) {
	for _, q := range l.s.Questions {
		v := l.s.Variable(q.Variable)
		if v == nil || v.Derived != "" {
			continue
		}
		switch v.Type {
		case "text":
			l.doc.at(s.path, "the baseline uniform cannot guess %s, which is text; give it levels, which a question's code reads from free words, or leave this model out", v.Name)
		case "number", "count":
			if math.IsNaN(v.Max) || v.Type == "number" && math.IsNaN(v.Min) {
				l.doc.at(s.path, "the baseline uniform guesses between min and max, and variable %s does not have both", v.Name)
			}
		}
	}
}

// personal returns the names of the columns that belong to the person, without
// id and weight.
func (l *loader) personal() []string {
	var names []string
	for i := range l.s.schema.Variables {
		v := &l.s.schema.Variables[i]
		if !v.Within && v.Role != "id" && v.Role != "weight" {
			names = append(names, v.Name)
		}
	}
	return names
}

func (l *loader) variableList(s *section, key string, names, known []string) {
	for i, name := range names {
		at := s.where(key, element(i))
		if v := l.s.schema.Variable(name); v != nil && !slices.Contains(known, name) {
			l.doc.value(at, "%s varies within a person or is not known of the person; %s takes%s", name, key, list(known, " "))
			continue
		}
		l.known(at, "variable", name, known)
	}
}

// inOrder returns the questions so that each comes behind the one that it
// comes after, and otherwise in the order of the file.
func (s *Study) inOrder() []*Question {
	var order []*Question
	done := make(map[string]bool)
	for len(order) < len(s.Questions) {
		before := len(order)
		for _, q := range s.Questions {
			known := slices.ContainsFunc(s.Questions, func(o *Question) bool { return o.Name == q.After })
			if !done[q.Name] && (q.After == "" || done[q.After] || !known) {
				done[q.Name] = true
				order = append(order, q)
			}
		}
		if len(order) == before { // a circle, which is reported elsewhere
			for _, q := range s.Questions {
				if !done[q.Name] {
					done[q.Name] = true
					order = append(order, q)
				}
			}
		}
	}
	return order
}

func tableOf(x any) map[string]any { t, _ := x.(map[string]any); return t }
