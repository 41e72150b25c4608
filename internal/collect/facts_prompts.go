package collect

import (
	"fmt"

	"silico/analysis"
	"silico/analysis/frame"
)

// prompts are the templates of what models are told and asked.
func (w *facts) prompts() analysis.Table {
	t := analysis.Table{Name: "prompts", Caption: "What models are told and asked, as templates",
		Columns: []analysis.Column{words("kind", "Kind"), words("name", "Name"), words("after", "After"), words("elicit", "Answer as"), words("template", "Template")}}
	for _, p := range w.s.Personas {
		t.Rows = append(t.Rows, analysis.Row{Cells: cellsOf("persona", p.Name, "", "", p.Template)})
	}
	for _, q := range w.s.Questions {
		t.Rows = append(t.Rows, analysis.Row{Cells: cellsOf("question", q.Name, q.After, q.Elicit, q.Text)})
	}
	return t
}

// maxTexts is how many wordings of a question the appendix prints. A design
// of hundreds of conditions is told by its templates and factors.
const maxTexts = 100

// texts are the prompts as a respondent meets them: each persona for the first
// respondent of the evaluation sample, each wording of each question once.
func (w *facts) texts() analysis.Table {
	t := analysis.Table{Name: "texts", Caption: "What models are told and asked, word by word",
		Columns: []analysis.Column{words("kind", "Kind"), words("name", "Name"), words("text", "Text")},
		Notes:   []string{"Personas, and what questions say of a person, are shown for the first respondent who meets them."}}
	if w.f.Rows() == 0 {
		return t
	}
	first := w.firstEvaluated()
	for _, p := range w.s.Personas {
		t.Rows = append(t.Rows, analysis.Row{Cells: cellsOf("persona", p.Name, w.s.Describe(p, w.f, first))})
	}
	if len(w.s.Questions) == 0 {
		return t
	}
	conditions := newConditions(w.s, w.f).first
	for _, q := range w.s.Questions {
		said := make(map[string]bool)
		for _, row := range conditions {
			text := w.s.Ask(q, w.f, row)
			if said[text] {
				continue
			}
			said[text] = true
			if len(said) <= maxTexts {
				t.Rows = append(t.Rows, analysis.Row{Cells: cellsOf("question", q.Name, text)})
			}
		}
		if more := len(said) - maxTexts; more > 0 {
			t.Notes = append(t.Notes, fmt.Sprintf("Question %s has %d further wordings.", q.Name, more))
		}
	}
	return t
}

// firstEvaluated returns the first row of the evaluation sample, the first of
// all when there is none.
func (w *facts) firstEvaluated() int {
	sample := w.f.Col(frame.SampleColumn)
	evaluated := sample.Code(frame.Evaluation)
	for row, k := range sample.Codes {
		if k == evaluated {
			return row
		}
	}
	return 0
}
