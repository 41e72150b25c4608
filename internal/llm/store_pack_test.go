package llm

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestPackedReplyIsTheReplyAgain(t *testing.T) {
	price := 1.25e-5
	for name, r := range map[string]*Reply{
		"words":          {Text: "yes", Finish: Stop, Input: 3, Output: 1, Date: "2026-11-25T10:00:00Z", LatencyMS: 7},
		"everything":     {Text: "a\"\\\n\x1b\u2028<é", Finish: Length, Input: 3, Output: 1, Cached: 2, Served: "m", Print: "f", RequestID: "r", Date: "2026-02-28T23:59:59Z", LatencyMS: 1 << 40, Price: &price},
		"free of charge": {Text: "", Finish: Stop, Date: "2026-11-25T10:00:00Z", Price: new(float64)},
		"a long time":    {Text: "x", Finish: Stop, Date: "1066-10-14T09:00:00Z"},
		"no date":        {Text: "x", Finish: Stop},
		"odd date":       {Text: "x", Finish: Stop, Date: "2026-11-25T10:00:00+01:00"},
		"no second":      {Text: "x", Finish: Stop, Date: "2026-11-25T10:00:00.5Z"},
		"reasoning":      {Text: "x", Reasoning: "well", Finish: Stop, Date: "2026-11-25T10:00:00Z"},
		"refusal":        {Refusal: "I cannot", Finish: Refused, Date: "2026-11-25T10:00:00Z"},
		"tokens":         {Text: "x", Finish: Stop, Date: "2026-11-25T10:00:00Z", Tokens: []Token{{Text: "x", Logprob: -1e-9}}},
		"alternatives": {Text: "x", Finish: Length, Input: 2, Date: "2026-11-25T10:00:00Z", Price: &price, Tokens: []Token{
			{Text: " x", Logprob: -1e-9, Top: []Token{{Text: " x", Logprob: -1e-9}, {Text: "\n\"", Logprob: -20.5}}}, {Text: "", Logprob: 0}}},
		"alternatives to alternatives": {Text: "x", Finish: Stop, Date: "2026-11-25T10:00:00Z", Tokens: []Token{
			{Text: "x", Top: []Token{{Text: "y", Top: []Token{{Text: "z"}}}}}}},
		"negative": {Text: "x", Finish: Stop, Input: -1, Date: "2026-11-25T10:00:00Z", LatencyMS: -5},
	} {
		t.Run(name, func(t *testing.T) { packs(t, r) })
	}
}

func packs(t interface {
	Fatalf(string, ...any)
	Fatal(...any)
}, r *Reply) {
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var n names
	got, ok := n.unpack(n.pack([]byte("before"), b)[len("before"):])
	if diff := cmp.Diff(r, got); !ok || diff != "" {
		t.Fatalf("%s comes back changed (-packed +unpacked):\n%s", b, diff)
	}
}

func TestAnyReplyCanBePacked(t *testing.T) {
	text := rapid.StringOf(rapid.RuneFrom([]rune("ab\"\\\n\x01\x7fé\u2028<>&日{}:,")))
	rapid.Check(t, func(t *rapid.T) {
		r := &Reply{
			Text: text.Draw(t, "text"), Finish: Finish(text.Draw(t, "finish")), Refusal: rapid.SampledFrom([]string{"", "", "no"}).Draw(t, "refusal"),
			Input: rapid.IntRange(0, 1e6).Draw(t, "input"), Cached: rapid.IntRange(0, 3).Draw(t, "cached"),
			Served: text.Draw(t, "served"), Print: text.Draw(t, "print"), RequestID: text.Draw(t, "id"),
			Date: rapid.SampledFrom([]string{"2026-11-25T10:00:00Z", "2026-02-30T10:00:00Z", "0000-01-01T00:00:00Z", ""}).Draw(t, "date"),
		}
		token := rapid.Custom(func(t *rapid.T) Token {
			return Token{Text: text.Draw(t, "token"), Logprob: -rapid.Float64().Draw(t, "p")}
		})
		for range rapid.IntRange(0, 2).Draw(t, "tokens") {
			one := token.Draw(t, "one")
			for range rapid.IntRange(0, 3).Draw(t, "alternatives") {
				one.Top = append(one.Top, token.Draw(t, "alternative"))
			}
			r.Tokens = append(r.Tokens, one)
		}
		if rapid.Bool().Draw(t, "priced") {
			p := rapid.Float64().Draw(t, "price")
			r.Price = &p
		}
		packs(t, r)
	})
}

func TestLogProbabilitiesArePackedWithoutJSON(t *testing.T) {
	b, err := json.Marshal(&Reply{Text: "x", Finish: Stop, Date: "2026-11-25T10:00:00Z", Tokens: []Token{{Text: "x", Logprob: -1, Top: []Token{{Text: "x", Logprob: -1}, {Text: "y", Logprob: -2}}}}})
	if err != nil {
		t.Fatal(err)
	}
	var n names
	if packed := n.pack(nil, b); packed[0] != packedWords || len(packed) > len(b)/2 {
		t.Errorf("%s is packed as %d in %d bytes", b, packed[0], len(packed))
	}
}
