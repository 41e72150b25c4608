package study

// specFile is what stands above all tables.
type specFile struct {
	// Version of the format of this file; always 1. Required.
	Silico int `toml:"silico"`
}

// specStudy is [study]: what the paper is about, and the seed.
type specStudy struct {
	// Title of the paper. Required.
	Title string `toml:"title"`
	// Names of the authors, in order.
	Authors []string `toml:"authors"`
	// Date as it shall stand in the paper; none when absent.
	Date string `toml:"date"`
	// Abstract of the paper, in Markdown.
	Abstract string `toml:"abstract"`
	// Keywords of the paper.
	Keywords []string `toml:"keywords"`
	// Seed from which every random stream derives. Default 0.
	Seed int64 `toml:"seed"`
	// BibTeX file with the references, below the study's folder.
	Bibliography string `toml:"bibliography"`
}

// specPeople is [people]: the human sample.
type specPeople struct {
	// CSV file with one row a unit: a respondent under one combination of the within factors. Required; below the study's folder.
	File string `toml:"file"`
	// SHA-256 of that file in hexadecimal digits; other bytes are refused. Not checked when absent.
	SHA256 string `toml:"sha256"`
	// Column of the file that identifies the respondent; "" is one whose name is empty. Default "id".
	ID string `toml:"id"`
	// Column of the file with the respondents' weights; all count the same when absent.
	Weight string `toml:"weight"`
	// Where the data are from: citation keys such as "@doe2020", or words.
	Source string `toml:"source"`
	// Whether the rows may be passed on with the paper. Default false.
	Share bool `toml:"share"`
	// A rule over the file's own columns, applied before anything else; other rows do not exist for the study. Columns whose values are all numbers are numbers, others are text.
	Where string `toml:"where"`
	// Rules by name; a person for whom one is true on any row is left out, and counted.
	Exclude map[string]string `toml:"exclude"`
	// Who may be learned from. Everybody is evaluated when absent.
	Pilot *specPilot `toml:"pilot"`
}

// specPilot is [people.pilot]: the people who may be learned from. Everybody
// else who is not excluded is the evaluation sample, the same for every source.
type specPilot struct {
	// Share of the people, between 0 and 1, by largest remainder over the strata, ties to the earlier level. Required.
	Share float64 `toml:"share"`
	// A covariate or between factor with levels; the share is taken from each of its levels.
	By string `toml:"by"`
	// Whether the people drawn and all others change places: those who would be learned from are evaluated, and the others may be learned from. For the replication of a study on the other half of its people. Default false.
	Swap bool `toml:"swap"`
}

// specRespondents is [respondents]: artificial respondents, for a study
// without people. It stands in the place of [people].
type specRespondents struct {
	// Number of respondents. Required.
	N int `toml:"n"`
	// For each covariate the share of each of its levels; shares sum to 1. Numbers without a margin are drawn evenly between min and max, other covariates evenly from their levels.
	Margin map[string]map[string]float64 `toml:"margin"`
}

// specGroup is [group.NAME]: models whose numbers are averaged, such as several
// that were tuned on as many people each, drawn anew. Every analysis in which
// all of them enter has the mean of each number under the name of the group,
// with the least and the largest beside it, and takes the group in contrasts.
type specGroup struct {
	// What readers see. Default: the name.
	Label string `toml:"label"`
	// The models, at least two. Required.
	Of []string `toml:"of"`
}

// specHypothesis is [hypothesis.NAME]: a claim and the rules that decide it.
type specHypothesis struct {
	// The claim in words. Required.
	Text string `toml:"text"`
	// Rule over values under which the claim is supported. Required.
	Decide string `toml:"decide"`
	// Rule over values under which it is not supported; anything else, or a missing value, is inconclusive.
	Reject string `toml:"reject"`
	// The family of hypotheses that it is tested in, a [family.NAME] of this file.
	Family string `toml:"family"`
	// Address of its p-value, such as "distance.'tuned-base'.do.js.p"; for families of the methods "holm" and "bh".
	P string `toml:"p"`
}

// specFamily is [family.NAME]: hypotheses that are tested together. They name
// it with family = "NAME"; their order in this file is their order in it.
type specFamily struct {
	// How they answer for each other. "sequence": in order, and behind the first that is not supported the rest are exploratory. "holm", "bh": the p-values of all are adjusted for the family-wise error or the false discovery rate, and a hypothesis is supported when its rule holds and its adjusted p-value is at most alpha. Required.
	Method string `toml:"method"`
	// Largest adjusted p-value of a supported hypothesis, for holm and bh. Default 0.05.
	Alpha float64 `toml:"alpha"`
}

// specAnalysis is [analysis.NAME]: something that is computed. The further
// keys depend on the kind.
type specAnalysis struct {
	// Kind of analysis: one of `silico list analyses`. Required.
	Kind string `toml:"kind"`
}
