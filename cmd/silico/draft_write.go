package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// spec returns the study.toml of a drafted study.
func (d *drafted) spec() string {
	var w draftWriter
	w.line("# Drafted from %s. Every guess says so: read it once, top to bottom.", d.file)
	w.line("# `silico check` names what is wrong, `silico list` shows what can be used.\n")
	w.line("silico = 1\n")
	w.table("[study]", "",
		setting{"title", quoted(d.title), ""},
		setting{"authors", `["Your name"]`, ""},
		setting{"seed", "1", "every random draw follows from it"})
	d.people(&w)
	for _, c := range d.covariates {
		w.variable(c, "covariate", "guessed: describes the person")
	}
	for _, c := range d.answers {
		w.variable(c, "outcome", "guessed: an answer; belief and action are roles too")
	}
	for _, c := range d.about {
		w.variable(c, "", "guessed: how the person answered, for a rule of [people.exclude]")
	}
	if len(d.within)+len(d.between) > 0 {
		w.line("# ---- the experiment\n")
	}
	for _, c := range d.within {
		d.factor(&w, c, true, "guessed: what differs between the rows of a respondent")
	}
	for _, c := range d.between {
		d.factor(&w, c, false, "guessed: what the person was assigned to")
	}
	for _, c := range d.unused {
		name := "Column " + quoted(c.header)
		if c.header == "" {
			name = "A column without a name"
		}
		w.line("# %s is left out: %s.", name, c.why)
	}
	if len(d.unused) > 0 {
		w.line("")
	}
	d.questions(&w)
	d.models(&w)
	d.analyses(&w)
	return strings.TrimRight(w.String(), "\n") + "\n"
}

func (d *drafted) people(w *draftWriter) {
	id := setting{"id", quoted(d.id.header), "guessed: one value a respondent"}
	if d.id.header == "" {
		id.comment = "guessed: the column without a name, one value a respondent"
	}
	if d.numbered {
		id.comment = "guessed: each row is a respondent, and this column, which numbers them, was added"
	}
	w.table("[people]", "",
		setting{"file", quoted(filepath.Base(d.file)), ""}, id,
		setting{"share", "false", "may the rows be passed on?"})
	if d.learned() {
		w.table("[people.pilot]", "may be learned from; the others are compared with models", setting{"share", "0.5", ""})
	}
}

// learned says whether there are people enough to learn from some of them.
func (d *drafted) learned() bool { return d.respondents >= 4 }

// factor writes a factor with its levels and their attributes.
func (d *drafted) factor(w *draftWriter, c *draftColumn, within bool, why string) {
	entries := []setting{{"within", strconv.FormatBool(within), ""}}
	if c.header != c.name {
		entries = append([]setting{{"column", quoted(c.header), ""}}, entries...)
	}
	w.header("[factor."+c.name+"]", why)
	w.entries(entries)
	levels, ok := naturalOrder(c.levels)
	if !ok && c.number {
		levels = shownOrder(c.levels)
	}
	for i, l := range levels {
		entries := []setting{{"text", quoted(l), ""}}
		if i == 0 {
			entries[0].comment = "what a question says in the place of {{" + c.name + "}}"
		}
		for _, a := range d.attributes[c] {
			e := setting{a.name, a.values[slices.Index(c.values, l)], ""}
			if !a.number {
				e.value = quoted(e.value)
			}
			if i == 0 {
				e.comment = "a further key of the levels becomes a variable"
			}
			entries = append(entries, e)
		}
		w.line("[factor.%s.level.%s]", c.name, key(l))
		w.entries(entries)
	}
	w.line("")
}

// questions writes what a model would be asked, as far as the names of columns
// say it, and what it would be told of the person.
func (d *drafted) questions(w *draftWriter) {
	w.line("# ---- what a language model would be told and asked: `silico prompts` shows it\n")
	known := slices.Concat(d.covariates, d.between)
	if len(known) > 0 {
		entries := []setting{{"format", `"list"`, "a line for each of the person's variables; list interview backstory"}}
		if slices.ContainsFunc(known, (*draftColumn).gaps) {
			entries = append(entries, setting{"missing", `"not known"`, ""})
		}
		w.table("[persona.described]", "", entries...)
	}
	scene := ""
	for _, f := range slices.Concat(d.within, d.between) {
		scene += fmt.Sprintf("%s: {{%s}}. ", words(f), f.name)
	}
	for i, a := range d.answers {
		why := ""
		if i == 0 {
			why = "write the text as people were asked"
		}
		w.table("[question."+a.name+"]", why, setting{"variable", quoted(a.name), ""}, setting{"text", quoted(scene + words(a) + "?"), ""})
	}
}

func (d *drafted) models(w *draftWriter) {
	w.line("# ---- who answers in the place of the people: baselines that a model must beat\n")
	w.table("[model.uniform]", "", setting{"provider", `"baseline"`, ""}, setting{"name", `"uniform"`, "guesses"})
	if d.learned() {
		w.table("[model.marginal]", "",
			setting{"provider", `"baseline"`, ""},
			setting{"name", `"marginal"`, "answers as the pilot people do on average"},
			setting{"train", "{ share = 1.0 }", ""})
	}
	w.line("# A language model is declared like this, and asked by `silico run`:")
	w.line("# [model.mine]")
	w.line("# provider = \"openai\"               # any server with that interface, or anthropic")
	w.line("# name     = \"the name of the model\"")
	if len(d.covariates)+len(d.between) > 0 {
		w.line("# persona  = \"described\"")
	}
	w.line("")
}

func (d *drafted) analyses(w *draftWriter) {
	w.line("# ---- what is computed: `silico list analyses` shows what there is\n")
	w.table("[analysis.people_and_answers]", "", setting{"kind", `"descriptives"`, ""})
	names := make([]string, len(d.answers))
	for i, a := range d.answers {
		names[i] = quoted(a.name)
	}
	entries := []setting{{"kind", `"divergence"`, ""}, {"outcomes", "[" + strings.Join(names, ", ") + "]", ""}}
	for _, c := range slices.Concat(d.between, d.covariates) {
		if !c.number && len(c.levels) <= 4 || slices.Contains(d.between, c) {
			entries = append(entries, setting{"by", "[" + quoted(c.name) + "]", "subgroups"})
			break
		}
	}
	w.table("[analysis.distance]", "", entries...)
	d.regression(w)
}

// regression writes a model of the first answer that one can be fitted to.
func (d *drafted) regression(w *draftWriter) {
	var right []string
	var known []*draftColumn
	for _, f := range d.within { // a long list of items is told by what they have in common
		if len(f.levels) > 6 {
			known = append(known, d.attributes[f]...)
		} else {
			known = append(known, f)
		}
	}
	for _, c := range slices.Concat(known, d.between, d.covariates) {
		if len(right) < 4 && (c.number || len(c.levels) <= 6) && !c.gaps() {
			right = append(right, c.name)
		}
	}
	if right == nil {
		return
	}
	for _, a := range d.answers {
		typ, _ := measure(a)
		if typ == "choice" {
			continue
		}
		entries := []setting{{"kind", `"regression"`, ""}, {"formula", quoted(a.name + " ~ " + strings.Join(right, " + ")), ""}}
		if typ == "binary" {
			entries = append(entries, setting{"family", `"logit"`, ""})
		}
		if d.respondents < d.rows {
			entries = append(entries, setting{"se", fmt.Sprintf(`{ type = "CR1", by = %s }`, quoted(d.id.header)), "rows of one person are not independent"})
		} else {
			entries = append(entries, setting{"se", `{ type = "HC3" }`, ""})
		}
		w.table("[analysis.effects]", "", entries...)
		return
	}
}

// measure returns the type of a variable and its levels in order.
func measure(c *draftColumn) (string, []string) {
	if c.number {
		switch {
		case c.whole && len(c.levels) == 2 && c.min == 0 && c.max == 1:
			return "binary", nil
		case c.whole && len(c.levels) <= maxLevels:
			return "scale", nil
		}
		return "number", nil
	}
	levels, ordered := naturalOrder(c.levels)
	if !ordered {
		return "choice", shownOrder(c.levels)
	}
	if len(levels) == 2 {
		return "binary", levels
	}
	return "ordinal", levels
}

// withIdentifier returns the file of a draft, with the column that numbers the
// rows where it was added.
func (d *drafted) withIdentifier(data []byte) ([]byte, error) {
	if !d.numbered {
		return data, nil
	}
	records, err := readRecords(d.file, data)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	for i, r := range records {
		first := d.id.header
		if i > 0 {
			first = d.id.values[i-1]
		}
		if err := w.Write(append([]string{first}, r...)); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// draftWriter writes TOML with its equal signs and its comments in line.
type draftWriter struct{ strings.Builder }

// setting is a line of a table, with a comment or none.
type setting struct{ key, value, comment string }

const commentColumn = 42 // as in the example studies

func (w *draftWriter) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

// table writes a table with its keys, and an empty line behind it.
func (w *draftWriter) table(head, comment string, entries ...setting) {
	w.header(head, comment)
	w.entries(entries)
	w.line("")
}

func (w *draftWriter) header(head, comment string) { w.commented(head, comment) }

func (w *draftWriter) entries(entries []setting) {
	width := 0
	for _, e := range entries {
		width = max(width, len(e.key))
	}
	for _, e := range entries {
		w.commented(fmt.Sprintf("%-*s = %s", width, e.key, e.value), e.comment)
	}
}

func (w *draftWriter) commented(text, comment string) {
	if comment != "" {
		text += strings.Repeat(" ", max(2, commentColumn-utf8.RuneCountInString(text))) + "# " + comment
	}
	w.line("%s", text)
}

// variable writes what a column holds.
func (w *draftWriter) variable(c *draftColumn, role, why string) {
	var entries []setting
	if c.header != c.name {
		entries = append(entries, setting{"column", quoted(c.header), ""})
	}
	typ, levels := measure(c)
	e := setting{"type", quoted(typ), ""}
	switch {
	case typ == "choice" && len(levels) > 2:
		e.comment = "ordinal when the levels have an order"
	case typ == "ordinal", typ == "binary" && levels != nil:
		e.comment = "guessed: the levels have this order"
	}
	entries = append(entries, e)
	if levels != nil {
		list := make([]string, len(levels))
		for i, l := range levels {
			list[i] = quoted(l)
		}
		entries = append(entries, setting{"levels", "[" + strings.Join(list, ", ") + "]", ""})
	}
	if typ == "scale" || typ == "number" {
		entries = append(entries, setting{"min", decimal(c.min), "guessed: the smallest and the largest in the file"}, setting{"max", decimal(c.max), ""})
	}
	if len(c.missing) > 0 {
		codes := []string{`"NA"`}
		for _, m := range c.missing {
			codes = append(codes, quoted(m))
		}
		entries = append(entries, setting{"missing", "[" + strings.Join(codes, ", ") + "]", "guessed: these stand for no answer"})
	}
	if role != "" {
		entries = append(entries, setting{"role", quoted(role), why})
		why = ""
	}
	entries = append(entries, setting{"text", quoted(words(c)), ""})
	w.table("[variable."+c.name+"]", why, entries...)
}

// words returns the head of a column as words: "trust_in.people" is "Trust in
// people".
func words(c *draftColumn) string {
	s := strings.Join(strings.FieldsFunc(c.header, func(r rune) bool { return r == '_' || r == '.' || r == ' ' }), " ")
	if s == "" {
		s = c.name
	}
	r, n := utf8.DecodeRuneInString(s)
	return strings.ToUpper(string(r)) + s[n:]
}

// quoted returns s as a TOML basic string.
func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// key returns s as a TOML key.
func key(s string) string {
	for _, r := range s {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-') {
			return quoted(s)
		}
	}
	if s == "" {
		return `""`
	}
	return s
}

func decimal(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
