package study

import (
	"sync"

	"silico/internal/llm"
)

// weighings remember what replies mean that may be heard in many sessions.
type weighings struct {
	mu    sync.RWMutex
	known map[heardWeights]*weighing
}

// heardWeights is a reply to a question with its options in some order.
type heardWeights struct {
	reply *llm.Reply
	item  *item
	order int
}

// mostWeighings is how many are remembered at a time. Where no two people look
// alike there are a million, each of which would hold its reply.
const mostWeighings = 1 << 14

// of returns what a reply means, nil when that is not known.
func (ws *weighings) of(key heardWeights) *weighing {
	ws.mu.RLock()
	defer ws.mu.RUnlock()
	return ws.known[key]
}

func (ws *weighings) add(key heardWeights, w *weighing) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if ws.known == nil || len(ws.known) == mostWeighings {
		ws.known = make(map[heardWeights]*weighing)
	}
	ws.known[key] = w
}
