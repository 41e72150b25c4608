package foreign

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"silico/internal/llm"
)

func sample(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func read(t *testing.T, format string, s Sources) *File {
	t.Helper()
	f, err := Read(format, s)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

const bus, train = "A bus fails to stop for you.", "You miss a train."

func chat(system, situation, verb string) []llm.Message {
	var m []llm.Message
	if system != "" {
		m = append(m, llm.Message{Role: llm.System, Text: system})
	}
	return append(m, llm.Message{Role: llm.User, Text: fmt.Sprintf("%s Would you want to %s? Answer no, perhaps or yes.", situation, verb)})
}

func settingsAre(pairs ...string) map[string]json.RawMessage {
	m := make(map[string]json.RawMessage)
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = json.RawMessage(pairs[i+1])
	}
	return m
}

func TestFilesOfOtherProgramsAreRead(t *testing.T) {
	tests := []struct {
		name, format string
		from         Sources
		answers      int
		at           int // the answer that is compared
		want         Answer
	}{
		{"batch", "openai-batch", Sources{sample(t, "batch-output.jsonl"), sample(t, "batch-input.jsonl")}, 4, 3, Answer{
			Place: "line 4", ID: "request-1", Model: "small", Messages: chat("You are a woman.", bus, "shout"), Said: settingsAre("max_tokens", "16"), Whole: true,
			Reply: llm.Reply{Text: "Yes", Finish: llm.Stop, Input: 24, Output: 1, Served: "small-2026-01-01", Print: "fp_llmtest", RequestID: "req-b", Date: "2023-11-14T22:13:20Z"}}},
		{"batch without its input", "openai-batch", Sources{Replies: sample(t, "batch-output.jsonl")}, 4, 3, Answer{
			Place: "line 4", ID: "request-1",
			Reply: llm.Reply{Text: "Yes", Finish: llm.Stop, Input: 24, Output: 1, Served: "small-2026-01-01", Print: "fp_llmtest", RequestID: "req-b", Date: "2023-11-14T22:13:20Z"}}},
		{"inspect", "inspect", Sources{Replies: sample(t, "inspect.eval")}, 4, 0, Answer{
			// Inspect was told a temperature of 0.7 and did not send it.
			Place: "sample 0, epoch 1, call 1", Model: "small", Messages: chat("You are a woman.", bus, "shout"), Said: settingsAre("max_tokens", "16"), Whole: true,
			Reply: llm.Reply{Text: "perhaps", Finish: llm.Stop, Input: 24, Output: 1, Served: "small-2026-01-01", Print: "fp_llmtest"}}},
		{"edsl", "edsl", Sources{Replies: sample(t, "edsl.json.gz")}, 4, 1, Answer{
			Place: "result 1, question why", Model: "gpt-4o-mini", Said: settingsAre("temperature", "0.7", "max_tokens", "16"),
			Messages: chat("You are answering questions as if you were a human. Do not break character.\nYour traits: {'gender': 'woman'}", train, "shout"),
			Reply:    llm.Reply{Text: "yes", Finish: llm.Stop, Served: "gpt-4o-mini-2026-01-01", Print: "fp_llmtest", Date: "2023-11-14T22:13:20Z"}}},
		{"edsl package", "edsl", Sources{Replies: sample(t, "edsl.ep")}, 4, 1, Answer{
			Place: "result 1, question why", Model: "gpt-4o-mini", Said: settingsAre("temperature", "0.7", "max_tokens", "16"),
			Messages: chat("You are answering questions as if you were a human. Do not break character.\nYour traits: {'gender': 'woman'}", train, "shout"),
			Reply:    llm.Reply{Text: "yes", Finish: llm.Stop, Served: "gpt-4o-mini-2026-01-01", Print: "fp_llmtest", Date: "2023-11-14T22:13:20Z"}}},
		{"promptfoo", "promptfoo", Sources{Replies: sample(t, "promptfoo.json")}, 4, 0, Answer{
			Place: "result 1", Model: "small", Messages: chat("You are a woman.", bus, "shout"), Said: settingsAre("temperature", "0.7", "max_tokens", "16"),
			Reply: llm.Reply{Text: "no", Finish: llm.Stop, Input: 24, Output: 1, Date: "2026-11-25T23:51:26Z"}}},
		{"promptfoo lines", "promptfoo", Sources{Replies: sample(t, "promptfoo.jsonl")}, 4, 1, Answer{
			Place: "line 2", Model: "small", Messages: chat("", bus, "curse"), Said: map[string]json.RawMessage{},
			Reply: llm.Reply{Text: "No", Finish: llm.Stop, Input: 19, Output: 1, Date: "2026-11-25T23:51:26Z"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := read(t, tt.format, tt.from)
			if len(f.Answers) != tt.answers || len(f.Left) > 0 {
				t.Fatalf("%d answers and %v left, want %d and none", len(f.Answers), f.Left, tt.answers)
			}
			got := f.Answers[tt.at]
			if tt.name == "inspect" {
				if got.Reply.Tokens == nil || len(got.Reply.Tokens[0].Top) != 3 || got.Reply.Date == "" || got.Reply.RequestID == "" {
					t.Errorf("tokens, date or id of the request are not read: %+v", got.Reply)
				}
				got.Reply.Tokens, got.Reply.Date, got.Reply.RequestID = nil, "", ""
			}
			if strings.HasPrefix(tt.name, "edsl") {
				if got.Reply.Input == 0 || got.Reply.Output == 0 || got.Reply.Price == nil {
					t.Errorf("tokens or price are not read: %+v", got.Reply)
				}
				got.Reply.Input, got.Reply.Output, got.Reply.Price, got.Reply.RequestID = 0, 0, nil, ""
			}
			got.Reply.LatencyMS = 0
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("answer %d (-want +got):\n%s", tt.at, diff)
			}
		})
	}
}

func TestInspectLogAsJSONIsReadAsItsArchive(t *testing.T) {
	archive := read(t, "inspect", Sources{Replies: sample(t, "inspect.eval")})
	log := read(t, "inspect", Sources{Replies: sample(t, "inspect.json")})
	byPlace := cmpopts.SortSlices(func(a, b Answer) bool { return a.Place < b.Place })
	if diff := cmp.Diff(archive.Answers, log.Answers, byPlace); diff != "" || len(log.Answers) != 4 {
		t.Errorf("the same log reads otherwise as JSON, with %d answers:\n%s", len(log.Answers), diff)
	}
}

func TestPartsWithoutAnAnswerAreLeftAndSaid(t *testing.T) {
	for _, tt := range []struct{ name, format, text, want string }{
		{"failed request", "openai-batch", `{"custom_id":"a","response":{"status_code":400,"body":{}},"error":null}`, "the request failed"},
		{"expired request", "openai-batch", `{"custom_id":"a","response":null,"error":{"code":"batch_expired","message":"too late"}}`, "the request failed: too late"},
		{"HTML", "openai-batch", `{"custom_id":"a","response":{"status_code":200,"body":"<html>"},"error":null}`, "the response is no reply of OpenAI's interface"},
		{"tools", "inspect", `{"eval":{},"samples":[{"id":1,"epoch":1,"events":[{"event":"model","tools":[{}],"output":{"choices":[{}]}}]}]}`, "the model was given tools, which no question of a study has"},
		{"picture", "inspect", `{"eval":{},"samples":[{"id":1,"epoch":1,"events":[{"event":"model","input":[{"role":"user","content":[{"type":"image"}]}],"output":{"choices":[{"message":{"content":"a"}}]}}]}]}`, "it holds more than text"},
		{"bad reference", "inspect", `{"eval":{},"samples":[{"id":1,"epoch":1,"events":[{"event":"model","input_refs":[[0,9]],"output":{"choices":[{}]}}]}]}`, "it refers to messages that are not there"},
		{"skipped question", "edsl", `{"data":[{"prompt":{"q_user_prompt":{"text":"?"}},"generated_tokens":{"q_generated_tokens":null}}]}`, "it has no reply"},
		{"error", "promptfoo", `{"results":{"results":[{"provider":{"id":"openai:m"},"prompt":{"raw":"?"},"error":"boom"}]}}`, "it has no reply: boom"},
		{"no prompt", "csv", "prompt,reply\n,yes\n", "it does not say what was asked"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := read(t, tt.format, Sources{Replies: []byte(tt.text)})
			if len(f.Answers) > 0 || len(f.Left) != 1 || f.Left[0].Why != tt.want {
				t.Errorf("%d answers, left %v; want none, and %q", len(f.Answers), f.Left, tt.want)
			}
		})
	}
}

func TestFilesOfAnotherKindAreRefused(t *testing.T) {
	for _, format := range Formats() {
		for _, text := range []string{"", "hello", "[]", "{}", `{"custom_id":"a","method":"POST","body":{}}`, "a,b\n1,2\n"} {
			if f, err := Read(format, Sources{Replies: []byte(text)}); err == nil {
				t.Errorf("%q is read as %s: %+v", text, format, f)
			}
		}
	}
	if _, err := Read("docx", Sources{}); err == nil || err.Error() != `there is no format "docx"; there are csv, edsl, inspect, openai-batch, promptfoo` {
		t.Errorf("an unknown format gives %v", err)
	}
}

func TestRepeatsFromACacheAreNoFurtherDraws(t *testing.T) {
	text := `{"provider":{"id":"openai:m"},"prompt":{"raw":"a?"},"response":{"output":"yes","cached":%t}}` + "\n"
	f := read(t, "promptfoo", Sources{Replies: fmt.Appendf(nil, text+text+text, true, false, true)})
	if len(f.Answers) != 2 || len(f.Left) != 1 || f.Left[0].Place != "line 3" {
		t.Errorf("%d answers, left %v; want the cached reply that came first, the one that was asked for, and line 3 left", len(f.Answers), f.Left)
	}
}

func TestTablesAreReadByTheirHeader(t *testing.T) {
	f := read(t, "csv", Sources{Replies: []byte("\uFEFFreply,system,prompt,model,date,input\n\"yes\n\"\"so\"\"\",You,Shout?,m,2026-01-02T03:04:05+01:00,7\n")})
	want := []Answer{{Place: "line 2", Model: "m", Messages: []llm.Message{{Role: llm.System, Text: "You"}, {Role: llm.User, Text: "Shout?"}},
		Reply: llm.Reply{Text: "yes\n\"so\"", Finish: llm.Stop, Date: "2026-01-02T02:04:05Z", Input: 7}}}
	if diff := cmp.Diff(want, f.Answers); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
}

// Whatever a file holds, what is read of it can be kept.
func FuzzRead(f *testing.F) {
	for _, s := range []struct{ format, name string }{{"openai-batch", "batch-output.jsonl"}, {"inspect", "inspect.eval"}, {"inspect", "inspect.json"}, {"edsl", "edsl.json.gz"}, {"edsl", "edsl.ep"}, {"promptfoo", "promptfoo.json"}, {"promptfoo", "promptfoo.jsonl"}} {
		f.Add(s.format, sample(f, s.name), []byte{})
	}
	f.Add("openai-batch", sample(f, "batch-output.jsonl"), sample(f, "batch-input.jsonl"))
	f.Add("inspect", []byte(`{"eval":{},"samples":[{"id":1,"epoch":1,"attachments":{"x":"long"},"events_data":{"messages":[{"role":"user","content":"attachment://x"}]},"events":[{"event":"model","input_refs":[[0,1]],"output":{"choices":[{"message":{"content":"a"}}]}}]}]}`), []byte{})
	f.Add("csv", []byte("cell,reply\nm/1/want,yes\n"), []byte{})
	f.Fuzz(func(t *testing.T, format string, replies, requests []byte) {
		file, err := Read(format, Sources{replies, requests})
		if err != nil {
			return
		}
		for _, a := range file.Answers {
			if a.Place == "" || a.ID == "" && a.Cell == "" && a.Messages == nil {
				t.Fatalf("nothing can find %+v", a)
			}
			if _, err := json.Marshal(a.Reply); err != nil {
				t.Fatalf("a reply that cannot be kept: %v", err)
			}
		}
	})
}
