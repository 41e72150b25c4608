// Package stat holds the statistics under every analysis: estimators, tests,
// distances, scores, resampling and weights. Numbers go in and numbers come
// out; it knows no study, no source and no file.
//
// What cannot be computed is NaN, with a note or a warning where a result has
// room for one. It panics only where the caller is wrong about lengths or codes.
// Nothing depends on the order of a map, on global random state or on the number
// of workers: whatever is drawn comes from Streams, by name and index.
//
// Words, as they are used here:
//
//	person     the unit of sampling; a person's rows are not independent
//	panel      how often each person gave each answer to each item
//	share      a part of answers, between 0 and 1
//	replicate  a statistic on a resample, or on a split, of people
//	floor      the distance that two samples of one population have on average
//	bias       what sampling adds to a distance on average
//	lambda     the weight of predictions in inference powered by them
//
// The tests compare with R 4.2.2: testdata/oracle holds cases with the calls
// that made them.
package stat
