package study

import (
	"regexp"
	"strings"
)

// coding finds the level whose patterns occur in free words.
type coding struct {
	levels   []string
	patterns [][]*regexp.Regexp // of each level
}

// pattern compiles a pattern of a coding rule: a regular expression that is
// found as whole words, whatever their case.
func pattern(text string) (*regexp.Regexp, error) {
	if _, err := regexp.Compile(text); err != nil {
		return nil, err
	}
	return regexp.Compile(`(?i)(?:^|[^\pL\pN])(?:` + text + `)(?:$|[^\pL\pN])`)
}

func newCoding(it *item) *coding {
	c := &coding{}
	for _, level := range it.variable.Levels {
		c.levels = append(c.levels, level)
		var list []*regexp.Regexp
		for _, text := range it.Code[level] {
			if re, err := pattern(text); err == nil { // others are problems of the study
				list = append(list, re)
			}
		}
		c.patterns = append(c.patterns, list)
	}
	return c
}

// strict codes words as scan does: where a coding rule is declared, the words
// are free.
func (c *coding) strict(words string) (string, bool) { return c.scan(words) }

// scan returns the one level that has a pattern in the words; none where two
// have one.
func (c *coding) scan(words string) (string, bool) {
	words = strings.ReplaceAll(words, "\n", " ")
	found := -1
	for k, list := range c.patterns {
		for _, re := range list {
			if !re.MatchString(words) {
				continue
			}
			if found >= 0 && found != k {
				return "", false
			}
			found = k
			break
		}
	}
	if found < 0 {
		return "", false
	}
	return c.levels[found], true
}
