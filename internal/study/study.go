// Package study is what is studied: the file study.toml, the people of its
// people file, the design, and the plan of what is asked.
//
// Load reads everything that a study declares and reports every problem at
// once. What it returns is complete and checked; nothing behind it reads TOML.
package study

import (
	"encoding/json"
	"time"

	"silico/analysis/expr"
	"silico/analysis/frame"
)

// Format is the version of study.toml that this program writes and reads.
const Format = 1

// Study is a whole, checked study.
type Study struct {
	File string // path of study.toml as it was given
	Dir  string // its folder
	Slug string // name of that folder

	Title        string
	Authors      []string
	Date         string // as written, "" when absent
	Abstract     string
	Keywords     []string
	Seed         int64
	Bibliography string // path below Dir, "" when absent

	People *People // nil for a study without people
	// Respondents stand in the place of people, nil for a study with people.
	Respondents *Respondents
	Variables   []*Variable
	Factors     []*Factor
	Personas    []*Persona
	Questions   []*Question
	Models      []*Model
	Analyses    []*Analysis
	Families    []*Family
	Hypotheses  []*Hypothesis
	Tunings     []*Tuning // records of tuned models, by name

	Inputs []Input // every file that was read, for the manifest

	schema  *frame.Schema
	derived []*Variable // in the order in which they can be computed
}

// Input is a file that the study reads.
type Input struct {
	Path   string `json:"path"` // below the study's folder, with slashes
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
}

// People is the human sample: the file, who is left out, who may be learned
// from.
type People struct {
	File   string
	ID     string
	Weight string
	Source string // citation key or words
	Share  bool   // may the rows be passed on
	Where  string
	// Rules that exclude a person when true on any of the person's rows, in
	// the order of the file.
	Exclude []Rule
	Pilot   *Pilot // nil when nobody may be learned from
	// Rows of the file for which Where is missing; they are left out as those
	// for which it is false.
	Unknown int

	// Frame has one row a unit: id, covariates, factors, attributes, answers,
	// derived variables, and the columns sample and rule.
	Frame *frame.Frame
}

// Rule is a named condition over a row.
type Rule struct {
	Name string
	Text string // as written
	Expr *expr.Expr
	// Rows for which the rule is missing; they exclude nobody.
	Unknown int

	path []string // where it stands
}

// Pilot says which people may be learned from: a share of each stratum of By,
// by largest remainder, ties to the earlier level.
type Pilot struct {
	Share float64
	By    string
	Swap  bool // whether the people drawn are those who are evaluated
}

// Variable is a column that the study declares: a covariate, an answer, or
// something derived from others.
type Variable struct {
	frame.Variable
	Column string     // name in the people file
	Is     *expr.Expr // of a derived variable

	Ask  string // by which an interview asks for it
	Tell string // by which a backstory tells it, "" where it cannot

	missing []string // fields of a file that mean missing
}

// Factor is one dimension of the experiment.
type Factor struct {
	Name   string
	Text   string // what it is, for the codebook
	Column string // name in the people file
	Within bool
	Levels []Level
	// Names of the further keys of the levels; each is a column.
	Attributes []string
}

// Level is one level of a factor.
type Level struct {
	Name       string
	Label      string // what tables show; the name when absent
	Text       string // what {{factor}} says in a prompt
	Attributes map[string]string
}

// Persona is a text about the respondent that a model is given.
type Persona struct {
	Name      string
	Text      string // a template over the person's variables
	Format    string // list interview backstory, "" for the text alone
	Variables []string
	Missing   string // what is said of a missing value, "" where that is a problem
	Template  string // what the text and the format make together
}

// Question asks for one variable.
type Question struct {
	Name     string
	Variable string
	Text     string // a template over factors, attributes and the person's variables
	After    string // the question before it in the same conversation, "" for none
	Elicit   string // text json logprobs distribution
	Keep     string // distribution, "" for the answer alone

	When        *expr.Expr // nil for always
	Reasoning   bool       // the model thinks first
	Instruction *string    // behind the text, nil for the default
	Order       string     // of the options: fixed reversed random both all
	Reask       *int       // nil for that of the model
	Code        map[string][]string
	Missing     string
}

// Model is one source of answers other than the people.
type Model struct {
	Name     string
	Label    string
	Provider string // openai anthropic recorded baseline simulated
	Model    string // key name: of the served model, or the baseline's method
	Revision string
	Endpoint string
	Persona  string // "none" or the name of a persona
	Wording  string // attribute of levels said in the place of their texts, "" for the texts
	Draws    int
	Base     string // tuned from, "" for others
	Like     string

	Memory    int    // exchanges that it remembers; 0 for none beyond a chain of questions, FullMemory for all
	Order     string // of units and chains of a respondent: file random
	Reask     int
	Elicit    string // in the place of what the questions say, "" for that
	Reasoning *bool  // the same

	Temperature *float64
	TopP        *float64
	MaxTokens   int
	Seed        *int64
	Template    string
	Prefill     *bool // whether the server goes on with an answer that was begun, nil for what its interface has
	Extra       map[string]json.RawMessage

	KeyEnv            string        // "" for the provider's own
	Timeout           time.Duration // 0 for the default
	RequestsPerMinute int           // 0 for no limit of ours, as the next two
	TokensPerMinute   int
	Workers           int

	Train     *Train     // who it learned from, nil for nobody
	Trainer   string     // of a tuned model: files local openai
	Tune      *Tune      // of a tuned model
	Training  string     // of a tuned model: the model of this name was trained, itself or one that it is like
	Recorded  *Recorded  // of provider recorded
	Baseline  *Baseline  // of provider baseline
	Simulated *Simulated // of provider simulated

	spec section
}

// FullMemory is a memory that keeps every exchange.
const FullMemory = -1

// Train says which people of the pilot a model learns from. Random sets of
// one seed are prefixes of one permutation.
type Train struct {
	People int
	Share  float64
	Sample string // random, or equal by a variable
	By     string
	Seed   int64
	// Arms are the levels that a tuned model was shown, by factor; a factor
	// that is not there was shown whole.
	Arms         []string            // as written
	Levels       map[string][]string // factor -> levels
	Demographics bool
	// IDs of the people drawn, in the order of the people file.
	IDs []string
}

// Tune says how a model is trained. Zero is for the trainer to choose.
type Tune struct {
	Epochs       int
	LearningRate float64
	Batch        int
	Rank         int
	Validation   float64 // share of the training people held out
	Seed         int64
}

// Recorded is a source whose answers stand in a file.
type Recorded struct {
	File    string
	Where   *expr.Expr        // nil for all rows
	Join    string            // "id": rows belong to people; "none": rows are respondents of their own
	ID      string            // column of the file that holds the respondent
	Columns map[string]string // variable -> column of the file
	Rows    *frame.Frame      // the rows that Where keeps: respondent, within factors, mapped variables
	Unknown int               // rows for which Where is missing; they are left out
}

// Baseline are the parameters of the provider baseline; its method is the
// model's name.
type Baseline struct {
	Covariates []string // of regression: demographics; all covariates when empty
	Match      []string // of hotdeck: equal in these
	Nearest    string   // of hotdeck: nearest in this
	Neighbours int      // of hotdeck: how many to draw from; 5
	Of         string   // of rescaled: the model whose probabilities are rescaled
}

// Simulated is a participant with planted effects.
type Simulated struct {
	Effects []Effect // in the order of the questions
}

// Effect says how one answer of a simulated participant comes about.
type Effect struct {
	Variable string
	Formula  string                        // right side, R's language: "anger + gender + want"
	Coef     map[string]float64            // by R's names of the design columns; absent ones are 0
	Cuts     []float64                     // ordinal: thresholds between the levels, ascending
	Family   string                        // gaussian binomial poisson ordinal multinomial; from the variable's type when absent
	SD       float64                       // gaussian: residual standard deviation
	PersonSD float64                       // standard deviation of the person's own level, shared over rows
	Levels   map[string]map[string]float64 // multinomial: coefficients of each level but the first
}

// Analysis is a declared analysis, not yet decoded: the kinds belong to the
// package that computes them.
type Analysis struct {
	Name string
	Kind string
	spec section
}

// Hypothesis is a claim with its decision rule.
type Hypothesis struct {
	Name   string
	Text   string
	Decide *expr.Expr // supported; nil only where there are problems
	Reject *expr.Expr // not supported, nil for never; anything else is inconclusive
	Family string     // "" for none
	P      *expr.Expr // the address of a p-value, where the family adjusts; nil for none
	spec   section
}

// Family is how hypotheses that are tested together answer for each other.
type Family struct {
	Name   string
	Method string // sequence holm bh
	Alpha  float64
}
