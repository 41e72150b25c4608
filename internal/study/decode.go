package study

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"silico/analysis/expr"
)

// section is a table of a document and where its keys come from.
type section struct {
	doc   *document
	path  []string
	table map[string]any
	// from is the path of a key that was copied from another table by like.
	from map[string][]string
}

// where returns the path of a key of the section, dotted below it.
func (s *section) where(key ...string) []string {
	if len(key) > 0 {
		if p, ok := s.from[key[0]]; ok {
			return append(slices.Clone(p), key[1:]...)
		}
	}
	return append(slices.Clone(s.path), key...)
}

// has says whether a key is there and has a value of its type, as far as it
// was decoded.
func (s *section) has(key string) bool {
	return s.names(key) && !s.doc.misfits[pathKey(s.where(key)...)]
}

// names says whether a key is there, whatever its value.
func (s *section) names(key string) bool {
	_, ok := s.table[key]
	return ok
}

// decode puts the values of a section into the struct that into points to.
// Fields have `toml` tags; what the section does not name keeps its value.
// Every unknown key and every wrong type is reported at its key.
//
// Note: the toml package's own decoder stops at the first wrong type, which of
// several is random, and gives its place only in words. So this is our own,
// over the tree that the toml package has read; it is all the reflection that
// there is. It keeps that package's contracts toml.Unmarshaler and
// encoding.TextUnmarshaler.
func (s *section) decode(into any) {
	v := reflect.ValueOf(into).Elem()
	fields := fieldsOf(v)
	for _, key := range s.doc.childrenOf(s) {
		field, ok := fields.at[key]
		if !ok {
			s.unknown(key, fields.names)
			continue
		}
		s.doc.set(field, s.table[key], s.where(key))
	}
}

func (s *section) unknown(key string, names []string) {
	s.doc.at(s.where(key), "unknown key %q", key)
	p := &s.doc.problems[len(s.doc.problems)-1]
	p.Hint = expr.Suggest(key, names)
	if p.Hint == "" && len(names) > 0 {
		p.Msg += "; here can be " + strings.Join(names, ", ")
	}
}

// childrenOf returns the keys of a section in order, copied ones last.
func (d *document) childrenOf(s *section) []string {
	keys := d.children(s.path, s.table)
	slices.SortStableFunc(keys, func(a, b string) int {
		_, ca := s.from[a]
		_, cb := s.from[b]
		switch {
		case ca == cb:
			return 0
		case ca:
			return 1
		}
		return -1
	})
	return keys
}

type fields struct {
	at    map[string]reflect.Value
	names []string
}

// fieldsOf returns the fields of a struct by their TOML keys, those of
// embedded structs included.
func fieldsOf(v reflect.Value) fields {
	f := fields{at: make(map[string]reflect.Value)}
	t := v.Type()
	for i := range t.NumField() {
		sf := t.Field(i)
		if sf.Anonymous && sf.Type.Kind() == reflect.Struct {
			inner := fieldsOf(v.Field(i))
			for _, n := range inner.names {
				f.at[n] = inner.at[n]
			}
			f.names = append(f.names, inner.names...)
			continue
		}
		name, _, _ := strings.Cut(sf.Tag.Get("toml"), ",")
		if name == "-" || !sf.IsExported() {
			continue
		}
		if name == "" {
			name = strings.ToLower(sf.Name)
		}
		f.at[name] = v.Field(i)
		f.names = append(f.names, name)
	}
	return f
}

// set puts a TOML value into a field, or reports why it does not fit.
func (d *document) set(v reflect.Value, x any, path []string) {
	if v.CanAddr() {
		switch u := v.Addr().Interface().(type) {
		case toml.Unmarshaler:
			if err := u.UnmarshalTOML(x); err != nil {
				d.at(path, "%v", err)
			}
			return
		case encoding.TextUnmarshaler:
			s, ok := x.(string)
			if !ok {
				d.wrong(path, "text in quotes", x)
			} else if err := u.UnmarshalText([]byte(s)); err != nil {
				d.value(path, "%v", err)
			}
			return
		}
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		d.set(v.Elem(), x, path)
	case reflect.Struct:
		if table, ok := x.(map[string]any); ok {
			p := v.Addr().Interface()
			(&section{doc: d, path: path, table: table}).decode(p)
		} else {
			d.wrong(path, "a table", x)
		}
	case reflect.Map:
		d.setMap(v, x, path)
	case reflect.Slice:
		d.setSlice(v, x, path)
	case reflect.Interface:
		v.Set(reflect.ValueOf(x))
	default:
		d.setScalar(v, x, path)
	}
}

func (d *document) setMap(v reflect.Value, x any, path []string) {
	table, ok := x.(map[string]any)
	if !ok {
		d.wrong(path, "a table of "+plural(v.Type().Elem()), x)
		return
	}
	if v.IsNil() {
		v.Set(reflect.MakeMap(v.Type()))
	}
	for _, k := range d.children(path, table) {
		e := reflect.New(v.Type().Elem()).Elem()
		d.set(e, table[k], append(slices.Clone(path), k))
		v.SetMapIndex(reflect.ValueOf(k).Convert(v.Type().Key()), e)
	}
}

func (d *document) setSlice(v reflect.Value, x any, path []string) {
	list, ok := x.([]any)
	if !ok {
		d.wrong(path, "a list of "+plural(v.Type().Elem()), x)
		return
	}
	out := reflect.MakeSlice(v.Type(), len(list), len(list))
	for i, e := range list {
		d.set(out.Index(i), e, append(slices.Clone(path), element(i)))
	}
	v.Set(out)
}

func (d *document) setScalar(v reflect.Value, x any, path []string) {
	fits := false
	switch v.Kind() {
	case reflect.String:
		var s string
		if s, fits = x.(string); fits {
			v.SetString(s)
		}
	case reflect.Bool:
		var b bool
		if b, fits = x.(bool); fits {
			v.SetBool(b)
		}
	case reflect.Int, reflect.Int64, reflect.Int32:
		var n int64
		if n, fits = x.(int64); fits && !v.OverflowInt(n) {
			v.SetInt(n)
		}
	case reflect.Uint, reflect.Uint64, reflect.Uint32:
		var n int64
		if n, fits = x.(int64); fits && n >= 0 {
			v.SetUint(uint64(n))
		} else if fits {
			d.value(path, "%d is negative", n)
		}
	case reflect.Float64:
		switch n := x.(type) {
		case int64:
			v.SetFloat(float64(n))
			fits = true
		case float64:
			v.SetFloat(n)
			fits = true
			if math.IsNaN(n) || math.IsInf(n, 0) {
				d.value(path, "%s is not a finite number", strings.ToLower(fmt.Sprint(n)))
			}
		}
	default:
		panic("study: no TOML value fits a field of type " + v.Type().String())
	}
	if !fits {
		d.wrong(path, singular(v.Type()), x)
	}
}

// wrong reports a value of another type than asked for.
func (d *document) wrong(path []string, want string, x any) {
	name := path[len(path)-1]
	d.misfits[pathKey(path...)] = true
	if strings.HasPrefix(name, "\x01") && len(path) > 1 {
		d.misfits[pathKey(path[:len(path)-1]...)] = true
		d.value(path, "an element of %q must be %s, not %s", path[len(path)-2], want, kindOf(x))
		return
	}
	d.at(path, "%q must be %s, not %s", name, want, kindOf(x))
}

// kindOf names the type of a TOML value.
func kindOf(x any) string {
	switch x := x.(type) {
	case string:
		return "text"
	case bool:
		return "true or false"
	case int64:
		return "a whole number"
	case float64:
		return "a decimal number"
	case map[string]any:
		return "a table"
	case []any, []map[string]any:
		return "a list"
	default:
		_ = x
		return "a date"
	}
}

func singular(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return singular(t.Elem())
	case reflect.String:
		return "text in quotes"
	case reflect.Bool:
		return "true or false"
	case reflect.Float64:
		return "a number"
	case reflect.Slice:
		return "a list of " + plural(t.Elem())
	case reflect.Struct, reflect.Map:
		return "a table"
	case reflect.Interface:
		return "a value"
	}
	return "a whole number"
}

func plural(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return plural(t.Elem())
	case reflect.String:
		return "texts in quotes"
	case reflect.Bool:
		return "true or false"
	case reflect.Float64:
		return "numbers"
	case reflect.Slice:
		return "lists"
	case reflect.Struct, reflect.Map:
		return "tables"
	case reflect.Interface:
		return "values"
	}
	return "whole numbers"
}
