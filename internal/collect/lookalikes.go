package collect

import (
	"crypto/sha256"

	"silico/internal/study"
)

// lookalikes are the first conversations of a stretch with each words. Others with
// the same words take over what these were told, and are not gone through.
type lookalikes map[likeness]*conversation

// likeness is the digest of what a session is asked, zero where that depends on
// more than words.
type likeness [sha256.Size]byte

func likenessOf(s *study.Session) likeness {
	if w := s.Words(); w != nil {
		return sha256.Sum256(w)
	}
	return likeness{}
}

// meet gives a conversation the lookalike that came before it, or remembers it as
// the first with its words.
func (l lookalikes) meet(c *conversation) {
	if c.likeness == (likeness{}) {
		return
	}
	if c.like = l[c.likeness]; c.like == nil {
		l[c.likeness] = c
	}
}

// follow takes over what the lookalike was told, and says whether that is all: a
// lookalike that is not over, or whose answers are not probabilities, leads nowhere.
func (c *conversation) follow() bool {
	if c.like == nil || len(c.like.lacking) > 0 {
		return false
	}
	answers, ok := c.Like(c.like.done)
	if ok {
		c.done, c.said, c.heard, c.prints = answers, c.like.said, c.like.heard, c.like.prints
	}
	return ok
}
