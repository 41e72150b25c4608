package main

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// askedStudy writes the example study with a model that is asked, and returns
// its folder.
func askedStudy(t *testing.T, keys string) string {
	t.Helper()
	t.Chdir(t.TempDir())
	var out strings.Builder
	if code := run(context.Background(), []string{"new", "mine"}, &out, &out); code != exitDone {
		t.Fatal(out.String())
	}
	f, err := os.OpenFile("mine/study.toml", os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString("\n[model.small]\nprovider = \"openai\"\nname = \"small\"\npersona = \"described\"\n" + keys); err != nil {
		t.Fatal(err)
	}
	return "mine"
}

func TestPromptsShowsWhatWouldBeSent(t *testing.T) {
	var out, errOut strings.Builder
	if code := run(context.Background(), []string{"prompts", askedStudy(t, "temperature = 1\n")}, &out, &errOut); code != exitDone {
		t.Fatal(errOut.String())
	}
	want := `== small is asked want as respondent 4, situation = bus
   temperature 1
-- system
You are a woman. Your trait anger score is 21 (11 lowest, 44 highest).
-- user
A bus fails to stop for you. Would you want to curse? Answer no, perhaps or yes.

== small is asked do as respondent 4, situation = bus
   temperature 1
-- system
You are a woman. Your trait anger score is 21 (11 lowest, 44 highest).
-- user
A bus fails to stop for you. Would you want to curse? Answer no, perhaps or yes.
-- assistant, an example
no
-- user
And would you actually curse? Answer no, perhaps or yes.

`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("prompts (-want +got):\n%s", diff)
	}
}

func TestPromptsWritesBodiesAsTheyAreSent(t *testing.T) {
	var out, errOut strings.Builder
	args := []string{"prompts", askedStudy(t, "elicit = \"logprobs\"\n"), "--row", "6", "--question", "do", "--json"}
	if code := run(context.Background(), args, &out, &errOut); code != exitDone {
		t.Fatal(errOut.String())
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 4 {
		t.Fatalf("respondent 6 is asked in %d conversations, want 4, one a situation:\n%s", len(lines), out.String())
	}
	var got struct {
		Respondent, Question, Path string
		Supposed                   bool
		Body                       struct {
			Logprobs bool `json:"logprobs"`
			Messages []struct{ Role, Content string }
		}
	}
	if err := json.Unmarshal([]byte(lines[0]), &got); err != nil {
		t.Fatal(err)
	}
	if got.Respondent != "6" || got.Question != "do" || got.Path != "chat/completions" || !got.Supposed || !got.Body.Logprobs || len(got.Body.Messages) != 4 {
		t.Errorf("the first line is %+v", got)
	}
}

func TestPromptsOfNobodyAreAMistakeOfTheCommandLine(t *testing.T) {
	for _, tt := range []struct{ flag, value, want string }{
		{"--model", "smal", `there is no asked model "smal"; did you mean "small"?`},
		{"--question", "wnat", `there is no question "wnat"; did you mean "want"?`},
		{"--row", "nobody", `there is no respondent of the evaluation sample "nobody"`},
	} {
		var out, errOut strings.Builder
		code := run(context.Background(), []string{"prompts", askedStudy(t, ""), tt.flag, tt.value}, &out, &errOut)
		if code != exitUsage || !strings.Contains(errOut.String(), tt.want) {
			t.Errorf("%s %s ends with code %d and %q, want code %d and %q", tt.flag, tt.value, code, errOut.String(), exitUsage, tt.want)
		}
	}
}
