// Package foreign reads the answers that other programs got from models, in the
// files in which those programs keep them: one file a format.
//
// What is read is what a model was asked, in which words and with which
// settings, and what it replied. Whether that answers a question of a study is
// for others to find out. Nothing in a file is trusted: a part that cannot be
// read is left, and said.
package foreign

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"silico/internal/llm"
)

// Answer is one reply.
type Answer struct {
	Place    string        // where it stands in its file, for people
	ID       string        // that the request was given, "" for none
	Cell     string        // the name of the answer that it is, "" when it is found by its words
	Model    string        // as its server was asked for it, "" when the file does not say
	Messages []llm.Message // what was asked, nil when the file does not say
	// Said are the settings of the request by their names in its body. All of
	// them when Whole; otherwise there may be more that the file does not say.
	Said  map[string]json.RawMessage
	Whole bool
	// Again says that the program did not ask for it but took it from its
	// cache.
	Again bool
	Reply llm.Reply
}

// Left is a part of a file that holds no answer, and why.
type Left struct{ Place, Why string }

// File is what a file holds.
type File struct {
	Answers []Answer
	Left    []Left
}

// Sources are what an import reads: the file with the replies and, for formats
// that keep them elsewhere, the one with the requests.
type Sources struct{ Replies, Requests []byte }

// formats read a file. The error says that it is not of the format.
var formats = map[string]func(*File, Sources) error{}

// register adds a format. A second one of the same name is a bug.
func register(name string, read func(*File, Sources) error) {
	if _, ok := formats[name]; ok {
		panic("foreign: format " + name + " is registered twice")
	}
	formats[name] = read
}

// Formats returns the names of the formats, sorted.
func Formats() []string { return slices.Sorted(maps.Keys(formats)) }

// Read reads a file of a format. An error says that the file is not of it.
func Read(format string, s Sources) (*File, error) {
	read, ok := formats[format]
	if !ok {
		return nil, fmt.Errorf("there is no format %q; there are %s", format, strings.Join(Formats(), ", "))
	}
	f := new(File)
	if err := read(f, s); err != nil {
		return nil, fmt.Errorf("this is no file of %s: %w", format, err)
	}
	f.dropRepeats()
	if len(f.Answers)+len(f.Left) == 0 {
		return nil, fmt.Errorf("this file of %s holds no replies", format)
	}
	return f, nil
}

func (f *File) leave(place, why string, args ...any) {
	f.Left = append(f.Left, Left{place, fmt.Sprintf(why, args...)})
}

// dropRepeats leaves replies that their program took from its cache when the
// same request was answered before: they are no draw of their own.
func (f *File) dropRepeats() {
	answered := make(map[string]bool)
	kept := f.Answers[:0]
	for _, a := range f.Answers {
		said, err := json.Marshal([]any{a.Model, a.Messages, a.Said})
		if err != nil {
			f.leave(a.Place, "its settings are no JSON")
			continue
		}
		if a.Again && answered[string(said)] {
			f.leave(a.Place, "a reply from a cache that was given before, and no further draw")
			continue
		}
		answered[string(said)] = true
		kept = append(kept, a)
	}
	f.Answers = kept
}

// settings are the keys of a request's body that can change what is answered,
// by their names in the bodies of silico.
var settings = map[string]string{
	"temperature": "temperature", "top_p": "top_p", "top_k": "top_k", "max_tokens": "max_tokens", "max_completion_tokens": "max_tokens", "seed": "seed",
	"frequency_penalty": "frequency_penalty", "presence_penalty": "presence_penalty", "logit_bias": "logit_bias", "stop": "stop", "stop_seqs": "stop",
	"response_format": "response_format", "reasoning_effort": "reasoning_effort", "tools": "tools",
}

// neutral are values that change nothing, which some programs always write.
var neutral = map[string]string{"top_p": "1", "frequency_penalty": "0", "presence_penalty": "0"}

// settingsOf returns what a body says of the settings. What is null is not said.
func settingsOf(body map[string]json.RawMessage) map[string]json.RawMessage {
	said := make(map[string]json.RawMessage)
	for name, value := range body {
		if to, ok := settings[name]; ok && given(value) && neutral[name] != string(value) {
			said[to] = value
		}
	}
	return said
}

// Settings returns the settings that the body of a request names.
func Settings(body []byte) (map[string]json.RawMessage, error) {
	var b map[string]json.RawMessage
	if err := json.Unmarshal(body, &b); err != nil {
		return nil, err
	}
	return settingsOf(b), nil
}

func given(value json.RawMessage) bool {
	switch string(bytes.TrimSpace(value)) {
	case "", "null", "[]", "{}":
		return false
	}
	return true
}

// message is a message in the form that most programs share: the content is a
// text or a list of parts.
type message struct {
	Role    string          `json:"role"`
	Content json.RawMessage `json:"content"`
}

var errNotText = errors.New("it holds more than text")

// messages returns messages of text. OpenAI calls the system a developer.
func messages(list []message) ([]llm.Message, error) {
	var out []llm.Message
	for _, m := range list {
		text, err := textOf(m.Content)
		if err != nil {
			return nil, err
		}
		role := m.Role
		if role == "developer" {
			role = llm.System
		}
		out = append(out, llm.Message{Role: role, Text: text})
	}
	return out, nil
}

// textOf returns the text of a content.
func textOf(content json.RawMessage) (string, error) {
	var text string
	if !given(content) || json.Unmarshal(content, &text) == nil {
		return text, nil
	}
	var parts []struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}
	if json.Unmarshal(content, &parts) != nil {
		return "", errNotText
	}
	for _, p := range parts {
		if p.Type != "text" {
			return "", errNotText
		}
		text += p.Text
	}
	return text, nil
}

// lines calls visit with the lines of a file that are not empty, and their
// numbers.
func lines(text []byte, visit func(number int, line []byte)) {
	number := 0
	for line := range bytes.Lines(text) {
		number++
		if line = bytes.TrimSpace(line); len(line) > 0 {
			visit(number, line)
		}
	}
}
