package study

import (
	"strings"
	"testing"
)

func TestWhatBecameOfAQuestionIsAColumnWhereModelsAreAsked(t *testing.T) {
	s, ps := with(t)
	if len(ps) > 0 {
		t.Fatal(ps.Format())
	}
	for _, name := range []string{"status_want", "status_do"} {
		v := s.Schema().Variable(name)
		if v == nil {
			t.Errorf("a study that asks a model has no column %s", name)
		} else if len(v.Levels) != len(Statuses) || v.Levels[1] != "refused" {
			t.Errorf("the levels of %s are %q", name, v.Levels)
		}
	}
	s, ps = with(t, `provider = "openai"`, `provider = "baseline"`, `name = "small"
revision = "sha256:aa"
endpoint = "http://127.0.0.1:8080/v1"`, `name = "uniform"`)
	if s == nil {
		t.Fatal(ps.Format())
	}
	if s.Schema().Variable("status_want") != nil {
		t.Error("a study without a model to ask has the column status_want")
	}
}

func TestTheNameOfAStatusMayNotBeTaken(t *testing.T) {
	_, ps := with(t, `[variable.do_any]`, `[variable.status_want]`)
	if text := ps.Format(); !strings.Contains(text, "status_want is the name of the column that holds what became of the question for want") {
		t.Errorf("the problems do not say that the name is taken:\n%s", text)
	}
}
