package expr

import "strings"

// Suggest returns the candidate that name was probably meant to be: the one at
// the smallest edit distance, the earlier of two equals, and "" when none is
// close. Close means at most one change for names of two to four letters, two
// up to nine, three beyond; a difference of case alone is always close.
func Suggest(name string, candidates []string) string {
	best, least := "", 1
	switch n := len([]rune(name)); {
	case n > 9:
		least = 3
	case n > 4:
		least = 2
	case n < 2:
		least = 0
	}
	least++
	for _, c := range candidates {
		if c == name {
			continue
		}
		d := distance(strings.ToLower(name), strings.ToLower(c))
		if d < least {
			best, least = c, d
		}
	}
	return best
}

// distance is the optimal string alignment distance: insertions, deletions,
// substitutions and swaps of neighbours that turn a into b.
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	if len(s) > 200 || len(t) > 200 {
		return 200
	}
	before, last, row := make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(s); i++ {
		row[0] = i
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(t)]
}
