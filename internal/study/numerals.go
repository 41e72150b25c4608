package study

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"silico/analysis/frame"
)

// numerals finds a number of a variable: digits with separators of thousands,
// a sign, a unit, or words such as "twenty-five".
type numerals struct {
	v    *frame.Variable
	read numberOf
}

// field returns a number as it stands in a file, when the variable can have it.
func (n numerals) field(x float64) (string, bool) {
	field := strconv.FormatFloat(x, 'f', -1, 64)
	if _, msg := n.read(n.v, field); msg != "" {
		return "", false
	}
	return field, true
}

// strict reads a number with at most a unit.
func (n numerals) strict(text string) (string, bool) {
	if strings.Trim(text, " .,;:!?'") == "one" {
		return n.field(1)
	}
	others := 0
	for _, w := range wordsOf(text) {
		if c := w.text[0]; !isDigit(c) && !approximate(w.text) && numberWord(w.text) < 0 {
			others++
		}
	}
	if others > 2 {
		return "", false
	}
	return n.scan(text)
}

// scan finds the one number that is named among other words. A number in a
// range, a bound ("at least 5"), a date, a rank or a denied one is none.
func (n numerals) scan(text string) (string, bool) {
	x, ok := oneNumber(text, n.v.Max)
	if !ok {
		return "", false
	}
	return n.field(x)
}

// numeral is a number in a text.
type numeral struct {
	x        float64
	from, to int
	bad      bool // looks like a number and cannot be told
}

// oneNumber returns the number that a text names, once or several times; false
// when it names none or several. "4 out of 5" is 4 when 5 is the top of the
// scale.
func oneNumber(text string, top float64) (float64, bool) {
	found := numeralsIn(text)
	ws := wordsOf(text)
	x, some := 0.0, false
	for i := 0; i < len(found); i++ {
		m := found[i]
		if m.bad || bounded(text[:m.from]) || deniedAt(ws, m.from) {
			return 0, false
		}
		if i+1 < len(found) && outOf(text[m.to:found[i+1].from]) {
			if found[i+1].x != top || found[i+1].bad {
				return 0, false
			}
			i++
		} else if rest := strings.TrimLeft(text[m.to:], " "); strings.HasPrefix(rest, "+") || strings.HasPrefix(rest, "or more") || strings.HasPrefix(rest, "or less") || strings.HasPrefix(rest, "or fewer") {
			return 0, false
		}
		if some && m.x != x {
			return 0, false
		}
		x, some = m.x, true
	}
	return x, some
}

// outOf says whether the words between two numbers make the second the top of
// a scale.
func outOf(between string) bool {
	switch strings.TrimSpace(between) {
	case "/", "out of", "of", "of a possible", "on a scale of":
		return true
	}
	return false
}

// bounded says whether a text ends in words that make the number behind it a
// bound.
func bounded(before string) bool {
	before = strings.TrimRight(before, " $€£")
	for _, b := range []string{"<", ">", "≤", "≥", "more than", "less than", "fewer than", "at least", "at most", "up to", "over", "under", "above", "below", "beyond", "between", "from", "maximum of", "minimum of", "max", "min"} {
		if rest, ok := strings.CutSuffix(before, b); ok {
			if r, _ := utf8.DecodeLastRuneInString(rest); !unicode.IsLetter(b0(b)) || !unicode.IsLetter(r) {
				return true
			}
		}
	}
	return false
}

func b0(s string) rune { r, _ := utf8.DecodeRuneInString(s); return r }

// deniedAt says whether what begins at an offset is denied by its clause.
func deniedAt(ws []word, from int) bool {
	for i, w := range ws {
		if w.end() > from {
			return denied(ws, i)
		}
	}
	return false
}

// numeralsIn returns the numbers of a text in their order.
func numeralsIn(text string) []numeral {
	var found []numeral
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case isDigit(text[i]):
			m := digitsAt(text, i)
			found = append(found, m)
			i = max(m.to, i+1)
		case unicode.IsLetter(r):
			m := spelled(text, i)
			if m.to > i {
				found = append(found, m)
				i = m.to
				continue
			}
			for i < len(text) { // a word, with the digits in it
				r, size := utf8.DecodeRuneInString(text[i:])
				if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' {
					break
				}
				i += size
			}
		default:
			i += size
		}
	}
	return found
}

// digitsAt reads the number whose digits begin at text[i].
func digitsAt(text string, i int) numeral {
	m := numeral{from: i}
	at := i
	digits := func() string {
		from := at
		for at < len(text) && isDigit(text[at]) {
			at++
		}
		return text[from:at]
	}
	number := digits()
	grouped := false
	for len(number) <= 3 || grouped {
		if at >= len(text) || text[at] != ',' && text[at] != '\'' {
			break
		}
		from := at
		at++
		if group := digits(); len(group) == 3 {
			number += group
			grouped = true
			continue
		}
		at = from
		break
	}
	if at+1 < len(text) && text[at] == '.' && isDigit(text[at+1]) {
		at++
		number += "." + digits()
	}
	if at+1 < len(text) && text[at] == 'e' && isDigit(text[at+1]) {
		at++
		number += "e" + digits()
	}
	// 1.200.000, 1,5, 10:30 and the like cannot be told.
	for at+1 < len(text) && strings.IndexByte(".,:'", text[at]) >= 0 && isDigit(text[at+1]) {
		m.bad = true
		at++
		digits()
	}
	var err error
	m.x, err = strconv.ParseFloat(number, 64)
	m.bad = m.bad || err != nil
	m.sign(text)
	m.to = at
	m.unit(text)
	if math.IsInf(m.x, 0) {
		m.bad = true
	}
	return m
}

// sign takes in a minus that stands before the digits. Behind a digit it makes
// a range, and behind a letter a name.
func (m *numeral) sign(text string) {
	if m.from == 0 || text[m.from-1] != '-' {
		return
	}
	if m.from == 1 || text[m.from-2] == ' ' || text[m.from-2] == '\n' || strings.IndexByte("(:$=", text[m.from-2]) >= 0 {
		m.x = -m.x
		m.from--
		return
	}
	r, _ := utf8.DecodeLastRuneInString(text[:m.from-1])
	m.bad = m.bad || unicode.IsLetter(r)
}

// unit takes in what follows the digits: a multiple, or the end of a rank.
func (m *numeral) unit(text string) {
	at := m.to
	for at < len(text) {
		r, size := utf8.DecodeRuneInString(text[at:])
		if !unicode.IsLetter(r) {
			break
		}
		at += size
	}
	glued := text[m.to:at]
	word, to := glued, at
	if glued == "" && m.to < len(text) && (text[m.to] == ' ' || text[m.to] == '-') {
		rest := text[m.to+1:]
		end := strings.IndexFunc(rest, func(r rune) bool { return !unicode.IsLetter(r) })
		if end < 0 {
			end = len(rest)
		}
		word, to = rest[:end], m.to+1+end
	}
	switch word {
	case "hundred":
		m.x, m.to = m.x*100, to
	case "k", "thousand":
		m.x, m.to = m.x*1000, to
	case "million":
		m.x, m.to = m.x*1e6, to
	case "billion":
		m.x, m.to = m.x*1e9, to
	case "dozen":
		m.x, m.to = m.x*12, to
	}
	switch glued {
	case "st", "nd", "rd", "th", "m", "b", "mn", "bn", "mio", "s":
		m.bad = true // a rank, a million or a metre, a decade
	}
	m.to = max(m.to, at)
}

func approximate(word string) bool {
	switch word {
	case "about", "around", "approximately", "roughly", "approx", "circa", "ca", "nearly", "almost", "maybe", "perhaps", "probably", "exactly", "say", "i'd", "i", "would":
		return true
	}
	return false
}

var numberWords = map[string]float64{
	"zero": 0, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
	"eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
	"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}

// numberWord returns the number that a word stands for, -1 for none. "One" is
// a pronoun as often as a number, and is none unless it is part of one.
func numberWord(word string) float64 {
	if x, ok := numberWords[word]; ok {
		return x
	}
	return -1
}

// spelled reads a number in words that begins at text[i], such as "twenty-five"
// or "two hundred and ten"; to is i when there is none.
func spelled(text string, i int) numeral {
	m := numeral{from: i, to: i}
	total, part, some := 0.0, 0.0, false
	for at := i; at < len(text); {
		end := at
		for end < len(text) && text[end] >= 'a' && text[end] <= 'z' {
			end++
		}
		word := text[at:end]
		x := numberWord(word)
		switch {
		case word == "one" && (some || followed(text[end:])):
			part++
		case x >= 0 && x < 10 && some && math.Mod(part, 10) != 0, x >= 10 && some && math.Mod(part, 100) != 0:
			m.bad = true // "two three"
			part = x
		case x >= 0:
			part += x
		case word == "hundred" && some:
			part *= 100
		case word == "thousand" && some:
			total, part = total+part*1000, 0
		case word == "million" && some:
			total, part = total+part*1e6, 0
		case word == "and" && some && part >= 100 && math.Mod(part, 100) == 0:
			if next := strings.TrimPrefix(text[end:], " "); numberWord(leading(next)) < 0 && leading(next) != "one" {
				m.x = total + part
				return m
			}
		default:
			m.x = total + part
			return m
		}
		if word != "and" {
			some = true
			m.to = end
		}
		if end >= len(text) || text[end] != ' ' && text[end] != '-' {
			break
		}
		at = end + 1
	}
	m.x = total + part
	return m
}

// followed says whether a word follows that makes "one" a number.
func followed(rest string) bool {
	switch leading(strings.TrimLeft(rest, " -")) {
	case "hundred", "thousand", "million":
		return true
	}
	return false
}

// leading returns the letters that a text begins with.
func leading(s string) string {
	end := strings.IndexFunc(s, func(r rune) bool { return r < 'a' || r > 'z' })
	if end < 0 {
		return s
	}
	return s[:end]
}
