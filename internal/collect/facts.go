package collect

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"silico/analysis"
	"silico/analysis/frame"
	"silico/internal/study"
)

// Facts are what a paper says of the study itself, as a result named "study"
// that cells and values can refer to like any other.
//
// Its tables are design, sample, exclusions, training, tunings, sources, answers,
// effects, trainings, measures, codebook, prompts, texts, seeds, inputs and hypotheses; those that
// a study has nothing for have no rows and are left out. Its values are
//
//	study.seed  study.units  study.questions  study.models
//	study.FACTOR.levels
//	study.people.n  .evaluation  .pilot  .excluded  .rows  .RULE.excluded
//	study.SOURCE.n  .rows  .draws  .trained
//	study.SOURCE.VARIABLE.asked  .answered  .refused  .cut_off  .filtered  .unparsable  .skipped  .open  .again  .mass
//
// where n counts respondents; those of people are all of the people file.
// What sources have to say stands in the notes of the table sources.
// Inputs are the files that were read for the paper, its own text among them.
func Facts(s *study.Study, f *frame.Frame, inputs []study.Input) *analysis.Result {
	w := &facts{s: s, f: f, inputs: inputs, flow: newFlow(f), counts: newCounts(f)}
	r := &analysis.Result{Name: "study", Kind: "study", Title: s.Title, Mark: analysis.Planned}
	r.Estimates = w.values()
	for _, t := range []analysis.Table{
		w.design(), w.sample(), w.exclusions(), w.training(), w.tunings(), w.sources(), w.answers(), w.effects(), w.trainings(), w.measures(), w.codebook(),
		w.prompts(), w.texts(), w.requests(), w.seeds(), w.files(), w.hypotheses(),
	} {
		if len(t.Rows) > 0 {
			r.Tables = append(r.Tables, t)
		}
	}
	if f := w.losses(); f != nil {
		r.Figures = append(r.Figures, *f)
	}
	return r
}

// facts holds what the tables are made from.
type facts struct {
	s      *study.Study
	f      *frame.Frame
	inputs []study.Input
	flow   flow
	counts []counts
}

// counts are the sizes of one source.
type counts struct {
	respondents, rows, draws int
}

// newCounts counts each source, in the order of the schema.
func newCounts(f *frame.Frame) []counts {
	all := make([]counts, len(f.Schema.Sources))
	source := f.Col(frame.SourceColumn)
	id := idOf(f)
	draw := f.Col(frame.DrawColumn)
	place := make([]int, len(source.Levels))
	seen := make([][]bool, len(all))
	for k, name := range source.Levels {
		place[k] = -1
		for i, src := range f.Schema.Sources {
			if src.Name == name {
				place[k] = i
				seen[i] = make([]bool, len(id.Levels))
			}
		}
	}
	for row, k := range source.Codes {
		i := place[k]
		if i < 0 {
			continue
		}
		all[i].rows++
		all[i].draws = max(all[i].draws, int(draw.Nums[row]))
		if who := id.Codes[row]; who >= 0 && !seen[i][who] {
			seen[i][who] = true
			all[i].respondents++
		}
	}
	return all
}

func idOf(f *frame.Frame) *frame.Column {
	if f.Schema.ID == "" {
		return f.Col(idColumn)
	}
	return f.Col(f.Schema.ID)
}

func (w *facts) values() []analysis.Estimate {
	var list []analysis.Estimate
	add := func(k analysis.Key, n int) { list = append(list, analysis.Number(k, float64(n))) }
	list = append(list, analysis.Number(analysis.Key{Statistic: "seed"}, float64(w.s.Seed)))
	add(analysis.Key{Statistic: "units"}, w.units())
	add(analysis.Key{Statistic: "questions"}, len(w.s.Questions))
	add(analysis.Key{Statistic: "models"}, len(w.s.Models))
	for _, f := range w.s.Factors {
		add(analysis.Key{Term: f.Name, Statistic: "levels"}, len(f.Levels))
	}
	if w.s.People != nil {
		people := func(statistic string, n int) { add(analysis.Key{Source: People, Statistic: statistic}, n) }
		people("n", w.flow.people)
		people("evaluation", w.flow.samples[frame.Evaluation].people)
		people("pilot", w.flow.samples[frame.Pilot].people)
		people("excluded", w.flow.samples[frame.Excluded].people)
		people("rows", w.flow.rows)
		for _, r := range w.s.People.Exclude {
			add(analysis.Key{Source: People, Term: r.Name, Statistic: "excluded"}, w.flow.rules[r.Name].people)
		}
	}
	for i, src := range w.f.Schema.Sources {
		if src.Name == People {
			continue
		}
		c := w.counts[i]
		add(analysis.Key{Source: src.Name, Statistic: "n"}, c.respondents)
		add(analysis.Key{Source: src.Name, Statistic: "rows"}, c.rows)
		add(analysis.Key{Source: src.Name, Statistic: "draws"}, c.draws)
		add(analysis.Key{Source: src.Name, Statistic: "trained"}, src.Trained)
	}
	return append(list, w.answerValues()...)
}

// units returns how many combinations of within levels the people meet, 1 when
// there are no within factors.
func (w *facts) units() int {
	n := 1
	for _, f := range w.s.Factors {
		if f.Within {
			n *= max(1, len(f.Levels))
		}
	}
	return n
}

// words returns a column head over words, and numbers one over numbers.
func words(key, label string) analysis.Column {
	return analysis.Column{Key: key, Label: label, Words: true}
}

func numbers(key, label string) analysis.Column {
	return analysis.Column{Key: key, Label: label}
}

// cellsOf returns cells of words, blank where there are none.
func cellsOf(texts ...string) []analysis.Cell {
	cells := make([]analysis.Cell, len(texts))
	for i, t := range texts {
		cells[i] = analysis.Word(t)
		if t == "" {
			cells[i].Kind = analysis.Blank
		}
	}
	return cells
}

// whole returns the cell of a whole number.
func whole(n int) analysis.Cell {
	return analysis.Cell{Kind: analysis.Count, Value: float64(n), P: math.NaN()}
}

// addressed returns the cell of a whole number that is a value of the study.
func addressed(n int, k analysis.Key) analysis.Cell {
	c := whole(n)
	c.Address = k.Address("study")
	return c
}

func (w *facts) design() analysis.Table {
	t := analysis.Table{Name: "design", Caption: "The experiment: factors and their levels",
		Columns: []analysis.Column{words("factor", "Factor"), words("what", "What it is"), words("varies", "Varies"), words("level", "Level"), words("label", "Label"), words("text", "Text")}}
	var attributes []string
	for _, f := range w.s.Factors {
		for _, a := range f.Attributes {
			attributes = append(attributes, a)
			t.Columns = append(t.Columns, words(a, strings.ToUpper(a[:1])+a[1:]))
		}
	}
	said := slices.ContainsFunc(w.s.Factors, func(f *study.Factor) bool {
		return slices.ContainsFunc(f.Levels, func(l study.Level) bool { return l.Text != "" && l.Text != l.Name })
	})
	for _, f := range w.s.Factors {
		varies := "between respondents"
		if f.Within {
			varies = "within respondents"
		}
		for _, l := range f.Levels {
			label := l.Label
			if label == l.Name {
				label = ""
			}
			text := ""
			if said {
				text = cmp.Or(l.Text, l.Label, l.Name)
			}
			row := cellsOf(f.Name, f.Text, varies, l.Name, label, text)
			for _, a := range attributes {
				row = append(row, cellsOf(l.Attributes[a])...)
			}
			t.Rows = append(t.Rows, analysis.Row{Cells: row})
		}
	}
	return t
}

func (w *facts) hypotheses() analysis.Table {
	t := analysis.Table{Name: "hypotheses", Caption: "The hypotheses and how they are decided",
		Columns: []analysis.Column{words("name", "Hypothesis"), words("text", "Claim"), words("supported", "Supported when"), words("rejected", "Not supported when"), words("family", "Family")}}
	for _, h := range w.s.Hypotheses {
		decide, reject := "", ""
		if h.Decide != nil {
			decide = h.Decide.String()
		}
		if h.Reject != nil {
			reject = h.Reject.String()
		}
		t.Rows = append(t.Rows, analysis.Row{Cells: cellsOf(h.Name, h.Text, decide, reject, h.Family)})
	}
	return t
}

func (w *facts) files() analysis.Table {
	t := analysis.Table{Name: "inputs", Caption: "The files that were read",
		Columns: []analysis.Column{words("file", "File"), numbers("bytes", "Bytes"), words("sha256", "SHA-256")}}
	for _, in := range w.inputs {
		row := cellsOf(in.Path)
		t.Rows = append(t.Rows, analysis.Row{Cells: append(row, whole(int(in.Bytes)), analysis.Word(in.SHA256))})
	}
	return t
}

// seeds lists the families of random streams. All derive from one seed.
func (w *facts) seeds() analysis.Table {
	t := analysis.Table{Name: "seeds", Caption: "The random streams, which all derive from the seed of the study",
		Columns: []analysis.Column{words("stream", "Stream"), words("index", "Index"), words("use", "What is drawn from it"), numbers("seed", "Seed")},
		Notes:   []string{"A stream depends on the seed, its name and its index alone (PCG-DXSM, seeded with SHA-256)."}}
	add := func(name, index, use string) {
		seed := analysis.Cell{Kind: analysis.Count, Value: float64(w.s.Seed), P: math.NaN(), Address: "study.seed"}
		t.Rows = append(t.Rows, analysis.Row{Cells: append(cellsOf(name, index, use), seed)})
	}
	if w.s.Respondents != nil {
		add("respondents.VARIABLE", "", "the respondents")
	}
	if w.s.People != nil && w.s.People.Pilot != nil {
		add("pilot", "", "who may be learned from")
	}
	drawn := make(map[int64]bool)
	computed, drawnFrom, items := false, false, false
	for _, m := range w.s.Models {
		for _, q := range w.s.Questions {
			elicit := q.Elicit
			if m.Elicit != "" {
				elicit = m.Elicit
			}
			drawnFrom = drawnFrom || m.Kind() == "asked" && (elicit == "logprobs" || elicit == "distribution")
		}
		items = items || m.Order == "random"
		if m.Train != nil && !drawn[m.Train.Seed] {
			drawn[m.Train.Seed] = true
			add("train", strconv.FormatInt(m.Train.Seed, 10), "who of them a model learns from; sets of one index are prefixes of one permutation")
		}
		computed = computed || m.Provider == "baseline" || m.Provider == "simulated"
	}
	if computed {
		add("answer/SOURCE/RESPONDENT/UNIT/QUESTION", "draw", "the answers of baselines and simulated participants")
	}
	if drawnFrom {
		add("answer/SOURCE/RESPONDENT/UNIT/QUESTION", "draw", "the answers of models that are asked for probabilities")
	}
	if slices.ContainsFunc(w.s.Questions, func(q *study.Question) bool { return q.Order == "random" }) {
		add("order of options/QUESTION/RESPONDENT", "draw", "the order in which options are shown")
	}
	if items {
		add("order of items/RESPONDENT", "draw", "the order in which units and questions are asked")
	}
	add("named for the analysis", "replicate", "what the analyses resample")
	return t
}

// list joins what is not empty.
func list(sep string, parts ...string) string {
	var there []string
	for _, p := range parts {
		if p != "" {
			there = append(there, p)
		}
	}
	return strings.Join(there, sep)
}
