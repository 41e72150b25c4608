// Package tune is how models learn from people: it writes the training sets,
// has them trained, and keeps the record of what was trained on what.
//
// A training set is a file of conversations, one example a question, in the
// very words in which the model will be asked, with the answers of people of
// the pilot. Who trains is one of three: nobody here ("files"), a recipe that
// the user runs ("local"), or a provider ("openai", a Trainer). A study can
// never start a program by itself.
//
// The record is study.Tuning, in tuning/NAME.json.
package tune
