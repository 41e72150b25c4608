package collect

import (
	"context"
	"errors"
	"fmt"
	"time"

	"silico/internal/llm"
)

// Batches is the folder of a store in which the batches that are under way are
// written down.
const Batches = "batches"

// batches asks by batches: many requests at once, which a server answers within
// a day and for less money.
//
// They go in rounds. A round hands over all that can be asked now, waits for
// the batches of it and of earlier runs, and keeps what they brought; the next
// one has what that leads to, and what a batch left. A batch is written down
// before it is handed over, and until its last reply is kept. A run can end at
// any moment: the next one finds the batches again.
type batches struct {
	*Run
	folder *llm.JobFolder
	models []*askedModel
	closed map[llm.Key]bool // questions that failed for good
	aside  map[string]bool  // batches, by tag, that this run cannot do with

	want map[llm.Key]wanted // what can be asked now
	list []llm.Item         // the same, in the order of the plan
	left int                // answers that are still lacking
}

// wanted is a question that a batch is to answer.
type wanted struct {
	question
	model *askedModel
	bill  *bill // nil until it is handed over
}

// longest is how long one call about a batch may take: there may be 200 MB to
// be sent.
const longest = 15 * time.Minute

// Batch asks as Do does, by batches. The folder is theirs alone. When ctx ends,
// the servers go on with the batches.
func (r *Run) Batch(ctx context.Context, folder *llm.JobFolder) error {
	r.tally.begin(r.survey)
	b := &batches{Run: r, folder: folder, closed: make(map[llm.Key]bool), aside: make(map[string]bool)}
	for _, o := range r.survey.Models {
		if len(o.pending) == 0 {
			continue
		}
		if _, err := batcher(o.Model.Provider); err != nil {
			return err
		}
		b.models = append(b.models, newAskedModel(r, o))
	}
	for {
		progress, err := b.round(ctx)
		switch {
		case err != nil:
			return err
		case b.left == 0:
			return nil
		case !progress:
			return b.giveUp()
		}
	}
}

// round hands over what can be asked now, and returns when nothing is under way
// any more. It says whether answers have come.
func (b *batches) round(ctx context.Context) (progress bool, err error) {
	if err := b.survey(); err != nil {
		return false, err
	}
	jobs, err := b.found(ctx)
	if err != nil {
		return false, err
	}
	fresh, err := b.handOver(ctx, jobs)
	if err != nil {
		return false, err
	}
	before := len(b.want)
	for _, j := range append(jobs, fresh...) {
		if err := b.await(ctx, j); err != nil {
			return false, err
		}
	}
	progress = len(b.want) < before
	return progress, b.survey()
}

// survey finds out what can be asked now.
func (b *batches) survey() error {
	lacking := b.left
	b.want, b.list, b.left = make(map[llm.Key]wanted), nil, 0
	for _, m := range b.models {
		for i := range m.pending {
			c, err := m.pending[i].resume(b.store)
			if err != nil {
				return err
			}
			_, owed := c.answers()
			b.left += owed
			for _, q := range c.lacking {
				key := q.keys[0]
				if _, twice := b.want[key]; twice || b.closed[key] {
					continue
				}
				b.want[key] = wanted{question: q, model: m}
				b.list = append(b.list, llm.Item{Key: key, Request: q.Request, Wire: q.wire})
			}
		}
	}
	if lacking > 0 {
		b.tally.answered(lacking - b.left)
	}
	return nil
}

// found returns the batches of earlier runs that are still under way. One that
// was written down and never reached its server is forgotten.
func (b *batches) found(ctx context.Context) ([]*llm.Job, error) {
	jobs, err := b.folder.Jobs()
	if err != nil {
		return nil, err
	}
	var under []*llm.Job
	for _, j := range jobs {
		if b.aside[j.Tag] {
			continue
		}
		p, err := batcher(j.Provider)
		if err != nil {
			return nil, err
		}
		if j.ID == "" {
			found := false
			err := b.insist(ctx, j, func(ctx context.Context) (err error) {
				found, err = p.Find(ctx, j)
				return err
			})
			if err != nil {
				return nil, err
			}
			if !found {
				if err := b.folder.Remove(j); err != nil {
					return nil, err
				}
				continue
			}
			if err := b.folder.Save(j); err != nil {
				return nil, err
			}
		}
		b.say("batch %q of %s, %s, is taken up again", j.ID, j.Model, count(len(j.Keys), "request"))
		under = append(under, j)
	}
	return under, nil
}

// handOver makes batches of what is wanted and not under way.
func (b *batches) handOver(ctx context.Context, under []*llm.Job) ([]*llm.Job, error) {
	busy := make(map[llm.Key]bool)
	for _, j := range under {
		for _, k := range j.Keys {
			busy[k] = true
		}
	}
	by := make(map[string][]llm.Item) // by provider
	for _, it := range b.list {
		if busy[it.Key] || !b.allowed(it.Key) {
			continue
		}
		by[it.Request.Provider] = append(by[it.Request.Provider], it)
	}
	var jobs []*llm.Job
	for _, name := range llm.Providers() {
		if len(by[name]) == 0 {
			continue
		}
		p, err := batcher(name)
		if err != nil {
			return nil, err
		}
		made, of := llm.NewJobs(p, by[name])
		for i, j := range made {
			handed, err := b.submit(ctx, p, j, of[i])
			if err != nil {
				return nil, err
			}
			if handed {
				jobs = append(jobs, j)
			}
		}
	}
	return jobs, nil
}

// allowed takes a question from the limit and the budget of the run.
func (b *batches) allowed(k llm.Key) bool {
	w := b.want[k]
	if w.bill = b.ledger.reserve(w.model, w.question); w.bill == nil {
		return false
	}
	if !b.tally.one() {
		w.bill.settle(nil)
		return false
	}
	b.want[k] = w
	return true
}

// submit hands one batch over, and says whether the server has taken it.
func (b *batches) submit(ctx context.Context, p llm.Batcher, j *llm.Job, items []llm.Item) (bool, error) {
	if err := b.folder.Save(j); err != nil {
		return false, err
	}
	tried := false
	err := b.insist(ctx, j, func(ctx context.Context) error {
		if tried { // the server may have taken it, and its word of that was lost
			if found, err := p.Find(ctx, j); err != nil || found {
				return err
			}
		}
		tried = true
		return p.Submit(ctx, j, items)
	})
	var refused *llm.Error
	if errors.As(err, &refused) && !refused.Kind.Passing() {
		return false, b.refuse(j, refused)
	}
	if err != nil {
		return false, err
	}
	b.say("batch %q of %s: %s handed over", j.ID, j.Model, count(len(items), "request"))
	return true, b.folder.Save(j)
}

// refuse gives up the questions of a batch that its server does not take.
func (b *batches) refuse(j *llm.Job, e *llm.Error) error {
	for _, k := range j.Keys {
		if w, ok := b.want[k]; ok {
			b.over(w)
			b.lose(w, e)
		}
	}
	b.say("a batch of %s is refused: %v", j.Model, e)
	return b.folder.Remove(j)
}

// over counts a question that this run has asked and whose batch has ended.
func (b *batches) over(w wanted) {
	if w.bill != nil {
		b.tally.over()
	}
}

// lose gives up a question for this run.
func (b *batches) lose(w wanted, e *llm.Error) {
	if w.bill != nil {
		w.bill.settle(nil)
	}
	b.tally.lose(w.model, w.question, e)
	b.closed[w.keys[0]] = true
}

// await waits until a batch has ended, and keeps its replies.
func (b *batches) await(ctx context.Context, j *llm.Job) error {
	p, err := batcher(j.Provider)
	if err != nil {
		return err
	}
	for j.State == llm.Working {
		if err := sleep(ctx, b.Poll); err != nil {
			return err
		}
		if err := b.insist(ctx, j, func(ctx context.Context) error { return p.Poll(ctx, j) }); err != nil {
			return err
		}
	}
	if j.State == llm.Failed {
		return b.refuse(j, &llm.Error{Kind: llm.BadRequest, Msg: "the server takes no part of it: " + j.Message})
	}
	return b.merge(ctx, p, j)
}

// merge keeps the replies of a batch that has ended.
func (b *batches) merge(ctx context.Context, p llm.Batcher, j *llm.Job) error {
	heard := make(map[llm.Key]bool)
	kept, strange := 0, 0
	err := b.insist(ctx, j, func(ctx context.Context) error {
		return p.Fetch(ctx, j, func(res llm.Result) error {
			if heard[res.Key] {
				return nil
			}
			heard[res.Key] = true
			w, ok := b.want[res.Key]
			if !ok {
				if _, known := b.store.Look(res.Key); !known && res.Reply != nil {
					strange++
				}
				return nil
			}
			got, err := b.take(w, res)
			if got {
				kept++
			}
			return err
		})
	})
	if err != nil {
		return err
	}
	b.say("batch %q of %s: %s kept, %d not answered", j.ID, j.Model, count(kept, "reply"), len(j.Keys)-kept)
	if strange > 0 {
		// They are paid for: nothing of them is thrown away unasked.
		b.say("it has %s to what this run does not ask: run again for all models, with the study as it was, or remove %s/%s/%s.json to do without them",
			count(strange, "reply"), Responses, Batches, j.Tag)
		b.aside[j.Tag] = true
		return nil
	}
	return b.folder.Remove(j)
}

// take keeps one result, and says whether it was a reply.
func (b *batches) take(w wanted, res llm.Result) (bool, error) {
	b.tally.sent()
	b.over(w)
	if res.Err != nil {
		b.tally.back(nil, res.Err)
		if !res.Err.Kind.Passing() {
			b.lose(w, res.Err)
		} else if w.bill != nil {
			w.bill.settle(nil)
		}
		return false, nil
	}
	b.tally.back(res.Reply, nil)
	if w.bill == nil { // of an earlier run
		w.bill = &bill{ledger: &b.ledger, price: w.model.price, priced: w.model.priced}
	}
	res.Reply.Price = w.bill.settle(res.Reply)
	if err := b.store.Keep(w.Request, w.wire, res.Reply); err != nil {
		return false, err
	}
	delete(b.want, res.Key)
	return true, nil
}

// giveUp says why no more answers come.
func (b *batches) giveUp() error {
	if b.tally.full() {
		return ErrLimit
	}
	for _, it := range b.list {
		w := b.want[it.Key]
		bill := b.ledger.reserve(w.model, w.question)
		if bill == nil {
			return ErrBudget
		}
		bill.settle(nil)
		b.tally.lose(w.model, w.question, &llm.Error{Kind: llm.Unanswered, Msg: "no batch has brought a reply"})
	}
	return nil
}

// insist carries out a call about a batch until it succeeds, fails for good, or
// has failed too often.
func (b *batches) insist(ctx context.Context, j *llm.Job, do func(context.Context) error) error {
	for failures := 1; ; failures++ {
		call, cancel := context.WithTimeout(ctx, longest)
		err := do(call)
		cancel()
		var e *llm.Error
		if !errors.As(err, &e) || !e.Kind.Passing() || failures == mostTries {
			return err
		}
		if err := sleep(ctx, backoff(failures, e.After, b.streams.At("batch/"+j.Tag, uint64(failures)))); err != nil {
			return err
		}
	}
}

// batcher returns the provider of a name, which must take batches.
func batcher(name string) (llm.Batcher, error) {
	p, _ := llm.Named(name)
	b, ok := p.(llm.Batcher)
	if !ok {
		return nil, fmt.Errorf("provider %s takes no batches; run without --batch", name)
	}
	return b, nil
}
