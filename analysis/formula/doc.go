// Package formula reads R's formula language and makes the design matrix of a
// regression, with R's columns, in R's order, under R's names.
//
//	y ~ a * b                     effects and their interaction: a + b + a:b
//	y ~ (a + b + c)^2 - a:b       all pairs but one
//	y ~ 0 + a                     no intercept; also - 1
//	y ~ a / b                     b within a: a + a:b
//	y ~ .                         every other column
//	log(y + 1) ~ I(x^2) + scale(z) + factor(k) + offset(log(days))
//	I(affairs > 0) ~ gender       a condition as the outcome
//	cbind(yes, no) ~ arm          successes and failures
//	y ~ x + (1 + x | person)      random effects, which a mixed model reads
//
// # Values
//
// Inside a call, arithmetic is arithmetic: + - * / ^ %% and comparisons,
// & | ! and %in% c(...), with the functions abs ceiling exp expm1 floor log
// log10 log1p log2 round sign sqrt, I, scale, factor, relevel, C, as.factor,
// as.numeric, is.na, ifelse, pmin and pmax; max, mean, median, min, sd and sum
// of the values that are there; and poly(x, degree), which has a column a
// degree. A name that is no plain name stands in backticks. Names are R's:
// letters, digits, dots and underscores.
//
// # Columns
//
// A coded or text column is a factor: one column a level but the reference,
// which is the first level unless Options say otherwise. Levels that no kept
// row has are left out, as lm and glm of R do. An ordered column is coded the
// same way, and not by polynomials as in R, because a difference from the
// reference can be read and compared between sources, and a cubic trend hardly;
// C(x, poly) asks for R's columns, and score(x) is the number of its level. A
// factor is coded by a column for every level where R does so: when
// its margin is not in the model.
//
// # Rows
//
// A row in which any variable of the formula, the weight, the offset or a
// column of Options.Complete is missing is dropped and counted.
//
// The R twins are terms.formula, model.frame and model.matrix of stats 4.2.
package formula
