package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// redistribution is a study of 1,163 people and their language-model twins
// (Peng, Toubia et al., arXiv 2509.19088): answers that somebody already has,
// recorded in the file of the people themselves.
const redistribution = `
silico = 1
[study]
title = "Preferences for redistribution of people and of their twins"
seed  = 1

[people]
file = "redistribution.csv"
id   = "twin_id"

[variable.redist1]
type   = "scale"
column = "redist1_human"
min    = 1
max    = 5
role   = "outcome"
[variable.workluck]
type   = "scale"
column = "workluck_human"
min    = 1
max    = 3
role   = "belief"
[variable.trust]
type   = "scale"
column = "trust_human"
min    = 1
max    = 3
role   = "belief"
[variable.fairness]
type   = "scale"
column = "fairness_human"
min    = 1
max    = 3
role   = "belief"
[variable.fatheduc]
type   = "number"
column = "fatheduc_human"
role   = "covariate"

[model.twin]
provider = "recorded"
file     = "redistribution.csv"
id       = "twin_id"
columns  = { redist1 = "redist1_twin", workluck = "workluck_twin", trust = "trust_twin", fairness = "fairness_twin", fatheduc = "fatheduc_twin" }

[analysis.ols]
kind    = "regression"
formula = "redist1 ~ workluck + trust + fairness + fatheduc"
family  = "ols"
se      = { type = "classical" }
`

func TestRedistributionIsReproducedFromItsFile(t *testing.T) {
	data, err := filepath.Abs(filepath.Join(root, "..", "shared", "data", "redistribution", "redistribution.csv"))
	if err != nil {
		t.Fatal(err)
	}
	csv, err := os.ReadFile(data)
	if err != nil {
		t.Skip("the data set of the twins is not beside the repository: its licence lets us use it, not ship it here")
	}
	t.Chdir(t.TempDir())
	edit(t, "redistribution.csv", "", string(csv))
	edit(t, "study.toml", "", redistribution)
	silico(t, exitDone, "build", ".", "--out", "paper", "-q")
	b, err := os.ReadFile("paper/results.json")
	if err != nil {
		t.Fatal(err)
	}
	var results struct {
		Estimates map[string]struct{ Value, SE *float64 }
	}
	if err := json.Unmarshal(b, &results); err != nil {
		t.Fatal(err)
	}
	// R: summary(lm(redist1_human ~ workluck_human + trust_human + fairness_human + fatheduc_human, d)), likewise _twin
	for _, tt := range []struct {
		address   string
		value, se float64
	}{
		{"ols.people.workluck.coef", 0.816, 0.049},
		{"ols.people.r2", 0.198, math.NaN()},
		{"ols.twin.workluck.coef", 2.783, 0.059},
		{"ols.twin.r2", 0.685, math.NaN()},
	} {
		got, ok := results.Estimates[tt.address]
		if !ok || got.Value == nil {
			t.Errorf("no value at %s", tt.address)
			continue
		}
		if math.Abs(*got.Value-tt.value) > 0.0005 {
			t.Errorf("%s = %v, want %v", tt.address, *got.Value, tt.value)
		}
		if !math.IsNaN(tt.se) && (got.SE == nil || math.Abs(*got.SE-tt.se) > 0.0005) {
			t.Errorf("standard error of %s = %v, want %v", tt.address, *got.SE, tt.se)
		}
	}
}
