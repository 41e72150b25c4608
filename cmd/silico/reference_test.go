package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"silico/analysis"
	"silico/analysis/frame"
	"silico/internal/study"
	"silico/templates"
)

var update = flag.Bool("update", false, "write golden files anew")

// source is the parsed source of one package: the structs into which TOML is
// decoded, with their comments, and the defaults at registration.
type source struct {
	fset    *token.FileSet
	structs map[string]*ast.StructType
	docs    map[string]string
	made    map[string]*ast.CompositeLit // kind of analysis -> its parameters at their defaults
	kinds   map[string]string            // kind of analysis -> type
}

func parseSource(t *testing.T, dir string) *source {
	t.Helper()
	s := &source{token.NewFileSet(), map[string]*ast.StructType{}, map[string]string{}, map[string]*ast.CompositeLit{}, map[string]string{}}
	names, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(s.fset, name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GenDecl:
				for _, sp := range n.Specs {
					if v, ok := sp.(*ast.ValueSpec); ok && n.Doc != nil {
						s.docs[v.Names[0].Name] = n.Doc.Text()
					}
					ts, ok := sp.(*ast.TypeSpec)
					if !ok {
						continue
					}
					if st, ok := ts.Type.(*ast.StructType); ok {
						s.structs[ts.Name.Name] = st
						s.docs[ts.Name.Name] = n.Doc.Text()
						if ts.Doc != nil {
							s.docs[ts.Name.Name] = ts.Doc.Text()
						}
					}
				}
			case *ast.CallExpr:
				id, ok := n.Fun.(*ast.Ident)
				if !ok || id.Name != "Register" || len(n.Args) != 2 {
					break
				}
				kind, ok := n.Args[0].(*ast.BasicLit)
				if !ok {
					break
				}
				k, err := strconv.Unquote(kind.Value)
				if err != nil {
					t.Fatal(err)
				}
				ast.Inspect(n.Args[1], func(n ast.Node) bool {
					if lit, ok := n.(*ast.CompositeLit); ok && s.made[k] == nil {
						s.made[k] = lit
						s.kinds[k] = s.text(lit.Type)
					}
					return true
				})
			}
			return true
		})
	}
	return s
}

func (s *source) text(n ast.Node) string {
	var b bytes.Buffer
	if err := printer.Fprint(&b, s.fset, n); err != nil {
		panic(err)
	}
	return b.String()
}

// keys returns the TOML keys of a struct in order, those of embedded structs
// in their place and those of nested ones dotted.
func (s *source) keys(t *testing.T, typ, prefix string, made *ast.CompositeLit) []templates.Key {
	t.Helper()
	defaults := map[string]ast.Expr{}
	if made != nil {
		for _, e := range made.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				defaults[s.text(kv.Key)] = kv.Value
			}
		}
	}
	st := s.structs[typ]
	if st == nil {
		t.Fatalf("no struct %s", typ)
	}
	var keys []templates.Key
	for _, f := range st.Fields.List {
		if len(f.Names) == 0 {
			sub, _ := defaults[s.text(f.Type)].(*ast.CompositeLit)
			keys = append(keys, s.keys(t, strings.TrimPrefix(s.text(f.Type), "*"), prefix, sub)...)
			continue
		}
		if f.Tag == nil || !ast.IsExported(f.Names[0].Name) {
			continue
		}
		tag, err := strconv.Unquote(f.Tag.Value)
		if err != nil {
			t.Fatal(err)
		}
		name, _, _ := strings.Cut(reflect.StructTag(tag).Get("toml"), ",")
		if name == "" || name == "-" {
			continue
		}
		value := defaults[f.Names[0].Name]
		k := templates.Key{Name: prefix + name, Type: typeWords(s.text(f.Type)), Doc: oneLine(f.Doc.Text())}
		if k.Doc == "" {
			t.Errorf("%s.%s (key %s) has no comment", typ, f.Names[0].Name, k.Name)
		}
		elem := strings.TrimPrefix(s.text(f.Type), "*")
		if s.structs[elem] != nil {
			k.Type = "table"
			keys = append(keys, k)
			if strings.HasPrefix(elem, "spec") { // has a section of its own
				continue
			}
			sub, _ := value.(*ast.CompositeLit)
			keys = append(keys, s.keys(t, elem, k.Name+".", sub)...)
			continue
		}
		if value != nil {
			k.Default = defaultWords(s.text(value))
		}
		keys = append(keys, k)
	}
	return keys
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func typeWords(t string) string {
	t = strings.TrimPrefix(t, "*")
	if e, ok := strings.CutPrefix(t, "[]"); ok {
		return "list of " + plural(typeWords(e))
	}
	if strings.HasPrefix(t, "map[string]spec") {
		return "tables"
	}
	if strings.HasPrefix(t, "map[string]") {
		return "table of " + plural(typeWords(strings.TrimPrefix(t, "map[string]")))
	}
	switch t {
	case "int", "int64", "uint64":
		return "integer"
	case "float64":
		return "number"
	case "bool":
		return "boolean"
	case "any", "toml.Primitive":
		return "value"
	}
	return "string"
}

// plural returns "strings", "lists of numbers".
func plural(words string) string {
	first, rest, more := strings.Cut(words, " ")
	if more {
		return first + "s " + rest
	}
	return first + "s"
}

// constants are the names that defaults are written with.
var constants = map[string]string{"frame.Evaluation": strconv.Quote(frame.Evaluation), "people": strconv.Quote("people")}

func defaultWords(v string) string {
	if c, ok := constants[v]; ok {
		return c
	}
	if i := strings.Index(v, "{"); i >= 0 && strings.HasPrefix(v, "[]") {
		return "[" + strings.TrimSuffix(v[i+1:], "}") + "]"
	}
	return v
}

// TestReferenceIsCurrent makes docs/spec.md and templates/reference.json from
// the comments on the structs that TOML is decoded into.
func TestReferenceIsCurrent(t *testing.T) {
	ref := makeReference(t)
	js, err := json.MarshalIndent(ref, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, filepath.Join(root, "templates", "reference.json"), append(js, '\n'))
	golden(t, filepath.Join(root, "docs", "spec.md"), specPage(ref))
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		line, found, wanted := firstDifference(string(want), string(got))
		t.Errorf("%s is not current at line %d:\n  it says     %s\n  it must say %s\nrun: go test ./cmd/silico -run Reference -update", filepath.Base(name), line, found, wanted)
	}
}

// specTables are the tables of study.toml and the structs that they are decoded
// into, in the order of the reference.
var specTables = []struct{ table, typ string }{
	{"(top)", "specFile"},
	{"[study]", "specStudy"},
	{"[people]", "specPeople"},
	{"[people.pilot]", "specPilot"},
	{"[respondents]", "specRespondents"},
	{"[variable.NAME]", "specVariable"},
	{"[factor.NAME]", "specFactor"},
	{"[factor.NAME.level.LEVEL]", "specLevel"},
	{"[persona.NAME]", "specPersona"},
	{"[question.NAME]", "specQuestion"},
	{"[model.NAME]", "specModel"},
	{"[model.NAME] train", "specTrain"},
	{"[model.NAME.effect.VARIABLE]", "specEffect"},
	{"[group.NAME]", "specGroup"},
	{"[analysis.NAME]", "specAnalysis"},
	{"[family.NAME]", "specFamily"},
	{"[hypothesis.NAME]", "specHypothesis"},
}

func makeReference(t *testing.T) *templates.Guide {
	ref := &templates.Guide{}
	kinds := parseSource(t, "analysis")
	for _, k := range analysis.Kinds() {
		typ := kinds.kinds[k]
		if typ == "" {
			t.Fatalf("no Register(%q, ...) with a composite literal in analysis", k)
		}
		doc := kinds.docs[typ]
		ref.Analyses = append(ref.Analyses, templates.Entry{Name: k, Doc: firstSentence(doc, typ), Text: doc, Keys: kinds.keys(t, typ, "", kinds.made[k])})
	}
	spec := parseSource(t, "internal/study")
	for _, s := range specTables {
		doc := spec.docs[s.typ]
		if doc == "" {
			t.Errorf("internal/study.%s has no comment", s.typ)
		}
		ref.Spec = append(ref.Spec, templates.Entry{Name: s.table, Doc: firstSentence(doc, s.typ), Text: doc, Keys: spec.keys(t, s.typ, "", nil)})
	}
	sources := parseSource(t, "internal/collect")
	for _, name := range []string{"baseline", "recorded", "simulated"} {
		ref.Providers = append(ref.Providers, entry(t, name, sources.docs, name))
	}
	for _, name := range study.Measures() {
		ref.Measures = append(ref.Measures, entry(t, name, spec.docs, "measure"+strings.ToUpper(name[:1])+name[1:]))
	}
	return ref
}

// entry returns what the comment on a declaration says.
func entry(t *testing.T, name string, docs map[string]string, declared string) templates.Entry {
	t.Helper()
	doc := docs[declared]
	if doc == "" {
		t.Errorf("%s has no comment", declared)
	}
	return templates.Entry{Name: name, Doc: firstSentence(doc, declared), Text: doc}
}

// firstSentence returns the first sentence of a comment without the name of
// the type that it begins with.
func firstSentence(doc, typ string) string {
	doc = strings.TrimPrefix(oneLine(doc), typ+" ")
	doc = strings.TrimPrefix(strings.TrimPrefix(doc, "is "), "are ")
	if _, rest, ok := strings.Cut(doc, "]: "); ok { // specStudy is [study]: what ...
		doc = rest
	}
	if i := strings.Index(doc, ". "); i >= 0 {
		doc = doc[:i]
	}
	doc = strings.TrimSuffix(doc, ".")
	if doc == "" {
		return ""
	}
	return strings.ToUpper(doc[:1]) + doc[1:] + "."
}

func specPage(ref *templates.Guide) []byte {
	var b bytes.Buffer
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("# The spec: study.toml\n")
	p("Made from the comments in the source; do not edit. `go test ./cmd/silico -run Reference -update` writes it anew.\n")
	p("Tables are named (`[model.base]`), never arrays. Names match `[a-z][a-z0-9_]*`. Paths stay inside the study's folder.")
	p("`silico check STUDY` reports every problem at once, with its place.\n")
	for _, e := range ref.Spec {
		section(p, e)
	}
	p("# Analyses\n")
	p("One `[analysis.NAME]` an analysis; `kind` says which of these it is.\n")
	for _, e := range ref.Analyses {
		e.Name = "kind = \"" + e.Name + "\""
		section(p, e)
	}
	return b.Bytes()
}

func section(p func(string, ...any), e templates.Entry) {
	p("## `%s`\n\n%s\n", e.Name, e.Doc)
	p("| key | type | default | what |\n|---|---|---|---|")
	for _, k := range e.Keys {
		def := ""
		if k.Default != "" {
			def = "`" + k.Default + "`"
		}
		p("| `%s` | %s | %s | %s |", k.Name, k.Type, def, strings.ReplaceAll(k.Doc, "|", "\\|"))
	}
	p("")
}

func TestEveryAnalysisIsInTheReference(t *testing.T) {
	var names []string
	for _, e := range templates.Reference().Analyses {
		names = append(names, e.Name)
	}
	if !slices.Equal(names, analysis.Kinds()) {
		t.Errorf("the reference has %v, registered are %v", names, analysis.Kinds())
	}
}
