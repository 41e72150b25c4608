package analysis

import (
	"fmt"
	"math"
	"strings"
)

// A study without people, which plans one or teaches, has nobody to begin its
// sentences with. They say instead which source has least of something and
// which most.

// leastAndMost is a sentence on one number of all sources, "" when none has it.
func leastAndMost(sel *selection, f finder, what string, key func(source string) Key, percent bool) string {
	var least, most *sourceRows
	for _, src := range sel.sources {
		x := f.number(key(src.Name))
		if math.IsNaN(x) {
			continue
		}
		if least == nil || x < f.number(key(least.Name)) {
			least = src
		}
		if most == nil || x > f.number(key(most.Name)) {
			most = src
		}
	}
	say := cite
	if percent {
		say = citePercent
	}
	switch {
	case least == nil:
		return ""
	case least == most:
		return fmt.Sprintf("%s of %s is %s.", what, plain(least.title()), say(f.name, key(least.Name), ""))
	}
	return fmt.Sprintf("%s is least for %s (%s) and most for %s (%s).", what,
		plain(least.title()), say(f.name, key(least.Name), ""), plain(most.title()), say(f.name, key(most.Name), ""))
}

// ofOutcomes joins the sentences on one statistic of several outcomes.
func ofOutcomes(sel *selection, f finder, what, statistic string, outcomes []string) string {
	var all []string
	for _, o := range outcomes {
		if s := leastAndMost(sel, f, fmt.Sprintf("%s of *%s*", what, plain(o)), func(source string) Key {
			return Key{Source: source, Outcome: o, Statistic: statistic}
		}, false); s != "" {
			all = append(all, s)
		}
	}
	return strings.Join(all, " ")
}

// proseOf says which terms of a regression count for each source.
func (r *Regression) proseOf(sel *selection, f finder, terms []string) string {
	var all []string
	for _, src := range sel.sources {
		var found []string
		for _, term := range terms {
			k := Key{Source: src.Name, Term: term, Statistic: "coef"}
			if e, ok := f.found[k]; ok && term != intercept && e.P < 1-r.Level {
				found = append(found, fmt.Sprintf("%s (%s)", plain(termTitle(sel.schema, term)), cite(f.name, k, "")))
			}
		}
		if found == nil {
			found = []string{"none"}
		}
		all = append(all, fmt.Sprintf("for %s %s", plain(src.title()), list(found)))
	}
	return fmt.Sprintf("In the model of *%s* these terms differ from zero: %s.", r.outcome(), strings.Join(all, "; "))
}
