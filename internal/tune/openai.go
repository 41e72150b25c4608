package tune

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"

	"silico/internal/study"
)

// openAI trains through the fine-tuning endpoints of OpenAI, and of servers
// that have them.
type openAI struct {
	client openai.Client
	key    string // which no message may hold
	model  string // name in the study; the suffix by which people find the job
}

// NewOpenAI returns the trainer of a model. The API key is that of the
// environment and is written nowhere.
func NewOpenAI(m *study.Model, key string) (Trainer, error) {
	if key == "" {
		return nil, errors.New("no API key: set OPENAI_API_KEY in the environment")
	}
	opts := []option.RequestOption{option.WithAPIKey(key), option.WithMaxRetries(2), option.WithRequestTimeout(time.Minute)}
	if m.Endpoint != "" {
		opts = append(opts, option.WithBaseURL(m.Endpoint))
	}
	return &openAI{openai.NewClient(opts...), key, m.Name}, nil
}

func (o *openAI) Name() string { return "openai" }

// Upload gives a file to the provider. A lost reply leaves a file there that
// nothing names, which costs nothing.
func (o *openAI) Upload(ctx context.Context, name string, data []byte) (string, error) {
	f, err := o.client.Files.New(ctx, openai.FileNewParams{
		File:    openai.File(bytes.NewReader(data), path.Base(name), "application/jsonl"),
		Purpose: openai.FilePurposeFineTune,
	})
	if err != nil {
		return "", o.plain(err)
	}
	return f.ID, nil
}

// Start begins a job. It is not tried again by itself: a reply that was lost
// may have been that of a job that began.
func (o *openAI) Start(ctx context.Context, base string, job *study.TuningJob, h *study.Tune) (string, error) {
	p := openai.FineTuningJobNewParams{
		Model: openai.FineTuningJobNewParamsModel(base), TrainingFile: job.TrainFile,
		Suffix: openai.String(suffix(o.model)), Seed: openai.Int(h.Seed),
		Method: openai.FineTuningJobNewParamsMethod{Type: "supervised", Supervised: openai.SupervisedMethodParam{Hyperparameters: chosen(h)}},
	}
	if job.ValidationFile != "" {
		p.ValidationFile = openai.String(job.ValidationFile)
	}
	j, err := o.client.FineTuning.Jobs.New(ctx, p, option.WithMaxRetries(0))
	if err != nil {
		return "", o.plain(err)
	}
	return j.ID, nil
}

// chosen are the hyperparameters that the study sets; the others are for the
// provider to choose.
func chosen(h *study.Tune) openai.SupervisedHyperparameters {
	var p openai.SupervisedHyperparameters
	if h.Epochs > 0 {
		p.NEpochs.OfInt = openai.Int(int64(h.Epochs))
	}
	if h.Batch > 0 {
		p.BatchSize.OfInt = openai.Int(int64(h.Batch))
	}
	if h.LearningRate > 0 {
		p.LearningRateMultiplier.OfFloat = openai.Float(h.LearningRate)
	}
	return p
}

// suffix returns a name as the provider allows it: at most 64 letters, digits
// and dashes.
func suffix(model string) string {
	s := strings.ReplaceAll(model, "_", "-")
	return s[:min(len(s), 64)]
}

func (o *openAI) Find(ctx context.Context, trainFile string) (string, error) {
	jobs := o.client.FineTuning.Jobs.ListAutoPaging(ctx, openai.FineTuningJobListParams{Limit: openai.Int(100)})
	for jobs.Next() {
		if j := jobs.Current(); j.TrainingFile == trainFile {
			return j.ID, nil
		}
	}
	return "", o.plain(jobs.Err())
}

func (o *openAI) Look(ctx context.Context, id string) (*Standing, error) {
	j, err := o.client.FineTuning.Jobs.Get(ctx, id)
	if err != nil {
		return nil, o.plain(err)
	}
	s := &Standing{Status: string(j.Status), Error: j.Error.Message}
	switch j.Status {
	case openai.FineTuningJobStatusSucceeded:
		s.State = Succeeded
		s.Run, err = o.run(ctx, j)
	case openai.FineTuningJobStatusFailed:
		s.State = Failed
	case openai.FineTuningJobStatusCancelled:
		s.State = Cancelled
	}
	return s, err
}

// run describes a training that succeeded.
func (o *openAI) run(ctx context.Context, j *openai.FineTuningJob) (*study.TuningRun, error) {
	h := j.Method.Supervised.Hyperparameters
	r := &study.TuningRun{
		Served: j.FineTunedModel, Hyperparameters: map[string]string{
			"base": j.Model, "epochs": number(h.NEpochs.OfInt), "batch_size": number(h.BatchSize.OfInt),
			"learning_rate_multiplier": strconv.FormatFloat(h.LearningRateMultiplier.OfFloat, 'g', -1, 64), "seed": strconv.FormatInt(j.Seed, 10),
		},
		Hardware: "of the provider", Seconds: float64(j.FinishedAt - j.CreatedAt), Tokens: int(j.TrainedTokens),
		Date: time.Unix(j.FinishedAt, 0).UTC().Format(time.RFC3339),
	}
	for _, file := range j.ResultFiles {
		loss, err := o.loss(ctx, file)
		if err != nil {
			return nil, fmt.Errorf("read the loss curve: %w", err)
		}
		r.Loss = append(r.Loss, loss...)
	}
	return r, nil
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

// loss reads a file of results: a CSV with the columns step, train_loss and
// valid_loss, in base64 at OpenAI.
func (o *openAI) loss(ctx context.Context, file string) ([]study.Loss, error) {
	resp, err := o.client.Files.Content(ctx, file)
	if err != nil {
		return nil, o.plain(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, 16<<20))
	if err != nil {
		return nil, err
	}
	if text, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(data))); err == nil {
		data = text
	}
	return readLoss(data)
}

func readLoss(data []byte) ([]study.Loss, error) {
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	at := make(map[string]int)
	for k, name := range rows[0] {
		at[strings.TrimSpace(name)] = k
	}
	field := func(row []string, name string) (float64, bool) {
		k, ok := at[name]
		if !ok || k >= len(row) {
			return 0, false
		}
		x, err := strconv.ParseFloat(strings.TrimSpace(row[k]), 64)
		return x, err == nil
	}
	var curve []study.Loss
	for _, row := range rows[1:] {
		step, ok := field(row, "step")
		train, known := field(row, "train_loss")
		if !ok || !known {
			continue
		}
		p := study.Loss{Step: int(step), Train: train}
		if v, ok := field(row, "valid_loss"); ok {
			p.Validation = &v
		}
		curve = append(curve, p)
	}
	return curve, nil
}

// plain puts an error of the interface in words for people. A message of the
// provider may quote the API key, or a part of a wrong one.
func (o *openAI) plain(err error) error {
	var e *openai.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.StatusCode {
	case http.StatusUnauthorized:
		return errors.New("the API key was refused; it may have expired: set a new one in OPENAI_API_KEY, and run the same command again, which goes on from here")
	case http.StatusForbidden:
		return errors.New("this API key may not tune models; use one of a project that may")
	case http.StatusNotFound:
		return errors.New("the server knows no such job, file or model, or has no fine-tuning endpoints")
	case http.StatusTooManyRequests:
		return errors.New("too many requests or no quota left; run the same command again later, which goes on from here")
	}
	return fmt.Errorf("the server answered %d: %s", e.StatusCode, strings.ReplaceAll(e.Message, o.key, "[API key]"))
}
