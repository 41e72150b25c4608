package report

import (
	"strings"

	"github.com/yuin/goldmark/util"
)

// Escape returns text as notebook text that reads as that text: every
// character that could begin markup, a cell, a citation, mathematics or a
// reference has a backslash before it, and line ends become spaces.
func Escape(text string) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(text), " ") {
		if strings.ContainsRune("\\`*_{}[]<>()#+-.!|~$@:^=&\"'", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// unescape returns the text that a segment of the notebook stands for:
// backslashes and entities resolved.
func unescape(b []byte) []byte {
	return util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(b)))
}

// Words returns the text of a segment of the notebook as readers see it.
func Words(segment []byte) string { return string(unescape(segment)) }
