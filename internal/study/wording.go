package study

var elicitations = []string{"text", "json", "logprobs", "distribution"}

// wording reads [persona.*] and [question.*].
func (l *loader) wording() {
	for _, s := range l.named("persona") {
		var spec specPersona
		s.decode(&spec)
		l.required(s, "text", `text = "You are a {{gender}}."`)
		l.template(s.where("text"), spec.Text, true)
		l.s.Personas = append(l.s.Personas, &Persona{Name: s.path[1], Text: spec.Text})
	}
	sections := l.named("question")
	for _, s := range sections {
		var spec specQuestion
		s.decode(&spec)
		q := &Question{Name: s.path[1], Variable: spec.Variable, Text: spec.Text, After: spec.After, Elicit: spec.Elicit, Keep: spec.Keep}
		if q.Variable == "" {
			q.Variable = q.Name
		}
		if q.Elicit == "" {
			q.Elicit = "text"
		}
		l.required(s, "text", `text = "Would you ...?"`)
		l.template(s.where("text"), spec.Text, false)
		l.oneOf(s, "elicit", q.Elicit, elicitations, "elicitation")
		l.asks(s, q)
		l.s.Questions = append(l.s.Questions, q)
	}
	l.conversations(sections)
	l.chances(sections)
}

// asks checks the variable that a question gives.
func (l *loader) asks(s *section, q *Question) {
	at := s.where("variable")
	if !s.has("variable") {
		at = s.path
	}
	var names []string
	for _, v := range l.s.Variables {
		names = append(names, v.Name)
	}
	if !l.known(at, "variable", q.Variable, names) {
		return
	}
	v := l.s.Variable(q.Variable)
	switch {
	case v.Derived != "":
		l.doc.value(at, "%s is derived from other variables; ask for those", v.Name)
	case v.Role == roleCovariate || v.Role == roleFactor:
		l.doc.value(at, "%s is a %s, which is known and not asked for", v.Name, v.Role)
	}
	for _, other := range l.s.Questions {
		if other.Variable == q.Variable {
			l.doc.value(at, "question %q asks for %s already", other.Name, q.Variable)
		}
	}
}

// conversations checks what questions come after, and that no question comes
// after itself.
func (l *loader) conversations(sections []*section) {
	var names []string
	after := make(map[string]string)
	for _, q := range l.s.Questions {
		names = append(names, q.Name)
		after[q.Name] = q.After
	}
	for i, q := range l.s.Questions {
		if q.After == "" || !l.known(sections[i].where("after"), "question", q.After, names) {
			continue
		}
		for at, n := q.After, 0; at != "" && n <= len(names); at, n = after[at], n+1 {
			if at == q.Name {
				l.doc.value(sections[i].where("after"), "question %q comes after itself", q.Name)
				break
			}
		}
	}
}
