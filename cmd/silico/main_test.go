package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes the test binary the program itself, for testscript and for
// tests that need a process of their own.
func TestMain(m *testing.M) {
	if os.Getenv("SILICO_TEST_MAIN") == "1" {
		main()
	}
	testscript.Main(m, map[string]func(){
		"silico": func() { os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr)) },
	})
}

// TestScripts runs the sessions at the terminal that testdata/script holds:
// each is a user who does something and sees something.
func TestScripts(t *testing.T) {
	repo, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("REPO", repo)
			env.Setenv("NO_COLOR", "1")
			return nil
		},
		UpdateScripts: *update,
	})
}
