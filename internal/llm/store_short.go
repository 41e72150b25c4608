package llm

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
)

// Digests and keys are chance to a compressor: in a packed file of answers with
// log-probabilities they would be half of it. So its lines are short:
//
//	{"digest":"…","reply":{…},"request":{…}}
//
// The key is that of the request, and of the digest of the whole line its first
// digits stand there, which still tell a line that was changed from one that
// was not, but for one in four thousand million.
const shortDigits = 8

const shortHead = `","reply":`

// shorten returns the short form of a line, or the line itself where that would
// not give it back.
func shorten(full []byte) []byte {
	l, err := parse(full)
	if err != nil || l.format > 0 {
		return full
	}
	_, rest, _ := bytes.Cut(full, []byte(replyHead))
	short := make([]byte, 0, len(full))
	short = append(short, full[:len(digestHead)+shortDigits]...)
	short = append(append(short, shortHead...), rest...)
	if back, err := parse(short); err != nil || !bytes.Equal(back.appendText(nil), full) {
		return full
	}
	return short
}

// parseShort takes a line in the short form apart. Its digest is that of the line
// in full, which is digested without being put together.
func parseShort(b []byte) (l line, err error) {
	says := b[len(digestHead) : len(digestHead)+shortDigits]
	l.rest = b[len(digestHead)+shortDigits+len(shortHead):]
	reply, request, ok := cutReply(l.rest)
	if !ok {
		return l, errChanged
	}
	l.reply = reply
	if l.key, ok = keyOfRequest(request); !ok {
		return l, errChanged
	}
	var head [len(keyHead) + 2*len(l.key) + len(replyHead)]byte
	h := sha256.New()
	h.Write(append(hex.AppendEncode(append(head[:0], keyHead...), l.key[:]), replyHead...))
	h.Write(l.rest)
	var sum [sha256.Size]byte
	l.digest = digest(h.Sum(sum[:0]))
	if is := hex.AppendEncode(nil, l.digest[:shortDigits/2]); !bytes.Equal(is, says) {
		return l, errChanged
	}
	return l, nil
}

// isShort says whether a line is in the short form.
func isShort(b []byte) bool {
	from := len(digestHead) + shortDigits
	return len(b) > from+len(shortHead) && bytes.HasPrefix(b, []byte(digestHead)) && bytes.HasPrefix(b[from:], []byte(shortHead))
}

// keyOfRequest returns the key of a request as encode writes it.
func keyOfRequest(request []byte) (Key, bool) {
	c := cursor{rest: request}
	version := c.digits(`{"version":`)
	provider, model, revision := c.text(`,"provider":`), c.text(`,"model":`), c.text(`,"revision":`)
	path, opening := c.text(`,"path":`), c.text(`,"opening":`)
	turn, draw, attempt := c.digits(`,"turn":`), c.digits(`,"draw":`), c.digits(`,"attempt":`)
	c.skip(`,"body":`)
	body, ok := bytes.CutSuffix(c.rest, []byte("}"))
	if c.bad || !ok {
		return Key{}, false
	}
	b := descriptions.Get().(*[]byte) // as Describe and KeyOf have it
	defer descriptions.Put(b)
	*b = (*b)[:0]
	for _, f := range [...]struct {
		name  string
		value []byte
	}{
		{"version", version}, {"provider", provider}, {"model", model}, {"revision", revision}, {"path", path},
		{"body", body}, {"opening", opening}, {"turn", turn}, {"draw", draw}, {"attempt", attempt},
	} {
		*b = appendField(*b, f.name, f.value)
	}
	return sha256.Sum256(*b), true
}

// shortenAll copies lines in their short form.
func shortenAll(to io.Writer, from io.Reader) error {
	r := bufio.NewReaderSize(from, 1<<16)
	for {
		b, err := r.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return err
		}
		if full, whole := bytes.CutSuffix(b, []byte("\n")); whole {
			if _, err := to.Write(append(shorten(full), '\n')); err != nil {
				return err
			}
		} else if len(b) > 0 {
			return errors.New("the last line of a compacted file has no end")
		}
		if err == io.EOF {
			return nil
		}
	}
}
