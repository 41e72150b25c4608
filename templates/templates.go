// Package templates holds the texts that silico writes from: the page of a
// paper and its style, the default paper, the example studies, and the guide
// to what can be written in a study.
package templates

import _ "embed"

// Page is the HTML page around a paper, a template of html/template.
//
//go:embed page.html
var Page string

// Style is the style sheet of the page.
//
//go:embed page.css
var Style string

// Paper is the default paper, a template of text/template that gives notebook
// text.
//
//go:embed paper.md
var Paper string

// Prices is what models cost, in the form of a study's own prices.toml.
//
//go:embed prices.toml
var Prices string
