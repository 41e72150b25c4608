package collect

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"silico/analysis"
	"silico/analysis/frame"
	"silico/internal/study"
)

// tunings says how each tuned model was made: what it was shown, and how it was
// trained, as its record has it.
func (w *facts) tunings() analysis.Table {
	t := analysis.Table{Name: "tunings", Caption: "How models were tuned",
		Columns: []analysis.Column{words("model", "Model"), words("base", "Tuned from"), words("shown", "Shown"), numbers("examples", "Examples"), numbers("held", "Held out"),
			numbers("first", "Loss at first"), numbers("last", "Loss at last"), numbers("tokens", "Tokens"), numbers("seconds", "Seconds"), words("served", "Served as"), words("set", "SHA-256 of the set")}}
	for _, m := range w.s.Models {
		r := w.s.Tuning(m.Name)
		if !m.Tuned() || r == nil {
			continue
		}
		row := cellsOf(w.label(m.Name), w.label(m.Base), shown(r.Rule))
		set := study.TrainingSet{}
		if r.Set != nil {
			set = *r.Set
		}
		row = append(row, whole(set.Train.Examples), whole(set.Validation.Examples))
		run := study.TuningRun{}
		if r.Run != nil {
			run = *r.Run
		}
		first, last := math.NaN(), math.NaN()
		if n := len(run.Loss); n > 0 {
			first, last = run.Loss[0].Train, run.Loss[n-1].Train
		}
		row = append(row, real(first), real(last), whole(run.Tokens), real(run.Seconds))
		t.Rows = append(t.Rows, analysis.Row{Cells: append(row, cellsOf(run.Served, set.Train.SHA256)...)})
	}
	t.Notes = append(t.Notes, "Loss is the mean in nats a token of the answers that were learned, over the steps before each point of its curve; the held out are among the people that a model learned from.")
	return t
}

// shown says which part of the answers of its people a model was shown.
func shown(r study.TrainRule) string {
	all := "all arms"
	if len(r.Arms) > 0 {
		all = strings.Join(r.Arms, ", ")
	}
	if !r.Demographics {
		return all + "; not who answers"
	}
	return all
}

// real is the cell of a real number, blank where there is none.
func real(x float64) analysis.Cell {
	if math.IsNaN(x) || x == 0 {
		return analysis.Cell{Kind: analysis.Blank}
	}
	return analysis.Cell{Kind: analysis.Real, Value: x, P: math.NaN()}
}

// trainings lists what each training was set to and ran on.
func (w *facts) trainings() analysis.Table {
	t := analysis.Table{Name: "trainings", Caption: "Hyperparameters, software and hardware of the tuning",
		Columns: []analysis.Column{words("model", "Model"), words("what", "What"), words("value", "Value")}}
	for _, m := range w.s.Models {
		r := w.s.Tuning(m.Name)
		if !m.Tuned() || r == nil || r.Run == nil {
			continue
		}
		add := func(what, value string) {
			if value != "" {
				t.Rows = append(t.Rows, analysis.Row{Cells: cellsOf(w.label(m.Name), what, value)})
			}
		}
		for _, k := range slices.Sorted(maps.Keys(r.Run.Hyperparameters)) {
			add(strings.ReplaceAll(k, "_", " "), r.Run.Hyperparameters[k])
		}
		for _, k := range slices.Sorted(maps.Keys(r.Run.Software)) {
			add(k, r.Run.Software[k])
		}
		add("hardware", r.Run.Hardware)
		add("weights of the base", r.Run.BaseDigest)
		add("weights", r.Run.Revision)
		add("date", r.Run.Date)
		if r.Run.USD != nil {
			add("price", fmt.Sprintf("%.2f USD", *r.Run.USD))
		}
	}
	return t
}

// losses draws the loss curves of the tuned models, nil when there are none.
func (w *facts) losses() *analysis.Figure {
	var models []string
	var codes []int32
	var steps, train, held []float64
	for _, m := range w.s.Models {
		r := w.s.Tuning(m.Name)
		if !m.Tuned() || r == nil || r.Run == nil || len(r.Run.Loss) == 0 {
			continue
		}
		for _, p := range r.Run.Loss {
			codes = append(codes, int32(len(models)))
			steps, train = append(steps, float64(p.Step)), append(train, p.Train)
			v := math.NaN()
			if p.Validation != nil {
				v = *p.Validation
			}
			held = append(held, v)
		}
		models = append(models, w.label(m.Name))
	}
	if len(models) == 0 {
		return nil
	}
	// Two curves a model: what is learned, and the people held out.
	n := len(codes)
	which := &frame.Column{Name: "which", Kind: frame.Factor, Levels: []string{"learned", "held out"}, Codes: make([]int32, 2*n)}
	for i := range n {
		which.Codes[n+i] = 1
	}
	data := frame.New(
		&frame.Column{Name: "model", Kind: frame.Factor, Levels: models, Codes: slices.Concat(codes, codes)},
		which, frame.Numbers("step", slices.Concat(steps, steps)), frame.Numbers("loss", slices.Concat(train, held)))
	return &analysis.Figure{
		Name: "losses", Kind: "line", Title: "Loss while tuning", Caption: "Loss of tuned models on the answers they learn from and on those of the people held out",
		Data: data, Roles: map[string]string{"x": "step", "y": "loss", "colour": "which", "facet": "model"},
		Labels: map[string]string{"x": "step", "y": "nats a token", "colour": "answers"},
		Alt:    fmt.Sprintf("Loss curves of %d tuned models over their training steps", len(models)),
	}
}
