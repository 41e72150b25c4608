package analysis

import (
	"math"
	"strings"

	"silico/analysis/frame"
)

// Mark says how far a result was decided on before it was seen.
type Mark string

const (
	Planned     Mark = "planned"     // declared in the study, nothing frozen
	Registered  Mark = "registered"  // equal to the frozen declaration
	Exploratory Mark = "exploratory" // only in the notebook, or added after the freeze
)

// Result is what an analysis found: numbers with addresses, tables, data of
// figures, and words about them. The name, kind, title and mark are filled in
// by the caller of Run.
type Result struct {
	Name, Kind, Title string
	Mark              Mark

	Estimates []Estimate
	Tables    []Table
	Figures   []Figure
	// Prose is notebook text: a sentence or a paragraph whose numbers are
	// inline `{value} ADDRESS` cells. The default paper prints it.
	Prose    string
	Warnings []Warning

	// Subgroups holds the distances of the kind divergence by subgroup, which
	// alignment builds on; nil for other kinds and without subgroups.
	Subgroups *subgroupDistances
	// Regression holds the fitted models of the kind regression, which recovery
	// builds on; nil for other kinds.
	Regression *RegressionFits
}

// Warning is statistical trouble that a reader must see. It is printed below
// the tables of its analysis.
type Warning struct {
	Term string // what it is about: a source, a term, a level; "" for all
	Text string // one sentence, which names what it is about
}

// Key is the address of an estimate inside its analysis. Dimensions that a
// kind does not have are empty.
type Key struct {
	Source    string // people, a model, or 'a-b' for a contrast
	Outcome   string
	Variable  string // with Level: the subgroup
	Level     string
	Term      string
	Statistic string
}

// Estimate is one number with what is known of its precision. Fields that
// were not computed are NaN or 0.
type Estimate struct {
	Key
	Value, SE, Lo, Hi, P float64
	People               int    // respondents behind it
	Rows                 int    // rows behind it
	Draws                int    // draws a unit, replicates for a mean over replicates
	Sample               string // evaluation, pilot or all
	Why                  string // why Value is NaN
}

// Number returns the estimate of a key that is only a value.
func Number(k Key, value float64) Estimate {
	nan := math.NaN()
	return Estimate{Key: k, Value: value, SE: nan, Lo: nan, Hi: nan, P: nan}
}

// Address returns analysis.source[.outcome][.variable.level][.term].statistic;
// segments that are not plain names are quoted.
func (k Key) Address(analysis string) string {
	segments := append(make([]string, 0, 7), analysis)
	for _, s := range []string{k.Source, k.Outcome, k.Variable, k.Level, k.Term, k.Statistic} {
		if s != "" {
			segments = append(segments, s)
		}
	}
	return Join(segments)
}

// Quote returns a segment of an address as it is written: itself when it is a
// plain name (a letter or underscore, then letters, digits and underscores,
// ASCII), in single quotes otherwise, with a quote inside doubled.
func Quote(segment string) string {
	plain := segment != ""
	for i, r := range segment {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			plain = false
		}
	}
	if plain {
		return segment
	}
	return "'" + strings.ReplaceAll(segment, "'", "''") + "'"
}

// Table is a table of typed cells. How numbers look is decided by the report.
type Table struct {
	Name    string // "" for the main table of the analysis, a plain name for others
	Caption string // one line, no full stop
	Columns []Column
	Rows    []Row
	Notes   []string
}

// Column is the head of a table column.
type Column struct {
	Key   string // name of the column in the CSV file
	Label string // what readers see
	Group string // a heading over neighbouring columns of the same group, "" for none
	Words bool   // the column holds words and is set flush left
}

// Row is one line of a table. Rows with the same Group stand together under it.
type Row struct {
	Group string
	Cells []Cell
}

// CellKind says how the number of a cell is to be written.
type CellKind uint8

const (
	Words    CellKind = iota // Text
	Blank                    // nothing here: does not apply
	Real                     // Value at a sensible number of digits
	Percent                  // Value is a share, written as a percentage
	Count                    // Value is a whole number
	PValue                   // Value is a p-value
	Interval                 // [Lo, Hi]
	WithSE                   // Value with SE in parentheses below it
	WithCI                   // Value with [Lo, Hi] below it
)

// Cell is one entry of a table.
type Cell struct {
	Kind              CellKind
	Text              string
	Value, SE, Lo, Hi float64
	P                 float64 // for presets that mark p-values; NaN when there is none
	Address           string  // of the estimate it shows, "" for none
	Digits            int     // decimals; 0 lets the report choose
}

// Word returns a cell of words.
func Word(text string) Cell { return Cell{Kind: Words, Text: text} }

// Show returns the cell of an estimate of an analysis, with its address.
func Show(kind CellKind, e Estimate, analysis string) Cell {
	return Cell{Kind: kind, Value: e.Value, SE: e.SE, Lo: e.Lo, Hi: e.Hi, P: e.P, Address: e.Address(analysis)}
}

// Figure is the data of a drawing. Data are tidy: one row a mark.
type Figure struct {
	Name    string // "" for the main figure of the analysis, a plain name for others
	Kind    string // the kind of mark: one of `silico list figures`
	Title   string
	Caption string
	Data    *frame.Frame
	Roles   map[string]string // which column plays which part: x, y, lo, hi, colour, facet ...
	Labels  map[string]string // axis and legend titles by role
	Alt     string            // what it shows, in words, for those who do not see it
}
