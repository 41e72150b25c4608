package stat

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
)

// Streams hands out named random streams. A stream depends on the seed, its
// name and its index alone, never on what was drawn before, on the order of
// the calls or on the number of workers, so that one more analysis in a study
// changes no number of another.
type Streams struct{ seed int64 }

// NewStreams returns the streams of a seed.
func NewStreams(seed int64) Streams { return Streams{seed} }

// Seed returns the seed.
func (s Streams) Seed() int64 { return s.seed }

// At returns a generator at the beginning of the named stream. Names of two
// kinds of use differ ("pilot", "bootstrap.distance"); the index tells
// replicates or rows apart. The generator is PCG-DXSM, seeded with the first
// 16 bytes of SHA-256 over the seed, the length and bytes of the name, and the
// index; it is not safe for concurrent use.
func (s Streams) At(name string, index ...uint64) *rand.Rand {
	b := make([]byte, 0, 16+len(name)+8*len(index))
	b = binary.BigEndian.AppendUint64(b, uint64(s.seed))
	b = binary.BigEndian.AppendUint64(b, uint64(len(name)))
	b = append(b, name...)
	for _, i := range index {
		b = binary.BigEndian.AppendUint64(b, i)
	}
	d := sha256.Sum256(b)
	return rand.New(rand.NewPCG(binary.BigEndian.Uint64(d[:8]), binary.BigEndian.Uint64(d[8:16])))
}
