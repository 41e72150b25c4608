package collect

import (
	"encoding/binary"
	"hash"
	"io"
	"math"

	"silico/internal/llm"
)

// fingerprint writes what of a reply can reach a paper: its words, how it ended
// and the probabilities of its tokens, each framed by its length.
func fingerprint(h hash.Hash, r *llm.Reply) {
	words := func(s string) {
		number(h, uint64(len(s)))
		io.WriteString(h, s)
	}
	words(r.Text)
	words(r.Reasoning)
	words(string(r.Finish))
	words(r.Refusal)
	var tokens func(list []llm.Token)
	tokens = func(list []llm.Token) {
		number(h, uint64(len(list)))
		for _, t := range list {
			words(t.Text)
			number(h, math.Float64bits(t.Logprob))
			tokens(t.Top)
		}
	}
	tokens(r.Tokens)
}

func number(h hash.Hash, n uint64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], n)
	h.Write(b[:])
}
