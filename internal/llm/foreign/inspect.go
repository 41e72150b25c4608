package foreign

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"silico/internal/llm"
)

func init() { register("inspect", readInspect) }

// inspectSample is one sample of a log of Inspect (inspect_ai, versions 2 of
// the log; tried with 0.3.285). Its model events hold every call to a model.
type inspectSample struct {
	ID     json.RawMessage `json:"id"`
	Epoch  int             `json:"epoch"`
	Events []inspectEvent  `json:"events"`
	// Long texts are kept apart, and events refer to them.
	Attachments map[string]string `json:"attachments"`
	Pool        struct {
		Messages []message `json:"messages"`
	} `json:"events_data"`
}

type inspectEvent struct {
	Event  string                     `json:"event"`
	Model  string                     `json:"model"`
	Input  []message                  `json:"input"`
	Refs   [][2]int                   `json:"input_refs"` // ranges of the pool
	Tools  []json.RawMessage          `json:"tools"`
	Config map[string]json.RawMessage `json:"config"`
	Cache  string                     `json:"cache"`
	Error  json.RawMessage            `json:"error"`
	Role   string                     `json:"role"` // of the model: graders have one
	Output struct {
		Model   string `json:"model"`
		Choices []struct {
			Message struct {
				Content json.RawMessage `json:"content"`
			} `json:"message"`
			Stop     string `json:"stop_reason"`
			Logprobs *struct {
				Content []inspectToken `json:"content"`
			} `json:"logprobs"`
		} `json:"choices"`
		Usage struct {
			Input  int `json:"input_tokens"`
			Output int `json:"output_tokens"`
			Cached int `json:"input_tokens_cache_read"`
		} `json:"usage"`
		Time float64 `json:"time"`
		ID   string  `json:"response_id"`
	} `json:"output"`
	Requests []struct {
		ID string `json:"id"`
	} `json:"request_ids"`
	Call *struct {
		Request  map[string]json.RawMessage `json:"request"`
		Response struct {
			Print string `json:"system_fingerprint"`
		} `json:"response"`
	} `json:"call"`
	Completed string `json:"completed"`
}

type inspectToken struct {
	Token   string         `json:"token"`
	Logprob float64        `json:"logprob"`
	Top     []inspectToken `json:"top_logprobs"`
}

func readInspect(f *File, s Sources) error {
	var log struct {
		Eval    json.RawMessage `json:"eval"`
		Samples []inspectSample `json:"samples"`
	}
	if z, err := zip.NewReader(bytes.NewReader(s.Replies), int64(len(s.Replies))); err == nil {
		return readEval(f, z)
	}
	if err := json.Unmarshal(s.Replies, &log); err != nil {
		return fmt.Errorf("neither JSON nor an .eval archive: %w", err)
	}
	if log.Eval == nil {
		return errors.New("it has no member eval, as logs have")
	}
	for i := range log.Samples {
		log.Samples[i].read(f)
	}
	return nil
}

// largest is how much one part of an archive may unpack to.
const largest = 1 << 30

// readEval reads a log that is an archive with a file a sample.
func readEval(f *File, z *zip.Reader) error {
	z.RegisterDecompressor(zstd.ZipMethodWinZip, zstd.ZipDecompressor())
	var names []string
	for _, part := range z.File {
		if path.Dir(part.Name) == "samples" {
			names = append(names, part.Name)
		}
	}
	if names == nil {
		return errors.New("the archive has no folder samples")
	}
	slices.Sort(names)
	for _, name := range names {
		text, err := unpack(z, name)
		var s inspectSample
		if err == nil {
			err = json.Unmarshal(text, &s)
		}
		if err != nil {
			f.leave(name, "it cannot be read: %v", err)
			continue
		}
		s.read(f)
	}
	return nil
}

func unpack(z *zip.Reader, name string) ([]byte, error) {
	r, err := z.Open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, largest+1))
	if len(text) > largest {
		return nil, errors.New("it unpacks to more than 1 GiB")
	}
	return text, err
}

func (s *inspectSample) read(f *File) {
	call := 0
	for i := range s.Events {
		e := &s.Events[i]
		if e.Event != "model" {
			continue
		}
		call++
		place := fmt.Sprintf("sample %s, epoch %d, call %d", strings.Trim(string(s.ID), `"`), s.Epoch, call)
		a, err := s.answer(e)
		if err != nil {
			f.leave(place, "%v", err)
			continue
		}
		a.Place = place
		f.Answers = append(f.Answers, *a)
	}
}

func (s *inspectSample) answer(e *inspectEvent) (*Answer, error) {
	switch {
	case given(e.Error):
		return nil, errors.New("the request failed")
	case len(e.Tools) > 0:
		return nil, errors.New("the model was given tools, which no question of a study has")
	case len(e.Output.Choices) == 0:
		return nil, errors.New("it has no reply")
	}
	asked, err := s.input(e)
	if err != nil {
		return nil, err
	}
	first := &e.Output.Choices[0]
	text, reasoning, err := inspectContent(s.resolve(first.Message.Content))
	if err != nil {
		return nil, err
	}
	a := &Answer{Messages: asked, Model: e.Model, Said: settingsOf(e.Config), Again: e.Cache == "read"}
	if _, name, ok := strings.Cut(e.Model, "/"); ok {
		a.Model = name // behind the name of Inspect's provider
	}
	a.Reply = llm.Reply{
		Text: text, Reasoning: reasoning, Finish: inspectFinish(first.Stop), Input: e.Output.Usage.Input + e.Output.Usage.Cached, Output: e.Output.Usage.Output,
		Cached: e.Output.Usage.Cached, Served: e.Output.Model, RequestID: e.Output.ID, Date: dateOf(e.Completed), LatencyMS: int64(math.Round(1000 * e.Output.Time)),
	}
	if n := len(e.Requests); n > 0 {
		a.Reply.RequestID = e.Requests[n-1].ID
	}
	if first.Logprobs != nil {
		a.Reply.Tokens = inspectTokens(first.Logprobs.Content)
	}
	if e.Call != nil && e.Call.Request != nil {
		// What was sent, not what was to be: Inspect leaves out settings that
		// it thinks a model does not have.
		a.Said, a.Whole, a.Reply.Print = settingsOf(e.Call.Request), true, e.Call.Response.Print
		var model string
		if json.Unmarshal(e.Call.Request["model"], &model) == nil && model != "" {
			a.Model = model
		}
	}
	return a, nil
}

// input returns what was asked.
func (s *inspectSample) input(e *inspectEvent) ([]llm.Message, error) {
	list := slices.Clone(e.Input)
	for _, r := range e.Refs {
		if r[0] < 0 || r[1] < r[0] || r[1] > len(s.Pool.Messages) {
			return nil, errors.New("it refers to messages that are not there")
		}
		list = append(list, s.Pool.Messages[r[0]:r[1]]...)
	}
	if len(list) == 0 {
		return nil, errors.New("it does not say what was asked")
	}
	for i := range list {
		list[i].Content = s.resolve(list[i].Content)
	}
	return messages(list)
}

// resolve returns a content with the long text that it may refer to.
func (s *inspectSample) resolve(content json.RawMessage) json.RawMessage {
	var text string
	if json.Unmarshal(content, &text) != nil {
		return content
	}
	id, ok := strings.CutPrefix(text, "attachment://")
	if !ok {
		return content
	}
	if long, ok := s.Attachments[id]; ok {
		b, err := json.Marshal(long)
		if err == nil {
			return b
		}
	}
	return content
}

// inspectContent takes the text of a reply and the reasoning before it apart.
func inspectContent(content json.RawMessage) (text, reasoning string, err error) {
	if json.Unmarshal(content, &text) == nil {
		return text, "", nil
	}
	var parts []struct {
		Type      string `json:"type"`
		Text      string `json:"text"`
		Reasoning string `json:"reasoning"`
	}
	if json.Unmarshal(content, &parts) != nil {
		return "", "", errNotText
	}
	for _, p := range parts {
		switch p.Type {
		case "text":
			text += p.Text
		case "reasoning":
			reasoning += p.Reasoning
		default:
			return "", "", errNotText
		}
	}
	return text, reasoning, nil
}

func inspectTokens(list []inspectToken) []llm.Token {
	var out []llm.Token
	for _, t := range list {
		out = append(out, llm.Token{Text: t.Token, Logprob: t.Logprob, Top: inspectTokens(t.Top)})
	}
	return out
}

// inspectFinish returns the reason of Inspect why a reply ended in the words
// of the interface that it comes from.
func inspectFinish(stop string) llm.Finish {
	switch stop {
	case "max_tokens", "model_length":
		return llm.Length
	case "content_filter":
		return llm.Filtered
	}
	return llm.Finish(stop)
}

// dateOf returns a time as dates of replies are written, "" when it is none.
func dateOf(text string) string {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil || t.Year() < 1 || t.Year() > 9999 {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
