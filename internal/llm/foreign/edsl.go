package foreign

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"silico/internal/llm"
)

func init() { register("edsl", readEDSL) }

// edslResult is one interview of the results of EDSL (tried with 1.0.9). Maps
// are by the question's name and an ending.
type edslResult struct {
	Iteration int `json:"iteration"`
	Agent     struct {
		Name string `json:"name"`
	} `json:"agent"`
	Model struct {
		Name       string                     `json:"model"`
		Parameters map[string]json.RawMessage `json:"parameters"`
	} `json:"model"`
	Prompt map[string]struct {
		Text string `json:"text"`
	} `json:"prompt"`
	Raw    map[string]json.RawMessage `json:"raw_model_response"`
	Tokens map[string]*string         `json:"generated_tokens"`
	Cached map[string]bool            `json:"cache_used_dict"`
}

// readEDSL reads results as EDSL saves them: JSON, JSON in gzip, or a package
// (.ep), which is an archive with a line of JSON a result.
func readEDSL(f *File, s Sources) error {
	text := s.Replies
	if z, err := zip.NewReader(bytes.NewReader(text), int64(len(text))); err == nil {
		text, err = unpack(z, "results.jsonl")
		if err != nil {
			return fmt.Errorf("the package has no results.jsonl: %w", err)
		}
		n := 0
		lines(text, func(_ int, line []byte) {
			var r edslResult
			if json.Unmarshal(line, &r) == nil && r.Prompt != nil {
				n++
				r.read(f, n)
			}
		})
		return nil
	}
	if z, err := gzip.NewReader(bytes.NewReader(text)); err == nil {
		if text, err = io.ReadAll(io.LimitReader(z, largest)); err != nil {
			return err
		}
	}
	var results struct {
		Data []edslResult `json:"data"`
	}
	if err := json.Unmarshal(text, &results); err != nil {
		return fmt.Errorf("neither JSON, nor gzip, nor a package: %w", err)
	}
	if results.Data == nil {
		return errors.New("it has no member data, as results have")
	}
	for i := range results.Data {
		results.Data[i].read(f, i+1)
	}
	return nil
}

func (r *edslResult) read(f *File, number int) {
	for _, name := range slices.Sorted(maps.Keys(r.Prompt)) {
		question, ok := strings.CutSuffix(name, "_user_prompt")
		if !ok {
			continue
		}
		place := fmt.Sprintf("result %d, question %s", number, question)
		text := r.Tokens[question+"_generated_tokens"]
		if text == nil {
			f.leave(place, "it has no reply")
			continue
		}
		a := Answer{Place: place, Model: r.Model.Name, Said: settingsOf(r.Model.Parameters), Again: r.Cached[question]}
		if system := r.Prompt[question+"_system_prompt"].Text; system != "" {
			a.Messages = append(a.Messages, llm.Message{Role: llm.System, Text: system})
		}
		a.Messages = append(a.Messages, llm.Message{Role: llm.User, Text: r.Prompt[name].Text})
		a.Reply = r.reply(question, *text)
		f.Answers = append(f.Answers, a)
	}
}

// reply returns the words with what the response of the server says of them.
func (r *edslResult) reply(question, text string) llm.Reply {
	reply := llm.Reply{Text: text}
	var raw struct {
		ID      string `json:"id"`
		Model   string `json:"model"`
		Print   string `json:"system_fingerprint"`
		Created int64  `json:"created"`
		Stop    string `json:"stop_reason"`
		Choices []struct {
			Finish string `json:"finish_reason"`
		} `json:"choices"`
	}
	if json.Unmarshal(r.Raw[question+"_raw_model_response"], &raw) == nil {
		reply.RequestID, reply.Served, reply.Print, reply.Finish = raw.ID, raw.Model, raw.Print, llm.Finish(raw.Stop)
		if len(raw.Choices) > 0 {
			reply.Finish = llm.Finish(raw.Choices[0].Finish)
		}
		reply.Date = dateOf(unix(raw.Created))
	}
	json.Unmarshal(r.Raw[question+"_input_tokens"], &reply.Input)
	json.Unmarshal(r.Raw[question+"_output_tokens"], &reply.Output)
	var cost *float64
	if json.Unmarshal(r.Raw[question+"_cost"], &cost) == nil {
		reply.Price = cost
	}
	return reply
}

// unix returns a time as text, "" for none.
func unix(seconds int64) string {
	if seconds <= 0 {
		return ""
	}
	return time.Unix(seconds, 0).UTC().Format(time.RFC3339)
}
