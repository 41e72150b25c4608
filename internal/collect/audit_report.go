package collect

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"

	"silico/analysis/stat"
	"silico/internal/llm"
	"silico/internal/study"
)

// AuditedItem compares what a model said to a question with what it says now.
type AuditedItem struct {
	Model      string `json:"model"`
	Question   string `json:"question"`
	Asked      int    `json:"asked"`       // answers that were chosen
	Answered   int    `json:"answered"`    // again
	SameWords  int    `json:"same_words"`  // of those without probabilities, whose words say nothing
	SameAnswer int    `json:"same_answer"` // the same status and value

	// Was and Now count the answers, by value or, when there is none, status.
	Was map[string]int `json:"was"`
	Now map[string]int `json:"now"`
	// Drift is the probability of a difference between Was and Now as large as
	// this one when the model has not changed: then each pair of answers might
	// as well have come the other way round. It is 1 when nothing differs.
	Drift float64 `json:"drift_p"`

	// The shift between the probabilities of the options, then and now, is half
	// the sum of their differences. Probabilities counts the answers that have
	// any.
	Probabilities int     `json:"probabilities"`
	MeanShift     float64 `json:"mean_shift"`
	MaxShift      float64 `json:"max_shift"`

	Changes []Change `json:"changes"` // answers that are others now
	Servers []Change `json:"servers"` // that call themselves otherwise now, each pair once

	pairs [][2]string
}

// Change is what was said and what is said now.
type Change struct {
	Cell string `json:"cell,omitempty"`
	Was  string `json:"was"`
	Now  string `json:"now"`
}

// Report compares what was said with what is said now, model by model and
// question by question in the order of the study.
func (a *Audit) Report() []*AuditedItem {
	type place struct {
		m *study.Model
		q *study.Question
	}
	items := make(map[place]*AuditedItem)
	for _, p := range a.picks {
		at := place{p.Model, p.Question}
		if items[at] == nil {
			items[at] = &AuditedItem{Model: p.Model.Name, Question: p.Question.Name, Was: make(map[string]int), Now: make(map[string]int), Changes: []Change{}, Servers: []Change{}}
		}
		items[at].Asked++
		if p.again != nil {
			items[at].compare(p, p.Name(a.study))
		}
	}
	var list []*AuditedItem
	streams := stat.NewStreams(a.study.Seed)
	for _, m := range a.study.Models {
		for _, q := range a.study.Questions {
			it := items[place{m, q}]
			if it == nil {
				continue
			}
			if it.Probabilities > 0 {
				it.MeanShift /= float64(it.Probabilities)
			}
			it.Drift = drift(it.pairs, streams.At("audit/drift/"+m.Name+"/"+q.Name, uint64(a.seed)))
			list = append(list, it)
		}
	}
	return list
}

func (it *AuditedItem) compare(p *pick, cell string) {
	it.Answered++
	was, is := told(p.Answer), told(p.again)
	it.Was[was]++
	it.Now[is]++
	it.pairs = append(it.pairs, [2]string{was, is})
	if was == is {
		it.SameAnswer++
	} else {
		it.Changes = append(it.Changes, Change{cell, was, is})
	}
	if shift, ok := shiftOf(p.Answer.P, p.again.P); ok {
		it.Probabilities++
		it.MeanShift += shift
		it.MaxShift = max(it.MaxShift, shift)
	} else if p.sameWords() {
		it.SameWords++
	}
	for i := range min(len(p.Asked), len(p.said)) {
		it.server(p.Asked[i].Reply, p.said[i].Reply)
	}
}

// sameWords says whether the replies are the same to the letter.
func (p *pick) sameWords() bool {
	return slices.EqualFunc(p.Asked, p.said, func(was Asked, now study.Exchange) bool {
		return was.Reply.Text == now.Reply.Text && was.Reply.Refusal == now.Reply.Refusal
	})
}

// server notes a server that calls itself otherwise.
func (it *AuditedItem) server(was, now *llm.Reply) {
	name := func(r *llm.Reply) string {
		if r.Print == "" {
			return r.Served
		}
		return r.Served + " (" + r.Print + ")"
	}
	c := Change{Was: name(was), Now: name(now)}
	if c.Was != c.Now && !slices.Contains(it.Servers, c) {
		it.Servers = append(it.Servers, c)
	}
}

// told returns an answer in a word.
func told(a *study.Answer) string {
	if a.Status != study.Answered {
		return string(a.Status)
	}
	return a.Field
}

// shiftOf returns half the sum of the differences between probabilities; ok is
// false where there are none.
func shiftOf(p, q []float64) (shift float64, ok bool) {
	if len(p) == 0 || len(p) != len(q) {
		return 0, false
	}
	for i := range p {
		shift += math.Abs(p[i]-q[i]) / 2
	}
	return shift, true
}

// drift tests whether the first and the second of many pairs have one
// distribution: the statistic is the sum over values of the squared difference
// of their counts, and its distribution comes from changing the places of each
// pair by chance (a permutation test, with the observed order among the
// permutations: Phipson and Smyth, 2010, doi:10.2202/1544-6115.1585).
func drift(pairs [][2]string, rng *rand.Rand) float64 {
	const permutations = 1999
	numbers := make(map[string]int)
	number := func(s string) int {
		if _, ok := numbers[s]; !ok {
			numbers[s] = len(numbers)
		}
		return numbers[s]
	}
	var differ [][2]int // equal pairs add nothing, whichever way round
	for _, p := range pairs {
		if p[0] != p[1] {
			differ = append(differ, [2]int{number(p[0]), number(p[1])})
		}
	}
	if differ == nil {
		return 1
	}
	balance := make([]int, len(numbers))
	statistic := func(turn func() bool) int {
		clear(balance)
		for _, p := range differ {
			step := 1
			if turn() {
				step = -1
			}
			balance[p[0]] += step
			balance[p[1]] -= step
		}
		sum := 0
		for _, b := range balance {
			sum += b * b
		}
		return sum
	}
	observed, as := statistic(func() bool { return false }), 1
	for range permutations {
		if statistic(func() bool { return rng.Uint64()&1 == 1 }) >= observed {
			as++
		}
	}
	return float64(as) / (permutations + 1)
}

// Answers returns the values of an item, then and now, sorted.
func (it *AuditedItem) Answers() []string {
	all := maps.Clone(it.Was)
	maps.Copy(all, it.Now)
	return slices.Sorted(maps.Keys(all))
}
