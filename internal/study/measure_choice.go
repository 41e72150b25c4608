package study

import "silico/analysis/frame"

var measureChoice = measure{
	name:  "choice",
	doc:   "one of several levels without order",
	kind:  frame.Factor,
	needs: []string{"levels"},
}
