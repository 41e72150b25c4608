package study

import (
	"math"
	"slices"

	"silico/analysis/frame"
)

// Statuses are what may become of a question, in the order in which they are
// told.
var Statuses = []Status{Answered, RefusedIt, CutOff, Filtered, Unparsable, Skipped}

// roleStatus is the role of the columns that say what became of a question.
const roleStatus = "status"

// StatusColumn names the column that says what became of the question for a
// variable.
func StatusColumn(variable string) string { return "status_" + variable }

// AgainColumn names the column that says how often a model was asked again for
// a variable.
func AgainColumn(variable string) string { return "again_" + variable }

// MassColumn names the column with the probability that a model gave to all
// options of a variable together.
func MassColumn(variable string) string { return "mass_" + variable }

// statuses adds to the columns what became of each question, in a study that
// asks models. They are known of answers that were asked for and missing
// elsewhere, so nobody has them in a file.
func (l *loader) statuses() {
	if !slices.ContainsFunc(l.s.Models, func(m *Model) bool { return m.Kind() == "asked" }) {
		return
	}
	var levels []string
	for _, s := range Statuses {
		levels = append(levels, string(s))
	}
	for _, q := range l.s.Questions {
		v := l.s.Variable(q.Variable)
		if v == nil {
			continue
		}
		l.outcome(frame.Variable{Name: StatusColumn(v.Name), Type: "choice", Role: roleStatus, Levels: levels,
			Text: "what became of the question for " + v.Name, Min: math.NaN(), Max: math.NaN(), Within: true})
		if q.Elicit == "logprobs" {
			l.outcome(frame.Variable{Name: MassColumn(v.Name), Type: "number", Role: roleStatus,
				Text: "probability of all options of " + v.Name + " together, by the model", Min: 0, Max: 1, Within: true})
		}
	}
}

// outcome adds a column that the program itself fills. Its name may be taken.
func (l *loader) outcome(v frame.Variable) {
	switch old := l.s.schema.Variable(v.Name); {
	case old == nil:
		l.s.schema.Variables = append(l.s.schema.Variables, v)
	case old.Role != v.Role:
		l.doc.at(l.columns[v.Name], "%s is the name of the column that holds %s; choose another name", v.Name, v.Text)
	}
}
