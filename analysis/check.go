package analysis

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"silico/analysis/expr"
	"silico/analysis/frame"
)

// checker collects the mistakes in the parameters of one analysis.
type checker struct {
	schema *frame.Schema
	errs   []error
}

// fail records a mistake of a parameter.
func (c *checker) fail(key, format string, a ...any) {
	c.errs = append(c.errs, &ParamError{Key: key, Msg: fmt.Sprintf(format, a...)})
}

// err returns all mistakes, nil when there are none.
func (c *checker) err() error { return errors.Join(c.errs...) }

// unknown records a name that is not among the candidates.
func (c *checker) unknown(key, what, name string, candidates []string) {
	msg := fmt.Sprintf("unknown %s %q", what, name)
	if s := expr.Suggest(name, candidates); s != "" {
		msg += fmt.Sprintf("; did you mean %q?", s)
	} else if len(candidates) > 0 && len(candidates) <= 12 {
		msg += "; there is " + list(candidates)
	}
	c.fail(key, "%s", msg)
}

// common checks what every kind has.
func (c *checker) common(p Common) {
	switch p.Sample {
	case "", frame.Evaluation, frame.Pilot, "all":
	default:
		c.unknown("sample", "sample", p.Sample, []string{frame.Evaluation, frame.Pilot, "all"})
	}
	if p.Sample == frame.Pilot && !c.people() {
		c.fail("sample", "only people have a pilot, and this study has no people; take \"evaluation\" or \"all\"")
	}
	c.sources("sources", p.Sources)
	c.rule("where", p.Where)
}

// people says whether the study has a human sample.
func (c *checker) people() bool { return c.schema.Source(people) != nil }

// sources checks a list of sources.
func (c *checker) sources(key string, names []string) {
	for i, name := range names {
		c.source(key, name)
		if slices.Contains(names[:i], name) {
			c.fail(key, "source %q is named twice", name)
		}
	}
}

// source checks one source and says whether it exists.
func (c *checker) source(key, name string) bool {
	if c.schema.Source(name) != nil {
		return true
	}
	if g := c.schema.Group(name); g != nil {
		c.fail(key, "%s is a group; it enters where all of its sources do: %s", name, strings.Join(g.Of, ", "))
		return false
	}
	var names []string
	for _, s := range c.schema.Sources {
		names = append(names, s.Name)
	}
	c.unknown(key, "source", name, names)
	return false
}

// rule checks a condition over rows; "" is none.
func (c *checker) rule(key, src string) {
	if src == "" {
		return
	}
	e, err := expr.Parse(src)
	if err == nil {
		err = e.Check(c.schema)
	}
	if err != nil {
		c.fail(key, "%v", err)
	}
}

// variable returns a variable of the schema, nil after a mistake.
func (c *checker) variable(key, name string) *frame.Variable {
	if v := c.schema.Variable(name); v != nil {
		return v
	}
	var names []string
	for _, v := range c.schema.Variables {
		names = append(names, v.Name)
	}
	c.unknown(key, "variable", name, names)
	return nil
}

// grouping checks variables whose levels make subgroups.
func (c *checker) grouping(key string, names []string) {
	for i, name := range names {
		v := c.variable(key, name)
		switch {
		case v == nil:
		case len(v.Levels) == 0:
			c.fail(key, "variable %q has no levels to divide by; derive a choice from it, or name one of %s", name, c.withLevels())
		case slices.Contains(names[:i], name):
			c.fail(key, "variable %q is named twice", name)
		}
	}
}

// withLevels lists the variables that have levels and are no answers.
func (c *checker) withLevels() string {
	var names []string
	for _, v := range c.schema.Variables {
		if len(v.Levels) > 0 && !isAnswer(&v) {
			names = append(names, v.Name)
		}
	}
	if names == nil {
		return "none, as this study has no such variable"
	}
	return strings.Join(names, ", ")
}

// outcomes checks a list of outcomes: variables, or several joined by a colon.
// None at all is a mistake when the schema has no answers to take by default.
func (c *checker) outcomes(key string, names []string) {
	if len(names) == 0 && len(answers(c.schema)) == 0 {
		c.fail(key, "no variable of this study has the role belief, action or outcome; name the outcomes")
	}
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			c.fail(key, "outcome %q is named twice", name)
		}
		parts := strings.Split(name, ":")
		for _, part := range parts {
			v := c.variable(key, part)
			switch {
			case v == nil:
			case v.Type == "text" || v.Type == "id":
				c.fail(key, "variable %q is %s; an outcome has levels or numbers", part, v.Type)
			case len(parts) > 1 && len(v.Levels) == 0 && v.Type != "binary":
				c.fail(key, "variable %q in %q has no levels; only variables with levels are joined by a colon", part, name)
			}
		}
	}
}

// contrasts checks differences 'a-b' of sources or groups of sources; both must
// be among those that enter, nil for all.
func (c *checker) contrasts(key string, names, entering []string) {
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			c.fail(key, "contrast %q is named twice", name)
		}
		a, b, ok := strings.Cut(name, "-")
		if !ok || strings.Contains(b, "-") {
			c.fail(key, "contrast %q is not of the form \"a-b\", a and b sources", name)
			continue
		}
		if c.sourceOrGroup(key, a) && c.sourceOrGroup(key, b) && a == b {
			c.fail(key, "contrast %q is of a source with itself", name)
		}
		for _, src := range slices.Concat(c.members(a), c.members(b)) {
			if entering != nil && src != people && c.schema.Source(src) != nil && !slices.Contains(entering, src) {
				c.fail(key, "contrast %q is of %s, which is not among the sources of this analysis", name, src)
			}
		}
	}
}

// sourceOrGroup checks the name of a source or of a group of sources.
func (c *checker) sourceOrGroup(key, name string) bool {
	return c.schema.Group(name) != nil || c.source(key, name)
}

// members returns the sources of a group, or the one of that name.
func (c *checker) members(name string) []string {
	if g := c.schema.Group(name); g != nil {
		return g.Of
	}
	return []string{name}
}

// replicates checks a number of resamples; 0 is none.
func (c *checker) replicates(key string, n, least int) {
	switch {
	case n < 0 || n > 0 && n < least:
		c.fail(key, "%d is too few; at least %d, or 0 for none", n, least)
	case n > 1000000:
		c.fail(key, "%d is too many; at most 1000000", n)
	}
}

// level checks the level of intervals.
func (c *checker) level(key string, level float64) {
	if !(level >= 0.5 && level < 1) {
		c.fail(key, "%v is no level of an interval; from 0.5 to below 1, such as 0.95", level)
	}
}

// isAnswer says whether a variable is something that respondents answer.
func isAnswer(v *frame.Variable) bool {
	return v.Role == "belief" || v.Role == "action" || v.Role == "outcome"
}

// answers returns the names of the variables that respondents answer, in order.
func answers(s *frame.Schema) []string {
	var names []string
	for i := range s.Variables {
		if v := &s.Variables[i]; isAnswer(v) && v.Type != "text" {
			names = append(names, v.Name)
		}
	}
	return names
}
