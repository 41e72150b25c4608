package study

// Measure is a kind of answer: what the values of a variable are.
type Measure struct {
	Name string
	Doc  string // one line
}

// Measures returns the kinds of answers, in the order in which they are told.
func Measures() []Measure {
	return []Measure{
		{"binary", "0 or 1, or one of two levels"},
		{"choice", "one of several levels without order"},
		{"ordinal", "one of several levels in order; scores give them numbers, 0, 1, 2, ... by default"},
		{"scale", "a whole number from min to max"},
		{"number", "any number, between min and max where they are given"},
		{"count", "0, 1, 2, ..."},
		{"text", "words"},
	}
}
