package llm

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"sync"
)

// KeyVersion is the version of the description that keys are digests of.
const KeyVersion = 1

// Key identifies a request: the SHA-256 of its description.
type Key [sha256.Size]byte

// String returns the key in hexadecimal.
func (k Key) String() string {
	var digits [2 * len(k)]byte
	hex.Encode(digits[:], k[:])
	return string(digits[:])
}

// MarshalText writes the key in hexadecimal.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads the key from hexadecimal.
func (k *Key) UnmarshalText(text []byte) (err error) {
	*k, err = ParseKey(string(text))
	return err
}

// ParseKey reads a key from hexadecimal.
func ParseKey(s string) (Key, error) {
	var k Key
	if len(s) != 2*len(k) {
		return k, fmt.Errorf("a key has %d hexadecimal digits, not %d", 2*len(k), len(s))
	}
	_, err := hex.Decode(k[:], []byte(s))
	return k, err
}

// Wire is a request as its provider sends it.
type Wire struct {
	Path string // below the endpoint, such as "chat/completions"
	Body string // canonical JSON: keys sorted, no spaces, so that equal requests are equal bytes
}

// Field is one named part of the description of a request.
type Field struct{ Name, Value string }

// Describe returns the description of a request of which its key is the
// digest, field by field: the version of the description, the provider, the
// model and its revision, path and body as sent, and the place. The endpoint,
// the API key and the time are no part of it.
func Describe(r *Request, w Wire) []Field {
	fields := describe(r, w)
	return fields[:]
}

func describe(r *Request, w Wire) [10]Field {
	return [...]Field{
		{"version", strconv.Itoa(KeyVersion)},
		{"provider", r.Provider},
		{"model", r.Model},
		{"revision", r.Revision},
		{"path", w.Path},
		{"body", w.Body},
		{"opening", r.Place.Opening},
		{"turn", strconv.Itoa(r.Place.Turn)},
		{"draw", strconv.Itoa(r.Place.Draw)},
		{"attempt", strconv.Itoa(r.Place.Attempt)},
	}
}

// KeyOf returns the digest of a description. Names and values are framed by
// their lengths, so no two descriptions have one form.
func KeyOf(fields []Field) Key {
	b := descriptions.Get().(*[]byte)
	defer descriptions.Put(b)
	*b = (*b)[:0]
	for _, f := range fields {
		*b = appendField(*b, f.Name, f.Value)
	}
	return sha256.Sum256(*b)
}

var descriptions = sync.Pool{New: func() any { return new([]byte) }}

func appendField[T string | []byte](b []byte, name string, value T) []byte {
	b = append(binary.AppendUvarint(b, uint64(len(name))), name...)
	return append(binary.AppendUvarint(b, uint64(len(value))), value...)
}

// Keys returns the keys of a request, newest version of the description first.
// A reply that was kept under a key of an older version is found by it: a new
// version adds its key in front and leaves those behind it as they are.
func Keys(r *Request, w Wire) []Key {
	fields := describe(r, w)
	return []Key{KeyOf(fields[:])}
}

// Opening returns the digest by which sessions are told to begin alike: that of
// the description of their first request without its place.
func Opening(r *Request, w Wire) Key {
	first := *r
	first.Place = Place{}
	fields := describe(&first, w)
	return KeyOf(fields[:])
}
