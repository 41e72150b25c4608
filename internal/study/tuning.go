package study

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"silico/internal/llm"
)

// TuningDir is the folder of a study with the records of its tuned models.
const TuningDir = "tuning"

// TuningFormat is the version of the records that this program writes and
// reads.
const TuningFormat = 1

// Tuning is the record of a tuned model, tuning/NAME.json: who was learned
// from, what was shown, and, once it was trained, how. It is written by `silico
// tune` and is part of the study from then on.
type Tuning struct {
	Format int    `json:"format"`
	Model  string `json:"model"` // its name in the study
	Base   string `json:"base"`  // that of the model it was tuned from

	Rule   TrainRule `json:"rule"`
	People []string  `json:"people"`      // ids, in the order of the people file
	Rows   string    `json:"rows_sha256"` // digest of their rows
	// Prints tell the people apart by their answers alone, whatever their ids
	// and the names of levels: see prints.
	Prints []string `json:"prints"`

	Set *TrainingSet `json:"set,omitempty"`
	Job *TuningJob   `json:"job,omitempty"` // of a provider that trains
	Run *TuningRun   `json:"run,omitempty"` // nil until it was trained

	file string // below the study's folder
}

// TrainRule is how the people of a training set were drawn and what was shown
// of them, as the study said it then.
type TrainRule struct {
	People       int      `json:"people"`
	Sample       string   `json:"sample"`
	By           string   `json:"by,omitempty"`
	Arms         []string `json:"arms,omitempty"`
	Demographics bool     `json:"demographics"`
	Seed         int64    `json:"seed"`
}

// TrainingSet are the files that a trainer reads.
type TrainingSet struct {
	Train      ExampleFile `json:"train"`
	Validation ExampleFile `json:"validation"`
}

// ExampleFile is a file of examples, one conversation a line.
type ExampleFile struct {
	File     string `json:"file"` // below the study's folder
	SHA256   string `json:"sha256"`
	People   int    `json:"people"`
	Examples int    `json:"examples"`
	Tokens   int    `json:"tokens_estimated"` // of one epoch, about four letters a token
}

// TuningJob is a job at a provider that trains, as it stood when it was last
// looked at.
type TuningJob struct {
	Provider       string `json:"provider"`
	TrainFile      string `json:"train_file,omitempty"`      // the provider's id of the uploaded set
	ValidationFile string `json:"validation_file,omitempty"` // and of the part held out
	ID             string `json:"id,omitempty"`
	Status         string `json:"status"` // as the provider says it
	Error          string `json:"error,omitempty"`
}

// TuningRun is a training that came to an end.
type TuningRun struct {
	Served          string            `json:"served_as"` // the model as its server knows it
	Revision        string            `json:"revision,omitempty"`
	BaseDigest      string            `json:"base_digest,omitempty"` // of the weights that it began from
	Hyperparameters map[string]string `json:"hyperparameters,omitempty"`
	Loss            []Loss            `json:"loss,omitempty"`
	Software        map[string]string `json:"software,omitempty"`
	Hardware        string            `json:"hardware,omitempty"`
	Seconds         float64           `json:"seconds,omitempty"`
	Tokens          int               `json:"tokens,omitempty"` // that were trained on, all epochs
	USD             *float64          `json:"usd,omitempty"`    // what it cost; absent when unknown
	Date            string            `json:"date,omitempty"`
}

// Loss is a point of the loss curve: mean nats a token of the answers.
type Loss struct {
	Step       int      `json:"step"`
	Train      float64  `json:"train"`
	Validation *float64 `json:"validation,omitempty"`
}

// TuningFile returns where the record of a model stands, below the study's
// folder.
func TuningFile(model string) string { return path.Join(TuningDir, model+".json") }

// ReadTuning reads a record. Unknown keys are mistakes: a record is evidence,
// and nobody's notes.
func ReadTuning(data []byte) (*Tuning, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	t := &Tuning{}
	if err := d.Decode(t); err != nil {
		return nil, fmt.Errorf("no record of a tuned model: %w", err)
	}
	switch {
	case t.Format > TuningFormat:
		return nil, fmt.Errorf("the record is of format %d and this program reads up to %d; a newer silico reads it", t.Format, TuningFormat)
	case t.Format < 1:
		return nil, errors.New("the record does not say its format")
	case t.Model == "":
		return nil, errors.New("the record does not say of which model it is")
	}
	return t, nil
}

// Bytes returns a record as it is kept.
func (t *Tuning) Bytes() ([]byte, error) {
	data, err := json.MarshalIndent(t, "", "  ")
	return append(data, '\n'), err
}

// readTunings reads the records of the study's folder, in the order of their
// names.
func (l *loader) readTunings() {
	if l.root == nil {
		return
	}
	entries, err := fs.ReadDir(l.root.FS(), TuningDir)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		l.files = append(l.files, Problem{File: path.Join(l.dir, TuningDir), Msg: unreadable(err, "")})
		return
	}
	for _, e := range entries {
		if e.IsDir() || filepath.Ext(e.Name()) != ".json" {
			continue
		}
		name := path.Join(TuningDir, e.Name())
		c, err := l.open(name)
		if err == nil {
			var t *Tuning
			if t, err = ReadTuning([]byte(c.text)); err == nil && t.Model+".json" != e.Name() {
				err = fmt.Errorf("the record is of model %q; its file is called %s", t.Model, TuningFile(t.Model))
			}
			if err == nil {
				t.file = name
				l.input(c.input)
				l.s.Tunings = append(l.s.Tunings, t)
				continue
			}
		}
		l.files = append(l.files, Problem{File: path.Join(l.dir, name), Msg: err.Error()})
	}
}

// Tuning returns the record of a model, nil when there is none.
func (s *Study) Tuning(model string) *Tuning {
	i := slices.IndexFunc(s.Tunings, func(t *Tuning) bool { return t.Model == model })
	if i < 0 {
		return nil
	}
	return s.Tunings[i]
}

// tunedFrom checks what a model says of its tuning, and takes its name and
// revision from the record once it was trained.
func (l *loader) tunedFrom(s *section, spec *specModel, m *Model, names []string) {
	if m.Base != "" && l.known(s.where("base"), "model", m.Base, names) && m.Base == m.Name {
		l.doc.value(s.where("base"), "model %q is tuned from itself", m.Name)
	}
	if m.Kind() != "asked" {
		return
	}
	tuned := m.Base != "" && spec.Train != nil
	for _, key := range []string{"train", "trainer", "tune"} {
		if s.names(key) && !l.copied(s, key) && !tuned && (key != "train" || m.Base == "") {
			l.doc.at(s.where(key), "%s is for a model that is tuned from another of this file on people of the pilot; write base and train", key)
			return
		}
	}
	if !tuned {
		return
	}
	if m.Trainer == "" {
		m.Trainer = "files"
	}
	if s.has("trainer") {
		l.oneOf(s, "trainer", m.Trainer, []string{"files", "local", "openai"}, "trainer")
	}
	m.Tune = l.hyperparameters(s, spec.Tune)
	m.Training = l.trainingOf(m.Name)
	if t := l.s.Tuning(m.Training); t != nil && t.Run != nil {
		if m.Model == "" {
			m.Model = t.Run.Served
		}
		if m.Revision == "" {
			m.Revision = t.Run.Revision
		}
	}
}

// trainingOf returns the tuned model whose training a model shares: itself, or
// the one that it is like when it says nothing of a training of its own. Then
// it is the same weights, asked in another way.
func (l *loader) trainingOf(name string) string {
	for range l.models { // no chain is longer
		own := l.models[name].table
		like, ok := own["like"].(string)
		for _, key := range []string{"base", "train", "trainer", "tune"} {
			_, says := own[key]
			ok = ok && !says
		}
		if _, known := l.models[like]; !ok || !known {
			break
		}
		name = like
	}
	return name
}

// hyperparameters reads tune = { ... }.
func (l *loader) hyperparameters(s *section, spec *specTune) *Tune {
	if spec == nil {
		spec = &specTune{}
	}
	at := &section{doc: l.doc, path: s.where("tune"), table: tableOf(s.table["tune"])}
	t := &Tune{Epochs: spec.Epochs, LearningRate: spec.LearningRate, Batch: spec.Batch, Rank: spec.Rank, Validation: 0.1, Seed: spec.Seed}
	if spec.Validation != nil {
		t.Validation = *spec.Validation
	}
	for _, k := range []struct {
		name string
		bad  bool
	}{
		{"epochs", t.Epochs < 1}, {"learning_rate", t.LearningRate <= 0}, {"batch", t.Batch < 1}, {"rank", t.Rank < 1},
	} {
		if at.has(k.name) && k.bad {
			l.doc.value(at.where(k.name), "%s must be above 0", k.name)
		}
	}
	if t.Validation < 0 || t.Validation >= 1 {
		l.doc.value(at.where("validation"), "validation is a share of the training people, at least 0 and below 1")
	}
	return t
}

// checkTunings reports records of another training than the study declares.
func (l *loader) checkTunings() {
	for _, x := range l.trains {
		t := l.s.Tuning(x.model.Training)
		if t == nil || x.model.Kind() != "asked" {
			continue
		}
		if differs := t.differs(x.model); len(differs) > 0 {
			l.doc.at(x.at.path, "the record %s is of another training: %s; give this model another name, or remove the record and tune it again", t.file, strings.Join(differs, "; "))
		}
	}
}

// differs says how a record departs from what the study declares now.
func (t *Tuning) differs(m *Model) []string {
	var all []string
	now := m.Train.Rule()
	for _, d := range []struct {
		key       string
		then, now any
	}{
		{"base", t.Base, m.Base}, {"people", t.Rule.People, now.People}, {"sample", t.Rule.Sample, now.Sample}, {"by", t.Rule.By, now.By},
		{"arms", strings.Join(t.Rule.Arms, ", "), strings.Join(now.Arms, ", ")}, {"demographics", t.Rule.Demographics, now.Demographics},
		{"seed", t.Rule.Seed, now.Seed},
	} {
		if d.then != d.now {
			all = append(all, fmt.Sprintf("%s was %v and is %v", d.key, d.then, d.now))
		}
	}
	if len(all) == 0 && !slices.Equal(t.People, m.Train.IDs) {
		all = append(all, "the same rule draws other people now, since the people or the study's seed have changed")
	}
	return all
}

// Rule returns the draw as a record says it.
func (t *Train) Rule() TrainRule {
	return TrainRule{People: t.People, Sample: t.Sample, By: t.By, Arms: t.Arms, Demographics: t.Demographics, Seed: t.Seed}
}

// Tuned says whether a model is tuned from another of the study on its people.
func (m *Model) Tuned() bool { return m.Kind() == "asked" && m.Base != "" && m.Train != nil }

// Untrained returns those of the named models, of all when there are no names,
// that nobody serves yet, by the names that they are tuned under.
func (s *Study) Untrained(of []string) []string {
	var names []string
	for _, m := range s.Models {
		if !m.Served() && (of == nil || slices.Contains(of, m.Name)) && !slices.Contains(names, m.Training) {
			names = append(names, m.Training)
		}
	}
	return names
}

// Served says whether a model has a name by which a server knows it. A tuned
// one has none before its training is taken back.
func (m *Model) Served() bool { return !m.Tuned() || m.Model != "" }

// Example is one answer of a training person as a conversation, whose last
// message is the answer that is to be learned.
type Example struct {
	Respondent string
	Messages   []llm.Message
}

// Local says whether a model is served on this machine.
func (m *Model) Local() bool { return loopback(m.Endpoint) }
