package tune

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"unicode/utf8"

	"silico/analysis/frame"
	"silico/analysis/stat"
	"silico/internal/llm"
	"silico/internal/study"
)

// Set is the training set of one model: files that a trainer reads, and their
// description for the record.
type Set struct {
	Train, Validation []byte // lines of JSON; Validation is empty when nobody is held out
	Record            study.TrainingSet
}

// line is one example as trainers read it: OpenAI, TRL, Axolotl and
// LLaMA-Factory know a list of messages whose last one is to be learned.
type line struct {
	Messages []llm.Message `json:"messages"`
}

// NewSet writes the examples of a model. The people held out for the loss curve
// are whole people, drawn by a stream of their own; they are among those that
// the model is said to have learned from.
func NewSet(s *study.Study, m *study.Model) (*Set, error) {
	examples, err := s.Examples(m)
	if err != nil {
		return nil, err
	}
	held := heldOut(s, m)
	set := &Set{}
	set.Train, set.Record.Train, err = write(examples, path.Join(study.TuningDir, m.Name+".train.jsonl"), func(id string) bool { return !held[id] })
	if err != nil {
		return nil, err
	}
	set.Validation, set.Record.Validation, err = write(examples, path.Join(study.TuningDir, m.Name+".validation.jsonl"), func(id string) bool { return held[id] })
	return set, err
}

// heldOut draws the people of the validation set: the share that the model
// declares, rounded half up, but never everybody.
func heldOut(s *study.Study, m *study.Model) map[string]bool {
	ids := m.Train.IDs
	n := min(int(m.Tune.Validation*float64(len(ids))+0.5), len(ids)-1)
	held := make(map[string]bool, n)
	order := stat.NewStreams(s.Seed).At("validation/"+m.Name, uint64(m.Train.Seed)).Perm(len(ids))
	for _, i := range order[:max(0, n)] {
		held[ids[i]] = true
	}
	return held
}

// write returns the lines of the examples of some people, and describes them.
func write(examples []study.Example, file string, in func(id string) bool) ([]byte, study.ExampleFile, error) {
	d := study.ExampleFile{File: file}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	people := make(map[string]bool)
	letters := 0
	for _, x := range examples {
		if !in(x.Respondent) {
			continue
		}
		if err := e.Encode(line{x.Messages}); err != nil {
			return nil, d, err
		}
		people[x.Respondent] = true
		d.Examples++
		for _, msg := range x.Messages {
			letters += utf8.RuneCountInString(msg.Text)
		}
	}
	sum := sha256.Sum256(b.Bytes())
	d.SHA256, d.People, d.Tokens = hex.EncodeToString(sum[:]), len(people), (letters+3)/4
	return b.Bytes(), d, nil
}

// NewRecord begins the record of a model that is to be trained on a set.
func NewRecord(s *study.Study, m *study.Model, set *Set) *study.Tuning {
	return &study.Tuning{
		Format: study.TuningFormat, Model: m.Name, Base: m.Base, Rule: m.Train.Rule(),
		People: m.Train.IDs, Rows: rowsDigest(s, m.Train.IDs), Prints: s.PrintsOf(m.Train.IDs), Set: &set.Record,
	}
}

// rowsDigest returns the digest of everything that is known of some people:
// their rows of the people's frame, column by column.
func rowsDigest(s *study.Study, ids []string) string {
	f := s.People.Frame
	id := f.Col(s.Schema().ID)
	h := sha256.New()
	var rows []int
	for i := range f.Rows() {
		if slices.Contains(ids, id.String(i)) {
			rows = append(rows, i)
		}
	}
	slices.SortStableFunc(rows, func(a, b int) int { return cmp.Compare(id.Codes[a], id.Codes[b]) })
	for _, c := range f.Columns() {
		if c.Name == frame.SampleColumn || c.Name == frame.RuleColumn {
			continue // of the study, not of the people
		}
		fmt.Fprintf(h, "%q:", c.Name)
		for _, i := range rows {
			fmt.Fprintf(h, "%q,", c.String(i))
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
