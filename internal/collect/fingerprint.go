package collect

import (
	"crypto/sha256"
	"encoding/binary"
	"math"

	"silico/internal/llm"
)

// fingerprint is the digest of what of a reply can reach a paper.
type fingerprint [sha256.Size]byte

// fingerprintOf digests the words of a reply, how it ended and the probabilities
// of its tokens, each framed by its length.
func fingerprintOf(r *llm.Reply) fingerprint {
	b := make([]byte, 0, 1024)
	for _, words := range []string{r.Text, r.Reasoning, string(r.Finish), r.Refusal} {
		b = appendFramed(b, words)
	}
	return sha256.Sum256(appendTokens(b, r.Tokens))
}

func appendFramed(b []byte, words string) []byte {
	return append(binary.LittleEndian.AppendUint64(b, uint64(len(words))), words...)
}

func appendTokens(b []byte, list []llm.Token) []byte {
	b = binary.LittleEndian.AppendUint64(b, uint64(len(list)))
	for _, t := range list {
		b = appendFramed(b, t.Text)
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(t.Logprob))
		b = appendTokens(b, t.Top)
	}
	return b
}
