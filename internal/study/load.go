package study

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"silico/analysis/expr"
	"silico/analysis/frame"
)

// SpecFile is the name of the file that a study is declared in.
const SpecFile = "study.toml"

// Load reads the study at path, a folder or its study.toml, with its people
// and everything else that it names, and reports every problem at once, sorted
// by place. Problems is nil when there are none.
//
// With problems the study is nil, or, when the file could be read as TOML,
// what could be understood of it: enough to decode its analyses and to report
// their problems with the others, and for nothing else.
func Load(path string) (*Study, Problems) {
	file := path
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		file = filepath.Join(path, SpecFile)
	}
	shown := filepath.ToSlash(filepath.Clean(file))
	if info, err := os.Stat(file); err == nil && !info.Mode().IsRegular() { // a pipe would never end
		return nil, Problems{{File: shown, Msg: "this is a folder or a device, not a file"}}
	}
	src, err := os.ReadFile(file)
	if err != nil {
		return nil, Problems{{File: shown, Msg: unreadable(err, "a study is a folder with a "+SpecFile+", or that file; silico new DIR writes one")}}
	}
	root, err := os.OpenRoot(filepath.Dir(file))
	if err != nil {
		return nil, Problems{{File: shown, Msg: unreadable(err, "")}}
	}
	defer root.Close()
	l := newLoader(shown, string(src), root)
	l.s.File, l.s.Dir = file, filepath.Dir(file)
	l.s.Slug = slug(l.s.Dir)
	l.input(describe(filepath.Base(file), src))
	s, problems := l.load()
	if l.size() > large {
		runtime.GC() // the files are read; without this they would stay beside the frame that is made next
	}
	return s, problems
}

// large is how many bytes of files are worth to be given back at once: the
// collector would wait until as much again is in use.
const large = 16 << 20

// size returns how many bytes of files are held.
func (l *loader) size() int {
	n := 0
	for _, c := range l.read {
		n += len(c.text)
	}
	return n
}

// slug returns the name of a folder.
func slug(dir string) string {
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	return filepath.Base(dir)
}

// unreadable puts the error of a file in our words.
func unreadable(err error, way string) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such file; " + way
	case errors.Is(err, fs.ErrPermission):
		return "the file may not be read"
	}
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return "the file cannot be read: " + pe.Err.Error()
	}
	return "the file cannot be read: " + err.Error()
}

// loader holds what is known while a study is read.
type loader struct {
	s    *Study
	doc  *document
	root *os.Root // the study's folder; nil reads no file
	dir  string   // the folder as problems name it

	read   map[string]contents // files, by their names in the manifest
	tables map[string]*csvFile // those that were read as CSV

	columns   map[string][]string // name of a column -> path of its declaration
	variables map[string]*section
	factors   map[string]*section
	peopleAt  *section
	sha256    string // of the people file, as declared
	models    map[string]*section
	records   []recordAt // files to read once the columns are known
	margins   map[string]map[string]float64
	marginsAt *section
	trains    []trainAt // draws of people to make once the pilot is known
	files     Problems  // problems of other files than the study's
	broken    bool      // the columns are not sound; no data file can be read
}

func newLoader(file, src string, root *os.Root) *loader {
	return &loader{
		s:    &Study{},
		doc:  parse(file, src, 1),
		root: root,
		dir:  path.Dir(file),
		read: make(map[string]contents), tables: make(map[string]*csvFile),
		columns: make(map[string][]string), variables: make(map[string]*section),
		factors: make(map[string]*section), models: make(map[string]*section),
	}
}

// load is the whole way from a parsed file to a checked study.
func (l *loader) load() (*Study, Problems) {
	if l.doc.root == nil {
		return nil, l.doc.problems.sorted()
	}
	l.head()
	l.study()
	l.people()
	l.measures()
	l.design()
	l.checkColumns()
	l.s.schema = l.schema()
	l.derivations()
	l.sampling()
	l.wording()
	l.readTunings()
	l.sources()
	l.groups()
	l.analyses()
	l.families()
	l.hypotheses()
	l.drawRespondents()
	l.readPeople()
	l.readRecorded()
	l.untold()
	l.drawTraining()
	l.checkTunings()
	l.checkLeaks()
	l.statuses()
	l.s.schema.Sources = l.s.sources()
	return l.s, append(l.doc.problems.sorted(), l.files...).sorted()
}

// top returns a table of the file as a section, nil when it is not there or
// no table.
func (l *loader) top(name string) *section {
	x, ok := l.doc.root[name]
	if !ok {
		return nil
	}
	table, ok := x.(map[string]any)
	if !ok {
		l.doc.at([]string{name}, "%q must be a table, written [%s], not %s", name, name, kindOf(x))
		return nil
	}
	return &section{doc: l.doc, path: []string{name}, table: table}
}

// Names that mean something in addresses, in rules or in the frame.
var (
	reservedNames   = []string{"people", "all", "none", "study", "and", "or", "not", "in", "true", "false"}
	reservedColumns = []string{frame.SourceColumn, frame.SampleColumn, frame.RuleColumn, frame.DrawColumn}
)

// Reserved says whether a name cannot be that of a column or of anything else
// in a study.
func Reserved(name string) bool {
	return slices.Contains(reservedNames, name) || slices.Contains(reservedColumns, name)
}

// named returns the tables below a name, such as [model.NAME], in the order of
// the file. Names that are not fit are reported.
func (l *loader) named(name string) []*section {
	s := l.top(name)
	if s == nil {
		return nil
	}
	var sections []*section
	for _, k := range l.doc.children(s.path, s.table) {
		path := s.where(k)
		table, ok := s.table[k].(map[string]any)
		switch {
		case !ok:
			l.doc.at(path, "%q must be a table, written [%s.%s], not %s", k, name, k, kindOf(s.table[k]))
			continue
		case !plain(k):
			l.doc.at(path, "%q is no name: names are lower-case letters, digits and underscores, and begin with a letter", k)
			l.suggest(plainer(k))
			l.broken = l.broken || name == "variable" || name == "factor"
		case slices.Contains(reservedNames, k):
			l.doc.at(path, "%q is reserved and cannot name a %s", k, name)
		}
		sections = append(sections, &section{doc: l.doc, path: path, table: table})
	}
	return sections
}

// suggest gives the last problem its hint.
func (l *loader) suggest(hint string) {
	l.doc.problems[len(l.doc.problems)-1].Hint = hint
}

// plain says whether s matches [a-z][a-z0-9_]*.
func plain(s string) bool {
	for i, r := range s {
		if !(r >= 'a' && r <= 'z' || i > 0 && (r == '_' || r >= '0' && r <= '9')) {
			return false
		}
	}
	return s != ""
}

// plainer returns a plain name like s, "" when nothing is left of it.
func plainer(s string) string {
	s = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToLower(s))
	s = strings.Trim(s, "_")
	if !plain(s) {
		return ""
	}
	return s
}

var tops = []string{"silico", "study", "people", "respondents", "variable", "factor", "persona", "question", "model", "group", "analysis", "family", "hypothesis"}

// head checks what stands above all tables.
func (l *loader) head() {
	root := &section{doc: l.doc, table: l.doc.root}
	for _, k := range l.doc.children(nil, l.doc.root) {
		if !slices.Contains(tops, k) {
			root.unknown(k, tops)
		}
	}
	var f specFile
	x, ok := l.doc.root["silico"]
	if !ok {
		l.doc.add(0, "the file does not say its format: begin it with silico = %d", Format)
		return
	}
	before := len(l.doc.problems)
	(&section{doc: l.doc, table: map[string]any{"silico": x}}).decode(&f)
	switch {
	case len(l.doc.problems) > before:
	case f.Silico > Format:
		l.doc.value([]string{"silico"}, "the file is of format %d and this program reads up to %d; a newer silico reads it", f.Silico, Format)
	case f.Silico != Format:
		l.doc.value([]string{"silico"}, "there is no format %d; write silico = %d", f.Silico, Format)
	}
}

func (l *loader) study() {
	s := l.top("study")
	if s == nil {
		if !l.has("study") && !l.misspeltTop("study") {
			l.doc.add(0, "there is no [study] with the title of the study")
		}
		return
	}
	var spec specStudy
	s.decode(&spec)
	l.s.Title, l.s.Authors, l.s.Date = spec.Title, spec.Authors, spec.Date
	l.s.Abstract, l.s.Keywords, l.s.Seed = strings.TrimSpace(spec.Abstract), spec.Keywords, spec.Seed
	if strings.TrimSpace(spec.Title) == "" {
		l.required(s, "title", `title = "..."`)
	}
	if spec.Bibliography != "" {
		if _, ok := l.file(s.where("bibliography"), spec.Bibliography, "bibliography"); ok {
			l.s.Bibliography = filepath.ToSlash(filepath.Clean(spec.Bibliography))
		}
	}
}

// misspeltTop says whether a table was meant to be one of that name.
func (l *loader) misspeltTop(name string) bool {
	for k := range l.doc.root {
		if !slices.Contains(tops, k) && expr.Suggest(k, tops) == name {
			return true
		}
	}
	return false
}

func (l *loader) has(top string) bool {
	_, ok := l.doc.root[top]
	return ok
}

// required reports a key that is missing or empty. A key of the wrong type has
// its own problem.
func (l *loader) required(s *section, key, example string) {
	what := strings.Join(s.path, ".")
	if what == "" {
		what = "the cell"
	}
	switch x, ok := s.table[key]; {
	case !ok:
		l.doc.at(s.path, "%s has no %s; write %s", what, key, example)
	case x == "":
		l.doc.value(s.where(key), "%s is empty", key)
	}
}

// suggestOf gives the last problem the nearest of some names as its hint.
func (l *loader) suggestOf(name string, names []string) { l.suggest(expr.Suggest(name, names)) }

// oneOf reports a text that is none of the allowed ones and returns whether it
// is. An absent key has nothing to report.
func (l *loader) oneOf(s *section, key, value string, allowed []string, what string) bool {
	if slices.Contains(allowed, value) {
		return true
	}
	if _, text := s.table[key].(string); text {
		l.doc.value(s.where(key), "unknown %s %q; there are %s", what, value, strings.Join(allowed, ", "))
		l.suggest(expr.Suggest(value, allowed))
	}
	return false
}

// known reports a reference to something that there is not.
func (l *loader) known(path []string, what, name string, names []string) bool {
	if slices.Contains(names, name) {
		return true
	}
	l.doc.hint(path, name, names, "unknown %s %q", what, name)
	switch p := &l.doc.problems[len(l.doc.problems)-1]; {
	case p.Hint != "" || len(names) == 0:
	case len(names) == 1:
		p.Msg += fmt.Sprintf("; there is only %q", names[0])
	default:
		p.Msg += "; there are " + shortList(names)
	}
	return false
}
