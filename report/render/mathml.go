package render

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// mathML returns mathematics in TeX as MathML, which browsers show without a
// script: fractions, roots, scripts, sums with limits, accents, Greek, fonts,
// brackets that grow, cases and aligned lines. What it does not know it leaves
// as source in a code element, so that nothing is shown wrongly.
func mathML(tex string, display bool) string {
	p := &texParser{src: tex, display: display}
	body, ok := p.list("")
	if !ok {
		return `<code class="tex">` + text(tex) + "</code>"
	}
	mode := ""
	if display {
		mode = ` display="block"`
	}
	return "<math" + mode + `><semantics><mrow>` + body + `</mrow><annotation encoding="application/x-tex">` +
		text(tex) + "</annotation></semantics></math>"
}

// texParser reads TeX's mathematics by recursive descent.
type texParser struct {
	src     string
	i       int
	depth   int
	display bool
}

// atom is one thing that scripts can be put on.
type atom struct {
	ml     string
	limits bool // scripts stand above and below when displayed
	named  bool // a function: a thin space follows, unless a bracket does
}

// list reads atoms up to end: "}", "]", "&" with `\\` and \end in tables,
// \right, or "" for the end of the source. It does not take the end itself.
func (p *texParser) list(end string) (string, bool) {
	if p.depth++; p.depth > 40 {
		return "", false
	}
	defer func() { p.depth-- }()
	var b strings.Builder
	for {
		p.space()
		if p.i >= len(p.src) {
			return b.String(), end == ""
		}
		if end != "" && p.ends(end) {
			return b.String(), true
		}
		a, ok := p.atom()
		if !ok {
			return "", false
		}
		ml, ok := p.scripts(a)
		if !ok {
			return "", false
		}
		if a.named && b.Len() > 0 && !strings.HasSuffix(b.String(), "</mo>") && !strings.HasSuffix(b.String(), `em"/>`) {
			b.WriteString(`<mspace width="0.1667em"/>`)
		}
		b.WriteString(ml)
	}
}

// ends says whether a list ends here.
func (p *texParser) ends(end string) bool {
	rest := p.src[p.i:]
	if end == "&" {
		return rest[0] == '&' || strings.HasPrefix(rest, `\\`) || strings.HasPrefix(rest, `\end`)
	}
	if end == `\right` {
		return strings.HasPrefix(rest, end) && !strings.HasPrefix(rest, `\rightarrow`)
	}
	return strings.HasPrefix(rest, end)
}

func (p *texParser) space() {
	for p.i < len(p.src) && strings.IndexByte(" \t\r\n", p.src[p.i]) >= 0 {
		p.i++
	}
}

func (p *texParser) take(s string) bool {
	p.space()
	if strings.HasPrefix(p.src[p.i:], s) {
		p.i += len(s)
		return true
	}
	return false
}

// scripts reads ^, _ and primes behind an atom.
func (p *texParser) scripts(a atom) (string, bool) {
	var sub, sup, primes string
	for {
		p.space()
		if p.i >= len(p.src) {
			break
		}
		c := p.src[p.i]
		if c == '\'' {
			primes += "′"
			p.i++
			continue
		}
		if c != '^' && c != '_' {
			break
		}
		p.i++
		arg, ok := p.argument()
		if !ok || c == '^' && sup != "" || c == '_' && sub != "" {
			return "", false
		}
		if c == '^' {
			sup = arg
		} else {
			sub = arg
		}
	}
	if primes != "" {
		sup = "<mrow><mo>" + primes + "</mo>" + sup + "</mrow>"
	}
	names := [3]string{"msub", "msup", "msubsup"}
	if a.limits && p.display {
		names = [3]string{"munder", "mover", "munderover"}
	}
	ml := a.ml
	switch {
	case sub != "" && sup != "":
		ml = "<" + names[2] + ">" + ml + sub + sup + "</" + names[2] + ">"
	case sub != "":
		ml = "<" + names[0] + ">" + ml + sub + "</" + names[0] + ">"
	case sup != "":
		ml = "<" + names[1] + ">" + ml + sup + "</" + names[1] + ">"
	}
	if p.space(); a.named && p.i < len(p.src) && strings.IndexByte("([)]}&,", p.src[p.i]) < 0 && !strings.HasPrefix(p.src[p.i:], `\left`) {
		ml += `<mspace width="0.1667em"/>`
	}
	return ml, true
}

// argument reads one atom or a group in braces, as one element.
func (p *texParser) argument() (string, bool) {
	p.space()
	if p.i >= len(p.src) || p.src[p.i] == '}' || p.src[p.i] == '^' || p.src[p.i] == '_' || p.src[p.i] == '&' {
		return "", false
	}
	if p.src[p.i] >= '0' && p.src[p.i] <= '9' { // x^23 is x²3
		p.i++
		return "<mn>" + p.src[p.i-1:p.i] + "</mn>", true
	}
	a, ok := p.atom()
	return a.ml, ok
}

// group reads {…} as one element.
func (p *texParser) group() (string, bool) {
	if !p.take("{") {
		return "", false
	}
	body, ok := p.list("}")
	if !ok || !p.take("}") {
		return "", false
	}
	return "<mrow>" + body + "</mrow>", true
}

// raw reads the text of {…} as it stands.
func (p *texParser) raw() (string, bool) {
	if !p.take("{") {
		return "", false
	}
	depth, start := 1, p.i
	for ; p.i < len(p.src); p.i++ {
		switch p.src[p.i] {
		case '\\':
			p.i++
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				p.i++
				return p.src[start : p.i-1], true
			}
		}
	}
	return "", false
}

// atom reads a number, a letter, a sign, a group or a command.
func (p *texParser) atom() (atom, bool) {
	p.space()
	if p.i >= len(p.src) {
		return atom{}, false
	}
	switch c := p.src[p.i]; {
	case c == '{':
		ml, ok := p.group()
		return atom{ml: ml}, ok
	case c == '}' || c == '&' || c == '#' || c == '%' || c == '$':
		return atom{}, false
	case c == '^' || c == '_': // scripts on nothing
		return atom{ml: "<mrow></mrow>"}, true
	case c == '~':
		p.i++
		return atom{ml: `<mspace width="0.25em"/>`}, true
	case c == '\\':
		return p.command()
	case c >= '0' && c <= '9' || c == '.' && p.i+1 < len(p.src) && p.src[p.i+1] >= '0' && p.src[p.i+1] <= '9':
		start := p.i
		for p.i < len(p.src) && (p.src[p.i] >= '0' && p.src[p.i] <= '9' ||
			p.src[p.i] == '.' && p.i+1 < len(p.src) && p.src[p.i+1] >= '0' && p.src[p.i+1] <= '9') {
			p.i++
		}
		return atom{ml: "<mn>" + p.src[start:p.i] + "</mn>"}, true
	}
	r, n := utf8.DecodeRuneInString(p.src[p.i:])
	p.i += n
	switch {
	case unicode.IsLetter(r):
		return atom{ml: "<mi>" + string(r) + "</mi>"}, true
	case r == '-':
		return atom{ml: "<mo>−</mo>"}, true
	case r == '|':
		return atom{ml: `<mo stretchy="false">|</mo>`}, true
	case strings.ContainsRune("()[]", r):
		return atom{ml: `<mo stretchy="false">` + string(r) + "</mo>"}, true
	case r == '*':
		return atom{ml: "<mo>∗</mo>"}, true
	}
	return atom{ml: "<mo>" + text(string(r)) + "</mo>"}, true
}

// command reads a command and its arguments.
func (p *texParser) command() (atom, bool) {
	start := p.i
	p.i++
	if p.i >= len(p.src) {
		return atom{}, false
	}
	if c := p.src[p.i]; c < 'A' || c > 'Z' && c < 'a' || c > 'z' {
		p.i++
		return single(c)
	}
	for p.i < len(p.src) && (p.src[p.i] >= 'A' && p.src[p.i] <= 'Z' || p.src[p.i] >= 'a' && p.src[p.i] <= 'z') {
		p.i++
	}
	name := p.src[start+1 : p.i]
	if s, ok := mathLetters[name]; ok {
		return atom{ml: "<mi>" + s + "</mi>"}, true
	}
	if s, ok := mathSigns[name]; ok {
		return atom{ml: "<mo>" + text(s) + "</mo>"}, true
	}
	if s, ok := mathBig[name]; ok {
		return atom{ml: "<mo>" + s + "</mo>", limits: !strings.Contains(name, "int")}, true
	}
	if limits, ok := mathFunctions[name]; ok {
		return atom{ml: "<mi>" + name + "</mi>", limits: limits, named: true}, true
	}
	if s, ok := mathAccents[name]; ok {
		body, ok := p.argument()
		over := "mover"
		if name == "underline" {
			over = "munder"
		}
		return atom{ml: "<" + over + ` accent="true">` + body + `<mo stretchy="` + yes(strings.HasPrefix(name, "wide") || strings.Contains(name, "line")) + `">` + s + "</mo></" + over + ">"}, ok
	}
	if variant, ok := mathFonts[name]; ok {
		s, ok := p.raw()
		if !ok || strings.ContainsAny(s, `\{}^_$&`) {
			return atom{}, false
		}
		return atom{ml: font(variant, s)}, true
	}
	if width, ok := mathSpaces[name]; ok {
		return atom{ml: `<mspace width="` + width + `"/>`}, true
	}
	return p.structure(name)
}

func yes(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// structure reads the commands with arguments of their own form.
func (p *texParser) structure(name string) (atom, bool) {
	switch name {
	case "frac", "tfrac", "dfrac", "binom":
		a, ok1 := p.argument()
		b, ok2 := p.argument()
		if name == "binom" {
			return atom{ml: `<mrow><mo>(</mo><mfrac linethickness="0">` + a + b + `</mfrac><mo>)</mo></mrow>`}, ok1 && ok2
		}
		return atom{ml: "<mfrac>" + a + b + "</mfrac>"}, ok1 && ok2
	case "sqrt":
		if p.take("[") {
			degree, ok := p.list("]")
			if !ok || !p.take("]") {
				return atom{}, false
			}
			a, ok := p.argument()
			return atom{ml: "<mroot>" + a + "<mrow>" + degree + "</mrow></mroot>"}, ok
		}
		a, ok := p.argument()
		return atom{ml: "<msqrt>" + a + "</msqrt>"}, ok
	case "left":
		return p.fence()
	case "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr", "bigm", "Bigm", "middle":
		d, ok := p.delimiter()
		return atom{ml: `<mo stretchy="true">` + d + "</mo>"}, ok
	case "overset", "stackrel":
		a, ok1 := p.argument()
		b, ok2 := p.argument()
		return atom{ml: "<mover>" + b + a + "</mover>"}, ok1 && ok2
	case "underset":
		a, ok1 := p.argument()
		b, ok2 := p.argument()
		return atom{ml: "<munder>" + b + a + "</munder>", limits: false}, ok1 && ok2
	case "operatorname":
		s, ok := p.raw()
		if !ok || strings.ContainsAny(s, `\{}^_$&`) {
			return atom{}, false
		}
		return atom{ml: "<mi>" + text(s) + "</mi>"}, true
	case "begin":
		return p.environment()
	case "limits", "nolimits", "displaystyle", "textstyle", "nonumber", "notag":
		return atom{ml: "<mrow></mrow>"}, name != "limits" && name != "nolimits"
	case "not":
		if p.take("=") {
			return atom{ml: "<mo>≠</mo>"}, true
		}
		if p.take(`\in`) {
			return atom{ml: "<mo>∉</mo>"}, true
		}
	}
	if d, ok := mathDelimiters[name]; ok {
		return atom{ml: `<mo stretchy="false">` + d + "</mo>"}, true
	}
	return atom{}, false
}

// fence reads \left( … \right).
func (p *texParser) fence() (atom, bool) {
	open, ok := p.delimiter()
	if !ok {
		return atom{}, false
	}
	body, ok := p.list(`\right`)
	if !ok || !p.take(`\right`) {
		return atom{}, false
	}
	closing, ok := p.delimiter()
	ml := "<mrow>"
	if open != "" {
		ml += `<mo stretchy="true">` + open + "</mo>"
	}
	ml += body
	if closing != "" {
		ml += `<mo stretchy="true">` + closing + "</mo>"
	}
	return atom{ml: ml + "</mrow>"}, ok
}

// delimiter reads a bracket; the dot is none.
func (p *texParser) delimiter() (string, bool) {
	p.space()
	if p.i >= len(p.src) {
		return "", false
	}
	c := p.src[p.i]
	switch {
	case c == '.':
		p.i++
		return "", true
	case strings.IndexByte("()[]|/", c) >= 0:
		p.i++
		return string(c), true
	case c != '\\':
		return "", false
	}
	for _, s := range []string{`\{`, `\}`, `\|`} {
		if p.take(s) {
			return strings.Replace(s[1:], "|", "‖", 1), true
		}
	}
	start := p.i
	for p.i++; p.i < len(p.src) && p.src[p.i] >= 'A' && p.src[p.i] <= 'z' && p.src[p.i] != '\\' && unicode.IsLetter(rune(p.src[p.i])); {
		p.i++
	}
	d, ok := mathDelimiters[p.src[start+1:p.i]]
	return d, ok
}

// environment reads \begin{cases} … \end{cases} and its like.
func (p *texParser) environment() (atom, bool) {
	name, ok := p.raw()
	brackets, known := mathEnvironments[name]
	if !ok || !known {
		return atom{}, false
	}
	var b strings.Builder
	b.WriteString(`<mtable><mtr>`)
	for column := 0; ; column++ {
		cell, ok := p.list("&")
		if !ok {
			return atom{}, false
		}
		b.WriteString(`<mtd style="text-align:` + columnAlignment(brackets[2], column) + `">` + cell + "</mtd>")
		switch {
		case p.take("&"):
			continue
		case p.take(`\\`):
			p.space()
			if !strings.HasPrefix(p.src[p.i:], `\end`) {
				b.WriteString("</mtr><mtr>")
				column = -1
				continue
			}
		}
		if !p.take(`\end`) {
			return atom{}, false
		}
		if end, ok := p.raw(); !ok || end != name {
			return atom{}, false
		}
		break
	}
	b.WriteString("</mtr></mtable>")
	ml := b.String()
	if brackets[0] != "" {
		ml = `<mo stretchy="true">` + brackets[0] + "</mo>" + ml
	}
	if brackets[1] != "" {
		ml += `<mo stretchy="true">` + brackets[1] + "</mo>"
	}
	return atom{ml: "<mrow>" + ml + "</mrow>"}, true
}

// columnAlignment returns the alignment of a column: those given go round.
func columnAlignment(alignments string, column int) string {
	all := strings.Fields(alignments)
	return all[column%len(all)]
}

// single is a command of one sign: spaces and escaped signs.
func single(c byte) (atom, bool) {
	switch c {
	case ',':
		return atom{ml: `<mspace width="0.1667em"/>`}, true
	case ':', '>':
		return atom{ml: `<mspace width="0.2222em"/>`}, true
	case ';':
		return atom{ml: `<mspace width="0.2778em"/>`}, true
	case '!':
		return atom{ml: `<mspace width="-0.1667em"/>`}, true
	case ' ':
		return atom{ml: `<mspace width="0.25em"/>`}, true
	case '{', '}':
		return atom{ml: `<mo stretchy="false">` + string(c) + "</mo>"}, true
	case '|':
		return atom{ml: `<mo stretchy="false">‖</mo>`}, true
	case '%', '$', '#', '_':
		return atom{ml: "<mi>" + string(c) + "</mi>"}, true
	case '&':
		return atom{ml: "<mo>&amp;</mo>"}, true
	}
	return atom{}, false
}

// font returns letters in a font. Browsers show the letters of Unicode's
// mathematical alphabets; text is text.
func font(variant, s string) string {
	if variant == "text" {
		return "<mtext>" + text(strings.ReplaceAll(s, " ", "\u00a0")) + "</mtext>"
	}
	if variant == "roman" {
		return `<mi mathvariant="normal">` + text(s) + "</mi>"
	}
	var b strings.Builder
	for _, r := range s {
		b.WriteRune(alphabet(variant, r))
	}
	return "<mi>" + text(b.String()) + "</mi>"
}

// alphabet returns a letter of one of Unicode's mathematical alphabets.
func alphabet(variant string, r rune) rune {
	holes := map[string]map[rune]rune{
		"blackboard":  {'C': 'ℂ', 'H': 'ℍ', 'N': 'ℕ', 'P': 'ℙ', 'Q': 'ℚ', 'R': 'ℝ', 'Z': 'ℤ'},
		"calligraphy": {'B': 'ℬ', 'E': 'ℰ', 'F': 'ℱ', 'H': 'ℋ', 'I': 'ℐ', 'L': 'ℒ', 'M': 'ℳ', 'R': 'ℛ', 'e': 'ℯ', 'g': 'ℊ', 'o': 'ℴ'},
	}
	if h, ok := holes[variant][r]; ok {
		return h
	}
	upper := map[string]rune{"bold": 0x1d400, "blackboard": 0x1d538, "calligraphy": 0x1d49c, "sans": 0x1d5a0, "mono": 0x1d670}[variant]
	switch {
	case r >= 'A' && r <= 'Z':
		return upper + r - 'A'
	case r >= 'a' && r <= 'z':
		return upper + 26 + r - 'a'
	case r >= '0' && r <= '9' && variant == "bold":
		return 0x1d7ce + r - '0'
	case r >= '0' && r <= '9' && variant == "blackboard":
		return 0x1d7d8 + r - '0'
	}
	return r
}
