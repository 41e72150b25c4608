package llm

import (
	"bufio"
	"bytes"
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
	if back, ok := lengthen(short); !ok || !bytes.Equal(back, full) {
		return full
	}
	return short
}

// lengthen returns the line of a short form, false when it is none or was
// changed.
func lengthen(short []byte) ([]byte, bool) {
	says := short[len(digestHead) : len(digestHead)+shortDigits]
	rest := short[len(digestHead)+shortDigits+len(shortHead):]
	n := objectEnd(rest)
	if n < 0 || !bytes.HasPrefix(rest[n:], []byte(requestHead)) || rest[len(rest)-1] != '}' {
		return nil, false
	}
	key, ok := keyOfRequest(rest[n+len(requestHead)-1 : len(rest)-1])
	if !ok {
		return nil, false
	}
	full := make([]byte, 0, len(short)+len(keyHead)+3*len(key))
	full = append(full, keyHead...)
	full = hex.AppendEncode(full, key[:])
	full = append(append(full, replyHead...), rest...)
	full = bytes.TrimSuffix(seal(full), []byte("\n"))
	return full, bytes.Equal(full[len(digestHead):len(digestHead)+shortDigits], says)
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
	return KeyOf([]Field{
		{"version", string(version)}, {"provider", string(provider)}, {"model", string(model)}, {"revision", string(revision)}, {"path", string(path)},
		{"body", string(body)}, {"opening", string(opening)}, {"turn", string(turn)}, {"draw", string(draw)}, {"attempt", string(attempt)},
	}), true
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
