package main

import "testing"

func TestTextOfAModelCannotSteerTheTerminal(t *testing.T) {
	for in, want := range map[string]string{
		"yes":                         "yes",
		"Grüße 日本 👩‍🔬":                "Grüße 日本 👩‍🔬",
		"\x1b[2J\x1b]0;title\a":       `\x1b[2J\x1b]0;title\x07`,
		"a\nb\tc\r":                   `a⏎b\x09c\x0d`,
		"\u202egnissem\u202c":         `\u202egnissem\u202c`,
		"\u009b31m":                   `\u009b31m`,
		"bad \xff byte":               `bad \xff byte`,
		"tag \U000e0041, bom \ufeff.": `tag \U000e0041, bom \ufeff.`,
	} {
		if got := visible(in); got != want {
			t.Errorf("visible(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestTextOfAModelIsNoFormulaInASpreadsheet(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "yes": "yes", "-3.5": "-3.5", "+1e5": "+1e5", "=1+1": "'=1+1", "+cmd|' /C calc'!A0": "'+cmd|' /C calc'!A0",
		"-2+3": "'-2+3", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\r=1", "a=b": "a=b",
	} {
		if got := sheetCell(in); got != want {
			t.Errorf("sheetCell(%q) = %q, want %q", in, got, want)
		}
	}
}
