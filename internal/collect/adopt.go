package collect

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"silico/internal/llm"
	"silico/internal/llm/foreign"
	"silico/internal/study"
)

// Adopted is what Adopt has done.
type Adopted struct {
	Kept  int `json:"kept"`  // replies that are answers of the study now
	Known int `json:"known"` // replies that were imported before
	// Left are replies that answer nothing that the study lacks.
	Left []foreign.Left `json:"left"`
	// Unsaid are settings of the study's requests of which the file says
	// nothing; they are taken to have been as the study has them.
	Unsaid []string `json:"unsaid"`
}

// AdoptingStore is where adopted replies are kept.
type AdoptingStore interface {
	Store
	Has(keys ...llm.Key) bool
}

// Adopt keeps replies that another program got as answers of a study: each
// answers one request that lacks a reply and has the same words, model and
// settings. Requests that differ in their draws alone take them in the order of
// the file. With model, the replies are those of that model of the study,
// whatever their file calls it. A reply is adopted once: importing the same
// again adds nothing.
//
// A conversation goes on with what was adopted, so the plan is gone through
// until nothing more is found.
func Adopt(ctx context.Context, s *study.Study, store AdoptingStore, format string, answers []foreign.Answer, model string, workers int) (*Adopted, error) {
	a := &adoption{study: s, store: store, model: model, unsaid: make(map[string]bool)}
	a.offer(format, answers)
	if err := EachTold(ctx, s, workers, a.recall); err != nil {
		return nil, err
	}
	for kept := -1; kept < a.done.Kept; {
		kept = a.done.Kept
		if err := EachTold(ctx, s, workers, a.fill); err != nil {
			return nil, err
		}
	}
	for _, o := range a.offers {
		if !o.taken {
			a.done.Left = append(a.done.Left, foreign.Left{Place: o.Place, Why: o.why})
		}
	}
	a.done.Unsaid = slices.Sorted(maps.Keys(a.unsaid))
	return &a.done, nil
}

type adoption struct {
	study  *study.Study
	store  AdoptingStore
	model  string
	offers []*offer            // in the order of the file
	by     map[string][]*offer // by what finds them
	marked map[string]*offer
	unsaid map[string]bool
	done   Adopted
}

// offer is a reply that may be adopted.
type offer struct {
	*foreign.Answer
	mark  string // by which it is known again
	taken bool
	why   string // it was not taken, last
}

// offer sorts replies by what a request can find them by. Their marks are
// digests of what they say, so that a reply is known again whatever file it
// comes in; equal ones are counted.
func (a *adoption) offer(format string, answers []foreign.Answer) {
	a.by, a.marked = make(map[string][]*offer), make(map[string]*offer)
	seen := make(map[string]int)
	for i := range answers {
		o := &offer{Answer: &answers[i], why: "no request of the plan that lacks an answer has these words"}
		said, err := json.Marshal([]any{o.ID, o.Cell, o.Model, o.Messages, o.Reply})
		if err != nil {
			panic("collect: an imported reply is no JSON: " + err.Error())
		}
		sum := sha256.Sum256(said)
		o.mark = format + " " + hex.EncodeToString(sum[:16])
		if seen[o.mark]++; seen[o.mark] > 1 {
			o.mark += "#" + strconv.Itoa(seen[o.mark])
		}
		o.Reply.Imported = o.mark
		a.offers, a.marked[o.mark] = append(a.offers, o), o
		for _, by := range o.names() {
			a.by[by] = append(a.by[by], o)
		}
	}
}

// names are what a request can find a reply by.
func (o *offer) names() (names []string) {
	if key, err := llm.ParseKey(o.ID); err == nil {
		names = append(names, "key "+key.String())
	}
	if o.Cell != "" {
		names = append(names, "cell "+o.Cell)
	}
	if o.Messages != nil {
		names = append(names, wordsOf(o.Messages))
	}
	return names
}

func wordsOf(m []llm.Message) string {
	b, err := json.Marshal(m)
	if err != nil {
		panic("collect: messages are no JSON: " + err.Error())
	}
	return "words " + string(b)
}

// recall takes the replies that were imported before off the offer.
func (a *adoption) recall(t *Told) error {
	for _, asked := range t.Asked {
		if asked.Reply == nil {
			continue
		}
		if o := a.marked[asked.Reply.Imported]; o != nil && !o.taken {
			o.taken = true
			a.done.Known++
		}
	}
	return nil
}

// fill looks for replies to the requests that have none.
func (a *adoption) fill(t *Told) error {
	if a.model != "" && t.Model.Name != a.model {
		return nil
	}
	for _, asked := range t.Asked {
		if asked.Reply != nil || a.store.Has(asked.Key) {
			continue
		}
		o := a.find(t, &asked)
		if o == nil {
			continue
		}
		if err := a.store.Keep(asked.Request, asked.Wire, &o.Reply); err != nil {
			return err
		}
		o.taken = true
		a.done.Kept++
	}
	return nil
}

// find returns the first reply that answers a request, nil for none.
func (a *adoption) find(t *Told, asked *Asked) *offer {
	for _, name := range []string{"key " + asked.Key.String(), "cell " + t.Name(a.study), wordsOf(asked.Request.Messages)} {
		for _, o := range a.by[name] {
			if o.taken {
				continue
			}
			unsaid, why := a.fits(o, asked)
			if why != "" {
				o.why = why
				continue
			}
			for _, setting := range unsaid {
				a.unsaid[setting] = true
			}
			return o
		}
	}
	return nil
}

// fits says why a reply does not answer a request whose words it has, "" when
// it does, and which settings it says nothing of.
func (a *adoption) fits(o *offer, asked *Asked) (unsaid []string, why string) {
	r := asked.Request
	if a.model == "" && o.Model != "" && o.Model != r.Model {
		return nil, fmt.Sprintf("it is of %q, and the study asks %q; --model says whose it is", o.Model, r.Model)
	}
	if r.Options.Logprobs > 0 && o.Reply.Tokens == nil {
		return nil, "it has no log-probabilities, which the study asks for"
	}
	if o.ID == asked.Key.String() {
		return nil, "" // the request itself
	}
	here, err := foreign.Settings([]byte(asked.Wire.Body))
	if err != nil {
		return nil, "the request of the study is no JSON object"
	}
	names := maps.Clone(here)
	maps.Copy(names, o.Said)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		mine, hasMine := here[name]
		said, hasSaid := o.Said[name]
		switch {
		case hasMine && hasSaid && sameValue(mine, said):
		case hasMine && !hasSaid && !o.Whole:
			unsaid = append(unsaid, name)
		case !hasMine:
			return nil, fmt.Sprintf("its %s is %s, and the study says none", name, said)
		case !hasSaid:
			return nil, fmt.Sprintf("it was asked without %s, and the study says %s", name, mine)
		default:
			return nil, fmt.Sprintf("its %s is %s, and that of the study %s", name, said, mine)
		}
	}
	return unsaid, ""
}

// sameValue compares JSON: numbers by their values.
func sameValue(a, b json.RawMessage) bool {
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return bytes.Equal(a, b)
	}
	p, err := json.Marshal(x)
	q, also := json.Marshal(y)
	return err == nil && also == nil && bytes.Equal(p, q)
}
