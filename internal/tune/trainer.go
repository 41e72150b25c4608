package tune

import (
	"context"
	"fmt"
	"time"

	"silico/internal/study"
)

// Trainer is a provider that trains: it takes files and makes a model of them.
type Trainer interface {
	// Name is the provider's, as a study says it.
	Name() string
	// Upload gives a training file to the provider and returns its id there.
	Upload(ctx context.Context, name string, data []byte) (id string, err error)
	// Start begins a job. It is called once for a pair of files, unless Find
	// does not know a job of them.
	Start(ctx context.Context, base string, job *study.TuningJob, h *study.Tune) (id string, err error)
	// Find returns the job that was started with an uploaded file, "" when there
	// is none: whether a crash came before the start or behind it is known to
	// the provider alone.
	Find(ctx context.Context, trainFile string) (id string, err error)
	// Look says how a job stands.
	Look(ctx context.Context, id string) (*Standing, error)
}

// Standing is how a job stands.
type Standing struct {
	Status string // as the provider says it
	State  State
	Error  string           // why it failed, in the provider's words
	Run    *study.TuningRun // of a job that succeeded
}

// State is what a status means for whoever waits.
type State int

// States of a job.
const (
	Working State = iota
	Succeeded
	Failed
	Cancelled
)

// Stopped says that a job ended without a model.
type Stopped struct {
	Job   study.TuningJob
	State State
}

func (e *Stopped) Error() string {
	if e.State == Cancelled {
		return fmt.Sprintf("the job %s was cancelled at %s; `silico tune` starts another", e.Job.ID, e.Job.Provider)
	}
	why := ""
	if e.Job.Error != "" {
		why = ": " + e.Job.Error
	}
	return fmt.Sprintf("the job %s failed at %s%s; mend what it says, and `silico tune` starts another", e.Job.ID, e.Job.Provider, why)
}

// Follower trains a model at a provider and follows the job to its end. Every
// step is kept before the next is taken, so that a run that is stopped anywhere
// goes on where it was and never pays twice.
type Follower struct {
	Trainer Trainer
	Keep    func(*study.Tuning) error // writes the record
	Say     func(format string, a ...any)
	Wait    func(ctx context.Context, d time.Duration) error // between two looks
	Every   time.Duration
}

// Train takes the record from wherever it stands to a finished run. A job that
// failed or was cancelled is a *Stopped once; the next call starts another.
func (f *Follower) Train(ctx context.Context, t *study.Tuning, base string, set *Set, h *study.Tune) error {
	if t.Job == nil || t.Job.Status == statusEnded {
		t.Job = &study.TuningJob{Provider: f.Trainer.Name(), Status: "new"}
	}
	job := t.Job
	for _, file := range []struct {
		id   *string
		name string
		data []byte
	}{{&job.TrainFile, t.Set.Train.File, set.Train}, {&job.ValidationFile, t.Set.Validation.File, set.Validation}} {
		if *file.id != "" || len(file.data) == 0 {
			continue
		}
		f.Say("uploading %s", file.name)
		id, err := f.Trainer.Upload(ctx, file.name, file.data)
		if err != nil {
			return fmt.Errorf("upload %s: %w", file.name, err)
		}
		*file.id, job.Status = id, "uploaded"
		if err := f.Keep(t); err != nil {
			return err
		}
	}
	if job.ID == "" {
		if err := f.start(ctx, t, base, h); err != nil {
			return err
		}
	}
	return f.follow(ctx, t)
}

// statusEnded marks a job that was told to have failed or been cancelled.
const statusEnded = "ended without a model"

// start begins the job, or finds the one that an earlier run began and could
// not note.
func (f *Follower) start(ctx context.Context, t *study.Tuning, base string, h *study.Tune) error {
	id, err := f.Trainer.Find(ctx, t.Job.TrainFile)
	if err != nil {
		return fmt.Errorf("look for a job that was started before: %w", err)
	}
	if id == "" {
		if id, err = f.Trainer.Start(ctx, base, t.Job, h); err != nil {
			return fmt.Errorf("start the job: %w", err)
		}
		f.Say("started the job %s", id)
	} else {
		f.Say("going on with the job %s, which was started before", id)
	}
	t.Job.ID, t.Job.Status = id, "started"
	return f.Keep(t)
}

// follow looks at the job until it ends.
func (f *Follower) follow(ctx context.Context, t *study.Tuning) error {
	job := t.Job
	for {
		s, err := f.Trainer.Look(ctx, job.ID)
		if err != nil {
			return fmt.Errorf("look at the job %s: %w", job.ID, err)
		}
		if s.Status != job.Status {
			f.Say("job %s: %s", job.ID, s.Status)
			job.Status, job.Error = s.Status, s.Error
			if err := f.Keep(t); err != nil {
				return err
			}
		}
		switch s.State {
		case Succeeded:
			t.Run = s.Run
			return f.Keep(t)
		case Failed, Cancelled:
			stopped := &Stopped{*job, s.State}
			job.Status = statusEnded
			if err := f.Keep(t); err != nil {
				return err
			}
			return stopped
		}
		if err := f.Wait(ctx, f.Every); err != nil {
			return err
		}
	}
}
