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
type body []member

type member struct {
	name string
	json []byte
}

func (b *body) raw(name string, json []byte)      { *b = append(*b, member{name, json}) }
func (b *body) text(name, value string)           { b.raw(name, appendText(nil, value)) }
func (b *body) integer(name string, v int64)      { b.raw(name, strconv.AppendInt(nil, v, 10)) }
func (b *body) number(name string, v float64)     { b.raw(name, strconv.AppendFloat(nil, v, 'g', -1, 64)) }
func (b *body) messages(name string, m []Message) { b.raw(name, appendMessages(nil, m)) }

// extra adds keys of the study's own. They may not say again what the options
// say, nor what would change the form of the reply.
func (b *body) extra(keys map[string]json.RawMessage, reserved ...string) error {
	for name, value := range keys {
		if slices.Contains(reserved, name) {
			return fmt.Errorf("the key %q of the request is not for a study to set; remove it from the model's extra keys", name)
		}
		if slices.ContainsFunc(*b, func(m member) bool { return m.name == name }) {
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

// bytes returns the object as written.
func (b body) bytes() []byte {
	slices.SortFunc(b, func(x, y member) int { return strings.Compare(x.name, y.name) })
	n := 2
	for _, m := range b {
		n += len(m.name) + len(m.json) + 4
	}
	out := append(make([]byte, 0, n), '{')
	for i, m := range b {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(appendText(out, m.name), ':')
		out = append(out, m.json...)
	}
	return append(out, '}')
}

func appendMessages(b []byte, messages []Message) []byte {
	n := 2
	for _, m := range messages {
		n += len(m.Text) + len(m.Text)/16 + len(m.Role) + 26
	}
	b = append(slices.Grow(b, n), '[')
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
	const digits = "0123456789abcdef"
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				b = append(append(b, s[start:i]...), "\uFFFD"...)
				start = i + 1
			}
			i += size
			continue
		}
		if c >= 0x20 && c != '"' && c != '\\' && c != 0x7F {
			i++
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
	return append(append(b, s[start:]...), '"')
}

// canonicalJSON returns JSON with keys sorted at every level and no spaces.
// Numbers stay as they are spelled. Schemas come again with every request, so
// what was found is kept.
func canonicalJSON(raw []byte) ([]byte, error) {
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
		return nil, err
	}
	if d.More() {
		return nil, fmt.Errorf("more than one value")
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	known = bytes.TrimSuffix(out.Bytes(), []byte("\n"))
	canonical.Lock()
	defer canonical.Unlock()
	if len(canonical.of) < 10_000 {
		canonical.of[string(raw)] = known
	}
	return known, nil
}

var canonical = struct {
	sync.RWMutex
	of map[string][]byte
}{of: make(map[string][]byte)}
