package frame

// Names of the columns that every frame of a study has, besides its variables.
const (
	SourceColumn = "source" // factor: "people" or the name of a model, people first
	SampleColumn = "sample" // factor: evaluation, pilot, excluded
	RuleColumn   = "rule"   // factor: the first rule that excludes the person; missing where none does
	DrawColumn   = "draw"   // number: 1, 2, ...
)

// Values of the column sample.
const (
	Evaluation = "evaluation" // compared with models
	Pilot      = "pilot"      // may be learned from
	Excluded   = "excluded"   // left out by a rule
)

// Schema says what the columns of a study's frame mean. It is known before
// anything is asked.
type Schema struct {
	ID        string     // name of the respondent column
	Weight    string     // name of the weight column, "" when there is none
	Variables []Variable // in the order of the columns
	Sources   []Source   // people first, then the models in the order of the file
	Groups    []Group    // in the order of the file
}

// Variable is one column of a study.
type Variable struct {
	Name    string
	Text    string // what it is, in words, for the codebook
	Type    string // id binary choice ordinal scale number count text
	Role    string // id weight covariate factor attribute belief action outcome probability, "" for others
	Levels  []string
	Labels  []string  // same length as Levels, nil when there are none
	Scores  []float64 // of an ordinal variable's levels, nil for 0, 1, 2, ...
	Min     float64   // NaN when open
	Max     float64
	Within  bool    // varies within a respondent: within factors, their attributes, answers
	Derived string  // the expression that makes it, "" for others
	Of      string  // for an attribute: the factor whose level decides it
	Chance  *Chance // of a probability: the answer that it is of; nil for others
}

// Source is one giver of answers.
type Source struct {
	Name     string // people, or the name of the model in the study
	Label    string // what readers see: people, or a label that names baselines and simulations as such
	Kind     string // people asked recorded baseline simulated
	Model    string // the model or the method behind it
	Base     string // the model that it was tuned from, "" for others
	Trained  int    // number of people that it learned from, 0 for none
	Paired   bool   // its respondents are people of the people file, joined by id
	Draws    int
	Replies  int      // of a model that was asked: the replies that its answers were read from
	SHA256   string   // their digest in hexadecimal, "" for a source that was not asked
	Warnings []string // what its collection has to say, such as rows of a file that found no person
}

// Group is several sources of one kind, such as models that were tuned on
// different draws of people: its numbers are the means of theirs.
type Group struct {
	Name  string
	Label string // what readers see, "" for the name
	Of    []string
}

// Variable returns the named variable, nil when there is none.
func (s *Schema) Variable(name string) *Variable {
	for i := range s.Variables {
		if s.Variables[i].Name == name {
			return &s.Variables[i]
		}
	}
	return nil
}

// Source returns the named source, nil when there is none.
func (s *Schema) Source(name string) *Source {
	for i := range s.Sources {
		if s.Sources[i].Name == name {
			return &s.Sources[i]
		}
	}
	return nil
}

// Group returns the named group, nil when there is none.
func (s *Schema) Group(name string) *Group {
	for i := range s.Groups {
		if s.Groups[i].Name == name {
			return &s.Groups[i]
		}
	}
	return nil
}

// Title returns what readers see of a group.
func (g *Group) Title() string {
	if g.Label != "" {
		return g.Label
	}
	return g.Name
}

// Label returns the label of level, which is level itself when the variable
// has no labels or no such level.
func (v *Variable) Label(level string) string {
	for k, l := range v.Levels {
		if l == level && v.Labels != nil {
			return v.Labels[k]
		}
	}
	return level
}

// Kind returns how values of the variable are stored in a frame: choices are
// factors, ordinal variables are ordered, the respondent's id is a factor of
// its distinct values, text is text, and everything else is a number. A binary
// variable is a number, 0 or 1, unless it declares its two levels; then it is
// a factor.
func (v *Variable) Kind() Kind {
	switch v.Type {
	case "id", "choice":
		return Factor
	case "ordinal":
		return Ordered
	case "text":
		return Text
	case "binary":
		if len(v.Levels) > 0 {
			return Factor
		}
	}
	return Number
}
