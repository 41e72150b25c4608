package study

// Most respondents of a plan look like others: of 158 people who are described by
// gender and anger there are 45. Where a model is asked for its probabilities
// alone, behind every earlier answer that might have been given, what it is asked
// depends on the words alone, and so do the probabilities; only the answers that
// are drawn from them are the respondent's own. Such sessions are lookalikes.

// Words returns what tells a session from those of its model that do not look like
// it; nil for a session in whose requests chance or a reply has a part.
func (s *Session) Words() []byte {
	if !s.wordsAlone() {
		return nil
	}
	w := &walk{s: s} // in which nothing was answered
	b := make([]byte, 0, 512)
	if p := s.script.persona; p != nil {
		b = p.say(b, spoken{row: s.Cells[0].Unit})
	}
	for _, c := range s.Cells {
		it := s.script.of[c.Question]
		a := asking{w: w, it: it, answer: Answer{Cell: c}, order: s.orderFor(it)}
		text, ok := a.words(a.order)
		if !ok {
			return nil
		}
		// Another question in the same words has draws, and maybe options, of its own.
		b = append(append(b, 0), c.Question.Name...)
		b = append(append(b, 0), text...)
		for _, k := range a.order {
			b = append(b, 0, byte(k))
		}
	}
	return b
}

// wordsAlone says whether neither chance nor a reply has a part in the questions of
// a session.
func (s *Session) wordsAlone() bool {
	for i, c := range s.Cells {
		it := s.script.of[c.Question]
		if !it.elicit.weighs || it.reasoning || it.condition != nil || i > 0 && it.before == nil {
			return false
		}
	}
	return s.Model.Memory == 0
}

// Like returns the answers of a session, given those of a lookalike: drawn from the
// same probabilities by the session's own streams. It returns false when the
// probabilities of an answer are not known.
func (s *Session) Like(of []Answer) ([]Answer, bool) {
	if len(of) != len(s.Cells) {
		return nil, false
	}
	answers := make([]Answer, len(of))
	for i, a := range of {
		it := s.script.of[a.Question]
		a.Cell = s.Cells[i]
		if i > 0 && a.P != nil {
			at, n := combination(it.before, answers)
			if at < 0 || n != len(a.Masses) {
				return nil, false
			}
			k := len(a.P)
			a.P, a.Mass = a.Behind[at*k:(at+1)*k], a.Masses[at]
		}
		if a.P == nil {
			return nil, false
		}
		a.Field = it.options.levels[s.chance(it, a.Unit, a.P)]
		answers[i] = a
	}
	return answers, true
}
