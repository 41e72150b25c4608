package study

import (
	"testing"

	"silico/internal/llm"
)

func TestWeighingsAreRememberedUpToABound(t *testing.T) {
	var ws weighings
	for range mostWeighings + 1 {
		key, w := heardWeights{reply: new(llm.Reply)}, new(weighing)
		ws.add(key, w)
		if ws.of(key) != w {
			t.Fatal("what a reply means is not remembered")
		}
		if len(ws.known) > mostWeighings {
			t.Fatalf("%d are remembered, want at most %d", len(ws.known), mostWeighings)
		}
	}
}
