package study

// specModel is [model.NAME]: one source of answers besides the people, with
// one persona.
type specModel struct {
	// Where the answers come from: "baseline" (learned from people without a language model), "recorded" (a file), "simulated" (planted effects), "openai" (any server with that API) or "anthropic". Required, unless like has it.
	Provider string `toml:"provider"`
	// The model as its server knows it, or the method of a baseline: "uniform", "marginal", "regression" or "hotdeck".
	Name string `toml:"name"`
	// What readers see. Default: the model's name in this file; baselines and simulations are named as such.
	Label string `toml:"label"`
	// A model of this file whose keys are copied; keys given here win, and the label is not copied.
	Like string `toml:"like"`
	// The model of this file that this one was tuned from. Its keys are copied as by like, but for name, revision, label and train: name and revision come from the record that `silico tune` keeps.
	Base string `toml:"base"`
	// Digest or revision of the weights. Required for a server on this machine.
	Revision string `toml:"revision"`
	// Address of the server, such as "http://127.0.0.1:8080/v1".
	Endpoint string `toml:"endpoint"`
	// Sampling temperature; the server's own when absent.
	Temperature *float64 `toml:"temperature"`
	// Answers to each question of each unit. Default 1.
	Draws int `toml:"draws"`
	// The persona that is given; "none" says nothing of the respondent. Default "none".
	Persona string `toml:"persona"`
	// What it remembers of the conversation: "none" (each unit and each chain of questions stands alone), "full" (a respondent goes through all units and questions in one conversation), or a number of exchanges. Default "none".
	Memory any `toml:"memory"`
	// With a memory, the order in which a respondent goes through units and chains of questions: "file" or "random" (drawn for each respondent). Default "file".
	Order string `toml:"order"`
	// An attribute of the factors' levels that is said in the place of their texts, for prompts in other words. A factor whose levels do not have it keeps its texts.
	Wording string `toml:"wording"`
	// How often a question is asked again when the reply cannot be read. Default 0.
	Reask int `toml:"reask"`
	// How the answers are had, in the place of what the questions say: "text", "json", "logprobs" or "distribution".
	Elicit string `toml:"elicit"`
	// Whether the model thinks in words before it answers, in the place of what the questions say.
	Reasoning *bool `toml:"reasoning"`
	// Share of the probability from whose likeliest tokens is sampled; the server's own when absent.
	TopP *float64 `toml:"top_p"`
	// Most tokens of a reply; the server's own limit when absent.
	MaxTokens int `toml:"max_tokens"`
	// From which the seed of each request is drawn, for servers that sample with one.
	Seed *int64 `toml:"seed"`
	// For models without a chat interface: how a conversation becomes the prompt of a plain completion, such as "chatml".
	Template string `toml:"template"`
	// Whether the server goes on with an answer that was begun for it, which log-probabilities of answers of several tokens need. Default: whether its interface does; `silico run` finds out when the server does not.
	Prefill *bool `toml:"prefill"`
	// Further keys of the request, such as a server's own sampling parameters.
	Extra map[string]any `toml:"extra"`
	// Environment variable that holds the API key. Default: that of the provider. The key itself stands nowhere.
	KeyEnv string `toml:"key_env"`
	// How long to wait for a reply, in seconds. Default 120.
	TimeoutS float64 `toml:"timeout_s"`
	// Most requests a minute; as many as the server takes when absent.
	RequestsPerMinute int `toml:"requests_per_minute"`
	// Most tokens a minute, of prompts and replies; as many as the server takes when absent.
	TokensPerMinute int `toml:"tokens_per_minute"`
	// Most requests at a time; as many as the server takes when absent.
	Workers int `toml:"workers"`
	// The people of the pilot that it learned from.
	Train *specTrain `toml:"train"`
	// Of a tuned model, who trains it: "files" writes the training set for any trainer, "local" prints the command of the shipped recipe as well, "openai" trains through the provider's interface. Default "files".
	Trainer string `toml:"trainer"`
	// Of a tuned model: hyperparameters for the trainer.
	Tune *specTune `toml:"tune"`

	// Of recorded: the CSV file with the answers, below the study's folder. Required.
	File string `toml:"file"`
	// Of recorded: a rule over the file's own columns; other rows are left out.
	Where string `toml:"where"`
	// Of recorded: "id" when the rows belong to people of the people file, "none" when they are respondents of their own. Default "id".
	Join string `toml:"join"`
	// Of recorded: the column that identifies the respondent. Default: the id of people.
	ID string `toml:"id"`
	// Of recorded: for each variable the column of the file that has it. Default: every asked variable, or every belief, action and outcome where nothing is asked, and for join "none" every covariate, under its own name.
	Columns map[string]string `toml:"columns"`

	// Of the baseline regression: what it knows of the person. Default: all covariates.
	Covariates []string `toml:"covariates"`
	// Of the baseline hotdeck: the person drawn has the same values of these variables.
	Match []string `toml:"match"`
	// Of the baseline hotdeck: the person drawn is among the nearest in this variable.
	Nearest string `toml:"nearest"`
	// Of the baseline hotdeck: how many of the nearest to draw from. Default 5.
	Neighbours int `toml:"neighbours"`
	// Of the baseline rescaled: the model whose probabilities are rescaled, one that is asked for log-probabilities and kept with keep = "distribution". It is asked about the training people too. Required there.
	Of string `toml:"of"`

	// Of simulated: for each asked variable how its answer comes about, as [model.NAME.effect.VARIABLE]. Required.
	Effect map[string]specEffect `toml:"effect"`
}

// specTrain is train: the people that a model learned from. Random sets of one
// seed are prefixes of one permutation of the pilot.
type specTrain struct {
	// Number of people. Either this or share.
	People int `toml:"people"`
	// Share of the pilot, between 0 and 1. Either this or people.
	Share float64 `toml:"share"`
	// "random", or "equal" for as many people from each level of by. Default "random".
	Sample string `toml:"sample"`
	// With sample "equal": a covariate or between factor with levels.
	By string `toml:"by"`
	// Of a tuned model: the arms that are shown, as levels of factors: "bus", or "situation.bus" where two factors have a level of that name. All when absent.
	Arms []string `toml:"arms"`
	// Of a tuned model: whether prompts say who the respondent is. false goes with persona = "none". Default true.
	Demographics *bool `toml:"demographics"`
	// Which random permutation. Default 0.
	Seed int64 `toml:"seed"`
}

// specTune is tune: how a model is trained. What is absent is for the trainer
// to choose.
type specTune struct {
	// Times that each example is shown.
	Epochs int `toml:"epochs"`
	// Learning rate; of the openai trainer a multiplier of its own.
	LearningRate float64 `toml:"learning_rate"`
	// Examples a step.
	Batch int `toml:"batch"`
	// Rank of the low-rank adapters of the local recipe.
	Rank int `toml:"rank"`
	// Share of the training people held out for the loss curve, counted among those learned from. Default 0.1.
	Validation *float64 `toml:"validation"`
	// Seed of the trainer. Default 0.
	Seed int64 `toml:"seed"`
}

// specEffect is [model.NAME.effect.VARIABLE]: how one answer of a simulated
// participant comes about.
type specEffect struct {
	// Right side of a formula over covariates, factors and earlier answers, such as "anger + gender". Default: the intercept alone.
	Formula string `toml:"formula"`
	// Coefficients by the names of the design columns, such as "(Intercept)", "anger", "genderM"; others are 0.
	Coef map[string]float64 `toml:"coef"`
	// Of the family ordinal: the thresholds between the levels, ascending.
	Cuts []float64 `toml:"cuts"`
	// "gaussian", "binomial", "poisson", "ordinal" or "multinomial". Default: by the variable's type.
	Family string `toml:"family"`
	// Of the family gaussian: the residual standard deviation. Default 1.
	SD *float64 `toml:"sd"`
	// Standard deviation of the respondent's own level, shared over rows. Default 0.
	PersonSD float64 `toml:"person_sd"`
	// Of the family multinomial: coefficients of each level but the first.
	Levels map[string]map[string]float64 `toml:"levels"`
}
