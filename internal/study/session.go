package study

import "silico/internal/llm"

// Session is one respondent going through the script of a study with one
// model: the unit of asking, of memory, and of what a queue could hand out.
//
// It is a pure function of the replies: given the transcript so far, Next says
// what is to be asked now, and the same transcript gives the same requests. So
// one piece of code asks a model, replays kept answers, and counts what is
// missing.
//
// Next fills in Sampled, Turn and Attempt of the requests; opening and draw are
// for the caller, who sees the sessions of the whole plan. It returns several
// requests when they do not depend on each other, and none when the session is
// over; the replies enter the transcript in the order of the requests.
//
// A session remembers how far it has followed a transcript, so that one that
// grows is read once. It is not safe for concurrent use.
type Session struct {
	Model      *Model
	Respondent string // id
	Draw       int    // of the respondent's sessions with the model, from 1
	Cells      []Cell // what it answers, in the order in which it is asked

	script *script
	walk   *walk // nil before the first question and after the last answer
}

// Cell is one question about one unit.
type Cell struct {
	Unit     int32 // row of Study.Units
	Question *Question
}

// Transcript are the replies of a session in the order of its requests.
type Transcript []Exchange

// Exchange is one request and the reply to it.
type Exchange struct {
	Request *llm.Request
	Reply   *llm.Reply
}

// Status says what became of a question.
type Status string

// What may become of a question. All of them are data: rows with a status,
// counted in the paper.
const (
	Answered   Status = "answered"
	RefusedIt  Status = "refused"    // the model declines
	CutOff     Status = "cut off"    // at the limit of tokens, before an answer could be read
	Filtered   Status = "filtered"   // withheld by the provider
	Unparsable Status = "unparsable" // words in which no answer could be found
	Skipped    Status = "skipped"    // its condition, when, does not hold, or an answer that it quotes is not there
)

// Answer is what a session says to one cell.
type Answer struct {
	Cell
	Status   Status
	Field    string    // the value as a people file would hold it, "" when there is none
	Attempts int       // how often it was asked again
	P        []float64 // probability of each option, when it was asked for; sums to 1
	Behind   []float64 // of each option behind every combination of earlier answers, the option varying fastest; nil when they are not known
	Joint    []float64 // of each option together with every combination of earlier answers, the option varying fastest; nil when they are not known
	Mass     float64   // probability of all options before they were made to sum to 1; 1 otherwise
	Masses   []float64 // behind every combination of earlier answers; nil where Behind is
	Order    []int     // of the options as they were shown, nil when as declared
}

// Next returns what is to be asked after what was said so far.
func (s *Session) Next(t Transcript) []*llm.Request { return s.follow(t).next() }

// Requests returns how many requests the question of a cell takes, if nothing is
// asked again: log-probabilities are asked for in several orders of the options,
// and behind several earlier answers; where answers are longer than a token there
// may be more.
func (s *Session) Requests(cell int) int {
	it := s.script.of[s.Cells[cell].Question]
	if !it.elicit.weighs {
		return 1
	}
	n := max(1, len(it.allOrders(len(it.options.levels))))
	for _, b := range it.before {
		n *= len(b.options.levels)
	}
	if it.reasoning {
		n++
	}
	return n
}

// Answers returns the answers that a transcript gives, in the order of the
// cells: one a cell when the session is over, those of the cells that are done
// otherwise.
func (s *Session) Answers(t Transcript) []Answer {
	answers := s.follow(t).answers
	s.walk = nil // a study has a million sessions
	return answers
}

// follow returns the walk through a transcript. It goes on with what is
// remembered when the transcript begins with that.
func (s *Session) follow(t Transcript) *walk {
	w := s.walk
	if w == nil || len(t) < w.heard || w.heard > 0 && t[w.heard-1].Reply != w.last {
		w = newWalk(s)
		w.wide = true // of the first question there is nothing before
		s.walk = w
	}
	for _, e := range t[w.heard:] {
		w.hear(e.Reply)
	}
	return w
}
