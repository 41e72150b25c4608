package formula

import (
	"math"
	"strconv"
	"strings"
)

// String returns the expression as R's deparse writes it, so that the names of
// design columns are R's: spaces around + - * and comparisons, none around
// ^ / and :.
func (n *node) String() string {
	var b strings.Builder
	n.write(&b)
	return b.String()
}

func (n *node) write(b *strings.Builder) {
	switch n.kind {
	case nodeName:
		b.WriteString(quoteName(n.name))
	case nodeNumber:
		if strings.HasSuffix(n.name, "L") {
			b.WriteString(n.name)
			return
		}
		b.WriteString(formatNumber(n.num))
	case nodeText:
		b.WriteString(strconv.Quote(n.name))
	case nodeParens:
		b.WriteByte('(')
		n.args[0].write(b)
		b.WriteByte(')')
	case nodeUnary:
		b.WriteString(n.name)
		n.args[0].write(b)
	case nodeBinary:
		n.args[0].write(b)
		switch n.name {
		case "^", "/", ":":
			b.WriteString(n.name)
		case "%%":
			b.WriteString("%%")
		default:
			b.WriteString(" " + n.name + " ")
		}
		n.args[1].write(b)
	case nodeCall:
		b.WriteString(quoteName(n.name))
		b.WriteByte('(')
		for i, a := range n.args {
			if i > 0 {
				b.WriteString(", ")
			}
			if n.keys[i] != "" {
				b.WriteString(quoteName(n.keys[i]) + " = ")
			}
			a.write(b)
		}
		b.WriteByte(')')
	}
}

// quoteName puts backticks around what is no plain name.
func quoteName(name string) string {
	plain := nameStart(name) && name != "." && !reserved(name)
	for _, r := range name {
		plain = plain && nameRune(r)
	}
	if plain || name == "." || isConstant(name) {
		return name
	}
	return "`" + strings.NewReplacer(`\`, `\\`, "`", "\\`").Replace(name) + "`"
}

// reserved says whether R keeps the word for itself.
func reserved(name string) bool {
	switch name {
	case "if", "else", "repeat", "while", "function", "for", "next", "break", "in", "NULL":
		return true
	}
	return false
}

// formatNumber writes a number as R's as.character does: up to 15 significant
// digits, fixed unless the scientific form is shorter.
func formatNumber(x float64) string {
	switch {
	case math.IsNaN(x):
		return "NaN"
	case math.IsInf(x, 1):
		return "Inf"
	case math.IsInf(x, -1):
		return "-Inf"
	case x == 0:
		return "0"
	}
	best := strconv.FormatFloat(x, 'e', 14, 64)
	at15, _ := strconv.ParseFloat(best, 64)
	for digits := range 14 {
		s := strconv.FormatFloat(x, 'e', digits, 64)
		if y, _ := strconv.ParseFloat(s, 64); y == at15 {
			best = s
			break
		}
	}
	mantissa, exponent, _ := strings.Cut(best, "e")
	e, _ := strconv.Atoi(exponent)
	digits := len(strings.NewReplacer(".", "", "-", "").Replace(mantissa))
	fixed := strconv.FormatFloat(at15, 'f', max(0, digits-1-e), 64)
	if len(fixed) <= len(best) {
		return fixed
	}
	return best
}
