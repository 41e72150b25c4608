package study

// badScripts are mistakes in how models are asked, as badInputs.
var badScripts = []badInput{
	{
		name:   "placeholders that there are not",
		change: []string{`text = "{{situation}} Would you want to?"`, `text = "{{situaton}} {{situation.blam}} {{options.letter}} {{answer.do}}"`, `text = "Would you?"`, `text = "{{answer.wnat}} {{answer.want.valu}} {{anwser.want}}"`},
		want: `
study.toml:53:9: unknown placeholder {{situaton}}; did you mean "situation"?
study.toml:53:22: unknown placeholder {{situation.blam}}; behind situation can be value, label, blame; did you mean "situation.blame"?
study.toml:53:41: unknown placeholder {{options.letter}}; behind options can be letters, numbers, lines, first; did you mean "options.letters"?
study.toml:53:60: {{answer.do}} quotes an answer, and no question comes before this one in its conversation; write after = "..."
study.toml:57:9: unknown placeholder {{answer.wnat}}; answers before this question are those to want; did you mean "answer.want"?
study.toml:57:25: unknown placeholder {{answer.want.valu}}; behind want can be value, label
study.toml:57:46: unknown placeholder {{anwser}}; did you mean "answer"?`,
	},
	{
		name:   "options and answers in a persona",
		change: []string{`text = "You are a {{gender}}."`, `text = "{{options}} {{answer.want}} {{situation}}"`},
		want: `
study.toml:50:9: unknown placeholder {{options}}; there are gender, anger
study.toml:50:21: unknown placeholder {{answer}}; did you mean "anger"?
study.toml:50:37: {{situation}} changes from question to question and cannot stand in a persona`,
	},
	{
		name:   "options that there are not",
		change: []string{"[model.uniform]", "[question.seconds]\ntext = \"{{options}}\"\norder = \"random\"\nelicit = \"logprobs\"\n[model.uniform]", "provider = \"baseline\"\nname = \"uniform\"", "provider = \"baseline\"\nname = \"marginal\"\ntrain = { people = 2 }"},
		want: `
study.toml:60:9: {{options}} shows the options of the answer, and this question has none
study.toml:61:9: seconds has no options to be shown in an order
study.toml:62:10: seconds has no options to have probabilities: seconds is of type number; write elicit = "text"
study.toml:81:8: model "planted" has no effect for seconds; write [model.planted.effect.seconds]`,
	},
	{
		name:   "an order that does not show",
		change: []string{`variable = "want"`, "variable = \"want\"\norder = \"random\""},
		want: `
study.toml:53:9: the order of the options shows only where the text has {{options}}`,
	},
	{
		name:   "orders that cannot be averaged",
		change: []string{`variable = "want"`, "variable = \"want\"\norder = \"both\"", `variable = "do"`, "variable = \"do\"\nelicit = \"logprobs\"\nreasoning = true\norder = \"all\"", "want to?", "want to? {{options}}", `"Would you?"`, `"Would you? {{options}}"`},
		want: `
study.toml:53:9: order = "both" averages probabilities, and want has none; write elicit = "logprobs", or order = "random"
study.toml:59:9: order = "all" asks in several orders, and a model that thinks first thinks once; write order = "random"`,
	},
	{
		name:   "a wording that no level has",
		change: []string{`persona = "described"`, "persona = \"described\"\nwording = \"blmae\""},
		want:   "\nstudy.toml:72:11: unknown attribute of levels \"blmae\"; did you mean \"blame\"?",
	},
	{
		name:   "words that there are not",
		change: []string{`variable = "want"`, "variable = \"want\"\norder = \"rnadom\"\nelicit = \"logprob\"\nreask = -1", `persona = "described"`, "persona = \"described\"\nmemory = \"ful\"\norder = \"radnom\"\nelicit = \"txt\""},
		want: `
study.toml:53:9: unknown order "rnadom"; there are fixed, reversed, random, both, all; did you mean "random"?
study.toml:54:10: unknown elicitation "logprob"; there are text, json, logprobs, distribution; did you mean "logprobs"?
study.toml:55:9: reask must not be negative
study.toml:75:10: unknown memory "ful"; there are none, full, and a number of exchanges; did you mean "full"?
study.toml:76:9: unknown order "radnom"; there are file, random; did you mean "random"?
study.toml:77:10: unknown elicitation "txt"; there are text, json, logprobs, distribution; did you mean "text"?`,
	},
	{
		name:   "conditions that cannot be known",
		change: []string{`variable = "want"`, "variable = \"want\"\nwhen = \"do == 'no'\"", `variable = "do"`, "variable = \"do\"\nwhen = \"want == 'nope'\""},
		want: `
study.toml:53:9: do is not known when want is asked; a condition speaks of covariates, factors, attributes and answers before it
study.toml:57:17: "nope" is no level of want; declared are no, perhaps, yes`,
	},
	{
		name:   "conditions that are none",
		change: []string{`variable = "want"`, "variable = \"want\"\nwhen = \"anger\"", `variable = "do"`, "variable = \"do\"\nwhen = \"do_any == 1\""},
		want: `
study.toml:53:9: anger is a number where true or false is asked for; compare it with something
study.toml:57:9: do_any is not known when do is asked; a condition speaks of covariates, factors, attributes and answers before it: want`,
	},
	{
		name:   "coding rules",
		change: []string{`variable = "want"`, "variable = \"want\"\nelicit = \"json\"\ncode = { no = [\"(\"], maybe = [\"x\"], yes = \"y\" }"},
		want: `
study.toml:54:1: a coding rule is for answers in free words; elicit "json" gives none
study.toml:54:16: "(" is no pattern: write a word, or a regular expression such as "never|not once"
study.toml:54:22: "maybe" is no level of want; declared are no, perhaps, yes
study.toml:54:37: "yes" must be a list of texts in quotes, not text`,
	},
	{
		name:   "personas that tell nothing",
		change: []string{`text = "You are a {{gender}}."`, "format = \"stroy\"", "[question.want]", "[persona.other]\nvariables = [\"gender\"]\n[persona.third]\nformat = \"backstory\"\nvariables = [\"gender\", \"angr\"]\n[question.want]"},
		want: `
study.toml:50:10: unknown format "stroy"; there are list, interview, backstory
study.toml:51:10: persona.other has no text; write text = "You are a {{gender}}.", or format = "list"
study.toml:52:1: variables are told by a format; write format = "list", or {{gender}} in the text
study.toml:53:10: persona third tells gender in a sentence, and there is none; write tell = "My gender is {{gender}}." in [variable.gender]
study.toml:55:24: unknown variable "angr"; did you mean "anger"?`,
	},
	{
		name:   "a sentence about somebody else",
		change: []string{`labels = ["woman", "man"]`, "labels = [\"woman\", \"man\"]\ntell = \"I am {{gendr}}.\""},
		want: `
study.toml:20:14: unknown placeholder {{gendr}}; did you mean "gender"?`,
	},
	{
		name:   "people who lack what is told of them",
		change: []string{"2,F,30,1,100,bus", "2,F,,1,100,bus", "2,F,30,1,100,store", "2,F,,1,100,store", "6,F,21,1,100,bus", "6,F,,1,100,bus", "6,F,21,1,100,store", "6,F,,1,100,store", `text = "You are a {{gender}}."`, `text = "Your anger is {{anger}}."`, "{{situation}} Would you want to?", "{{situation}} {{anger}} Would you want to?"},
		want: `
study.toml:49:10: persona described speaks of anger, which respondent 6 has not; say what is said then, such as missing = "not known", or leave them out by a rule of [people.exclude], such as no_anger = "missing(anger)"
study.toml:51:11: question want speaks of anger, which respondent 6 has not; say what is said then, such as missing = "not known", or leave them out by a rule of [people.exclude], such as no_anger = "missing(anger)"`,
	},
	{
		name: "numbers that are none",
		change: []string{`persona = "described"`, `persona = "described"
memory = 0
reask = -1
top_p = 1.5
max_tokens = 0
timeout_s = 0
requests_per_minute = -5
tokens_per_minute = 0
workers = 0
key_env = "sk-abc"
temperature = -1`},
		want: `
study.toml:72:10: a memory of 0 exchanges is none; write a positive number, or "none"
study.toml:73:9: reask must be at least 0
study.toml:74:9: top_p is a share: it is more than 0 and at most 1
study.toml:75:14: max_tokens must be at least 1
study.toml:76:13: timeout_s must be more than 0
study.toml:77:23: requests_per_minute must be at least 1
study.toml:78:21: tokens_per_minute must be at least 1
study.toml:79:11: workers must be at least 1
study.toml:80:11: key_env is the name of an environment variable, such as "OPENAI_API_KEY"; the key itself must not stand in a study
study.toml:81:15: temperature must not be negative`,
	},
	{
		name:   "an order without a memory",
		change: []string{`persona = "described"`, "persona = \"described\"\norder = \"random\""},
		want: `
study.toml:72:1: a model without memory meets each unit for itself, in no order; write memory = "full"`,
	},
	{
		name:   "keys of the request that are the program's",
		change: []string{`persona = "described"`, "persona = \"described\"\nextra = { temperature = 1, min_p = 0.1, when = 2020-01-01, top_logprobs = 3 }"},
		want: `
study.toml:72:11: temperature of the request is written by temperature
study.toml:72:48: a date is nothing that JSON can hold
study.toml:72:60: top_logprobs of the request is written by elicit`,
	},
	{
		name:   "keys that are for models that are asked",
		change: []string{"provider = \"baseline\"\nname = \"uniform\"", "provider = \"baseline\"\nname = \"uniform\"\nmemory = \"full\"\nseed = 3"},
		want: `
study.toml:62:1: memory has no meaning for provider baseline; it is for openai, anthropic
study.toml:63:1: seed has no meaning for provider baseline; it is for openai, anthropic`,
	},
	{
		name:   "keys that are not there",
		change: []string{`variable = "want"`, "variable = \"want\"\nresaoning = true", `persona = "described"`, "persona = \"described\"\nmemroy = \"full\""},
		want: `
study.toml:53:1: unknown key "resaoning"; did you mean "reasoning"?
study.toml:73:1: unknown key "memroy"; did you mean "memory"?`,
	},
	{
		name:   "what an interface has not",
		change: []string{"provider = \"openai\"\nname = \"small\"\nrevision = \"sha256:aa\"\nendpoint = \"http://127.0.0.1:8080/v1\"", "provider = \"anthropic\"\nname = \"claude-haiku-4-5\"\nseed = 1\ntemplate = \"chatml\"\nelicit = \"logprobs\""},
		want: `
study.toml:66:8: model "base" is asked want by log-probabilities, and anthropic has none; write elicit = "distribution" or "text"
study.toml:66:8: model "base" is asked do by log-probabilities, and anthropic has none; write elicit = "distribution" or "text"
study.toml:69:1: anthropic has no seed; take it out
study.toml:70:1: anthropic has no plain completions; take template out`,
	},
	{
		name:   "a schema for a plain completion",
		change: []string{`persona = "described"`, "persona = \"described\"\ntemplate = \"chatml\"\nelicit = \"json\""},
		want: `
study.toml:66:8: model "base" is asked want by a JSON schema, and a plain completion has none; write elicit = "text"
study.toml:66:8: model "base" is asked do by a JSON schema, and a plain completion has none; write elicit = "text"`,
	},
	{
		name:   "OpenAI's own models do not go on with an answer",
		change: []string{"revision = \"sha256:aa\"\nendpoint = \"http://127.0.0.1:8080/v1\"", "prefill = true"},
		want: `
study.toml:69:1: openai does not go on with an answer that was begun; take prefill out`,
	},
	{
		name:   "more options than tokens have probabilities",
		change: []string{`variable = "want"`, "variable = \"want\"\nelicit = \"logprobs\"", "[variable.want]\ntype = \"ordinal\"\nlevels = [\"no\", \"perhaps\", \"yes\"]", "[variable.want]\ntype = \"ordinal\"\nlevels = [\"no\", \"perhaps\", \"yes\", \"a\", \"b\", \"c\", \"d\", \"e\", \"f\", \"g\", \"h\", \"i\", \"j\", \"k\", \"l\", \"m\", \"n\", \"o\", \"p\", \"q\", \"r\"]"},
		want: `
study.toml:53:10: want has 21 options, and openai tells the probabilities of 20 tokens; write elicit = "distribution" or "text"
study.toml:80:8: want has 21 levels and 20 thresholds between them, and there are 2`,
	},
}
