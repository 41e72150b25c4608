package study

import (
	"strings"
	"testing"
)

// badInput is a mistake in the sound study.
type badInput struct {
	name    string
	change  []string
	files   map[string]string
	prepare func(*testing.T)
	want    string
}

// badInputs are mistakes in the sound study: pairs of a text and what stands in
// its place, files that are other ones ("-" for none), and every problem that
// Load must find.
var badInputs = []badInput{
	{
		name: "sound",
		want: "",
	},
	{
		name:   "TOML syntax",
		change: []string{"title = \"Small\"", "title = \"Small"},
		want: `
study.toml:3:15: not valid TOML: strings cannot contain newlines; close the quotes on the same line, or use """ for text of several lines`,
	},
	{
		name:   "TOML list that is open",
		change: []string{"levels = [\"F\", \"M\"]", "levels = [\"F\", \"M\""},
		want: `
study.toml:19:1: not valid TOML: expected a comma (',') or array terminator (']'), but got 'l'; put a comma between the elements of the list and a bracket ] at its end`,
	},
	{
		name:   "probabilities to rescale that there are not",
		change: []string{"[analysis.distance]\n", "[model.again]\nprovider = \"baseline\"\nname = \"rescaled\"\nof = \"base\"\ntrain = { people = 2 }\n[model.nothing]\nprovider = \"baseline\"\nname = \"rescaled\"\ntrain = { people = 2 }\n[model.twin]\nprovider = \"baseline\"\nname = \"rescaled\"\nof = \"twins\"\ntrain = { people = 2 }\n[model.more]\nprovider = \"baseline\"\nname = \"marginal\"\nof = \"base\"\ntrain = { people = 2 }\n[analysis.distance]\n"},
		want: `
study.toml:88:6: base answers want, do without log-probabilities, and there is nothing to rescale; write elicit = "logprobs" for it
study.toml:90:8: model.nothing has no of; write of = "base", a model that is asked for log-probabilities
study.toml:97:6: unknown model that is asked "twins"; there is only "base"
study.toml:102:1: of has no meaning for the baseline marginal; it is for rescaled`,
	},
	{
		name:   "groups that average nothing, or what is not there",
		change: []string{"[analysis.distance]\n", "[group.one]\nof = [\"uniform\"]\n[group.empty]\n[group.uniform]\nof = [\"base\", \"planted\"]\n[group.all_of_them]\nlabel = \"people\"\nof = [\"marginal_2\", \"marginal_3\", \"marginal_2\"]\n[analysis.distance]\n"},
		want: `
study.toml:86:6: a mean is over at least two models
study.toml:87:8: group.empty has no of; write of = ["tuned_1", "tuned_2"], the models that are averaged
study.toml:88:8: a model is called uniform already; choose another name for the group
study.toml:91:9: people are called so; choose another label
study.toml:92:21: unknown model "marginal_3"; did you mean "marginal_2"?
study.toml:92:35: model "marginal_2" is named twice`,
	},
	{
		name:   "misspelt table",
		change: []string{"[people]\n", "[peopel]\n"},
		want: `
study.toml:7:2: unknown key "peopel"; did you mean "people"?`,
	},
	{
		name:   "TOML duplicate key",
		change: []string{"seed = 7", "seed = 7\nseed = 8"},
		want: `
study.toml:5:1: not valid TOML: key 'study.seed' has already been defined; keep one of them`,
	},
	{
		name:   "TOML bare value",
		change: []string{"seed = 7", "seed = seven"},
		want: `
study.toml:4:8: not valid TOML: expected value but found "seven" instead; text stands in quotes`,
	},
	{
		name:    "invalid UTF-8",
		prepare: func(t *testing.T) { write(t, "study.toml", "silico = 1\n[study]\ntitle = \"caf\xe9\"\n") },
		want: `
study.toml:3:13: the file is not valid UTF-8 from here on; save it as UTF-8`,
	},
	{
		name:  "no study file",
		files: map[string]string{"study.toml": "-"},
		want: `
study.toml: there is no such file; a study is a folder with a study.toml, or that file; silico new DIR writes one`,
	},
	{
		name:   "no format",
		change: []string{"silico = 1\n", ""},
		want: `
study.toml:1:1: the file does not say its format: begin it with silico = 1`,
	},
	{
		name:   "newer format",
		change: []string{"silico = 1\n", "silico = 2\n"},
		want: `
study.toml:1:10: the file is of format 2 and this program reads up to 1; a newer silico reads it`,
	},
	{
		name:   "unknown table",
		change: []string{"[study]", "[stduy]"},
		want: `
study.toml:2:2: unknown key "stduy"; did you mean "study"?`,
	},
	{
		name:   "unknown key",
		change: []string{"seed = 7", "seeed = 7"},
		want: `
study.toml:4:1: unknown key "seeed"; did you mean "seed"?`,
	},
	{
		name:   "unknown key in an inline table",
		change: []string{"seed = 1 }", "sede = 1 }"},
		want: `
study.toml:65:23: unknown key "sede"; did you mean "seed"?`,
	},
	{
		name:   "unknown keys everywhere",
		change: []string{"within = true", "witin = true", "after = \"want\"", "afer = \"want\"", "cuts = [0, 1.5]", "cutz = [0, 1.5]"},
		want: `
study.toml:41:1: unknown key "witin"; did you mean "within"?
study.toml:56:1: unknown key "afer"; did you mean "after"?
study.toml:80:23: model.planted.effect.do has no cuts; write the thresholds between the levels, such as cuts = [-0.5, 1.0]
study.toml:83:1: unknown key "cutz"; did you mean "cuts"?`,
	},
	{
		name:   "key in capitals",
		change: []string{"seed = 7", "Seed = 7"},
		want: `
study.toml:4:1: unknown key "Seed"; did you mean "seed"?`,
	},
	{
		name:   "array of tables",
		change: []string{"[model.uniform]\n", "[[model]]\n"},
		want: `
study.toml:59:3: tables have names here: write [model.NAME] instead of [[model]]`,
	},
	{
		name:   "wrong types",
		change: []string{"seed = 7", "seed = \"7\"", "levels = [\"F\", \"M\"]", "levels = \"F, M\"", "within = true", "within = \"yes\"", "share = 0.5", "share = \"half\"", "min = 11", "min = true", "people = 2", "people = 2.5"},
		want: `
study.toml:4:1: "seed" must be a whole number, not text
study.toml:13:1: "share" must be a number, not text
study.toml:18:1: "levels" must be a list of texts in quotes, not text
study.toml:23:1: "min" must be a number, not true or false
study.toml:41:1: "within" must be true or false, not text
study.toml:65:11: "people" must be a whole number, not a decimal number`,
	},
	{
		name:   "wrong type in a list",
		change: []string{"levels = [\"F\", \"M\"]", "levels = [\"F\", 2]"},
		want: `
study.toml:18:16: an element of "levels" must be text in quotes, not a whole number`,
	},
	{
		name:   "bad names",
		change: []string{"[variable.seconds]", "[variable.Seconds]", "[persona.described]", "[persona.\"the described\"]"},
		want: `
study.toml:11:12: unknown column "seconds"; did you mean "Seconds"?
study.toml:26:11: "Seconds" is no name: names are lower-case letters, digits and underscores, and begin with a letter; did you mean "seconds"?
study.toml:49:10: "the described" is no name: names are lower-case letters, digits and underscores, and begin with a letter; did you mean "the_described"?
study.toml:71:11: unknown persona "described"; there are none, the described`,
	},
	{
		name:   "reserved names",
		change: []string{"[model.uniform]", "[model.people]", "[variable.seconds]", "[variable.sample]"},
		want: `
study.toml:11:12: unknown column "seconds"; there are id, w, gender, anger, situation, blame, sample, want, do, do_any, source, sample, rule, draw
study.toml:26:11: "sample" is a column of every frame; choose another name
study.toml:59:8: "people" is reserved and cannot name a model`,
	},
	{
		name:   "unknown type and role",
		change: []string{"type = \"number\"", "type = \"nubmer\"", "role = \"belief\"", "role = \"believe\""},
		want: `
study.toml:22:8: unknown type "nubmer"; there are binary, choice, ordinal, scale, number, count, text; did you mean "number"?
study.toml:31:8: unknown role "believe"; there are covariate, factor, belief, action, outcome; did you mean "belief"?`,
	},
	{
		name:   "unknown variable in a question",
		change: []string{"variable = \"want\"", "variable = \"wnat\""},
		want: `
study.toml:52:12: unknown variable "wnat"; did you mean "want"?`,
	},
	{
		name:   "unknown question",
		change: []string{"after = \"want\"", "after = \"wants\""},
		want: `
study.toml:56:9: unknown question "wants"; did you mean "want"?`,
	},
	{
		name:   "questions in a circle",
		change: []string{"variable = \"want\"", "variable = \"want\"\nafter = \"do\""},
		want: `
study.toml:53:9: question "want" comes after itself
study.toml:57:9: question "do" comes after itself`,
	},
	{
		name:   "unknown persona",
		change: []string{"persona = \"described\"", "persona = \"discribed\""},
		want: `
study.toml:71:11: unknown persona "discribed"; did you mean "described"?`,
	},
	{
		name:   "unknown model",
		change: []string{"name = \"uniform\"", "name = \"uniform\"\nlike = \"bse\""},
		want: `
study.toml:62:8: unknown model "bse"; did you mean "base"?`,
	},
	{
		name:   "like a model that is not there",
		change: []string{"[model.marginal_2]\nprovider = \"baseline\"\n", "[model.marginal_2]\nlike = \"unifrom\"\n"},
		want:   `study.toml:63:8: unknown model "unifrom"; did you mean "uniform"?`,
	},
	{
		name:   "like itself",
		change: []string{"[model.uniform]\nprovider = \"baseline\"\n", "[model.uniform]\nlike = \"marginal_2\"\n", "[model.marginal_2]\nprovider = \"baseline\"\n", "[model.marginal_2]\nlike = \"uniform\"\n"},
		want: `
study.toml:60:8: model "uniform" is like itself
study.toml:63:8: model "marginal_2" is like itself`,
	},
	{
		name:   "unknown provider and baseline",
		change: []string{"provider = \"simulated\"", "provider = \"simulate\"", "name = \"marginal\"", "name = \"marginals\""},
		want: `
study.toml:64:8: unknown baseline "marginals"; there are uniform, marginal, regression, hotdeck, rescaled; did you mean "marginal"?
study.toml:77:12: unknown provider "simulate"; there are baseline, recorded, simulated, openai, anthropic; did you mean "simulated"?`,
	},
	{
		name:   "unknown stratum",
		change: []string{"by = \"gender\"", "by = \"gendre\""},
		want: `
study.toml:14:6: unknown variable "gendre"; did you mean "gender"?`,
	},
	{
		name:   "stratum without levels",
		change: []string{"by = \"gender\"", "by = \"anger\""},
		want: `
study.toml:14:6: anger has no levels; people are drawn by a variable with levels: gender`,
	},
	{
		name:   "unknown analysis in a hypothesis",
		change: []string{"distance.'marginal_2", "distnace.'marginal_2"},
		want: `
study.toml:92:11: unknown analysis "distnace"; did you mean "distance"?`,
	},
	{
		name:   "hypothesis that is a number",
		change: []string{"js.hi < 0\"", "js.hi\""},
		want: `
study.toml:92:11: distance.'marginal_2-uniform'.do.js.hi is a number where true or false is asked for; compare it with something`,
	},
	{
		name:   "hypotheses that are none",
		change: []string{"decide = \"distance.'marginal_2-uniform'.do.js.hi < 0\"", "decide = \"distance\"\n[hypothesis.h2]\ntext = \"So.\"\ndecide = \"h1\"\nreject = \"h1 == 'suported'\"\np = \"abs(distance.base.js.p)\""},
		want: `
study.toml:92:11: distance is an analysis and no value; write an address of it, such as distance.people.STATISTIC
study.toml:95:11: the verdict h1 is a text, not true or false; write h1 == 'supported'
study.toml:96:17: "suported" is no verdict; there are supported, not supported, inconclusive; did you mean "supported"?
study.toml:97:5: p is the address of one p-value, such as ANALYSIS.SOURCE.STATISTIC.p`,
	},
	{
		name:   "probabilities that cannot be kept",
		change: []string{"[question.want]", "[question.want]\nkeep = \"distribution\"", "[question.do]", "[question.do]\nkeep = \"distributon\"", "[variable.gender]", "[variable.p_want_no]\ntype = \"number\"\nis = \"anger + 1\"\n[variable.gender]"},
		want: `
study.toml:55:8: the probability of want = no would be the column p_want_no, and there is one of that name; choose another name
study.toml:59:8: unknown thing to keep "distributon"; there are distribution; did you mean "distribution"?`,
	},
	{
		name:   "families that are none",
		change: []string{"js.hi < 0\"", "js.hi < 0\"\nfamily = \"mian\"\n[hypothesis.h2]\ntext = \"So.\"\ndecide = \"distance.uniform.do.js > 0\"\nfamily = \"main\"\n[hypothesis.h3]\ntext = \"So.\"\ndecide = \"distance.uniform.do.js > 0\"\nfamily = \"main\"\np = \"distance.uniform.do.js.se\"\n[hypothesis.h4]\ntext = \"So.\"\ndecide = \"distance.uniform.do.js > 0\"\np = \"distance.uniform.do.js.p\"\n[family.main]\nmethod = \"holm\"\nalpha = 5\n[family.other]\nmethod = \"sequnce\""},
		want: `
study.toml:93:10: unknown family "mian"; did you mean "main"?
study.toml:94:13: h2 has no p, and the family main adjusts the p-values of its hypotheses; write p = "ANALYSIS.'a-b'.STATISTIC.p"
study.toml:102:5: distance.uniform.do.js.se is no p-value; its address ends in .p
study.toml:106:1: p is adjusted within a family, and this hypothesis has none; write family = "NAME" and [family.NAME] with its method
study.toml:109:9: alpha must be between 0 and 1, such as 0.05
study.toml:111:10: unknown method "sequnce"; there are sequence, holm, bh; did you mean "sequence"?`,
	},
	{
		name:   "one label for two levels",
		change: []string{"labels = [\"woman\", \"man\"]", "labels = [\"woman\"]"},
		want: `
study.toml:19:10: 1 label for 2 levels; every level has its label`,
	},
	{
		name:   "record without answers",
		change: []string{"columns = { do = \"do_twin\" }", "join = \"none\"\ncolumns = { gender = \"sex\" }", "id,situation,do_twin\n1,bus,yes\n1,store,no\n9,bus,yes", "id,situation,sex\n1,bus,F"},
		want: `
study.toml:76:1: model "twins" gives no answers: columns names none of want, do`,
	},
	{
		name:   "zero bytes",
		change: []string{"6,F,21,1,100,store,yes", "6,F,21,1,100,store,y\x00s"},
		want: `
people.csv:13:21: a zero byte stands here, as in no text; save the file as CSV in UTF-8`,
	},
	{
		name:   "rule that is no rule",
		change: []string{"js.hi < 0\"", "js.hi <\""},
		want: `
study.toml:92:51: the expression ends too early`,
	},
	{
		name:   "unknown column in a rule",
		change: []string{"\"seconds < 60\"", "\"secnds < 60\""},
		want: `
study.toml:11:12: unknown column "secnds"; did you mean "seconds"?`,
	},
	{
		name:   "unknown level in a rule",
		change: []string{"do != 'no'", "do != 'non'"},
		want: `
study.toml:38:13: "non" is no level of do; declared are no, perhaps, yes; did you mean "no"?`,
	},
	{
		name:   "derived in a circle",
		change: []string{"is = \"do != 'no'\"", "is = \"other == 1\"\n[variable.other]\ntype = \"number\"\nis = \"do_any + 1\""},
		want: `
study.toml:38:6: do_any is made of itself, by way of the columns that it is made of`,
	},
	{
		name:   "unknown placeholder",
		change: []string{"{{gender}}", "{{gendre}}", "{{situation}}", "{{situation.blam}}"},
		want: `
study.toml:50:19: unknown placeholder {{gendre}}; did you mean "gender"?
study.toml:53:9: unknown placeholder {{situation.blam}}; behind situation can be value, label, blame; did you mean "situation.blame"?`,
	},
	{
		name:   "open placeholder",
		change: []string{"{{gender}}", "{{gender"},
		want: `
study.toml:50:19: the placeholder that begins here is not closed by }}`,
	},
	{
		name:   "within factor in a persona",
		change: []string{"{{gender}}", "{{situation}}"},
		want: `
study.toml:50:19: {{situation}} changes from question to question and cannot stand in a persona`,
	},
	{
		name:   "answer in a prompt",
		change: []string{"\"Would you?\"", "\"You said {{want}}. Would you?\""},
		want: `
study.toml:57:18: {{want}} is an answer; {{answer.want}} quotes it`,
	},
	{
		name:   "misspelt attribute",
		change: []string{"blame = \"self\"", "blaem = \"self\""},
		want: `
study.toml:47:1: unknown key "blaem"; a further key of a level is an attribute, and every level must have it; did you mean "blame"?`,
	},
	{
		name:   "level without attribute",
		change: []string{"blame = \"self\"\n", ""},
		want: `
study.toml:45:25: level "store" has no blame, which other levels of situation have`,
	},
	{
		name:   "loopback without revision",
		change: []string{"revision = \"sha256:aa\"\n", ""},
		want: `
study.toml:66:8: model "base" is served on this machine, where nothing else says which weights it has; write revision = "sha256:..."`,
	},
	{
		name:   "key of another provider",
		change: []string{"provider = \"simulated\"", "provider = \"simulated\"\nneighbours = 3"},
		want: `
study.toml:78:1: neighbours has no meaning for provider simulated; it is for baseline`,
	},
	{
		name:   "missing keys",
		change: []string{"title = \"Small\"\n", "", "type = \"number\"\n", "", "text = \"Would you?\"\n", "", "kind = \"divergence\"\n", "", "provider = \"openai\"\n", ""},
		want: `
study.toml:2:2: study has no title; write title = "..."
study.toml:20:11: variable.anger has no type; write type = "ordinal"; there are binary, choice, ordinal, scale, number, count, text
study.toml:52:11: question.do has no text; write text = "Would you ...?"
study.toml:63:8: model.base has no provider; write provider = "baseline"; there are baseline, recorded, simulated, openai, anthropic
study.toml:81:11: analysis.distance has no kind; write kind = "..."; silico list analyses shows the kinds`,
	},
	{
		name:  "people file missing",
		files: map[string]string{"people.csv": "-", "peple.csv": "x"},
		want: `
study.toml:8:8: there is no people file "people.csv" in the study's folder; did you mean "peple.csv"?`,
	},
	{
		name:  "people file empty",
		files: map[string]string{"people.csv": ""},
		want: `
people.csv: the file is empty; it needs a line with the names of the columns and a row for each unit`,
	},
	{
		name:  "people file header only",
		files: map[string]string{"people.csv": "id,gender,anger,w,seconds,situation,want,do\n"},
		want: `
people.csv:1:1: the file has a header and no rows`,
	},
	{
		name:   "other bytes",
		change: []string{"file = \"people.csv\"", "file = \"people.csv\"\nsha256 = \"87a1141a2538e19bdfe0e81396583cadfe04de2ad82c58e072c77660f0110404\""},
		want: `
study.toml:9:10: people.csv has other bytes than declared: its sha256 is 32346d72211b1d6350a2be79d6876208cf9b8b1504b2483ad5393a03eff153bb, not 87a1141a2538e19bdfe0e81396583cadfe04de2ad82c58e072c77660f0110404; when the change is meant, write sha256 = "32346d72211b1d6350a2be79d6876208cf9b8b1504b2483ad5393a03eff153bb"`,
	},
	{
		name:   "digest that is none",
		change: []string{"file = \"people.csv\"", "file = \"people.csv\"\nsha256 = \"abc\""},
		want: `
study.toml:9:10: sha256 must be 64 hexadecimal digits; those of people.csv are 32346d72211b1d6350a2be79d6876208cf9b8b1504b2483ad5393a03eff153bb`,
	},
	{
		name:   "missing column",
		change: []string{"id,gender,anger", "id,gendr,anger"},
		want: `
study.toml:16:11: people.csv has no column "gender" for gender; did you mean "gendr"?`,
	},
	{
		name:   "missing mapped column",
		change: []string{"do = \"do_twin\"", "do = \"do_twn\""},
		want: `
study.toml:75:18: twins.csv has no column "do_twn" for do; did you mean "do_twin"?`,
	},
	{
		name:   "duplicate column",
		change: []string{"id,gender,anger", "id,gender,gender"},
		want: `
people.csv:1:11: column "gender" is there twice, as columns 2 and 3; rename one of them`,
	},
	{
		name:   "same unit twice",
		change: []string{"2,F,30,1,100,store,NA,yes", "2,F,30,1,100,bus,NA,yes"},
		want: `
people.csv:5:1: row 4, column id: the same unit as row 3: respondent 2, situation bus; a person has one row for each combination of the within factors`,
	},
	{
		name:   "covariate that varies",
		change: []string{"3,M,25,2,100,store", "3,M,26,2,100,store"},
		want: `
people.csv:7:5: row 6, column anger: anger of respondent 3 is "26" here and "25" in row 5; a covariate is one value a person`,
	},
	{
		name:   "weight that varies and is negative",
		change: []string{"3,M,25,2,100,store", "3,M,25,-2,100,store"},
		want: `
people.csv:7:8: row 6, column w: the weight -2 is negative
people.csv:7:8: row 6, column w: w of respondent 3 is "-2" here and "2" in row 5; the weight is one value a person`,
	},
	{
		name:    "attribute that contradicts",
		prepare: func(t *testing.T) { write(t, "people.csv", blamed()) },
		want: `
people.csv:13:32: row 12, column blame: blame is "other" here, and the level store of situation declares blame = "self"`,
	},
	{
		name:   "undeclared level",
		change: []string{"4,M,11,1,100,bus,perhaps,no", "4,M,11,1,100,bus,perhasp,no"},
		want: `
people.csv:8:18: row 7, column want: "perhasp" is no level of want; declared are no, perhaps, yes; did you mean "perhaps"?`,
	},
	{
		name:   "number out of range",
		change: []string{"5,F,44,1,30,bus", "5,F,45,1,30,bus"},
		want: `
people.csv:10:5: row 9, column anger: 45 is above the max of anger, 44`,
	},
	{
		name:   "no number",
		change: []string{"1,F,20,1,100,bus", "1,F,\"20,5\",1,x,bus"},
		want: `
people.csv:2:5: row 1, column anger: "20,5" is no number; decimals are written with a point
people.csv:2:14: row 1, column seconds: "x" is no number; a code that means missing is declared with missing = ["x"]`,
	},
	{
		name:   "NaN and Inf",
		change: []string{"2,F,30,1,100,bus", "2,F,NaN,1,Inf,bus"},
		want: `
people.csv:4:5: row 3, column anger: "NaN" is no finite number; a code that means missing is declared with missing = ["NaN"]
people.csv:4:11: row 3, column seconds: "Inf" is no finite number; a code that means missing is declared with missing = ["Inf"]`,
	},
	{
		name:   "ragged row",
		change: []string{"2,F,30,1,100,bus,no,no", "2,F,30,1,100,bus,no"},
		want: `
people.csv:4:1: row 3 has 7 fields, and the header has 8`,
	},
	{
		name:   "open quote",
		change: []string{"2,F,30,1,100,bus", "2,\"F,30,1,100,bus"},
		want: `
people.csv:4:1: a quote " that begins in this row is not closed`,
	},
	{
		name:   "bare quote",
		change: []string{"2,F,30,1,100,bus", "2,F\"x,30,1,100,bus"},
		want: `
people.csv:4:4: a quote " stands inside a field without quotes; put quotes around the field and write the one inside twice`,
	},
	{
		name:    "CSV of other bytes than UTF-8",
		prepare: func(t *testing.T) { write(t, "people.csv", strings.Replace(people, "2,F", "2,\xc4", 1)) },
		want: `
people.csv:4:3: the file is not valid UTF-8 from here on; save it as UTF-8`,
	},
	{
		name:   "missing id and factor level",
		change: []string{"1,F,20,1,100,bus,no,no", "1,F,20,1,100,,no,no", "4,M,11,1,100,bus", "NA,M,11,1,100,bus", "6,F,21,1,100,bus", ",F,21,1,100,bus"},
		want: `
people.csv:2:14: row 1, column situation: the level of situation is missing, and every row needs it
people.csv:12:1: row 11, column id: the respondent is missing, and every row needs it`,
	},
	{
		name:   "draw that cannot be made",
		change: []string{"people = 2, seed = 1", "people = 79"},
		want: `
study.toml:65:20: 79 people cannot be drawn: the pilot has 3`,
	},
	{
		name:   "draw that is not equal",
		change: []string{"people = 2, seed = 1", "people = 3, sample = \"equal\", by = \"gender\""},
		want: `
study.toml:65:20: 3 people cannot be drawn equally from the 2 levels of gender; take a multiple of 2`,
	},
	{
		name:   "draw without pilot",
		change: []string{"[people.pilot]\nshare = 0.5\nby = \"gender\"\n", ""},
		want: `
study.toml:62:1: model "marginal_2" learns from people, and there is no [people.pilot] of those who may be learned from; write it with share = 0.5`,
	},
	{
		name:   "several draws without pilot",
		change: []string{"[people.pilot]\nshare = 0.5\nby = \"gender\"\n", "", "[model.base]", "[model.marginal_3]\nlike = \"marginal_2\"\nlabel = \"three\"\ntrain = { people = 3 }\n[model.base]"},
		want: `
study.toml:62:1: model "marginal_2" and 1 other learn from people, and there is no [people.pilot] of those who may be learned from; write it with share = 0.5`,
	},
	{
		name:   "share that leaves nobody",
		change: []string{"share = 0.5", "share = 1.5", "[model.base]", "[model.marginal_3]\nlike = \"marginal_2\"\nlabel = \"three\"\ntrain = { people = 3 }\n[model.base]"},
		want: `
study.toml:13:9: share must be between 0 and 1, so that there are people to learn from and people to compare with`,
	},
	{
		name:   "weight that is a variable",
		change: []string{"weight = \"w\"", "weight = \"anger\""},
		want: `
study.toml:21:11: weight = "anger" of [people] declares this column already; take [variable.anger] out`,
	},
	{
		name:   "weights that are all zero",
		change: []string{"weight = \"w\"", "weight = \"seconds\"", "[variable.seconds]\ntype = \"number\"\n", "", "speeder = \"seconds < 60\"", "", "2,F,30,1,100,store", "2,F,30,1,0,store"},
		files:  map[string]string{"people.csv": strings.NewReplacer(",100,", ",0,", ",30,bus", ",0,bus", ",30,store", ",0,store").Replace(people)},
		want: `
study.toml:9:10: every weight in the evaluation sample is 0, so that nobody counts; name another column, or leave weight out`,
	},
	{
		name:   "rules that leave nobody",
		change: []string{"seconds < 60", "seconds > 0"},
		want: `
study.toml:7:2: the rules of [people.exclude] leave nobody`,
	},
	{
		name:   "where that keeps nothing",
		change: []string{"file = \"people.csv\"", "file = \"people.csv\"\nwhere = \"seconds > 1000\""},
		want: `
study.toml:9:9: the rule keeps no row of people.csv`,
	},
	{
		name:   "path out of the folder",
		change: []string{"\"references.bib\"", "\"../references.bib\"", "\"twins.csv\"", "\"/etc/passwd\""},
		want: `
study.toml:5:16: "../references.bib" leads out of the study's folder; a study reads only files below it
study.toml:74:8: "/etc/passwd" is an absolute path; a study reads only files below its own folder, named from there`,
	},
	{
		name:  "fields between semicolons",
		files: map[string]string{"people.csv": strings.ReplaceAll(people, ",", ";")},
		want:  `people.csv:1:1: the fields are not separated by commas; save the file as CSV with commas`,
	},
	{
		name:   "two models of one label",
		change: []string{"name = \"small\"", "name = \"small\"\nlabel = \"uniform (baseline)\"", "name = \"marginal\"", "name = \"marginal\"\nlabel = \"People\""},
		want:   `study.toml:70:9: readers could not tell this model from uniform: both are called "uniform (baseline)"; choose another label`,
	},
	{
		name:   "draws of a record",
		change: []string{"file = \"twins.csv\"", "file = \"twins.csv\"\ndraws = 2"},
		want:   `study.toml:75:1: draws has no meaning for provider recorded; it is for baseline, simulated, openai, anthropic`,
	},
	{
		name:    "path to a folder",
		files:   map[string]string{"twins.csv": "-"},
		prepare: func(t *testing.T) { mkdir(t, "twins.csv") },
		want:    `study.toml:74:8: "twins.csv" is a folder or a device, not a file`,
	},
	{
		name:    "path out by a link",
		files:   map[string]string{"twins.csv": "-"},
		prepare: func(t *testing.T) { link(t, "twins.csv") },
		want: `
study.toml:74:8: "twins.csv" leads out of the study's folder by a symbolic link; a study reads only files below it`,
	},
	{
		name:   "people and respondents",
		change: []string{"[people]\n", "[respondents]\nn = 5\n[people]\n"},
		want: `
study.toml:7:2: a study has [people] or [respondents], not both`,
	},
	{
		name:   "effects that do not fit",
		change: []string{"cuts = [-1, 1]", "cuts = [1, -1, 2]", "coef = { anger = 0.1 }", "family = \"gaussian\"\nsd = -1", "formula = \"anger + want\"\n", ""},
		want: `
study.toml:79:8: want has 3 levels and 2 thresholds between them, and there are 3
study.toml:81:10: the family "gaussian" makes no answer of type ordinal, such as do
study.toml:83:1: cuts are for the family ordinal, not gaussian`,
	},
	{
		name:   "formulas of effects",
		change: []string{"formula = \"anger + want\"\ncoef = { anger = 0.1 }", "formula = \"anger + gendre + (want\"\ncoef = { anger = 0.1 }", "cuts = [-1, 1]", "cuts = [-1, 1]\nformula = \"angr\""},
		want: `
study.toml:80:12: unknown variable "angr"; did you mean "anger"?
study.toml:82:34: found the end where ) should close the parenthesis of column 18`,
	},
	{
		name:   "coefficients of effects",
		change: []string{"formula = \"anger + want\"\ncoef = { anger = 0.1 }", "formula = \"anger * gender\"\ncoef = { anger = 0.1, gendrM = 1, \"anger:genderM\" = 2, genderF = 3 }", "cuts = [-1, 1]", "cuts = [-1, 1]\nformula = \"do\""},
		want: `
study.toml:80:11: do is not known when want is answered; covariates, factors, attributes and earlier answers are
study.toml:83:23: the formula has no column "gendrM"; it has (Intercept), anger, genderM, anger:genderM; did you mean "genderM"?
study.toml:83:56: the formula has no column "genderF"; it has (Intercept), anger, genderM, anger:genderM; did you mean "genderM"?`,
	},
	{
		name:  "missing bibliography",
		files: map[string]string{"references.bib": "-", "refs.bib": ""},
		want: `
study.toml:5:16: there is no bibliography "references.bib" in the study's folder; did you mean "refs.bib"?`,
	},
	{
		name:   "unknown variables of baselines",
		change: []string{"name = \"uniform\"", "name = \"regression\"\ncovariates = [\"gender\", \"agner\", \"want\"]\ntrain = { share = 1.0 }", "name = \"marginal\"", "name = \"hotdeck\"\nmatch = [\"gendr\"]\nnearest = \"gender\"\nneighbours = -1"},
		want: `
study.toml:62:25: unknown variable "agner"; did you mean "anger"?
study.toml:62:34: want varies within a person or is not known of the person; covariates takes gender, anger
study.toml:67:10: unknown variable "gendr"; did you mean "gender"?
study.toml:68:11: gender has no order to be near in; match on it
study.toml:69:14: neighbours must be at least 1`,
	},
	{
		name:   "tables that are none",
		change: []string{"silico = 1\n", "silico = \"1\"\npersona = 3\n", "[persona.described]\n", "[personal.described]\n", "[model.uniform]\nprovider = \"baseline\"\nname = \"uniform\"\n", "[model]\nuniform = 3\n"},
		want: `
study.toml:1:1: "silico" must be a whole number, not text
study.toml:2:1: "persona" must be a table, written [persona], not a whole number
study.toml:50:2: unknown key "personal"; did you mean "persona"?
study.toml:61:1: "uniform" must be a table, written [model.uniform], not a whole number
study.toml:71:11: unknown persona "described"; there is only "none"`,
	},
	{
		name:   "levels that do not fit",
		change: []string{"levels = [\"F\", \"M\"]", "levels = [\"F\", \"M\", \"F\", \"\"]", "type = \"number\"\nmin = 11\nmax = 44", "type = \"count\"\nmin = -1.5\nmax = -2\nlevels = [\"a\"]", "is = \"do != 'no'\"", "is = \"do\"\ncolumn = \"x\""},
		want: `
study.toml:18:21: level "F" is there twice
study.toml:18:26: a level is empty, and an empty cell means a missing value; leave it out
study.toml:19:10: 2 labels for 4 levels; every level has its label
study.toml:23:7: a count has whole numbers, and min is none
study.toml:23:7: a count is never negative
study.toml:24:7: max is smaller than min
study.toml:25:1: a variable of type count has no levels; binary, choice and ordinal have
study.toml:39:6: the rule gives text, and a variable of type binary needs true or false
study.toml:40:1: do_any is derived by is and stands in no file; column has no meaning`,
	},
	{
		name:   "effect that is missing",
		change: []string{"[model.planted.effect.want]\ncuts = [-1, 1]\n", ""},
		want: `
study.toml:76:8: model "planted" has no effect for want; write [model.planted.effect.want]`,
	},
	{
		name:   "column declared twice",
		change: []string{"[variable.seconds]", "[variable.blame]\ntype = \"text\"\n[variable.seconds]"},
		want: `
study.toml:46:1: column "blame" is declared before, on line 26; choose another name`,
	},
}
