package study

import "silico/analysis/frame"

// measureText is words.
var measureText = measure{
	name: "text",
	kind: frame.Text,
}
