package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"silico/analysis/expr"
	"silico/internal/study"
)

// cellName reads the name of one answer, MODEL/ID/LEVEL…/QUESTION with #DRAW at
// the end, and returns it as collect.Told writes it. Levels may be given by
// their labels, in upper or lower case, and in any order. An id may hold
// slashes. The error names the part that the study does not have and what was
// probably meant.
func cellName(s *study.Study, text string) (string, error) {
	var within []*study.Factor
	for _, f := range s.Factors {
		if f.Within {
			within = append(within, f)
		}
	}
	body, draw, err := cutDraw(text)
	if err != nil {
		return "", err
	}
	parts := strings.Split(strings.Trim(body, "/"), "/")
	if len(parts) < 3+len(within) {
		return "", fmt.Errorf("%q is not the name of an answer; %s", text, formOfNames(within))
	}
	last := len(parts) - 1
	model, err := oneOf("asked model", parts[0], askedModels(s))
	if err != nil {
		return "", err
	}
	question, err := oneOf("question", parts[last], questionNames(s))
	if err != nil {
		return "", err
	}
	levels, err := levelsOf(within, parts[last-len(within):last])
	if err != nil {
		return "", err
	}
	id := strings.Join(parts[1:last-len(within)], "/")
	if id, err = oneOf("respondent of the evaluation sample", id, respondents(s)); err != nil {
		return "", err
	}
	name := strings.Join(append(append([]string{model, id}, levels...), question), "/")
	if draw > 1 {
		name += fmt.Sprintf("#%d", draw)
	}
	return name, nil
}

// cutDraw cuts the number of a draw off a name.
func cutDraw(text string) (body string, draw int, err error) {
	body, number, ok := strings.Cut(text, "#")
	if !ok {
		return text, 1, nil
	}
	draw, err = strconv.Atoi(number)
	if err != nil || draw < 1 {
		return "", 0, fmt.Errorf("%q is not the number of a draw; they count from 1", number)
	}
	return body, draw, nil
}

func formOfNames(within []*study.Factor) string {
	form := "names are MODEL/ID"
	for _, f := range within {
		form += "/" + strings.ToUpper(f.Name)
	}
	return form + "/QUESTION, and silico answers shows those that there are"
}

func askedModels(s *study.Study) (names []string) {
	for _, m := range s.Models {
		if m.Kind() == "asked" {
			names = append(names, m.Name)
		}
	}
	return names
}

func questionNames(s *study.Study) (names []string) {
	for _, q := range s.Questions {
		names = append(names, q.Name)
	}
	return names
}

// respondents returns the ids of those whom models answer for.
func respondents(s *study.Study) []string {
	units := s.Units()
	if units == nil {
		return nil
	}
	return units.Col(s.Schema().ID).Levels
}

// oneOf returns the name that is meant: itself, or the only one that differs in
// upper and lower case.
func oneOf(what, name string, known []string) (string, error) {
	if slices.Contains(known, name) {
		return name, nil
	}
	var same []string
	for _, k := range known {
		if strings.EqualFold(k, name) {
			same = append(same, k)
		}
	}
	if len(same) == 1 {
		return same[0], nil
	}
	return "", unknown(what, name, known)
}

// levelsOf returns the levels that are meant, in the order of the factors.
func levelsOf(within []*study.Factor, given []string) ([]string, error) {
	levels := make([]string, len(within))
	for _, g := range given {
		found := false
		for i, f := range within {
			if l := levelOf(f, g); l != "" && levels[i] == "" {
				levels[i], found = l, true
				break
			}
		}
		if !found {
			return nil, unknownLevel(within, levels, g)
		}
	}
	return levels, nil
}

// levelOf returns the level of a factor that is meant, "" for none.
func levelOf(f *study.Factor, name string) string {
	for _, l := range f.Levels {
		if strings.EqualFold(l.Name, name) || l.Label != "" && strings.EqualFold(l.Label, name) {
			return l.Name
		}
	}
	return ""
}

// unknownLevel is the error of a level that no factor has which has none yet.
func unknownLevel(within []*study.Factor, levels []string, name string) error {
	var factors, known []string
	for i, f := range within {
		if levels[i] != "" {
			continue
		}
		factors = append(factors, f.Name)
		for _, l := range f.Levels {
			known = append(known, l.Name)
		}
	}
	msg := fmt.Sprintf("%q is no level of %s", name, strings.Join(factors, " or "))
	if hint := expr.Suggest(name, known); hint != "" {
		return fmt.Errorf("%s; did you mean %q?", msg, hint)
	}
	return fmt.Errorf("%s; there are %s", msg, strings.Join(known, ", "))
}
