package collect

import (
	"fmt"

	"silico/analysis/stat"
	"silico/internal/llm"
	"silico/internal/study"
)

// conversation is a session on its way: its place among the sessions of the
// plan, and what was said so far.
type conversation struct {
	*study.Session
	provider llm.Provider
	echoes   *echoes // nil where none are remembered
	opening  llm.Key
	draw     int32            // sessions with an equal opening before it
	said     study.Transcript // so far
	heard    []*echo          // of each request in it; nil for one in which chance has a part
	prints   []fingerprint    // of the replies, where a listener wants them
	owed     int              // answers, as a survey counted them
	lacking  []question       // that stop it, since they have no reply; none when it is over
	done     []study.Answer   // of a session that is over
	likeness likeness         // of a session that others may look like
	like     *conversation    // with the same words before it; nil for none

	first []question // its first questions, which the opening is made from
}

// question is a request as it is sent, with its keys, newest first.
type question struct {
	*llm.Request
	wire llm.Wire
	keys []llm.Key
	echo *echo // nil where chance has a part, or none are remembered
}

// begin makes the first questions of the session, and its opening.
func (c *conversation) begin() (err error) {
	if c.first, err = c.questions(); err != nil || len(c.first) == 0 {
		return err
	}
	q := &c.first[0]
	if err := c.put(q); err != nil {
		return err
	}
	c.opening = llm.Opening(q.Request, q.wire)
	return nil
}

// questions returns what is to be asked behind what was said; those in which
// chance has a part are without wire and keys.
func (c *conversation) questions() ([]question, error) {
	var list []question
	for _, r := range c.Next(c.said) {
		e, err := c.echoes.hear(r, c.provider)
		if err != nil {
			return nil, fmt.Errorf("model %s: %w", c.Model.Name, err)
		}
		q := question{Request: r, echo: e}
		if e != nil {
			q.wire, q.keys = e.wire, e.keys
		}
		list = append(list, q)
	}
	return list, nil
}

// next returns what is to be asked now; none when the session is over.
func (c *conversation) next() ([]question, error) {
	list := c.first
	c.first = nil
	if list == nil {
		var err error
		if list, err = c.questions(); err != nil {
			return nil, err
		}
	}
	for i := range list {
		q := &list[i]
		if q.echo != nil {
			continue
		}
		if q.Sampled {
			q.Place.Opening, q.Place.Draw = c.opening.String(), int(c.draw)
			q.sow()
		}
		if err := c.put(q); err != nil {
			return nil, err
		}
		q.keys = llm.Keys(q.Request, q.wire)
	}
	return list, nil
}

// put puts a question into the form of the provider, unless it is in it.
func (c *conversation) put(q *question) (err error) {
	if q.wire != (llm.Wire{}) {
		return nil
	}
	if q.wire, err = c.provider.Wire(q.Request); err != nil {
		return fmt.Errorf("model %s: %w", c.Model.Name, err)
	}
	return nil
}

// sow gives a question a seed of its own, drawn from that of the model and the
// place of the question. With one seed for all, a server would draw the same
// random numbers for everybody: people who look alike would give the same
// answers, and a reply that cannot be read would come again.
func (q *question) sow() {
	if q.Options.Seed == nil {
		return
	}
	p := q.Place
	rng := stat.NewStreams(*q.Options.Seed).At("seed of the server\x00"+p.Opening, uint64(p.Turn), uint64(p.Draw), uint64(p.Attempt))
	seed := int64(rng.Uint32() >> 1) // what every server takes
	q.Options.Seed, q.wire = &seed, llm.Wire{}
}

// hear adds the replies to questions, in their order.
func (c *conversation) hear(questions []question, replies []*llm.Reply) {
	for i, q := range questions {
		c.said = append(c.said, study.Exchange{Request: q.Request, Reply: replies[i]})
		c.heard = append(c.heard, q.echo)
	}
}

// fingerprints returns those of the replies so far.
func (c *conversation) fingerprints() []fingerprint {
	prints := make([]fingerprint, len(c.said))
	for i, e := range c.said {
		if echo := c.heard[i]; echo != nil {
			prints[i] = echo.print
		} else {
			prints[i] = fingerprintOf(e.Reply)
		}
	}
	return prints
}

// keys returns those of all requests so far, of every version.
func (c *conversation) keys() ([]llm.Key, error) {
	var keys []llm.Key
	for i, e := range c.said {
		if echo := c.heard[i]; echo != nil {
			keys = append(keys, echo.keys...)
			continue
		}
		q := question{Request: e.Request}
		if err := c.put(&q); err != nil {
			return nil, err
		}
		keys = append(keys, llm.Keys(q.Request, q.wire)...)
	}
	for _, q := range c.lacking {
		keys = append(keys, q.keys...)
	}
	return keys, nil
}

// recall goes on as far as replies are kept.
func (c *conversation) recall(store kept) error {
	if c.follow() {
		return nil
	}
	for {
		questions, err := c.next()
		if err != nil {
			return err
		}
		if len(questions) == 0 {
			c.done = c.Answers(c.said)
			return nil
		}
		replies := make([]*llm.Reply, len(questions))
		for i, q := range questions {
			var r *llm.Reply
			if q.echo != nil {
				r = q.echo.look(store)
			} else {
				r, _ = store.Look(q.keys...)
			}
			if r == nil {
				c.lacking = append(c.lacking, q)
			}
			replies[i] = r
		}
		if len(c.lacking) > 0 {
			return nil
		}
		c.hear(questions, replies)
	}
}

// answers returns what was answered so far, and how many answers it owes.
func (c *conversation) answers() (done []study.Answer, owed int) {
	if c.done != nil {
		return c.done, 0
	}
	done = c.Answers(c.said)
	if len(c.lacking) > 0 {
		owed = len(c.Cells) - len(done)
	}
	return done, owed
}
