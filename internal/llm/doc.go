// Package llm is who is asked: language models behind a provider's interface,
// and the store that keeps what they answered.
//
// A Request is everything that can change an answer; its Key is the digest of
// a canonical description of that. A Provider turns a request into the body
// that its server reads, and sends it. The Store keeps every reply under its
// key for good: what was answered once is never asked again.
//
// Words used here: a session is one respondent going through the script of
// the study; its opening is the first request of it; a turn counts the
// requests of a session from 0; a draw ranks the sessions with equal openings
// in the order of the plan, so that two respondents with the same prompt are
// two draws and never one answer used twice; an attempt counts how often a
// question was asked again because its reply could not be read.
//
// The package knows nothing of studies.
package llm
