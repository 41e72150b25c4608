package collect

import (
	"fmt"
	"strings"
)

// count returns "1 row" or "3 rows".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	if stem, ok := strings.CutSuffix(what, "y"); ok {
		return fmt.Sprintf("%d %sies", n, stem)
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func plural(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}

func has(n int) string     { return plural(n, "has", "have") }
func are(n int) string     { return plural(n, "is", "are") }
func belongs(n int) string { return plural(n, "belongs", "belong") }

// examples lists up to three names.
func examples(names []string) string {
	if len(names) == 0 {
		return ""
	}
	more := ""
	if len(names) > 3 {
		names, more = names[:3], " and others"
	}
	return " (" + strings.Join(names, ", ") + more + ")"
}
