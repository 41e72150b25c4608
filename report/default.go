package report

import (
	"fmt"
	"strings"
	"text/template"

	"silico/analysis"
	"silico/templates"
)

// Default returns the notebook of the full default paper: what a study without
// paper.md gets, and what `silico new paper` writes out for editing. Its
// numbers are cells; of the results only names, titles, prose and captions are
// read, and of the notebook of in nothing.
func Default(in Input) ([]byte, error) {
	known := analysis.NewValues(in.Results)
	t, err := template.New("paper").Funcs(template.FuncMap{
		"escape": Escape,
		"join":   joinAnd,
		// above says whether a value of the study is greater than a number;
		// it is false when there is no such value.
		"above": func(address string, x float64) bool {
			e, ok := known.Estimate(address)
			return ok && e.Value > x
		},
	}).Parse(templates.Paper)
	if err != nil {
		return nil, fmt.Errorf("the template of the default paper: %w", err)
	}
	var b strings.Builder
	if err := t.Execute(&b, newDefaultPaper(in)); err != nil {
		return nil, fmt.Errorf("write the default paper: %w", err)
	}
	return []byte(oneBlankLine(b.String())), nil
}

// defaultPaper is what the template of the default paper sees. All words in it
// are escaped.
type defaultPaper struct {
	Title      string
	Abstract   string
	Kinds      string // of the sources other than people: "3 baselines and 1 recorded source"
	Titles     string // of the analyses
	Hypotheses []defaultHypothesis
	Analyses   []defaultAnalysis
	Design     []string // names of tables of the study, by section
	Sample     []string
	Models     []string
	Measures   []string
	Facts      []string // the others
	Drawings   []string // figures of the study itself
	Baselines  []string // labels of sources, by kind
	Simulated  []string
	Recorded   []string
	Asked      []string
	Others     int // sources other than people
}

type defaultHypothesis struct{ Name, Text string }

type defaultAnalysis struct {
	Title, Prose string
	First        string // the first sentence of the prose
	Tables       []string
	Figures      []string
	Exploratory  bool
}

func newDefaultPaper(in Input) *defaultPaper {
	p := &defaultPaper{Title: Escape(in.Meta.Title), Abstract: in.Meta.Abstract}
	for _, v := range in.Verdicts {
		p.Hypotheses = append(p.Hypotheses, defaultHypothesis{v.Name, Escape(v.Text)})
	}
	sections := map[string]*[]string{
		"design": &p.Design, "sample": &p.Sample, "exclusions": &p.Sample, "sources": &p.Models, "training": &p.Models, "tunings": &p.Models, "answers": &p.Models, "effects": &p.Models,
		"measures": &p.Measures,
	}
	for _, r := range in.Results {
		switch r.Name {
		case studyResult:
			for _, t := range r.Tables {
				if t.Name == verdictsResult && len(in.Verdicts) > 0 {
					continue // the table with the verdicts says it too
				}
				to, ok := sections[t.Name]
				if !ok {
					to = &p.Facts
				}
				*to = append(*to, partName(r, t.Name))
			}
			for _, f := range r.Figures {
				p.Drawings = append(p.Drawings, partName(r, f.Name))
			}
			continue
		case verdictsResult:
			continue
		}
		p.Analyses = append(p.Analyses, newDefaultAnalysis(r))
	}
	for _, s := range in.Sources {
		if s.Kind != "people" {
			p.Others++
		}
		label := Escape(s.Label)
		switch s.Kind {
		case "baseline":
			p.Baselines = append(p.Baselines, label)
		case "simulated":
			p.Simulated = append(p.Simulated, label)
		case "recorded":
			p.Recorded = append(p.Recorded, label)
		case "asked":
			p.Asked = append(p.Asked, label)
		}
	}
	var kinds, titles []string
	for _, k := range []struct {
		n         int
		one, many string
	}{
		{len(p.Asked), "language model", "language models"}, {len(p.Recorded), "recorded source", "recorded sources"},
		{len(p.Baselines), "baseline", "baselines"}, {len(p.Simulated), "simulated participant", "simulated participants"},
	} {
		switch k.n {
		case 0:
		case 1:
			kinds = append(kinds, "one "+k.one)
		default:
			kinds = append(kinds, fmt.Sprintf("%d %s", k.n, k.many))
		}
	}
	for _, a := range p.Analyses {
		titles = append(titles, "“"+a.Title+"”")
	}
	p.Kinds, p.Titles = joinAnd(kinds), joinAnd(titles)
	return p
}

func newDefaultAnalysis(r *analysis.Result) defaultAnalysis {
	a := defaultAnalysis{Title: Escape(resultTitle(r)), Prose: strings.TrimSpace(r.Prose), Exploratory: r.Mark == analysis.Exploratory}
	a.First = firstSentence(a.Prose)
	for _, t := range r.Tables {
		a.Tables = append(a.Tables, partName(r, t.Name))
	}
	for _, f := range r.Figures {
		a.Figures = append(a.Figures, partName(r, f.Name))
	}
	return a
}

// firstSentence returns the first sentence of prose: what stands before the
// first full stop that a space or a line end follows, outside a value.
func firstSentence(prose string) string {
	inside := false
	for i, r := range prose {
		switch {
		case r == '`':
			inside = !inside
		case r == '.' && !inside && (i+1 == len(prose) || prose[i+1] == ' ' || prose[i+1] == '\n'):
			return strings.Join(strings.Fields(prose[:i+1]), " ")
		}
	}
	return ""
}

// resultTitle returns the title of a result, made from its name when it has
// none.
func resultTitle(r *analysis.Result) string {
	if r.Title != "" {
		return r.Title
	}
	words := strings.ReplaceAll(r.Name, "_", " ")
	if words == "" {
		return words
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

// partName returns how a cell names a table or figure of a result.
func partName(r *analysis.Result, part string) string {
	if part == "" {
		return r.Name
	}
	return r.Name + "." + part
}

// joinAnd lists words as a sentence does: "a", "a and b", "a, b, and c".
func joinAnd(list []string) string {
	switch n := len(list); n {
	case 0:
		return ""
	case 1:
		return list[0]
	case 2:
		return list[0] + " and " + list[1]
	default:
		return strings.Join(list[:n-1], ", ") + ", and " + list[n-1]
	}
}

// oneBlankLine makes one blank line of several, and none at the ends.
func oneBlankLine(s string) string {
	var lines []string
	for line := range strings.SplitSeq(strings.TrimSpace(s), "\n") {
		line = strings.TrimRight(line, " \t")
		if line == "" && len(lines) > 0 && lines[len(lines)-1] == "" {
			continue
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n") + "\n"
}
