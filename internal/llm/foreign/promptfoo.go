package foreign

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"silico/internal/llm"
)

func init() { register("promptfoo", readPromptfoo) }

// promptfooResult is one result of an evaluation with promptfoo (version 3 of
// its results; tried with 0.121.20).
type promptfooResult struct {
	Provider struct {
		ID string `json:"id"`
	} `json:"provider"`
	Prompt struct {
		Raw string `json:"raw"`
	} `json:"prompt"`
	Error    string `json:"error"`
	Latency  int64  `json:"latencyMs"`
	Response *struct {
		Output json.RawMessage `json:"output"`
		Cached bool            `json:"cached"`
		Finish string          `json:"finishReason"`
		Cost   *float64        `json:"cost"`
		Usage  struct {
			Prompt, Completion, Cached int
		} `json:"tokenUsage"`
		Metadata struct {
			HTTP struct {
				Headers map[string]json.RawMessage `json:"headers"`
			} `json:"http"`
		} `json:"metadata"`
	} `json:"response"`
}

// promptfooProvider is how an evaluation names who is asked: a name alone, or
// with settings.
type promptfooProvider struct {
	ID     string                     `json:"id"`
	Config map[string]json.RawMessage `json:"config"`
}

// readPromptfoo reads what `promptfoo eval -o` writes, as JSON or JSON lines.
// Only JSON holds the settings of the providers.
func readPromptfoo(f *File, s Sources) error {
	var all struct {
		Results struct {
			Results []promptfooResult `json:"results"`
		} `json:"results"`
		Config struct {
			Providers json.RawMessage `json:"providers"`
		} `json:"config"`
	}
	if json.Unmarshal(s.Replies, &all) == nil && all.Results.Results != nil {
		config := promptfooConfig(all.Config.Providers)
		for i := range all.Results.Results {
			all.Results.Results[i].read(f, fmt.Sprintf("result %d", i+1), config)
		}
		return nil
	}
	n := 0
	lines(s.Replies, func(number int, line []byte) {
		var r promptfooResult
		place := fmt.Sprintf("line %d", number)
		if json.Unmarshal(line, &r) != nil || r.Provider.ID == "" {
			f.leave(place, "no result of an evaluation")
			return
		}
		n++
		r.read(f, place, nil)
	})
	if n == 0 {
		return errors.New("it has neither a member results nor a result a line")
	}
	return nil
}

// promptfooConfig returns the settings of providers by their ids. An id with
// settings of two kinds has none that are known.
func promptfooConfig(providers json.RawMessage) map[string]map[string]json.RawMessage {
	var list []json.RawMessage
	if json.Unmarshal(providers, &list) != nil {
		return nil
	}
	config := make(map[string]map[string]json.RawMessage)
	for _, raw := range list {
		var p promptfooProvider
		if json.Unmarshal(raw, &p) != nil || p.ID == "" {
			continue
		}
		if _, twice := config[p.ID]; twice {
			p.Config = nil
		}
		config[p.ID] = p.Config
	}
	return config
}

func (r *promptfooResult) read(f *File, place string, config map[string]map[string]json.RawMessage) {
	switch {
	case r.Response == nil || r.Response.Output == nil || string(r.Response.Output) == "null":
		why := "it has no reply"
		if r.Error != "" {
			why += ": " + r.Error
		}
		f.leave(place, "%s", why)
		return
	}
	asked, err := promptfooMessages(r.Prompt.Raw)
	if err != nil {
		f.leave(place, "%v", err)
		return
	}
	a := Answer{Place: place, Model: promptfooModel(r.Provider.ID), Messages: asked, Said: settingsOf(config[r.Provider.ID]), Again: r.Response.Cached}
	u := r.Response.Usage
	a.Reply = llm.Reply{Text: promptfooText(r.Response.Output), Finish: llm.Finish(r.Response.Finish), Input: u.Prompt, Output: u.Completion, Cached: u.Cached, LatencyMS: r.Latency, Price: r.Response.Cost}
	var date string
	if json.Unmarshal(r.Response.Metadata.HTTP.Headers["date"], &date) == nil {
		if t, err := time.Parse(time.RFC1123, date); err == nil {
			a.Reply.Date = dateOf(t.Format(time.RFC3339))
		}
	}
	f.Answers = append(f.Answers, a)
}

// promptfooMessages reads a prompt: a list of messages as JSON, or the words of
// the user.
func promptfooMessages(raw string) ([]llm.Message, error) {
	if strings.TrimSpace(raw) == "" {
		return nil, errors.New("it does not say what was asked")
	}
	var list []message
	if json.Unmarshal([]byte(raw), &list) == nil && len(list) > 0 && !slices.ContainsFunc(list, func(m message) bool { return m.Role == "" }) {
		return messages(list)
	}
	return []llm.Message{{Role: llm.User, Text: raw}}, nil
}

// promptfooModel returns the name of a model from a provider's id, such as
// openai:chat:gpt-4o-mini or anthropic:messages:claude-sonnet-4-5.
func promptfooModel(id string) string {
	_, name, ok := strings.Cut(id, ":")
	if !ok {
		return id
	}
	for _, kind := range []string{"chat:", "completion:", "messages:", "responses:"} {
		if rest, ok := strings.CutPrefix(name, kind); ok {
			return rest
		}
	}
	return name
}

// promptfooText returns a reply as it was received. promptfoo decodes replies
// that follow a schema.
func promptfooText(output json.RawMessage) string {
	var text string
	if json.Unmarshal(output, &text) == nil {
		return text
	}
	var b bytes.Buffer
	if json.Compact(&b, output) != nil {
		return string(output)
	}
	return b.String()
}
