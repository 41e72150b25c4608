package templates

import (
	_ "embed"
	"encoding/json"
	"sync"
)

// Guide is what can be written in a study, made from the comments on the
// structs that TOML is decoded into. docs/spec.md prints it, `silico list`
// shows it.
type Guide struct {
	Spec      []Entry `json:"spec"`      // the tables of study.toml
	Analyses  []Entry `json:"analyses"`  // the kinds of analysis
	Providers []Entry `json:"providers"` // the kinds of source that are computed
	Measures  []Entry `json:"measures"`  // the kinds of answer
}

// Entry is one table of the spec, or one kind of something in it.
type Entry struct {
	Name string `json:"name"`
	Doc  string `json:"doc"`  // one line
	Text string `json:"text"` // the whole comment
	Keys []Key  `json:"keys,omitempty"`
}

// Key is one key of a table.
type Key struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Default string `json:"default,omitempty"`
	Doc     string `json:"doc"`
}

//go:embed reference.json
var reference []byte

// Reference returns the guide. It panics when the embedded text is broken,
// which a test would have found.
var Reference = sync.OnceValue(func() *Guide {
	var g Guide
	if err := json.Unmarshal(reference, &g); err != nil {
		panic(err)
	}
	return &g
})
