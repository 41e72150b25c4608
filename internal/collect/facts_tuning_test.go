package collect

import (
	"slices"
	"strings"
	"testing"

	"silico/analysis"
	"silico/analysis/frame"
	"silico/internal/study"
)

func TestFactsTellHowModelsWereTuned(t *testing.T) {
	spec := declared("uniform") + `
[model.base]
provider = "openai"
name = "small"
[model.tuned]
base = "base"
train = { people = 4, seed = 1, demographics = false }
`
	s := load(t, files(spec))
	m := s.Model("tuned")
	held := 1.4
	s.Tunings = []*study.Tuning{{Format: 1, Model: "tuned", Base: "base", Rule: m.Train.Rule(), People: m.Train.IDs,
		Set: &study.TrainingSet{Train: study.ExampleFile{Examples: 30, SHA256: "abc"}, Validation: study.ExampleFile{Examples: 6}},
		Run: &study.TuningRun{Served: "ft:small", Tokens: 999, Seconds: 12.5, Hardware: "a CPU", Hyperparameters: map[string]string{"epochs": "3", "batch": "8"},
			Loss: []study.Loss{{Step: 1, Train: 1.5}, {Step: 2, Train: 1.25, Validation: &held}}}}}
	w := &facts{s: s, f: &frame.Frame{Schema: s.Schema()}}
	row := ""
	for _, c := range w.tunings().Rows[0].Cells {
		row += plainCell(c) + "|"
	}
	if want := "tuned|base|all arms; not who answers|30|6|1.5|1.25|999|12.5|ft:small|abc|"; row != want {
		t.Errorf("the row of the tuned model is\n%s\nwant\n%s", row, want)
	}
	var said []string
	for _, r := range w.trainings().Rows {
		said = append(said, r.Cells[1].Text+"="+r.Cells[2].Text)
	}
	if want := []string{"batch=8", "epochs=3", "hardware=a CPU"}; !slices.Equal(said, want) {
		t.Errorf("said of the training: %s, want %s", strings.Join(said, ", "), strings.Join(want, ", "))
	}
	f := w.losses()
	if f == nil || f.Data.Rows() != 4 || f.Data.Col("loss").Nums[3] != held || !f.Data.Col("loss").Missing(2) {
		t.Errorf("the loss curve is %+v", f)
	}
	s.Tunings = nil
	if len(w.tunings().Rows) != 0 || w.losses() != nil {
		t.Error("a study whose models were not tuned has facts of their tuning")
	}
}

// plainCell returns a cell as text.
func plainCell(c analysis.Cell) string {
	switch c.Kind {
	case analysis.Words:
		return c.Text
	case analysis.Blank:
		return ""
	}
	return decimal(c.Value)
}
