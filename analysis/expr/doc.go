// Package expr is the one small language of a study's rules.
//
//	do != 'no' and anger >= 20
//	seconds < 60 or missing(want)
//	distance.'tuned_79-base'.do.js.hi < 0
//
// A rule over rows names columns of a frame: it filters, excludes and derives.
// A rule over values names addresses of results: it decides hypotheses. Both
// are total and free of side effects.
//
// # Language
//
// Numbers; 'text' in single quotes, a quote inside doubled; true and false;
// names; addresses of dotted segments, each but the first either a plain name
// or quoted. Operators, from the loosest:
//
//	or  ||
//	and &&
//	not !
//	== != < <= > >=  in ('a', 'b')  not in (1, 2)
//	+ -
//	* /
//	- (sign)
//
// and the functions abs(x), min(x, ...), max(x, ...), missing(x). Comparisons
// do not chain. Between two names a minus has spaces around it, because 'a-b'
// is the contrast of two sources.
//
// # Values
//
// A value is a number, a text, true or false, or missing. An operation on a
// missing value is missing, except that false and missing is false, true or
// missing is true (Kleene), and missing(x) is never missing. A number that is
// no number any more, such as 1/0, is missing.
//
// A column with levels is compared with its levels as texts. An ordered column
// also compares by order, do >= 'perhaps', and has the scores of its levels
// where a number is asked for. A binary column stands for true or false where
// that is asked for.
package expr
