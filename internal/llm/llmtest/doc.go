// Package llmtest is a server of language models for tests and benches: it
// speaks the interfaces of OpenAI and Anthropic, answers by a rule instead of
// a model, and misbehaves on purpose.
//
// What it answers is a function of the request's body alone, so a study asked
// in any order and by any number of workers gets the same answers. A reply is
// drawn from a distribution over whole answers (Distribution), and the
// log-probabilities of tokens are those of that distribution, prefilled
// beginnings included: what a test finds from tokens can be compared with the
// truth.
//
// Which requests fail is drawn from Faults.Seed, the body and how often that
// body was seen, so a request that failed may pass when it is asked again.
//
// It is written for speed and imports no library of a provider: what it says
// is what the providers' documentation says that servers say.
package llmtest
