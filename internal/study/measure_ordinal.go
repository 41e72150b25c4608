package study

import "silico/analysis/frame"

var measureOrdinal = measure{
	name:   "ordinal",
	doc:    "one of several levels in order; scores give them numbers, 0, 1, 2, ... by default",
	kind:   frame.Ordered,
	needs:  []string{"levels"},
	allows: []string{"scores"},
}
