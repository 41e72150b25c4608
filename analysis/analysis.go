// Package analysis is what a study computes: one file a kind of analysis.
//
// A kind is registered with a function that returns its parameters at their
// defaults. The study's TOML is decoded into them, they are checked against
// the schema before anything is asked, and they run on the frame of answers.
// An analysis knows sources and their kinds; it does not know what a language
// model is.
package analysis

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"silico/analysis/frame"
	"silico/analysis/stat"
)

// Params are the parameters of one analysis as the study declares them. They
// are pure: Run depends on its arguments alone and changes none of them.
type Params interface {
	// Needs returns the names of the analyses whose results Run reads.
	Needs() []string
	// Check says what is wrong with the parameters, given what the columns
	// will be. Its errors are *ParamError, joined when there are several.
	Check(s *frame.Schema) error
	// Heading returns the title of the section about the analysis of that name.
	Heading(name string) string
	// Run computes the result. Trouble with the data is a warning in the
	// result; an error is a bug or a cancelled context.
	Run(ctx context.Context, in Input) (*Result, error)
}

// ParamError is a mistake in one parameter of an analysis.
type ParamError struct {
	Key string // the parameter, dotted below the analysis: "formula", "se.by"
	Msg string // what is wrong and the way out
}

func (e *ParamError) Error() string { return e.Key + ": " + e.Msg }

// Input is what an analysis runs on.
type Input struct {
	Name    string             // its own name in the study
	Frame   *frame.Frame       // all rows of all samples, with its Schema
	Results map[string]*Result // of the analyses that Needs names
	Streams stat.Streams
	Workers int // at least 1; the result does not depend on it
	// Eval runs another declared analysis on a changed frame.
	Eval func(ctx context.Context, name string, f *frame.Frame) (*Result, error)
}

// Common are the parameters that every kind has. Kinds embed it.
type Common struct {
	// Kind of analysis: one of `silico list analyses`.
	Kind string `toml:"kind"`
	// Title of the section in the default paper; made from the name when absent.
	Title string `toml:"title"`
	// Which people enter: "evaluation", "pilot" or "all" (excluded people never do).
	Sample string `toml:"sample"`
	// A rule over the row; rows where it is false or missing are left out, and counted.
	Where string `toml:"where"`
	// The sources that enter, in this order; all when absent.
	Sources []string `toml:"sources"`
}

// Heading returns the title, or the name in words when there is none.
func (c *Common) Heading(name string) string {
	if c.Title != "" {
		return c.Title
	}
	words := strings.ReplaceAll(name, "_", " ")
	return strings.ToUpper(words[:1]) + words[1:]
}

var kinds = map[string]func() Params{}

// Register makes a kind of analysis known under its name. It panics when the
// name is taken.
func Register(kind string, params func() Params) {
	if kinds[kind] != nil {
		panic("analysis: " + kind + " registered twice")
	}
	kinds[kind] = params
}

// New returns the parameters of a kind at their defaults, false when there is
// no such kind.
func New(kind string) (Params, bool) {
	params, ok := kinds[kind]
	if !ok {
		return nil, false
	}
	return params(), true
}

// Kinds returns the names of the registered kinds, sorted.
func Kinds() []string { return slices.Sorted(maps.Keys(kinds)) }

// CircleError says that analyses need each other in a circle.
type CircleError struct{ Name string }

func (e *CircleError) Error() string {
	return fmt.Sprintf("analysis %q needs itself, by way of others", e.Name)
}

// Order returns the names of analyses so that each comes behind those it
// needs, and otherwise in the order given. It is a *CircleError when the needs
// form a circle; needs that are not among the names are left to the caller.
func Order(names []string, needs func(name string) []string) ([]string, error) {
	var order []string
	state := make(map[string]int) // 1 on the way, 2 done
	var visit func(name string) error
	visit = func(name string) error {
		switch state[name] {
		case 1:
			return &CircleError{name}
		case 2:
			return nil
		}
		state[name] = 1
		for _, n := range needs(name) {
			if !slices.Contains(names, n) {
				continue
			}
			if err := visit(n); err != nil {
				return err
			}
		}
		state[name] = 2
		order = append(order, name)
		return nil
	}
	for _, name := range names {
		if err := visit(name); err != nil {
			return nil, err
		}
	}
	return order, nil
}
