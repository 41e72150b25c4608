package report

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"

	"silico/analysis"
)

// ResultsFormat is the version of results.json.
const ResultsFormat = 1

// ResultsJSON returns every estimate of a paper by its address, one a line,
// and the verdicts on its hypotheses:
//
//	{
//	  "format": 1,
//	  "estimates": {
//	    "distance.base.do.js": {"value": 0.1035344683, "se": ..., "sample": "evaluation", "mark": "planned"},
//	    ...
//	  },
//	  "verdicts": { ... }
//	}
//
// Numbers have ten significant digits. A value that could not be computed is
// null with a why; parts that were not computed are left out.
func ResultsJSON(d *Document) []byte {
	var b bytes.Buffer
	b.WriteString("{\n  \"format\": " + tenDigits(ResultsFormat))
	if d.Partial != "" {
		b.WriteString(",\n  \"partial\": " + quoteJSON(d.Partial))
	}
	b.WriteString(",\n  \"estimates\": {")
	for i := range d.Values {
		writeNext(&b, i)
		writeKey(&b, d.Values[i].Address)
		writeRecord(&b, &d.Values[i])
	}
	b.WriteString("\n  },\n  \"verdicts\": {")
	for i := range d.Verdicts {
		v := &d.Verdicts[i]
		writeNext(&b, i)
		writeKey(&b, v.Name)
		b.WriteString(`{"outcome": ` + quoteJSON(v.Outcome) + `, "text": ` + quoteJSON(v.Text) + `, "decide": ` + quoteJSON(v.Decide))
		if v.Reject != "" {
			b.WriteString(`, "reject": ` + quoteJSON(v.Reject))
		}
		if v.Method != "" {
			writeFamily(&b, v)
		}
		b.WriteString(`, "values": {`)
		for j, u := range v.Values {
			if j > 0 {
				b.WriteString(", ")
			}
			writeKey(&b, u.Address)
			b.WriteString(numberJSON(u.Value))
		}
		b.WriteString("}}")
	}
	b.WriteString("\n  }\n}\n")
	return b.Bytes()
}

func writeRecord(b *bytes.Buffer, e *Entry) {
	est := &e.Estimate
	b.WriteString(`{"value": ` + numberJSON(est.Value))
	for _, part := range []struct {
		key string
		x   float64
	}{{"se", est.SE}, {"lo", est.Lo}, {"hi", est.Hi}, {"p", est.P}} {
		if !math.IsNaN(part.x) {
			b.WriteString(`, "` + part.key + `": ` + numberJSON(part.x))
		}
	}
	for _, part := range []struct {
		key string
		n   int
	}{{"n_people", est.People}, {"n_rows", est.Rows}, {"draws", est.Draws}} {
		if part.n > 0 {
			b.WriteString(`, "` + part.key + `": ` + tenDigits(float64(part.n)))
		}
	}
	for _, part := range []struct{ key, s string }{{"sample", est.Sample}, {"mark", string(e.Mark)}, {"why", why(est)}} {
		if part.s != "" {
			b.WriteString(`, "` + part.key + `": ` + quoteJSON(part.s))
		}
	}
	b.WriteByte('}')
}

// why says why a value is no number, "" when it is one.
func why(e *analysis.Estimate) string {
	switch {
	case math.IsInf(e.Value, 1):
		return "infinite"
	case math.IsInf(e.Value, -1):
		return "minus infinite"
	case math.IsNaN(e.Value) && e.Why == "":
		return "not computable"
	case math.IsNaN(e.Value):
		return e.Why
	}
	return ""
}

func writeNext(b *bytes.Buffer, i int) {
	if i > 0 {
		b.WriteByte(',')
	}
	b.WriteString("\n    ")
}

func writeKey(b *bytes.Buffer, key string) { b.WriteString(quoteJSON(key) + ": ") }

// quoteJSON returns s as a JSON string, letters of all scripts as they are.
func quoteJSON(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }) {
		return `"` + s + `"`
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic("report: a string that is no JSON: " + err.Error())
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// numberJSON returns x with ten significant digits, null when it is NaN or
// infinite.
func numberJSON(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "null"
	}
	return tenDigits(x)
}
