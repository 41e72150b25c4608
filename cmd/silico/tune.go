package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"silico/internal/study"
	"silico/internal/tune"
)

type tuneCommand struct {
	Study    string `arg:"" name:"STUDY" help:"Folder of the study, or its study.toml."`
	Model    string `help:"One tuned model; all of the study when absent." placeholder:"NAME"`
	ServedAs string `help:"Take a training back: the model's name at its server." placeholder:"ID"`
	Record   string `help:"Take a training back: the record that the trainer wrote." placeholder:"run.json" type:"path"`
	Yes      bool   `help:"Let a provider train, which costs money, without being asked."`
}

// Run writes training sets, has models trained, or takes a training back.
func (c *tuneCommand) Run(ctx context.Context, con *console) error {
	s, problems := load(c.Study)
	if problems != nil {
		return problems
	}
	models, err := c.models(s.study)
	if err != nil {
		return err
	}
	if c.Record != "" || c.ServedAs != "" {
		if len(models) != 1 || c.Record == "" {
			return usage("a training is taken back with --model NAME --record run.json, and --served-as ID when the server has another name for it")
		}
		return c.takeBack(con, s.study, models[0])
	}
	for _, m := range models {
		if err := c.tune(ctx, con, s.study, m); err != nil {
			return fmt.Errorf("model %s: %w", m.Name, err)
		}
	}
	return nil
}

// models returns the tuned models that the command is about.
func (c *tuneCommand) models(s *study.Study) ([]*study.Model, error) {
	var tuned []*study.Model
	var names []string
	for _, m := range s.Models {
		if m.Tuned() && m.Training == m.Name {
			tuned, names = append(tuned, m), append(names, m.Name)
		}
	}
	switch {
	case len(tuned) == 0:
		return nil, usage("no model of this study is tuned; one is that has base and train")
	case c.Model == "":
		return tuned, nil
	}
	i := slices.Index(names, c.Model)
	if i < 0 {
		return nil, usage(fmt.Sprintf("no tuned model is called %q; there are %s", c.Model, strings.Join(names, ", ")))
	}
	return tuned[i : i+1], nil
}

// tune brings one model as far as it can be brought without the user.
func (c *tuneCommand) tune(ctx context.Context, con *console, s *study.Study, m *study.Model) error {
	record := s.Tuning(m.Name)
	if record != nil && record.Run != nil {
		con.note("%s: tuned already, and served as %s", m.Name, record.Run.Served)
		return nil
	}
	set, err := tune.NewSet(s, m)
	if err != nil {
		return err
	}
	fresh := tune.NewRecord(s, m, set)
	if record != nil && record.Set != nil && *record.Set == *fresh.Set {
		fresh.Job = record.Job // goes on
	}
	if err := keepSet(s, fresh, set); err != nil {
		return err
	}
	t := fresh.Set
	con.note("%s: %s of %s in %s, %s of %s held out in %s; about %d tokens an epoch", m.Name,
		count(t.Train.Examples, "example"), people(t.Train.People), t.Train.File,
		count(t.Validation.Examples, "example"), people(t.Validation.People), t.Validation.File, t.Train.Tokens)
	switch m.Trainer {
	case "openai":
		return c.train(ctx, con, s, m, fresh, set)
	case "local":
		_, err = fmt.Fprintln(con.out, localCommand(s, m, fresh))
		return err
	}
	con.note("%s: train %s on it with any trainer, serve it, and take it back with\n  silico tune %s --model %s --served-as ID --record run.json", m.Name, m.Base, shellWord(c.Study), m.Name)
	return nil
}

func people(n int) string {
	if n == 1 {
		return "1 person"
	}
	return fmt.Sprintf("%d people", n)
}

// train has a provider train a model and follows the job to its end.
func (c *tuneCommand) train(ctx context.Context, con *console, s *study.Study, m *study.Model, t *study.Tuning, set *tune.Set) error {
	base := s.Model(m.Base)
	if base.Model == "" {
		return fmt.Errorf("its base %s has no name at the provider yet; tune that one first", m.Base)
	}
	started := t.Job != nil && t.Job.ID != ""
	if !started && !c.Yes {
		return usage("training at a provider costs money, and what it will cost is for the provider to say: add --yes to go on")
	}
	trainer, err := tune.NewOpenAI(m, os.Getenv("OPENAI_API_KEY"))
	if err != nil {
		return err
	}
	f := &tune.Follower{
		Trainer: trainer, Every: 20 * time.Second,
		Keep: func(t *study.Tuning) error { return keepRecord(s, t) },
		Say:  func(format string, a ...any) { con.note(m.Name+": "+format, a...) },
		Wait: func(ctx context.Context, d time.Duration) error {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(d):
				return nil
			}
		},
	}
	err = f.Train(ctx, t, base.Model, set, m.Tune)
	if errors.Is(err, context.Canceled) {
		con.note("%s: the job goes on at the provider; the same command follows it again", m.Name)
	}
	if err != nil {
		return err
	}
	con.note("%s: tuned, and served as %s", m.Name, t.Run.Served)
	return nil
}

// takeBack reads what a trainer wrote of its work into the record.
func (c *tuneCommand) takeBack(con *console, s *study.Study, m *study.Model) error {
	data, err := os.ReadFile(c.Record)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	run := &study.TuningRun{}
	if err := d.Decode(run); err != nil {
		return fmt.Errorf("%s is no record of a training: %w", c.Record, err)
	}
	if c.ServedAs != "" {
		run.Served = c.ServedAs
	}
	t := s.Tuning(m.Name)
	switch {
	case run.Served == "":
		return usage("the record does not say under which name the model is served; add --served-as ID")
	case t == nil:
		return fmt.Errorf("model %s has no training set yet; run `silico tune %s --model %s` first, and train on what it writes", m.Name, c.Study, m.Name)
	case t.Run != nil && t.Run.Revision != run.Revision:
		return fmt.Errorf("%s was taken back before, with other weights (%s); answers of those are kept under its name, so give the new one another name in the study", m.Name, t.Run.Revision)
	case m.Local() && run.Revision == "":
		return fmt.Errorf("%s is served on this machine, where nothing else says which weights it has; give the record a revision, the digest of the weights: \"revision\": \"sha256:...\"", m.Name)
	}
	t.Run = run
	if err := keepRecord(s, t); err != nil {
		return err
	}
	con.note("%s: tuned, and served as %s", m.Name, run.Served)
	return nil
}

// keepSet writes the files of a training set and then the record that names
// them.
func keepSet(s *study.Study, t *study.Tuning, set *tune.Set) error {
	if err := keepFile(s, t.Set.Train.File, set.Train); err != nil {
		return err
	}
	if err := keepFile(s, t.Set.Validation.File, set.Validation); err != nil {
		return err
	}
	return keepRecord(s, t)
}

func keepRecord(s *study.Study, t *study.Tuning) error {
	data, err := t.Bytes()
	if err != nil {
		return err
	}
	return keepFile(s, study.TuningFile(t.Model), data)
}

// keepFile writes a file of the study's folder, whole or not at all.
func keepFile(s *study.Study, name string, data []byte) error {
	file := filepath.Join(s.Dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	part := file + ".part"
	if err := os.WriteFile(part, data, 0o644); err != nil {
		return err
	}
	return os.Rename(part, file)
}

// localCommand is the call of the shipped recipe that trains a model, and what
// takes it back.
func localCommand(s *study.Study, m *study.Model, t *study.Tuning) string {
	dir := filepath.ToSlash(s.Dir)
	below := func(parts ...string) string { return shellWord(path.Join(append([]string{dir}, parts...)...)) }
	run := path.Join(study.TuningDir, "runs", m.Name)
	args := []string{"python", below(study.TuningDir, "recipe", "train.py"), "--base", "BASE.gguf", "--train", below(t.Set.Train.File)}
	if t.Set.Validation.Examples > 0 {
		args = append(args, "--validation", below(t.Set.Validation.File))
	}
	h := m.Tune
	for _, o := range []struct {
		flag string
		set  bool
		text string
	}{
		{"--epochs", h.Epochs > 0, strconv.Itoa(h.Epochs)},
		{"--learning-rate", h.LearningRate > 0, strconv.FormatFloat(h.LearningRate, 'g', -1, 64)},
		{"--batch", h.Batch > 0, strconv.Itoa(h.Batch)},
		{"--rank", h.Rank > 0, strconv.Itoa(h.Rank)},
		{"--seed", true, strconv.FormatInt(h.Seed, 10)},
	} {
		if o.set {
			args = append(args, o.flag, o.text)
		}
	}
	args = append(args, "--out", below(run))
	return fmt.Sprintf("%s\nsilico tune %s --model %s --served-as %s --record %s", strings.Join(args, " "), shellWord(dir), m.Name, m.Name, below(run, "run.json"))
}

// shellWord returns a word for a shell.
func shellWord(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-./:+@%", r))
	}) {
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	return s
}
