package main

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLevelsAreDraftedInTheirNaturalOrder(t *testing.T) {
	for _, tt := range []struct {
		levels, want string // want is empty where there is no order
	}{
		{"yes,no", "no,yes"},
		{"perhaps,no,yes", "no,perhaps,yes"},
		{"Yes,No,Don't know", "No,Don't know,Yes"},
		{"high,low,medium", "low,medium,high"},
		{"often,never,sometimes,always,rarely", "never,rarely,sometimes,often,always"},
		{"Agree,Strongly disagree,Neutral,Strongly agree,Disagree", "Strongly disagree,Disagree,Neutral,Agree,Strongly agree"},
		{"somewhat_agree,strongly-agree,neither_agree_nor_disagree", "neither_agree_nor_disagree,somewhat_agree,strongly-agree"},
		{"About Right,Too Much,Too Little", "Too Little,About Right,Too Much"},
		{"post,fup,pre", "pre,post,fup"},
		{"75+,25-34,35-44", "25-34,35-44,75+"},
		{"$50k or more,less than $20k,$20k-50k", "less than $20k,$20k-50k,$50k or more"},
		{">65,18-65,<18", "<18,18-65,>65"},
		{"red,green,blue", ""},
		{"yes,Yes", ""}, // one rank twice
	} {
		got, ok := naturalOrder(strings.Split(tt.levels, ","))
		if ok != (tt.want != "") || ok && strings.Join(got, ",") != tt.want {
			t.Errorf("the order of %s is %q (%v), want %q", tt.levels, got, ok, tt.want)
		}
	}
}

// TestADraftKnowsTheDesign drafts from rows of persons in conditions: what the
// condition settles is an attribute of it, and no answer.
func TestADraftKnowsTheDesign(t *testing.T) {
	text, err := os.ReadFile("../../studies/wanting/people.csv")
	if err != nil {
		t.Fatal(err)
	}
	d, err := draft("people.csv", "wanting", text)
	if err != nil {
		t.Fatal(err)
	}
	names := func(columns []*draftColumn) string {
		var all []string
		for _, c := range columns {
			all = append(all, c.name)
		}
		return strings.Join(all, " ")
	}
	got := map[string]string{"within": names(d.within), "covariates": names(d.covariates), "answers": names(d.answers),
		"attributes of situation": names(d.attributes[d.within[0]])}
	want := map[string]string{"within": "situation behaviour", "covariates": "gender anger", "answers": "want do", "attributes of situation": "blame"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("columns of wanting (-want +got):\n%s", diff)
	}
}

func TestCommentsOfADraftStandInLine(t *testing.T) {
	d, err := draft("a.csv", "a", []byte("id,age,answer\n1,30,low\n2,40,high\n3,35,medium\n4,52,low\n"))
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(d.spec(), "\n") {
		code, _, found := strings.Cut(line, " # ")
		if found && !strings.HasPrefix(line, "#") && len(code) != commentColumn-1 && len(strings.TrimRight(code, " ")) < commentColumn-1 {
			t.Errorf("line %d: the comment does not stand in column %d:\n%s", i+1, commentColumn, line)
		}
	}
}

func TestCodesForNoAnswerAreFound(t *testing.T) {
	for _, tt := range []struct {
		values, missing string
		max             float64
	}{
		{"1 2 3 4 5 99", "99", 5},
		{"1 2 3 998 999", "998 999", 3},
		{"-99 1 2 3", "-99", 3},
		{"1 2 3 4 5 9", "", 9},     // 9 may be an answer
		{"60 75 88 97 99", "", 99}, // as may 99 among ages
		{"1 2 3 N/A", "N/A", 3},
	} {
		c := &draftColumn{values: strings.Fields(tt.values)}
		c.look()
		if got := strings.Join(c.missing, " "); got != tt.missing || c.max != tt.max || !c.number {
			t.Errorf("of %s these stand for no answer: %q, and the largest is %v, want %q and %v", tt.values, got, c.max, tt.missing, tt.max)
		}
	}
}
