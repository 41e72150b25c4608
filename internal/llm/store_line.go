package llm

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// StoreFormat is the version of the files that answers are kept in. Readers
// read all versions up to it.
const StoreFormat = 1

// A file of answers is JSON lines. Each line holds the digest of the rest of
// it, so that a changed line is found without looking at any other:
//
//	{"digest":"…","silico":"answers","format":1}
//	{"digest":"…","key":"…","reply":{…},"request":{…}}
//
// The first line names the format. Members stand in this order and without
// spaces, so that opening a store needs no JSON parser: the digest vouches for
// the layout.

// digest is the first half of the SHA-256 of a line from behind its own digest
// to the closing brace.
type digest [sha256.Size / 2]byte

const (
	digestHead  = `{"digest":"`
	digestTail  = `",`
	headerHead  = `"silico":"answers","format":`
	keyHead     = `"key":"`
	replyHead   = `","reply":`
	requestHead = `,"request":{`
)

// Identity is the request of a kept answer: the fields that its key is the
// digest of.
type Identity struct {
	Version  int             `json:"version"` // of the description
	Provider string          `json:"provider"`
	Model    string          `json:"model"`
	Revision string          `json:"revision"`
	Path     string          `json:"path"`
	Opening  string          `json:"opening"`
	Turn     int             `json:"turn"`
	Draw     int             `json:"draw"`
	Attempt  int             `json:"attempt"`
	Body     json.RawMessage `json:"body"`
}

// identify returns the identity of a request.
func identify(r *Request, w Wire) Identity {
	return Identity{
		Version: KeyVersion, Provider: r.Provider, Model: r.Model, Revision: r.Revision, Path: w.Path, Body: json.RawMessage(w.Body),
		Opening: r.Place.Opening, Turn: r.Place.Turn, Draw: r.Place.Draw, Attempt: r.Place.Attempt,
	}
}

// Fields returns the description that the key of the answer is the digest of.
func (id *Identity) Fields() []Field {
	fields := Describe(
		&Request{Provider: id.Provider, Model: id.Model, Revision: id.Revision,
			Place: Place{Opening: id.Opening, Turn: id.Turn, Draw: id.Draw, Attempt: id.Attempt}},
		Wire{Path: id.Path, Body: string(id.Body)})
	fields[0].Value = strconv.Itoa(id.Version)
	return fields
}

// header returns the first line of a file.
func header() []byte {
	return seal([]byte(headerHead + strconv.Itoa(StoreFormat) + "}"))
}

// seal returns the line that ends with rest: the digest of rest before it, and
// a newline behind it.
func seal(rest []byte) []byte {
	d := digestOf(rest)
	line := make([]byte, 0, len(digestHead)+2*len(d)+len(digestTail)+len(rest)+1)
	line = append(line, digestHead...)
	line = hex.AppendEncode(line, d[:])
	line = append(line, digestTail...)
	line = append(line, rest...)
	return append(line, '\n')
}

func digestOf(rest []byte) digest {
	sum := sha256.Sum256(rest)
	return digest(sum[:])
}

// encode returns the line of an answer, newline included.
func encode(k Key, id Identity, reply *Reply) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // so that the body stays as it was sent
	err := e.Encode(struct {
		Key     string   `json:"key"`
		Reply   *Reply   `json:"reply"`
		Request Identity `json:"request"`
	}{k.String(), reply, id})
	if err != nil {
		return nil, err
	}
	rest := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	if body, ok := bytes.CutSuffix(rest, []byte("}}")); !ok || !bytes.HasSuffix(body, id.Body) {
		return nil, errors.New("the body of the request is not canonical JSON")
	}
	return seal(rest[1:]), nil
}

// line is a line of a file of answers, taken apart. The slices are parts of
// the line.
type line struct {
	digest digest
	key    Key
	reply  []byte
	rest   []byte // from the reply on
	whole  []byte // all of it; nil for one in the short form
	number int    // in its piece of the file, from 1
	format int    // of the header, 0 for an answer
}

// appendText appends the line as it was first written, in full.
func (l *line) appendText(b []byte) []byte {
	if l.whole != nil {
		return append(b, l.whole...)
	}
	b = append(b, digestHead...)
	b = hex.AppendEncode(b, l.digest[:])
	b = append(append(b, digestTail...), keyHead...)
	b = hex.AppendEncode(b, l.key[:])
	return append(append(b, replyHead...), l.rest...)
}

var errChanged = errors.New("the line is not as it was written")

// parse takes a line apart, without its newline. A line that is not as it was
// written is errChanged.
func parse(b []byte) (l line, err error) {
	b = bytes.TrimSuffix(b, []byte("\r")) // as some version control writes it
	if isShort(b) {
		return parseShort(b)
	}
	l.whole = b
	rest, ok := bytes.CutPrefix(b, []byte(digestHead))
	if !ok || len(rest) < 2*len(l.digest)+len(digestTail) {
		return l, errChanged
	}
	says := rest[:2*len(l.digest)]
	rest, ok = bytes.CutPrefix(rest[len(says):], []byte(digestTail))
	if !ok {
		return l, errChanged
	}
	l.digest = digestOf(rest)
	var is [2 * len(l.digest)]byte
	if hex.Encode(is[:], l.digest[:]); !bytes.Equal(is[:], says) { // digits, so that not even their case may change
		return l, errChanged
	}
	if format, ok := bytes.CutPrefix(rest, []byte(headerHead)); ok {
		l.format, err = strconv.Atoi(string(bytes.TrimSuffix(format, []byte("}"))))
		if err != nil || l.format < 1 {
			return l, errChanged
		}
		return l, nil
	}
	rest, ok = bytes.CutPrefix(rest, []byte(keyHead))
	if !ok || len(rest) < 2*len(l.key) {
		return l, errChanged
	}
	if _, err := hex.Decode(l.key[:], rest[:2*len(l.key)]); err != nil {
		return l, errChanged
	}
	if l.rest, ok = bytes.CutPrefix(rest[2*len(l.key):], []byte(replyHead)); !ok {
		return l, errChanged
	}
	if l.reply, _, ok = cutReply(l.rest); !ok {
		return l, errChanged
	}
	return l, nil
}

// cutReply returns the reply and the request of a line that is left from its reply
// on, false when they are not there.
func cutReply(rest []byte) (reply, request []byte, ok bool) {
	n := bytes.Index(rest, []byte(requestHead)) // in no string: its quotes would be escaped
	if n < 0 || rest[0] != '{' || rest[len(rest)-1] != '}' {
		return nil, nil, false
	}
	return rest[:n], rest[n+len(requestHead)-1 : len(rest)-1], true
}

// newer is the error of a file that a later version has written. To read past
// it would ask again what was answered.
func newer(file string, format int) error {
	return fmt.Errorf("%s is of format %d and this program reads up to %d; a newer silico reads it", file, format, StoreFormat)
}
