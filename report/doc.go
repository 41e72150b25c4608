// Package report is what a study says: the notebook, the document made of it,
// and how numbers look.
//
// The way of a paper:
//
//	Parse    notebook text -> Notebook: a syntax tree of goldmark's nodes and ours
//	Compose  Notebook + results + verdicts + bibliography -> Document:
//	         values looked up, tables laid out, figures, tables, equations and
//	         sections numbered, references and citations resolved
//	render   Document -> Markdown, HTML, LaTeX (package report/render)
//
// Cells, values, citations and references are nodes of the tree. They are made
// by parsers of the notebook alone, never by replacing text, so that no label
// and no answer of a model can become a cell, markup or a reference.
//
// Every number that a reader meets is written by format.go.
package report
