package study

import (
	"math"
	"strings"
	"testing"

	"silico/analysis/frame"
)

// A measure says how its values are stored, and so does the schema's variable,
// which packages above this one ask.
func TestEveryMeasureIsStoredAsItsVariableSays(t *testing.T) {
	for _, m := range measures {
		for _, levels := range [][]string{nil, {"a", "b"}} {
			v := &frame.Variable{Name: "v", Type: m.name}
			if m.takes("levels") {
				v.Levels = levels
			}
			if got, want := m.column(v), v.Kind(); got != want {
				t.Errorf("%s with levels %q is stored as %v, and its variable says %v", m.name, v.Levels, got, want)
			}
		}
		if (m.kind == frame.Number) != (m.number != nil) {
			t.Errorf("%s is stored as %v; numbers are read by a function, and nothing else is", m.name, m.kind)
		}
	}
}

func TestMeasuresReadCells(t *testing.T) {
	nan := math.NaN()
	for _, tt := range []struct {
		measure, field string
		min, max, want float64
		msg            string // begins so
	}{
		{"binary", "1", nan, nan, 1, ""},
		{"binary", "FALSE", nan, nan, 0, ""},
		{"binary", "2", nan, nan, nan, `"2" is neither 0 nor 1`},
		{"number", "007", nan, nan, 7, ""},
		{"number", "999999999999999", nan, nan, 999999999999999, ""},
		{"number", "9007199254740993", nan, nan, 9007199254740992, ""}, // 2^53 + 1, to even
		{"number", "-1.5e-3", nan, nan, -0.0015, ""},
		{"number", "0x10", nan, nan, nan, `"0x10" is no number; a code`},
		{"number", "1,5", nan, nan, nan, `"1,5" is no number; decimals`},
		{"number", " 1", nan, nan, nan, `" 1" is no number; a code`},
		{"number", "1e999", nan, nan, nan, `"1e999" is no number; a code`},
		{"number", "-inf", nan, nan, nan, `"-inf" is no finite number`},
		{"number", "3", 4, nan, nan, "3 is below the min of v, 4"},
		{"scale", "5", 1, 4, nan, "5 is above the max of v, 4"},
		{"scale", "1.5", 1, 4, nan, "1.5 is no whole number, and v is a scale"},
		{"scale", "2.0", 1, 4, 2, ""},
		{"count", "-1", 2, nan, nan, "-1 is negative, and v is a count"},
		{"count", "1", 2, nan, nan, "1 is below the min of v, 2"},
		{"count", "-0.5", nan, nan, nan, "-0.5 is no whole number"},
	} {
		x, msg := measureOf(tt.measure).number(&frame.Variable{Name: "v", Type: tt.measure, Min: tt.min, Max: tt.max}, tt.field)
		if x != tt.want && !(math.IsNaN(x) && math.IsNaN(tt.want)) || !strings.HasPrefix(msg, tt.msg) || (msg == "") != (tt.msg == "") {
			t.Errorf("a %s from %v to %v reads %q as %v, %q; want %v, %q", tt.measure, tt.min, tt.max, tt.field, x, msg, tt.want, tt.msg)
		}
	}
}
