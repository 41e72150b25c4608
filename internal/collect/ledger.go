package collect

import (
	"sync"

	"silico/internal/llm"
	"silico/internal/study"
)

// ledger holds what a run has cost and may still cost.
type ledger struct {
	budget float64 // USD, 0 for any

	mu       sync.Mutex
	paid     float64
	reserved float64 // for requests that are under way
	unpriced int
}

// bill is what one request may cost.
type bill struct {
	ledger   *ledger
	price    study.Price
	priced   bool
	reserved float64
}

// reserve takes what a request is likely to cost from the budget. It returns nil
// when the budget does not allow it.
func (l *ledger) reserve(m *askedModel, q question) *bill {
	b := &bill{ledger: l, price: m.price, priced: m.priced}
	b.reserved = cost(m.price, letters(q.Request)/perToken, 0, expected(q.Request))
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.budget > 0 && l.paid+l.reserved+b.reserved > l.budget {
		return nil
	}
	l.reserved += b.reserved
	return b
}

// settle writes the true cost down, nothing for a request without a reply, and
// returns it; nil when nobody knows it.
func (b *bill) settle(r *llm.Reply) *float64 {
	b.ledger.mu.Lock()
	defer b.ledger.mu.Unlock()
	b.ledger.reserved -= b.reserved
	switch {
	case r == nil:
		return nil
	case !b.priced:
		b.ledger.unpriced++
		return nil
	}
	usd := cost(b.price, r.Input, r.Cached, r.Output)
	b.ledger.paid += usd
	return &usd
}

func (l *ledger) spent() (usd float64, unpriced int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.paid, l.unpriced
}

// cost returns what tokens cost in USD.
func cost(p study.Price, input, cached, output int) float64 {
	const million = 1e6
	return (float64(input-cached)*p.Input + float64(cached)*p.Cached + float64(output)*p.Output) / million
}
