package study

// familyMethods are the ways in which hypotheses of a family answer for each
// other.
var familyMethods = []string{"sequence", "holm", "bh"}

// families reads [family.*].
func (l *loader) families() {
	for _, s := range l.named("family") {
		spec := specFamily{Alpha: 0.05}
		s.decode(&spec)
		f := &Family{Name: s.path[1], Method: spec.Method, Alpha: spec.Alpha}
		l.required(s, "method", `method = "sequence", "holm" or "bh"`)
		if f.Method != "" {
			l.oneOf(s, "method", f.Method, familyMethods, "method")
		}
		switch {
		case !s.has("alpha"):
		case f.Method == "sequence":
			l.doc.at(s.where("alpha"), "a fixed sequence adjusts no p-value, so alpha has no meaning; take it out")
		case !(f.Alpha > 0 && f.Alpha < 1):
			l.doc.value(s.where("alpha"), "alpha must be between 0 and 1, such as 0.05")
		}
		l.s.Families = append(l.s.Families, f)
	}
}

// member checks the family of a hypothesis and what the family asks of it.
func (l *loader) member(s *section, h *Hypothesis) {
	if !s.has("family") {
		if h.P != nil {
			l.doc.at(s.where("p"), `p is adjusted within a family, and this hypothesis has none; write family = "NAME" and [family.NAME] with its method`)
		}
		return
	}
	var names []string
	var family *Family
	for _, f := range l.s.Families {
		names = append(names, f.Name)
		if f.Name == h.Family {
			family = f
		}
	}
	switch {
	case len(names) == 0:
		l.doc.value(s.where("family"), `unknown family %q; write [family.%s] with method = "sequence", "holm" or "bh"`, h.Family, h.Family)
	case !l.known(s.where("family"), "family", h.Family, names):
	case family.Method != "sequence" && !s.has("p"):
		l.doc.at(s.path, "%s has no p, and the family %s adjusts the p-values of its hypotheses; write p = \"ANALYSIS.'a-b'.STATISTIC.p\"", h.Name, h.Family)
	}
	if h.P == nil {
		return
	}
	for _, p := range h.P.Paths() {
		if p.Segments[len(p.Segments)-1] != "p" {
			l.doc.value(s.where("p"), "%s is no p-value; its address ends in .p", h.P)
		}
	}
}
