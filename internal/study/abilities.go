package study

import (
	"fmt"

	"silico/internal/llm"
)

// At returns the problem of a key of the model, as Analysis.At does.
func (m *Model) At(key, msg string) Problem { return m.spec.at(key, msg) }

// Needs returns what the server of a model must be able to do, so that the
// questions can be asked in the way in which they want to be asked.
func (s *Study) Needs(m *Model) llm.Capabilities {
	can, _ := m.can()
	n := llm.Capabilities{Seed: m.Seed != nil, Completions: m.Template != ""}
	for _, q := range s.Questions {
		e := elicitationOf(m.elicit(q))
		n.Schema = n.Schema || e.schema != nil
		if e.weighs {
			n.Logprobs, n.Prefill = alternatives(can), can.Prefill
		}
	}
	return n
}

// Lacks returns what is wrong with asking a model whose server was found to
// have less than the questions need. Many servers leave out what they do not
// know without a word, and the answers look as if nothing had happened.
func (s *Study) Lacks(m *Model, has llm.Capabilities) Problems {
	need := s.Needs(m)
	var ps Problems
	tell := func(key, format string, args ...any) {
		ps = append(ps, m.At(key, fmt.Sprintf("the server of model %q ", m.Name)+fmt.Sprintf(format, args...)))
	}
	if need.Completions && !has.Completions {
		tell("template", "has no plain completions; take template out, and it is asked by chats")
		return ps // nothing else could be tried
	}
	switch most := s.mostWeighed(m); {
	case most > 0 && has.Logprobs == 0:
		tell("elicit", `gives no log-probabilities; start it so that it does (docs/models.md), or write elicit = "distribution" or "text"`)
	case has.Logprobs < most:
		tell("elicit", `tells the log-probabilities of %d tokens, and a question has %d options; start it so that it tells more, or write elicit = "distribution" or "text"`, has.Logprobs, most)
	case need.Prefill && !has.Prefill && m.Template == "":
		tell("prefill", `begins anew when it is to go on with an answer that was begun; write template = "chatml", or what the model was trained on, to ask it by plain completions, or prefill = false, which counts beginnings as far as they are plain (docs/asking.md)`)
	case need.Prefill && !has.Prefill:
		tell("prefill", `does not go on with an answer that was begun; write prefill = false, which counts beginnings as far as they are plain (docs/asking.md)`)
	}
	if need.Schema && !has.Schema {
		tell("elicit", `gives replies that do not follow a JSON schema; write elicit = "text"`)
	}
	if need.Seed && !has.Seed {
		tell("seed", "gives different answers to equal requests with one seed; take seed out: answers are kept, so no result depends on it")
	}
	return ps
}

// mostWeighed returns how many options the longest question has that a model is
// asked by log-probabilities, 0 when none is.
func (s *Study) mostWeighed(m *Model) int {
	most := 0
	for _, q := range s.Questions {
		if !elicitationOf(m.elicit(q)).weighs {
			continue
		}
		if o := optionsOf(s.schema.Variable(q.Variable)); o != nil {
			most = max(most, len(o.levels))
		}
	}
	return most
}
