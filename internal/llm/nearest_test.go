package llm

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// like returns a request with a body of its own, and how it is sent.
func like(temperature, words string, draw int) (*Request, Wire) {
	return &Request{Provider: "openai", Model: "small", Sampled: true, Place: Place{Opening: "o" + words, Draw: draw}},
		Wire{Path: "chat/completions", Body: fmt.Sprintf(`{"messages":[{"content":%q,"role":"user"}],"temperature":%s}`, words, temperature)}
}

func TestNearestAnswerDiffersInTheFewestFields(t *testing.T) {
	type request struct {
		temperature, words string
		draw               int
	}
	for _, tt := range []struct {
		name string
		kept []request
		want []Difference
	}{
		{"none", nil, nil},
		{"draw", []request{{"1", "shout?", 3}, {"1", "scold or shout?", 0}, {"0.7", "shout?", 3}}, []Difference{{"draw", "0", "3"}}},
		{"number", []request{{"0.7", "shout?", 0}, {"0.7", "do you shout?", 0}}, []Difference{{"body.temperature", "1", "0.7"}}},
		{"words", []request{{"1", "shout!", 0}, {"1", "or do you curse?", 0}},
			[]Difference{{"body.messages[0].content", "shout?", "shout!"}, {"opening", "oshout?", "oshout!"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := NewNearest(like("1", "shout?", 0))
			for _, k := range tt.kept {
				r, w := like(k.temperature, k.words, k.draw)
				id := identify(r, w)
				n.Offer(&Record{Key: KeyOf(id.Fields()), Request: id})
			}
			_, got := n.Best()
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("differences (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBodiesAreComparedMemberByMember(t *testing.T) {
	got := differences(`{"a":1,"b":[1,{"c":"x"}],"d":null}`, `{"b":[1,{"c":"y"},3],"d":null,"e":{"f":1.50}}`)
	want := []Difference{
		{"body.a", "1", ""},
		{"body.b[1].c", "x", "y"},
		{"body.b[2]", "", "3"},
		{"body.e", "", `{"f":1.50}`},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("differences (-want +got):\n%s", diff)
	}
}

func TestGapIsWhatLiesBetweenEqualEnds(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "abc", 0}, {"abc", "axc", 1}, {"aaa", "aa", 1}, {"abc", "abxyzc", 3}, {"x", "", 1}} {
		if got := gapOf(tt.a, tt.b); got != tt.want {
			t.Errorf("gapOf(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}
