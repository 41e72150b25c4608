package study

import (
	"slices"

	"silico/analysis/frame"
)

// groups reads [group.*]: sources whose numbers are averaged.
func (l *loader) groups() {
	var models []string
	for _, m := range l.s.Models {
		models = append(models, m.Name)
	}
	for _, s := range l.named("group") {
		var spec specGroup
		s.decode(&spec)
		g := frame.Group{Name: s.path[1], Label: spec.Label, Of: spec.Of}
		if slices.Contains(models, g.Name) {
			l.doc.at(s.path, "a model is called %s already; choose another name for the group", g.Name)
			continue
		}
		l.required(s, "of", `of = ["tuned_1", "tuned_2"], the models that are averaged`)
		if len(g.Of) == 1 || s.has("of") && len(g.Of) == 0 {
			l.doc.value(s.where("of"), "a mean is over at least two models")
		}
		for i, name := range g.Of {
			at := s.where("of", element(i))
			if l.known(at, "model", name, models) && slices.Contains(g.Of[:i], name) {
				l.doc.value(at, "model %q is named twice", name)
			}
		}
		if g.Title() == "people" {
			l.doc.value(s.where("label"), "people are called so; choose another label")
		}
		for _, m := range l.s.Models {
			if g.Title() == m.label() {
				l.doc.value(s.where("label"), "readers could not tell this group from %s: both are called %q; choose another label", m.Name, g.Title())
			}
		}
		l.s.schema.Groups = append(l.s.schema.Groups, g)
	}
}
