package study

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// reading is a reply as it is searched for an answer.
type reading struct {
	text string // what was said, see plainly
	last bool   // the answer stands at the end: the model was told to think first
}

// finder looks for the value of a variable in words.
type finder interface {
	// strict reads words that say the answer and nothing else.
	strict(words string) (field string, ok bool)
	// scan finds the one answer that is named among other words. It finds none
	// where there are several, or where what is named is denied.
	scan(words string) (field string, ok bool)
}

// find returns the answer that a reply gives. It looks where answers stand: the
// whole reply; behind the words "answer:" or "answer is"; on a line of its own;
// and last anywhere among the words. Places of one kind that contradict each
// other give no answer, except that a model which was told to think first may
// change its mind. Loose says that the answer was found among other words.
func (r *reading) find(f finder) (field string, loose, ok bool) {
	if field, ok = f.strict(r.text); ok {
		return field, false, true
	}
	marked := behindMarks(r.text)
	if r.last && len(marked) > 0 {
		field, ok = either(f, marked[len(marked)-1])
		return field, false, ok
	}
	lines := strings.Split(r.text, "\n")
	if field, ok = agreed(marked, func(s string) (string, bool) { return either(f, s) }); ok || field != "" {
		return field, false, ok
	}
	if r.last {
		if field, ok = f.strict(lines[len(lines)-1]); ok {
			return field, false, true
		}
		field, ok = f.scan(lines[len(lines)-1])
		return field, true, ok
	}
	if field, ok = agreed(lines, f.strict); ok || field != "" {
		return field, false, ok
	}
	field, ok = f.scan(r.text)
	return field, true, ok
}

func either(f finder, words string) (string, bool) {
	if field, ok := f.strict(words); ok {
		return field, true
	}
	return f.scan(words)
}

// agreed returns what the places that have an answer agree upon. The field is
// not empty and ok is false when they contradict each other.
func agreed(places []string, read func(string) (string, bool)) (field string, ok bool) {
	for _, words := range places {
		switch one, found := read(words); {
		case !found:
		case ok && one != field:
			return field, false
		default:
			field, ok = one, true
		}
	}
	return field, ok
}

// behindMarks returns what stands behind each "answer:", "answer is" and
// "answer would be", up to the end of the line; the next line when that is
// empty.
func behindMarks(text string) []string {
	var all []string
	for rest := text; ; {
		i := strings.Index(rest, "answer")
		if i < 0 {
			return all
		}
		rest = strings.TrimLeft(rest[i+len("answer"):], " ")
		after, marked := strings.CutPrefix(rest, ":")
		for _, verb := range []string{"is", "would be", "="} {
			if more, ok := strings.CutPrefix(rest, verb); ok && !marked && !startsWithLetter(more) {
				after, marked = strings.TrimPrefix(strings.TrimLeft(more, " "), ":"), true
			}
		}
		if !marked {
			continue
		}
		line, _, _ := strings.Cut(strings.TrimLeft(after, " \n"), "\n")
		line, _, _ = strings.Cut(line, "answer") // the next one is its own
		all = append(all, strings.TrimSpace(line))
	}
}

func startsWithLetter(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r)
}

// plainly returns the words of a reply or of a label in the form in which they
// are compared: lower case, composed, straight apostrophes, single spaces,
// without quotation marks and the signs of Markdown. Lines stay lines; empty
// ones do not.
func plainly(s string) string {
	if !norm.NFC.IsNormalString(s) {
		s = norm.NFC.String(s)
	}
	b := make([]byte, 0, len(s))
	space := true // nothing before, or white space
	for i, r := range s {
		switch r {
		case '’', '‘', 'ʼ', '`', '´':
			if r == '`' {
				continue
			}
			r = '\''
		case '*', '"', '“', '”', '„', '«', '»', '\\', '\u200b', '\ufeff', '\u00ad':
			continue
		case '_', '#', '>', '|':
			r = ' '
		case '−', '‐', '‑':
			r = '-'
		case '\u00a0', '\u2009', '\u202f': // between digits they group thousands
			if before, after := edges(s, i, utf8.RuneLen(r)); before && after {
				continue
			}
			r = ' '
		}
		switch {
		case r == '\n':
			b = trimmedRight(b)
			if len(b) > 0 && b[len(b)-1] != '\n' {
				b = append(b, '\n')
			}
			space = true
		case unicode.IsSpace(r):
			if !space {
				b = append(b, ' ')
			}
			space = true
		case unicode.IsControl(r) || r == utf8.RuneError:
		default:
			b = utf8.AppendRune(b, unicode.ToLower(r))
			space = false
		}
	}
	b = trimmedRight(b)
	if len(b) > 0 && b[len(b)-1] == '\n' {
		b = b[:len(b)-1]
	}
	return string(b)
}

func trimmedRight(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] == ' ' {
		b = b[:len(b)-1]
	}
	return b
}

// edges says whether the characters around s[i:i+n] are digits.
func edges(s string, i, n int) (before, after bool) {
	return i > 0 && isDigit(s[i-1]), i+n < len(s) && isDigit(s[i+n])
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// word is one word of a text and the clause that it stands in.
type word struct {
	text   string
	from   int // offset
	clause int
}

// end returns the offset behind the word.
func (w word) end() int { return w.from + len(w.text) }

// wordsOf returns the words of a text: runs of letters, digits and apostrophes.
// Clauses end at punctuation, at the end of a line, and before words such as
// "but".
func wordsOf(text string) []word {
	var ws []word
	clause, from := 0, -1
	end := func(to int) {
		if from < 0 {
			return
		}
		w := word{strings.Trim(text[from:to], "'"), from + len(text[from:to]) - len(strings.TrimLeft(text[from:to], "'")), clause}
		from = -1
		switch w.text {
		case "":
			return
		case "but", "though", "although", "however", "yet", "so":
			clause++
			w.clause = clause
		}
		ws = append(ws, w)
	}
	for i, r := range text {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '\'':
			if from < 0 {
				from = i
			}
			continue
		}
		end(i)
		switch r {
		case '.', ',', ';', ':', '!', '?', '(', ')', '[', ']', '—', '–', '\n':
			clause++
		}
	}
	end(len(text))
	return ws
}

// denied says whether the words of the clause before ws[i] deny what follows.
func denied(ws []word, i int) bool {
	for k := i - 1; k >= 0 && ws[k].clause == ws[i].clause; k-- {
		switch w := ws[k].text; {
		case strings.HasSuffix(w, "n't"):
			return true
		default:
			switch w {
			case "not", "no", "never", "neither", "nor", "without", "cannot", "than", "instead", "nothing", "hardly", "dont", "wont", "wouldnt", "isnt", "cant":
				return true
			}
		}
	}
	return false
}
