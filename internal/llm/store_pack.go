package llm

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"sync"
	"time"
)

// A reply in memory is packed: a million of them are held while a paper is
// built, and each is unpacked once. Words and their log-probabilities become
// their fields one after the other, a quarter to a half of the JSON and decoded
// in a tenth of the time; anything else stays JSON.
const (
	packedJSON  = 0
	packedWords = 1
)

// names number the few texts that most replies share: why they ended, and what
// the server calls itself.
type names struct {
	mu      sync.RWMutex
	numbers map[string]uint64
	list    []string
}

func (n *names) number(s []byte) uint64 {
	n.mu.RLock()
	k, ok := n.numbers[string(s)]
	n.mu.RUnlock()
	if ok {
		return k
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if k, ok := n.numbers[string(s)]; ok {
		return k
	}
	if n.numbers == nil {
		n.numbers = make(map[string]uint64)
	}
	k = uint64(len(n.list))
	n.numbers[string(s)] = k
	n.list = append(n.list, string(s))
	return k
}

func (n *names) text(k uint64) string {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.list[k]
}

// pack appends the packed form of a reply to b.
func (n *names) pack(b, reply []byte) []byte {
	from := len(b)
	if b, ok := n.packWords(append(b, packedWords), reply); ok {
		return b
	}
	return append(append(b[:from], packedJSON), reply...)
}

// packWords packs a reply that is written as encode writes one: the members in
// the order of Reply, without spaces.
func (n *names) packWords(b, reply []byte) ([]byte, bool) {
	c := cursor{rest: reply}
	text := c.text(`{"text":`)
	finish := c.text(`,"finish":`)
	b = appendBytes(b, text)
	b = binary.AppendUvarint(b, n.number(finish))
	if c.has(`,"tokens":`) {
		c.skip(`,"tokens":`)
		b = c.tokens(b, true)
	} else {
		b = append(b, 0)
	}
	input, output := c.number(`,"input":`), c.number(`,"output":`)
	cached := uint64(0)
	if c.has(`,"cached":`) {
		cached = c.number(`,"cached":`)
	}
	served, fingerprint, id := c.optional(`,"served":`), c.optional(`,"fingerprint":`), c.optional(`,"request_id":`)
	says := c.text(`,"date":`)
	date, err := time.Parse(dateForm, string(says))
	var again [len(dateForm)]byte
	latency := c.number(`,"latency_ms":`)
	price := math.NaN()
	if c.has(`,"price":`) {
		price = c.real(`,"price":`)
	}
	if c.bad || err != nil || !bytes.Equal(date.UTC().AppendFormat(again[:0], dateForm), says) || string(c.rest) != "}" {
		return b, false
	}
	b = binary.AppendUvarint(b, input)
	b = binary.AppendUvarint(b, output)
	b = binary.AppendUvarint(b, cached)
	b = binary.AppendUvarint(b, n.number(served))
	b = binary.AppendUvarint(b, n.number(fingerprint))
	b = appendBytes(b, id)
	b = binary.AppendVarint(b, date.Unix())
	b = binary.AppendUvarint(b, latency)
	if math.IsNaN(price) {
		return b, true
	}
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(price)), true
}

// dateForm is how dates of replies are written, in UTC, to the second.
const dateForm = time.RFC3339

func appendBytes(b, s []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// unpack returns the reply that was packed, false when it is no reply.
func (n *names) unpack(b []byte) (*Reply, bool) {
	r := new(Reply)
	if b[0] == packedJSON {
		return r, json.Unmarshal(b[1:], r) == nil
	}
	p := packedReply{b: b[1:]}
	p.text = string(p.b)
	r.Text = p.words()
	r.Finish = Finish(n.text(p.number()))
	r.Tokens = p.tokens(true)
	r.Input, r.Output, r.Cached = int(p.number()), int(p.number()), int(p.number())
	r.Served, r.Print = n.text(p.number()), n.text(p.number())
	r.RequestID = p.words()
	date, k := binary.Varint(p.b)
	p.b = p.b[k:]
	r.Date = time.Unix(date, 0).UTC().Format(dateForm)
	r.LatencyMS = int64(p.number())
	if len(p.b) > 0 {
		price := p.real()
		r.Price = &price
	}
	return r, true
}

// packedReply is what is left of a packed reply while it is read.
type packedReply struct {
	b    []byte
	text string // all of it: the words of a reply are parts of one string
}

func (p *packedReply) number() uint64 {
	v, k := binary.Uvarint(p.b)
	p.b = p.b[k:]
	return v
}

func (p *packedReply) real() float64 {
	v := math.Float64frombits(binary.LittleEndian.Uint64(p.b))
	p.b = p.b[8:]
	return v
}

func (p *packedReply) words() string {
	k := p.number()
	from := len(p.text) - len(p.b)
	p.b = p.b[k:]
	return p.text[from : from+int(k)]
}

// tokens returns a list of tokens, with the alternatives to them when it has
// those; nil when it is empty.
func (p *packedReply) tokens(alternatives bool) []Token {
	var most [mostAlternatives]Token
	list := most[:0]
	for p.number() == 1 {
		t := Token{Text: p.words(), Logprob: p.real()}
		if alternatives {
			t.Top = p.tokens(false)
		}
		list = append(list, t)
	}
	if len(list) == 0 {
		return nil
	}
	return slices.Clone(list)
}

// mostAlternatives is how many alternatives servers mostly give at most.
const mostAlternatives = 20

// cursor reads JSON that is written in one way only. Anything unexpected makes
// it bad.
type cursor struct {
	rest []byte
	bad  bool
}

func (c *cursor) has(name string) bool { return bytes.HasPrefix(c.rest, []byte(name)) }

func (c *cursor) skip(name string) {
	if !c.has(name) {
		c.bad = true
		return
	}
	c.rest = c.rest[len(name):]
}

// text returns the text behind a name.
func (c *cursor) text(name string) []byte {
	c.skip(name)
	if c.bad || len(c.rest) == 0 || c.rest[0] != '"' {
		c.bad = true
		return nil
	}
	for i := 1; i < len(c.rest); i++ {
		switch c.rest[i] {
		case '\\':
			return c.escaped()
		case '"':
			s := c.rest[1:i]
			c.rest = c.rest[i+1:]
			return s
		}
	}
	c.bad = true
	return nil
}

// escaped returns a text that has escapes in it.
func (c *cursor) escaped() []byte {
	for i := 1; i < len(c.rest); i++ {
		switch c.rest[i] {
		case '\\':
			i++
		case '"':
			var s string
			c.bad = c.bad || json.Unmarshal(c.rest[:i+1], &s) != nil
			c.rest = c.rest[i+1:]
			return []byte(s)
		}
	}
	c.bad = true
	return nil
}

// optional returns the text behind a name, none when the name is not there or
// the text is empty.
func (c *cursor) optional(name string) []byte {
	if !c.has(name) {
		return nil
	}
	return c.text(name)
}

// tokens appends the packed form of a list of tokens to b: each behind a 1, with
// its log-probability and, where it may have some, its alternatives; a 0 ends
// the list.
func (c *cursor) tokens(b []byte, alternatives bool) []byte {
	for open := "["; !c.bad; open = "," {
		c.skip(open)
		b = appendBytes(append(b, 1), c.text(`{"t":`))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(c.real(`,"p":`)))
		switch {
		case !alternatives:
		case c.has(`,"top":`):
			c.skip(`,"top":`)
			b = c.tokens(b, false)
		default:
			b = append(b, 0)
		}
		c.skip("}")
		if c.has("]") {
			c.skip("]")
			break
		}
	}
	return append(b, 0)
}

// digits returns what may be a number behind a name.
func (c *cursor) digits(name string) []byte {
	c.skip(name)
	for end, d := range c.rest {
		if !c.bad && (d == ',' || d == '}') {
			s := c.rest[:end]
			c.rest = c.rest[end:]
			return s
		}
	}
	c.bad = true
	return nil
}

func (c *cursor) number(name string) uint64 {
	v, err := strconv.ParseUint(string(c.digits(name)), 10, 63)
	c.bad = c.bad || err != nil
	return v
}

func (c *cursor) real(name string) float64 {
	v, err := strconv.ParseFloat(string(c.digits(name)), 64)
	c.bad = c.bad || err != nil || math.IsNaN(v)
	return v
}
