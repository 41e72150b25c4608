// Package collect brings the answers of a study together: those of the people
// and those of every model that stands in for them, in one frame.
//
// A model is a Source. There is one file a kind: recorded answers that stand
// in a file, baselines computed from the people of the pilot, simulated
// participants with planted effects, and models that are asked. All but the
// last are computed here each time, are never kept and are never missing.
//
// What a source draws at random comes from the stream of its name, the
// respondent, the unit, the question and the draw. An answer therefore depends
// neither on the row where it stands nor on the other sources, and not on the
// number of workers.
package collect
