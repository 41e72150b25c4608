package study

import "silico/analysis/frame"

var measureText = measure{
	name: "text",
	doc:  "words",
	kind: frame.Text,
}
