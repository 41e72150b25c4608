package llm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// body is a JSON object that is being written in canonical form: keys sorted,
// no spaces, strings escaped no more than JSON demands, numbers as short as
// they can be. Equal requests are equal bytes, and the bytes are part of the
// key: a change here is a new KeyVersion.
//
// Note: encoding/json was tried. A replay makes the body of every request
// anew, and the maps that sort its keys cost five times as much.
type body struct {
	members []member
	json    []byte // all members, one behind the other
}

// member is a key with its value.
type member struct {
	name     string
	from, to int // of the JSON
}

// newBody returns a body without members, in the memory of one that is done.
func newBody() *body {
	b := bodies.Get().(*body)
	b.members, b.json = b.members[:0], b.json[:0]
	return b
}

var bodies = sync.Pool{New: func() any { return new(body) }}

// key begins a member.
func (b *body) key(name string) {
	b.members = append(b.members, member{name: name, from: len(b.json)})
	b.json = append(appendText(b.json, name), ':')
}

func (b *body) text(name, value string) {
	b.key(name)
	b.json = appendText(b.json, value)
}

func (b *body) integer(name string, v int64) {
	b.key(name)
	b.json = strconv.AppendInt(b.json, v, 10)
}

func (b *body) number(name string, v float64) {
	b.key(name)
	b.json = strconv.AppendFloat(b.json, v, 'g', -1, 64)
}

func (b *body) messages(name string, m []Message) {
	b.key(name)
	b.json = appendMessages(b.json, m)
}

func (b *body) prompt(name string, t *template, m []Message) {
	b.key(name)
	p := prompt{append(b.json, '"')}
	t.render(&p, m)
	b.json = append(p.json, '"')
}

// raw adds a member whose value is JSON already, in pieces.
func (b *body) raw(name string, json ...string) {
	b.key(name)
	for _, piece := range json {
		b.json = append(b.json, piece...)
	}
}

// extra adds keys of the study's own. They may not say again what the options
// say, nor what would change the form of the reply.
func (b *body) extra(keys map[string]json.RawMessage, reserved ...string) error {
	for name, value := range keys {
		if slices.Contains(reserved, name) {
			return fmt.Errorf("the key %q of the request is not for a study to set; remove it from the model's extra keys", name)
		}
		if slices.ContainsFunc(b.members, func(m member) bool { return m.name == name }) {
			return fmt.Errorf("the key %q of the request is set twice, by an option of the model and by its extra keys; remove one", name)
		}
		canonical, err := canonicalJSON(value)
		if err != nil {
			return fmt.Errorf("the extra key %q of the request is no JSON: %w", name, err)
		}
		b.raw(name, canonical)
	}
	return nil
}

// done returns the object as written. The body is not to be used after it.
func (b *body) done() string {
	defer bodies.Put(b)
	for i := range b.members {
		b.members[i].to = len(b.json)
		if i > 0 {
			b.members[i-1].to = b.members[i].from
		}
	}
	slices.SortFunc(b.members, func(x, y member) int { return strings.Compare(x.name, y.name) })
	var out strings.Builder
	out.Grow(len(b.json) + len(b.members) + 2)
	out.WriteByte('{')
	for i, m := range b.members {
		if i > 0 {
			out.WriteByte(',')
		}
		out.Write(b.json[m.from:m.to])
	}
	out.WriteByte('}')
	return out.String()
}

func appendMessages(b []byte, messages []Message) []byte {
	b = append(b, '[')
	for i, m := range messages {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"content":`...)
		b = append(appendText(b, m.Text), `,"role":`...)
		b = append(appendText(b, m.Role), '}')
	}
	return append(b, ']')
}

// appendText writes a text as JSON: quote, backslash and control characters
// escaped, bytes that are no UTF-8 replaced by U+FFFD.
func appendText(b []byte, s string) []byte {
	return append(appendLetters(append(b, '"'), s), '"')
}

// appendLetters writes what stands between the quotes.
func appendLetters(b []byte, s string) []byte {
	const digits = "0123456789abcdef"
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if plain[c] {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				b = append(append(b, s[start:i]...), "\uFFFD"...)
				start = i + 1
			}
			i += size
			continue
		}
		b = append(b, s[start:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		}
		i++
		start = i
	}
	return append(b, s[start:]...)
}

// plain are the bytes that are characters of ASCII and stand in JSON as they are.
// It is a table, since a replay looks at every letter of every request.
var plain = func() (table [256]bool) {
	for c := range utf8.RuneSelf {
		table[c] = c >= 0x20 && c != '"' && c != '\\' && c != 0x7F
	}
	return table
}()

// quoted returns a text as JSON.
func quoted(s string) string { return string(appendText(nil, s)) }

// canonicalJSON returns JSON with keys sorted at every level and no spaces.
// Numbers stay as they are spelled. Schemas come again with every request, so
// what was found is kept.
func canonicalJSON(raw []byte) (string, error) {
	canonical.RLock()
	known, ok := canonical.of[string(raw)]
	canonical.RUnlock()
	if ok {
		return known, nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return "", err
	}
	if d.More() {
		return "", fmt.Errorf("more than one value")
	}
	var out strings.Builder
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", err
	}
	known = strings.TrimSuffix(out.String(), "\n")
	canonical.Lock()
	defer canonical.Unlock()
	if len(canonical.of) < 10_000 {
		canonical.of[string(raw)] = known
	}
	return known, nil
}

var canonical = struct {
	sync.RWMutex
	of map[string]string
}{of: make(map[string]string)}
