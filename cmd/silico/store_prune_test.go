package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

func TestStorePruneRemovesWhatTheStudyAsksNoMore(t *testing.T) {
	dir, server := answeredStudy(t)
	if code, out, errOut := program(t, "store", "prune", dir); code != exitDone || out != "" || !strings.Contains(errOut, "every answer that is kept belongs to a request") {
		t.Errorf("a store without idle answers: code %d, %q, %q", code, out, errOut)
	}
	changeSpec(t, dir, "And would you do it", "And would you do so")
	code, _, errOut := program(t, "store", "prune", "--yes", dir)
	if code != exitMissing || !strings.Contains(errOut, "the study lacks 10 answers") {
		t.Errorf("a study that lacks answers is pruned: code %d, %q", code, errOut)
	}
	silico(t, exitDone, "run", dir)
	var idle []idleModel
	_, out, _ := program(t, "store", "prune", "--json", dir)
	if err := json.Unmarshal([]byte(out), &idle); err != nil || len(idle) != 1 || idle[0].Answers != 10 || idle[0].Model != "small" {
		t.Errorf("idle are %+v (%v), want 10 answers of small", idle, err)
	}
	if _, out, _ := program(t, "store", "check", dir); !strings.Contains(out, "30 answers") {
		t.Errorf("counting removes: %s", out)
	}
	calls := server.Calls()
	if out := silico(t, exitDone, "store", "prune", "--yes", dir); !strings.HasPrefix(out, "20 answers in 1 file; 10 answers removed\n") {
		t.Errorf("pruning says %q", out)
	}
	silico(t, exitDone, "run", dir)
	if n := server.Calls() - calls; n != 0 {
		t.Errorf("what is left answers the study but for %d requests", n)
	}
	if _, out, _ := program(t, "store", "check", dir); !strings.HasPrefix(out, "20 lines in 1 file: 20 answers") {
		t.Errorf("after pruning: %s", out)
	}
}

func TestStorePruneKeepsRepliesThatCouldNotBeRead(t *testing.T) {
	dir := importingStudy(t, "You are a woman.", "name = \"small\"\nreask = 1")
	lines := func(situation, reply string) string {
		return strings.Repeat(`"`+situation+` Would you want to shout? Answer no, perhaps or yes.",You are a woman.,`+reply+"\n", 2)
	}
	file := filepath.Join(t.TempDir(), "replies.csv")
	edit(t, file, "", "prompt,system,reply\n"+lines("A bus fails to stop for you.", "hm")+lines("You miss a train.", "no")+lines("A bus fails to stop for you.", "yes"))
	if out := silico(t, exitDone, "import", "--from", "csv", file, dir); !strings.HasPrefix(out, "6 answers imported") {
		t.Fatalf("the import says %q", out)
	}
	if out := silico(t, exitDone, "store", "prune", dir); !strings.Contains(out, "every answer that is kept belongs") {
		t.Errorf("a first attempt that was asked for again is idle:\n%s", out)
	}
}
