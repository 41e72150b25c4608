package llm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
)

// Nearest finds, among kept answers, the one whose request is most like a
// request that has none: the one that differs in the fewest fields of the
// description, then in the shortest piece of the body, then by key.
//
// The opening counts for nothing. It is derived from what else differs, or from
// an earlier request of the session.
type Nearest struct {
	fields []Field
	best   *Record
	n, gap int
}

// NewNearest looks for the neighbour of a request.
func NewNearest(r *Request, w Wire) *Nearest { return &Nearest{fields: Describe(r, w)} }

// Offer considers a kept answer.
func (n *Nearest) Offer(r *Record) {
	fields := r.Request.Fields()
	differ, gap := 0, 0
	for i, f := range n.fields {
		if f.Value == fields[i].Value || f.Name == "opening" || f.Name == "version" {
			continue
		}
		differ++
		if f.Name == "body" {
			gap = gapOf(f.Value, fields[i].Value)
		}
	}
	closer := n.best == nil || differ < n.n || differ == n.n && (gap < n.gap || gap == n.gap && bytes.Compare(r.Key[:], n.best.Key[:]) < 0)
	if closer {
		kept := *r
		n.best, n.n, n.gap = &kept, differ, gap
	}
}

// gapOf returns the length of what lies between the common beginning and the
// common end of two texts, in the longer one.
func gapOf(a, b string) int {
	short, long := min(len(a), len(b)), max(len(a), len(b))
	from := 0
	for from < short && a[from] == b[from] {
		from++
	}
	end := 0
	for end < short-from && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	return long - from - end
}

// Difference is one field in which a request and that of a kept answer differ.
type Difference struct {
	Field string `json:"field"` // such as draw, or body.messages[1].content
	Asked string `json:"asked"` // "" when it has none
	Kept  string `json:"kept"`
}

// Best returns the nearest answer and how its request differs, nil when there
// was none at all.
func (n *Nearest) Best() (*Record, []Difference) {
	if n.best == nil {
		return nil, nil
	}
	var list []Difference
	for i, f := range n.best.Request.Fields() {
		asked := n.fields[i]
		switch {
		case asked.Value == f.Value:
		case f.Name == "body":
			list = append(list, differences(asked.Value, f.Value)...)
		default:
			list = append(list, Difference{f.Name, asked.Value, f.Value})
		}
	}
	return n.best, list
}

// differences compares two bodies member by member.
func differences(asked, kept string) []Difference {
	var a, k any
	if decodeExact(asked, &a) != nil || decodeExact(kept, &k) != nil {
		return []Difference{{"body", asked, kept}}
	}
	return compareJSON(nil, "body", a, k)
}

// decodeExact keeps numbers as they are written.
func decodeExact(text string, v any) error {
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	return d.Decode(v)
}

func compareJSON(list []Difference, path string, a, k any) []Difference {
	if am, km, ok := both[map[string]any](a, k); ok {
		all := maps.Clone(am)
		maps.Copy(all, km)
		for _, name := range slices.Sorted(maps.Keys(all)) {
			list = compareMember(list, path+"."+name, am, km, name)
		}
		return list
	}
	if as, ks, ok := both[[]any](a, k); ok {
		for i := range max(len(as), len(ks)) {
			place := path + "[" + strconv.Itoa(i) + "]"
			switch {
			case i >= len(ks):
				list = append(list, Difference{Field: place, Asked: shownJSON(as[i])})
			case i >= len(as):
				list = append(list, Difference{Field: place, Kept: shownJSON(ks[i])})
			default:
				list = compareJSON(list, place, as[i], ks[i])
			}
		}
		return list
	}
	if !reflect.DeepEqual(a, k) {
		list = append(list, Difference{path, shownJSON(a), shownJSON(k)})
	}
	return list
}

func compareMember(list []Difference, path string, a, k map[string]any, name string) []Difference {
	av, aok := a[name]
	kv, kok := k[name]
	switch {
	case !kok:
		return append(list, Difference{Field: path, Asked: shownJSON(av)})
	case !aok:
		return append(list, Difference{Field: path, Kept: shownJSON(kv)})
	}
	return compareJSON(list, path, av, kv)
}

func both[T any](a, b any) (T, T, bool) {
	x, ok := a.(T)
	y, also := b.(T)
	return x, y, ok && also
}

// shownJSON returns a value as it is written, texts without their quotes.
func shownJSON(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil {
		return fmt.Sprint(v)
	}
	return string(bytes.TrimSpace(b.Bytes()))
}
