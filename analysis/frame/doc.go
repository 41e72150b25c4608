// Package frame holds rows of answers in typed columns.
//
// A frame of silico has one row a source x unit x draw: a source is people or
// one model, a unit is a respondent under one combination of the within
// factors, a draw is one of several answers to the same question. The columns
// are typed once, from the study, and never guessed from the data. A frame of
// a figure or of a table is the same thing with other columns.
package frame
