package study

import "silico/analysis/frame"

// measureOrdinal is one of several levels in order; scores give them numbers,
// 0, 1, 2 and so on by default.
var measureOrdinal = measure{
	name:   "ordinal",
	kind:   frame.Ordered,
	needs:  []string{"levels"},
	allows: []string{"scores"},
	answer: namedOption,
}
