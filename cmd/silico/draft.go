package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// draftColumn is what a column of somebody's CSV file looks like.
type draftColumn struct {
	name   string // in the study: lower case, plain
	header string // in the file
	values []string
	levels []string // distinct values in order of appearance, at most maxLevels+1
	number bool     // every value is a number
	whole  bool     // every value is a whole number
	min    float64
	max    float64
	within bool // varies within a respondent
}

const maxLevels = 12

// demographics are words in the names of columns that describe a person
// rather than answer a question.
var demographics = regexp.MustCompile(`(?i)(^|_|\.)(age|gender|sex|race|ethnic|educ|school|income|party|region|country|state|religio|marital|married|child|employ|occupation|ideology|urban|class|cohort|year|born|birth)`)

// process are words in the names of columns that say how somebody answered:
// neither what they are nor an answer, but of use in rules that exclude.
var process = regexp.MustCompile(`(?i)(^|[_ .(])(duration|seconds|secs|minutes|elapsed|time|timestamp|date|startdate|enddate|progress|finished)([_ .)]|$)`)

// missingWords are values that stand for no answer in most files.
var missingWords = []string{"", "NA", "N/A", "NaN", "nan", "null", "NULL", "."}

// draft returns a study.toml that describes a CSV file: which column holds the
// respondent, which ones describe people, which are factors, which answers.
// It is a beginning that builds, with a comment wherever it guessed.
func draft(file, title string, data []byte) (string, error) {
	columns, err := readColumns(file, data)
	if err != nil {
		return "", err
	}
	id := respondent(columns)
	if id == nil {
		return "", fmt.Errorf("%s: no column identifies the respondents; add a column named id with one value a person", file)
	}
	markWithin(columns, id)
	factors := factorsOf(columns, id)
	if factors == nil && repeats(id) {
		return "", fmt.Errorf("%s: column %q repeats, and no columns tell the rows of a respondent apart; add a column for the item or condition of a row, or an id for each row", file, id.header)
	}

	var covariates, answers, about, unused []*draftColumn
	for _, c := range columns {
		switch {
		case c == id, slices.Contains(factors, c):
		case len(c.levels) < 2 || !c.number && len(c.levels) > maxLevels:
			unused = append(unused, c)
		case len(factors) == 0 && process.MatchString(c.header):
			about = append(about, c)
		case c.within || len(factors) == 0 && !demographics.MatchString(c.name):
			answers = append(answers, c)
		default:
			covariates = append(covariates, c)
		}
	}
	if len(answers) == 0 { // nothing looks like an answer: the last column is taken for one
		if len(covariates) == 0 {
			return "", fmt.Errorf("%s: no column holds answers; a study needs at least one besides the respondent's", file)
		}
		answers = covariates[len(covariates)-1:]
		covariates = covariates[:len(covariates)-1]
	}
	return writeDraft(file, title, id, factors, covariates, answers, about, unused), nil
}

func writeDraft(file, title string, id *draftColumn, factors, covariates, answers, about, unused []*draftColumn) string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("# Drafted from %s. Every guess says so: read it once, top to bottom.", file)
	p("# `silico check` names what is wrong, `silico list` shows what can be used.\n")
	p("silico = 1\n\n[study]\ntitle   = %s\nauthors = [\"Your name\"]\nseed    = 1                       # every random draw follows from it\n", quoted(title))
	p("[people]\nfile = %s\nid   = %s                     # guessed: one value a respondent", quoted(filepath.Base(file)), quoted(id.header))
	p("share = false                    # may the rows be passed on?\n")
	p("[people.pilot]                   # may be learned from; the others are compared with models\nshare = 0.5\n")
	for _, c := range covariates {
		writeVariable(&b, c, "covariate", "guessed: describes the person")
	}
	for _, c := range answers {
		writeVariable(&b, c, "outcome", "guessed: an answer; belief and action are roles too")
	}
	for _, c := range about {
		writeVariable(&b, c, "", "guessed: how the person answered; for a rule such as [people.exclude]")
	}
	for _, c := range factors {
		p("[factor.%s]                      # guessed: what differs between the rows of a respondent", c.name)
		if c.header != c.name {
			p("column = %s", quoted(c.header))
		}
		p("within = true")
		for _, l := range c.levels {
			p("[factor.%s.level.%s]\ntext = %s", c.name, key(l), quoted(l))
		}
		p("")
	}
	for _, c := range unused {
		p("# Column %s is left out: it is the same for everybody, or free text.", quoted(c.header))
	}
	for _, a := range answers {
		p("[question.%s]\nvariable = %s\ntext     = \"What would you answer: %s?\"\n", a.name, quoted(a.name), strings.ReplaceAll(a.name, "_", " "))
	}
	p("# ---- who answers in the place of the people: baselines that a model must beat\n")
	p("[model.uniform]\nprovider = \"baseline\"\nname     = \"uniform\"\n")
	p("[model.marginal]\nprovider = \"baseline\"\nname     = \"marginal\"             # answers as the pilot people do on average\ntrain    = { share = 1.0 }\n")
	p("# ---- what is computed\n")
	p("[analysis.people_and_answers]\nkind = \"descriptives\"\n")
	names := make([]string, len(answers))
	for i, a := range answers {
		names[i] = quoted(a.name)
	}
	p("[analysis.distance]\nkind     = \"divergence\"\noutcomes = [%s]", strings.Join(names, ", "))
	for _, c := range covariates {
		if coded(c) && len(c.levels) <= 4 {
			p("by       = [%s]", quoted(c.name))
			break
		}
	}
	return b.String()
}

// coded says whether a column is declared with levels.
func coded(c *draftColumn) bool { return !c.number }

func writeVariable(b *strings.Builder, c *draftColumn, role, why string) {
	p := func(format string, args ...any) { fmt.Fprintf(b, format+"\n", args...) }
	p("[variable.%s]", c.name)
	if c.header != c.name {
		p("column = %s", quoted(c.header))
	}
	switch {
	case c.whole && len(c.levels) <= maxLevels:
		p("type = \"scale\"\nmin  = %s                       # guessed: the smallest and the largest in the file\nmax  = %s", decimal(c.min), decimal(c.max))
	case c.number:
		p("type = \"number\"\nmin  = %s                       # guessed: the smallest and the largest in the file\nmax  = %s", decimal(c.min), decimal(c.max))
	default:
		p("type   = \"choice\"                # ordinal when the levels have an order")
		levels := make([]string, len(c.levels))
		for i, l := range c.levels {
			levels[i] = quoted(l)
		}
		p("levels = [%s]", strings.Join(levels, ", "))
	}
	if role == "" {
		p("# %s\n", why)
		return
	}
	p("role = %s                    # %s\n", quoted(role), why)
}

// readColumns reads a CSV file with a head into columns.
func readColumns(file string, data []byte) ([]*draftColumn, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		return nil, fmt.Errorf("%s: not UTF-8; save the file as UTF-8", file)
	}
	if first, _, _ := bytes.Cut(data, []byte("\n")); bytes.Count(first, []byte(";")) > bytes.Count(first, []byte(",")) {
		return nil, fmt.Errorf("%s: the columns are separated by semicolons; save the file with commas", file)
	}
	r := csv.NewReader(bytes.NewReader(data))
	head, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: empty; the first line must name the columns", file)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	names := map[string]bool{}
	columns := make([]*draftColumn, len(head))
	for i, h := range head {
		name := plain(h)
		for k := 2; names[name]; k++ {
			name = plain(h) + "_" + strconv.Itoa(k)
		}
		names[name] = true
		columns[i] = &draftColumn{name: name, header: h, number: true, whole: true, min: math.Inf(1), max: math.Inf(-1)}
	}
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		for i, v := range record {
			columns[i].add(v)
		}
	}
	if len(columns[0].values) == 0 {
		return nil, fmt.Errorf("%s: no rows below the head", file)
	}
	return columns, nil
}

func (c *draftColumn) add(v string) {
	c.values = append(c.values, v)
	if slices.Contains(missingWords, v) {
		return
	}
	if len(c.levels) <= maxLevels && !slices.Contains(c.levels, v) {
		c.levels = append(c.levels, v)
	}
	x, err := strconv.ParseFloat(v, 64)
	if err != nil || math.IsInf(x, 0) || math.IsNaN(x) {
		c.number, c.whole = false, false
		return
	}
	c.whole = c.whole && x == math.Trunc(x)
	c.min, c.max = min(c.min, x), max(c.max, x)
}

// identifiers are heads of columns that hold the respondent.
var identifiers = regexp.MustCompile(`(?i)^(id|pid|uid|.*(respondent|response|participant|subject|person|case|user|worker|twin|student|patient).*id|respondent|participant|subject|person|.*[ _.]id)$`)

// respondent returns the column that identifies people: one named like an
// identifier, the shortest name first; else the first column whose values are
// all different and look like codes rather than words or measurements.
func respondent(columns []*draftColumn) *draftColumn {
	var found *draftColumn
	for _, c := range columns {
		if head := strings.TrimSpace(c.header); identifiers.MatchString(head) && (found == nil || len(head) < len(strings.TrimSpace(found.header))) {
			found = c
		}
	}
	if found != nil {
		return found
	}
	for _, c := range columns {
		spaced := slices.ContainsFunc(c.values, func(v string) bool { return v == "" || strings.ContainsAny(v, " \t\n") })
		if !repeats(c) && !spaced && (c.whole || !c.number) {
			return c
		}
	}
	return nil
}

func repeats(c *draftColumn) bool {
	seen := make(map[string]bool, len(c.values))
	for _, v := range c.values {
		if seen[v] {
			return true
		}
		seen[v] = true
	}
	return false
}

// markWithin marks the columns that vary within a respondent.
func markWithin(columns []*draftColumn, id *draftColumn) {
	first := make(map[string]int, len(id.values))
	for i, v := range id.values {
		if _, ok := first[v]; !ok {
			first[v] = i
		}
	}
	for _, c := range columns {
		for i, v := range c.values {
			if v != c.values[first[id.values[i]]] {
				c.within = true
				break
			}
		}
	}
}

// factorsOf returns the fewest leading columns whose values, with the
// respondent's, tell all rows apart: the within factors. It is nil when
// respondents have one row, or when no columns do.
func factorsOf(columns []*draftColumn, id *draftColumn) []*draftColumn {
	if !repeats(id) {
		return nil
	}
	var candidates []*draftColumn
	for _, c := range columns {
		if c != id && c.within && len(c.levels) <= maxLevels && !slices.Contains(c.values, "") {
			candidates = append(candidates, c)
		}
	}
	var found []*draftColumn
	var choose func(from int, chosen []*draftColumn, size int) bool
	choose = func(from int, chosen []*draftColumn, size int) bool {
		if len(chosen) == size {
			if unique(id, chosen) {
				found = slices.Clone(chosen)
				return true
			}
			return false
		}
		for i := from; i < len(candidates); i++ {
			if choose(i+1, append(chosen, candidates[i]), size) {
				return true
			}
		}
		return false
	}
	for size := 1; size <= min(3, len(candidates)); size++ {
		if choose(0, nil, size) {
			return found
		}
	}
	return nil
}

func unique(id *draftColumn, with []*draftColumn) bool {
	seen := make(map[string]bool, len(id.values))
	for i, v := range id.values {
		k := strconv.Quote(v)
		for _, c := range with {
			k += strconv.Quote(c.values[i])
		}
		if seen[k] {
			return false
		}
		seen[k] = true
	}
	return true
}

// plain returns a name of the study for the head of a column.
func plain(head string) string {
	var b strings.Builder
	for _, r := range folded(head) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9' && b.Len() > 0:
			b.WriteRune(r)
		case r == '_' || r == '.' || r == '-' || unicode.IsSpace(r):
			if b.Len() > 0 && !strings.HasSuffix(b.String(), "_") {
				b.WriteByte('_')
			}
		}
	}
	name := strings.Trim(b.String(), "_")
	if name == "" {
		return "column"
	}
	if slices.Contains([]string{"people", "all", "none", "study", "source", "sample", "rule", "draw"}, name) {
		return name + "_answer"
	}
	return name
}

// folded returns a head in lower case with letters of other alphabets in the
// nearest ASCII spelling: "Größe (cm)" is "grosse (cm)".
func folded(head string) string {
	head = strings.NewReplacer("ß", "ss", "æ", "ae", "Æ", "ae", "œ", "oe", "Œ", "oe", "ø", "o", "Ø", "o", "ł", "l", "Ł", "l", "(", " ", ")", " ", "/", " ", ":", " ").Replace(head)
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(strings.TrimSpace(head))) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(r)
		}
	}
	return b.String()
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
