package llmtest

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
)

// schema is the part of JSON schema that the server understands.
type schema struct {
	Type       any               `json:"type"`
	Enum       []any             `json:"enum"`
	Const      any               `json:"const"`
	Properties map[string]schema `json:"properties"`
	Items      *schema           `json:"items"`
	AnyOf      []schema          `json:"anyOf"`
	Minimum    *float64          `json:"minimum"`
	Maximum    *float64          `json:"maximum"`
	MinItems   int               `json:"minItems"`
}

// conform returns JSON that follows a schema, drawn by a hash.
func conform(raw json.RawMessage, h uint64) string {
	var s schema
	if err := json.Unmarshal(raw, &s); err != nil {
		return "{}"
	}
	out, err := json.Marshal(s.value(h))
	if err != nil {
		return "{}"
	}
	return string(out)
}

func (s *schema) value(h uint64) any {
	switch {
	case s.Const != nil:
		return s.Const
	case len(s.Enum) > 0:
		return s.Enum[h%uint64(len(s.Enum))]
	case len(s.AnyOf) > 0:
		return s.AnyOf[h%uint64(len(s.AnyOf))].value(mix(h, 1))
	}
	kind, _ := s.Type.(string)
	if kinds, ok := s.Type.([]any); ok && len(kinds) > 0 {
		kind, _ = kinds[0].(string)
	}
	switch kind {
	case "object":
		object := map[string]any{}
		for i, name := range slices.Sorted(maps.Keys(s.Properties)) {
			p := s.Properties[name]
			object[name] = p.value(mix(h, uint64(i)))
		}
		s.share(object)
		return object
	case "array":
		items := make([]any, max(1, s.MinItems))
		for i := range items {
			if s.Items != nil {
				items[i] = s.Items.value(mix(h, uint64(i)))
			}
		}
		return items
	case "integer":
		low, high := s.bounds()
		return math.Floor(low + unit(h)*(high-low+1))
	case "number":
		low, high := s.bounds()
		return low + math.Floor(unit(h)*1000)/1000*(high-low)
	case "boolean":
		return h&1 == 0
	case "null":
		return nil
	}
	return vocabulary[h%uint64(len(vocabulary))]
}

// share makes numbers add up to 100 when all of an object are percentages.
func (s *schema) share(object map[string]any) {
	sum := 0.0
	for name, p := range s.Properties {
		v, ok := object[name].(float64)
		if !ok || p.Maximum == nil || *p.Maximum != 100 {
			return
		}
		sum += v
	}
	if sum == 0 {
		return
	}
	left := 100.0
	names := slices.Sorted(maps.Keys(object))
	for i, name := range names {
		v := math.Round(100 * object[name].(float64) / sum)
		if i == len(names)-1 {
			v = left
		}
		v = min(v, left)
		object[name] = v
		left -= v
	}
}

func (s *schema) bounds() (low, high float64) {
	low, high = 0, 100
	if s.Minimum != nil {
		low = *s.Minimum
	}
	if s.Maximum != nil {
		high = *s.Maximum
	}
	return low, max(low, high)
}

// quoted adds a text as JSON.
func quoted(b []byte, s string) []byte {
	plain := true
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c >= 0x7F || c == '"' || c == '\\' {
			plain = false
			break
		}
	}
	if plain {
		b = append(b, '"')
		b = append(b, s...)
		return append(b, '"')
	}
	out, _ := json.Marshal(s)
	return append(b, out...)
}

// quote returns a text as JSON.
func quote(s string) string { return string(quoted(nil, s)) }

func number(b []byte, v float64) []byte { return strconv.AppendFloat(b, v, 'g', -1, 64) }
