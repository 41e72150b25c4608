package render

import (
	"fmt"
	"strings"
	"unicode"
)

// texText returns words as LaTeX shows them: nothing in them is a command.
// White space at the ends goes.
func texText(s string) string { return texSpaced(strings.TrimSpace(s)) }

// texSpaced is texText with the white space at the ends kept.
func texSpaced(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch r {
		case '\\':
			b.WriteString(`\textbackslash{}`)
		case '{', '}', '$', '&', '#', '%', '_':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '~':
			b.WriteString(`\textasciitilde{}`)
		case '^':
			b.WriteString(`\textasciicircum{}`)
		case '<':
			b.WriteString(`\textless{}`)
		case '>':
			b.WriteString(`\textgreater{}`)
		case '|':
			b.WriteString(`\textbar{}`)
		case '"':
			b.WriteString(`\textquotedbl{}`)
		case '\'':
			b.WriteString(`\textquotesingle{}`)
		case '`':
			b.WriteString(`\textasciigrave{}`)
		case '-': // -- is two hyphens, no dash
			b.WriteByte('-')
			if i+1 < len(s) && s[i+1] == '-' {
				b.WriteString("{}")
			}
		case '\n', '\t', '\r':
			b.WriteByte(' ')
		default:
			if command, ok := texSigns[r]; ok {
				b.WriteString(command)
				continue
			}
			if unicode.IsControl(r) {
				continue
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}

// texSigns are characters that pdflatex does not know, as commands.
var texSigns = map[rune]string{
	'\u00a0': "~", '\u202f': `\,`, '\u2009': `\,`, '−': `\ensuremath{-}`, '∞': `\ensuremath{\infty}`, '≤': `\ensuremath{\le}`, '≥': `\ensuremath{\ge}`,
	'≠': `\ensuremath{\ne}`, '≈': `\ensuremath{\approx}`, '×': `\ensuremath{\times}`, '±': `\ensuremath{\pm}`, '→': `\ensuremath{\to}`, '·': `\ensuremath{\cdot}`,
	'⚠': `\textbf{!}`, '′': `\ensuremath{'}`, '∣': `\ensuremath{\mid}`, '√': `\ensuremath{\surd}`, '∑': `\ensuremath{\sum}`, 'Δ': `\ensuremath{\Delta}`,
	'Σ': `\ensuremath{\Sigma}`, 'Π': `\ensuremath{\Pi}`, 'Φ': `\ensuremath{\Phi}`, 'Ω': `\ensuremath{\Omega}`, 'Γ': `\ensuremath{\Gamma}`, 'Λ': `\ensuremath{\Lambda}`, 'Θ': `\ensuremath{\Theta}`, 'Ψ': `\ensuremath{\Psi}`,
	'α': `\ensuremath{\alpha}`, 'β': `\ensuremath{\beta}`, 'γ': `\ensuremath{\gamma}`, 'δ': `\ensuremath{\delta}`, 'ε': `\ensuremath{\varepsilon}`, 'ζ': `\ensuremath{\zeta}`, 'η': `\ensuremath{\eta}`,
	'θ': `\ensuremath{\theta}`, 'ι': `\ensuremath{\iota}`, 'κ': `\ensuremath{\kappa}`, 'λ': `\ensuremath{\lambda}`, 'μ': `\ensuremath{\mu}`, 'ν': `\ensuremath{\nu}`, 'ξ': `\ensuremath{\xi}`, 'π': `\ensuremath{\pi}`,
	'ρ': `\ensuremath{\rho}`, 'σ': `\ensuremath{\sigma}`, 'τ': `\ensuremath{\tau}`, 'φ': `\ensuremath{\varphi}`, 'χ': `\ensuremath{\chi}`, 'ψ': `\ensuremath{\psi}`, 'ω': `\ensuremath{\omega}`,
	'²': `\ensuremath{^2}`, '³': `\ensuremath{^3}`, '½': `\ensuremath{\tfrac12}`, '–': "--", '—': "---", '‘': "`", '’': "'", '“': "``", '”': "''", '…': `\dots{}`, '∈': `\ensuremath{\in}`,
}

// texCharacters lets pdflatex go on where a character is not in its fonts.
const texCharacters = `\ifPDFTeX\makeatletter
  \def\UTFviii@undefined@err#1{[?]}
\makeatother\fi
`

// texURL returns an address for \href: percent signs, hashes and braces are
// kept from TeX.
func texURL(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '%' || r == '#' || r == '&' || r == '_':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\\' || r == '{' || r == '}' || r == '^' || r <= ' ':
			fmt.Fprintf(&b, `\%%%02X`, r)
		case r > 126:
			for _, c := range []byte(string(r)) {
				fmt.Fprintf(&b, `\%%%02X`, c)
			}
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// texLabel returns an id as the name of a link target.
func texLabel(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '-' || r == '.' || r == ':' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z':
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "u%x.", r)
		}
	}
	return b.String()
}

// dangerous are commands that reach beyond a formula: files, the shell, the
// definitions of others.
var dangerous = []string{
	"input", "include", "write", "openin", "openout", "read", "def", "edef", "gdef", "xdef", "let", "futurelet", "newcommand", "renewcommand", "providecommand",
	"catcode", "csname", "immediate", "special", "directlua", "usepackage", "documentclass", "loop", "ShellEscape", "pdfobj", "openlasterror", "endinput", "expandafter", "the",
	"verb", "verbatiminput", "lstinputlisting", "href", "url", "includegraphics", "shipout", "everypar", "jobname", "string", "begingroup", "endgroup", "newread", "newwrite", "closein", "closeout",
}

// safeTeX returns a formula as it stands, without blank lines, which TeX does
// not allow there. A formula with a command that reaches beyond it, or with
// braces that do not match, is shown as its source.
func safeTeX(tex string) string {
	depth := 0
	for i := 0; i < len(tex); i++ {
		switch c := tex[i]; c {
		case '\\':
			j := i + 1
			for j < len(tex) && (tex[j] >= 'a' && tex[j] <= 'z' || tex[j] >= 'A' && tex[j] <= 'Z') {
				j++
			}
			for _, name := range dangerous {
				if tex[i+1:j] == name {
					return `\text{` + texText(tex) + `}`
				}
			}
			i = max(i+1, j-1)
		case '{':
			depth++
		case '}':
			depth--
		case '%', '$', '#':
			return `\text{` + texText(tex) + `}`
		}
		if depth < 0 || i >= len(tex) {
			return `\text{` + texText(tex) + `}`
		}
	}
	if depth != 0 {
		return `\text{` + texText(tex) + `}`
	}
	var lines []string
	for line := range strings.SplitSeq(strings.TrimSpace(tex), "\n") {
		if strings.TrimSpace(line) != "" {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return strings.Join(lines, "\n")
}
