package study

import "silico/analysis/frame"

// measureChoice is one of several levels without order.
var measureChoice = measure{
	name:  "choice",
	kind:  frame.Factor,
	needs: []string{"levels"},
}
