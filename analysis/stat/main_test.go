package stat_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain gives the properties one seed, so that a run of the tests is the same
// run everywhere. Other inputs are tried with
//
//	go test ./analysis/stat -rapid.seed 2 -rapid.checks 5000
func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("rapid.seed"); f.Value.String() == "0" {
		f.Value.Set("1")
	}
	os.Exit(m.Run())
}
