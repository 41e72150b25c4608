package report

import "strings"

// Phrase is a line of words with values in it: a caption, a note under a table,
// the title of a callout.
type Phrase []Piece

// Piece is some words of a phrase, or one value of it.
type Piece struct {
	Words string
	Value *Value // nil for words
}

// String returns the phrase as readers see it.
func (p Phrase) String() string {
	var b strings.Builder
	for _, piece := range p {
		if piece.Value != nil {
			b.WriteString(piece.Value.Shown)
		} else {
			b.WriteString(piece.Words)
		}
	}
	return b.String()
}

// values returns the values of the phrase.
func (p Phrase) values() []*Value {
	var list []*Value
	for _, piece := range p {
		if piece.Value != nil {
			list = append(list, piece.Value)
		}
	}
	return list
}

// plainPhrase returns a phrase of words alone, whatever stands in them: what an
// analysis says of itself is no notebook text.
func plainPhrase(s string) Phrase { return Phrase{{Words: s}} }

// readPhrase reads words with values as they stand in a line of text,
// `{value} ADDRESS`. At is the offset of the words in the source.
func readPhrase(s string, at int) Phrase {
	var p Phrase
	words := func(to int) {
		if to > 0 {
			p = append(p, Piece{Words: s[:to]})
		}
	}
	for from := 0; ; {
		i := strings.Index(s[from:], "`{")
		if i < 0 {
			words(len(s))
			return p
		}
		i += from
		end := strings.IndexByte(s[i+1:], '`')
		content := s[i+1:]
		if end >= 0 {
			content = content[:end]
		}
		v := readValue(content, end >= 0)
		if v == nil {
			from = i + 2
			continue
		}
		v.SetPos(at + i)
		words(i)
		p = append(p, Piece{Value: v})
		cut := i + 1 + len(content)
		if end >= 0 {
			cut++
		}
		s, at, from = s[cut:], at+cut, 0
	}
}
