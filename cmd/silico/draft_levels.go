package main

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// scales are words of answers in their natural order; those of one rank stand
// between bars.
var scales = [][]string{
	{"definitely not|definitely no", "probably not|probably no", "no|n", "perhaps|maybe|unsure|not sure|undecided|don't know|dont know|do not know|dk", "yes|y", "probably|probably yes", "definitely|definitely yes"},
	{"false", "true"},
	{"never", "almost never|hardly ever", "rarely|seldom", "occasionally|occas", "sometimes", "regularly|regul", "often|frequently|freq", "very often|usually|most of the time|heavy", "almost always|nearly always", "always"},
	{"none|nothing", "very little|very few", "little|a little|few|a few", "some", "quite a lot|quite a bit", "much|many|a lot|freq|a great deal"},
	{"strongly disagree|disagree strongly|completely disagree|totally disagree|fully disagree", "disagree|mostly disagree",
		"somewhat disagree|disagree somewhat|slightly disagree|disagree slightly|rather disagree|disagree a little",
		"neither agree nor disagree|neither nor|neither|neutral|undecided|unsure|no opinion|don't know",
		"somewhat agree|agree somewhat|slightly agree|agree slightly|rather agree|agree a little", "agree|mostly agree",
		"strongly agree|agree strongly|completely agree|totally agree|fully agree"},
	{"strongly oppose|oppose strongly", "oppose|against", "somewhat oppose|slightly oppose", "neither|neutral|undecided|unsure|no opinion", "somewhat favor|somewhat favour|somewhat support|slightly support", "favor|favour|support|for", "strongly favor|strongly favour|strongly support|support strongly"},
	{"very low|lowest", "low|lower", "lower middle", "medium|moderate|middle|average|mid|med|intermediate|normal", "upper middle", "high|higher|upper", "very high|highest"},
	{"extra small|very small|xs", "small|s", "medium|m", "large|big|l", "extra large|very large|xl"},
	{"very bad|very poor|terrible|awful", "bad|poor", "fair|average|ok|okay", "good", "very good", "excellent|perfect"},
	{"very dissatisfied|extremely dissatisfied", "dissatisfied", "somewhat dissatisfied|slightly dissatisfied", "neither|neutral|neither satisfied nor dissatisfied", "somewhat satisfied|slightly satisfied", "satisfied", "very satisfied|extremely satisfied"},
	{"very unhappy", "unhappy|not too happy|not happy", "neutral|neither", "happy|pretty happy", "very happy"},
	{"not at all", "slightly|a little|a bit|not very|not much", "somewhat|moderately|fairly|to some extent", "very|quite|very much|a lot", "extremely|completely|totally|entirely"},
	{"very unlikely|extremely unlikely", "unlikely", "somewhat unlikely|slightly unlikely", "neither|neutral|unsure", "somewhat likely|slightly likely", "likely", "very likely|extremely likely"},
	{"not at all important", "unimportant|not important|not very important", "neutral|neither", "somewhat important|moderately important|fairly important", "important", "very important", "extremely important"},
	{"extremely liberal|very liberal", "liberal", "slightly liberal|somewhat liberal", "moderate|middle of the road", "slightly conservative|somewhat conservative", "conservative", "extremely conservative|very conservative"},
	{"too little|too few", "about right|just right", "too much|too many"},
	{"much worse", "worse", "same|the same|unchanged|no change", "better", "much better"},
	{"decrease|decreased|down", "same|no change|unchanged|stay the same", "increase|increased|up"},
	{"left|far left", "center left|centre left|centre-left|center-left", "center|centre|middle", "center right|centre right|centre-right|center-right", "right|far right"},
	{"baseline|before|pre", "during|mid", "after|post", "follow up|followup|fup|follow"},
	{"less than high school|lt high school|no degree|primary|primary school|elementary|elementary school", "middle school|lower secondary", "high school|secondary|secondary school|hs|upper secondary|vocational", "some college|junior college|associate|associate degree", "college|bachelor|bachelor's|bachelors|ba|undergraduate|university|tertiary", "master|master's|masters|ma|graduate|postgraduate", "doctorate|phd|doctoral"},
	{"child|children", "teenager|teen|adolescent", "young|young adult|younger", "middle aged|middle|adult", "old|older|senior|elderly"},
	{"monday|mon", "tuesday|tue", "wednesday|wed", "thursday|thu", "friday|fri", "saturday|sat", "sunday|sun"},
	{"january|jan", "february|feb", "march|mar", "april|apr", "may", "june|jun", "july|jul", "august|aug", "september|sep", "october|oct", "november|nov", "december|dec"},
	{"spring", "summer", "autumn|fall", "winter"},
	{"cold", "cool", "warm", "hot"},
	{"easy", "medium|moderate", "hard|difficult"},
	{"weak", "moderate|medium", "strong"},
	{"light", "moderate|medium", "heavy"},
	{"short", "medium", "tall|long"},
	{"first|1st", "second|2nd", "third|3rd", "fourth|4th", "fifth|5th"},
}

// leading finds the number that a range begins with: "18-24", "$50,000 or
// more", "<18".
var leading = regexp.MustCompile(`^(<|≤|under |below |less than |up to |>|≥|over |above |more than )? ?[$€£]?(\d[\d,]*(?:\.\d+)?)`)

// naturalOrder returns levels in the order that their words have, and whether
// they have one.
func naturalOrder(levels []string) ([]string, bool) {
	for _, scale := range scales {
		if ordered, ok := ranked(levels, func(l string) (float64, bool) { return rankIn(scale, l) }); ok {
			return ordered, true
		}
	}
	return ranked(levels, rangeStart)
}

// ranked sorts levels by their ranks, which must be there and differ.
func ranked(levels []string, rank func(string) (float64, bool)) ([]string, bool) {
	ranks := make(map[string]float64, len(levels))
	taken := make(map[float64]bool, len(levels))
	for _, l := range levels {
		r, ok := rank(strings.ToLower(strings.TrimSpace(l)))
		if !ok || taken[r] {
			return levels, false
		}
		ranks[l], taken[r] = r, true
	}
	return slices.SortedFunc(slices.Values(levels), func(a, b string) int { return cmp.Compare(ranks[a], ranks[b]) }), true
}

// rankIn returns the place of a level on a scale of words.
func rankIn(scale []string, level string) (float64, bool) {
	level = strings.NewReplacer("_", " ", "-", " ", "’", "'").Replace(level)
	for i, words := range scale {
		if slices.Contains(strings.Split(strings.ReplaceAll(words, "-", " "), "|"), level) {
			return float64(i), true
		}
	}
	return 0, false
}

// rangeStart returns the number that a range of numbers begins with; less than
// a number comes before it, and more than it behind.
func rangeStart(level string) (float64, bool) {
	m := leading.FindStringSubmatch(level)
	if m == nil {
		return 0, false
	}
	x, err := strconv.ParseFloat(strings.ReplaceAll(m[2], ",", ""), 64)
	if err != nil {
		return 0, false
	}
	switch strings.TrimSpace(m[1]) {
	case "<", "≤", "under", "below", "less than", "up to":
		x -= 0.25
	case ">", "≥", "over", "above", "more than":
		x += 0.25
	}
	return x, true
}

// shownOrder returns the levels of a column without a natural order as readers
// expect them: numbers by size, words by the alphabet.
func shownOrder(levels []string) []string {
	return slices.SortedStableFunc(slices.Values(levels), func(a, b string) int {
		x, errA := strconv.ParseFloat(a, 64)
		y, errB := strconv.ParseFloat(b, 64)
		if errA == nil && errB == nil {
			return cmp.Compare(x, y)
		}
		return cmp.Or(strings.Compare(strings.ToLower(a), strings.ToLower(b)), strings.Compare(a, b))
	})
}
