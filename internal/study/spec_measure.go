package study

// specVariable is [variable.NAME]: a column of the study, something that is
// known of the respondents, answered by them, or derived from other columns.
type specVariable struct {
	// What its values are: "binary" (0 and 1, or two levels), "choice" (levels without order), "ordinal" (levels in order), "scale" (whole numbers from min to max), "number", "count" (0, 1, 2, ...) or "text". Required.
	Type string `toml:"type"`
	// The values as they stand in the data, in order; for choice, ordinal and binary.
	Levels []string `toml:"levels"`
	// What readers and prompts see in the place of the levels; as many as there are levels.
	Labels []string `toml:"labels"`
	// What it is for: "covariate" (known of the person), "factor" (assigned between persons), "belief", "action" or "outcome". A variable that a question asks for is an outcome unless told otherwise.
	Role string `toml:"role"`
	// Column of the people file. Default: the variable's name.
	Column string `toml:"column"`
	// A rule over other columns that makes this one, such as "do != 'no'"; then there is no column in the file.
	Is string `toml:"is"`
	// What it is, in words, for the codebook.
	Text string `toml:"text"`
	// What it is, in words; another name of text.
	Description string `toml:"description"`
	// Smallest value of a scale, number or count.
	Min *float64 `toml:"min"`
	// Largest value of a scale, number or count.
	Max *float64 `toml:"max"`
	// The number that each level of an ordinal variable stands for. Default 0, 1, 2, ...
	Scores []float64 `toml:"scores"`
	// The question by which an interview persona asks for it. Default: the text with a question mark.
	Ask string `toml:"ask"`
	// The sentence by which a backstory persona tells it: a template, such as "I am a {{gender}}."
	Tell string `toml:"tell"`
	// Codes that mean that the value is missing, besides the empty cell. Default ["NA"], unless NA is a declared level.
	Missing []any `toml:"missing"`
}

// specFactor is [factor.NAME]: one dimension of the experiment.
type specFactor struct {
	// Whether a respondent meets every level (true) or one of them (false). Default false.
	Within bool `toml:"within"`
	// What it is, in words, for the codebook.
	Text string `toml:"text"`
	// Column of the people file. Default: the factor's name.
	Column string `toml:"column"`
	// The levels, as [factor.NAME.level.LEVEL], by their names in the data. Required. Further keys of a level are attributes: each becomes a column, and every level must have it.
	Level map[string]specLevel `toml:"level"`
}

// specLevel is [factor.NAME.level.LEVEL]: one level of a factor.
type specLevel struct {
	// What {{NAME}} says in a prompt. Default: the label.
	Text string `toml:"text"`
	// What readers see. Default: the level's name.
	Label string `toml:"label"`
}

// specPersona is [persona.NAME]: what a model is told about the respondent, as
// the system message of every conversation. It is a text of its own, or made
// from the codebook, or both, the text first.
type specPersona struct {
	// A template: {{variable}} is the label of the person's value, {{variable.value}} the value as it stands in the data. Required unless there is a format.
	Text string `toml:"text"`
	// How the person's variables are told: "list" (a line each, by their texts), "interview" (questions and answers, by their ask) or "backstory" (sentences, by their tell).
	Format string `toml:"format"`
	// The variables that the format tells, in order. Default: all covariates and factors between persons.
	Variables []string `toml:"variables"`
	// What is said in the place of a missing value. Without it, a person without the value is a problem.
	Missing string `toml:"missing"`
}

// specQuestion is [question.NAME]: a question for one variable.
type specQuestion struct {
	// The variable that the answer gives. Default: the question's name.
	Variable string `toml:"variable"`
	// A template: {{factor}} is the text of the level, {{factor.value}} its name, {{factor.label}} its label, {{factor.attribute}} an attribute of it; variables of the person as in personas; {{options}} the labels of the answers, {{options.lines}}, {{options.letters}} and {{options.numbers}} a line each, behind nothing, A) or 1); {{answer.QUESTION}} the answer to a question before it in the conversation. Required.
	Text string `toml:"text"`
	// The question before it in the same conversation.
	After string `toml:"after"`
	// A rule over variables of the person, factors, attributes and answers before it in the conversation; where it is not true, the question is skipped.
	When string `toml:"when"`
	// How the answer is had from a language model: "text" (words, in which it is looked for), "json" (an object whose schema the interface enforces), "logprobs" (drawn from the probabilities of the options) or "distribution" (drawn from shares that the model states). Default "text".
	Elicit string `toml:"elicit"`
	// Whether the model thinks in words before it answers. Default false.
	Reasoning bool `toml:"reasoning"`
	// What stands behind the text, a template; "" for nothing. Default: what the way of answering needs to be told, see `silico prompts`.
	Instruction *string `toml:"instruction"`
	// In which order the options are shown: "fixed" (as declared), "reversed", "random" (drawn for each respondent), or for logprobs "both" (as declared and reversed) or "all", whose probabilities are averaged. Default "fixed".
	Order string `toml:"order"`
	// How often it is asked again when the reply cannot be read. Default: that of the model.
	Reask *int `toml:"reask"`
	// For answers in free words: patterns of each level, as [question.NAME.code]; regular expressions that are found as whole words in any case. A reply with patterns of two levels, or of none, is unparsable.
	Code map[string][]string `toml:"code"`
	// What is said in the place of a missing value, and of an answer that is not there. Without it, a person without the value is a problem, and a question that quotes an answer which is not there is skipped.
	Missing string `toml:"missing"`
	// What is kept besides the answer: "distribution" adds the probability of each option as a number, p_VARIABLE_OPTION, for the sources that know it.
	Keep string `toml:"keep"`
}
