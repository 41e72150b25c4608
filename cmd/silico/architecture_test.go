package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// floors are the floors of docs/architecture.md: a package imports only from
// its own floor and from lower ones.
var floors = map[string]int{
	"cmd/silico":           4,
	"report/render":        3,
	"internal/register":    3,
	"report":               2,
	"report/plot":          2,
	"internal/collect":     2,
	"internal/tune":        2,
	"analysis":             1,
	"internal/study":       0,
	"internal/llm":         0,
	"internal/llm/foreign": 0,
	"internal/llm/llmtest": 0,
	"analysis/frame":       0,
	"analysis/expr":        0,
	"analysis/formula":     0,
	"analysis/simulate":    0,
	"analysis/stat":        0,
	"templates":            0,
}

// importers are the packages that alone may import a library.
var importers = map[string][]string{
	"github.com/BurntSushi/toml":             {"internal/study"},
	"github.com/go-gota/gota":                {"analysis/frame"},
	"gonum.org/v1/plot":                      {"report/plot"},
	"github.com/yuin/goldmark":               {"report", "report/render"},
	"net/http":                               {"internal/llm", "internal/llm/llmtest", "internal/tune"},
	"github.com/openai/openai-go":            {"internal/llm", "internal/tune"},
	"github.com/anthropics/anthropic-sdk-go": {"internal/llm"},
	"os/exec":                                {},
	"github.com/alecthomas/kong":             {"cmd/silico"},
}

const root = "../.."

func TestPackagesImportOnlyFromTheirFloorAndBelow(t *testing.T) {
	eachImport(t, func(pkg, file, imported string) {
		rel, ours := strings.CutPrefix(imported, "silico/")
		if !ours {
			return
		}
		to, ok := floors[rel]
		if !ok {
			t.Errorf("%s imports %s, which has no floor in docs/architecture.md", file, rel)
			return
		}
		if from := floors[pkg]; to > from {
			t.Errorf("%s: package %s on floor %d imports %s on floor %d", file, pkg, from, rel, to)
		}
	})
}

func TestLibrariesHaveTheirOneImporter(t *testing.T) {
	eachImport(t, func(pkg, file, imported string) {
		for library, allowed := range importers {
			if imported != library && !strings.HasPrefix(imported, library+"/") {
				continue
			}
			ok := false
			for _, a := range allowed {
				ok = ok || a == pkg
			}
			if !ok {
				t.Errorf("%s: package %s imports %s, which is for %q alone", file, pkg, imported, allowed)
			}
		}
	})
}

// eachImport calls visit for every import of every file of the program, tests
// left out. Packages without a floor are reported.
func eachImport(t *testing.T, visit func(pkg, file, imported string)) {
	t.Helper()
	seen := 0
	for _, top := range []string{"cmd", "internal", "analysis", "report", "templates"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			rel, err := filepath.Rel(root, name)
			if err != nil {
				return err
			}
			rel = filepath.ToSlash(rel)
			pkg := rel[:strings.LastIndex(rel, "/")]
			if _, ok := floors[pkg]; !ok {
				t.Errorf("%s: package %s has no floor", rel, pkg)
			}
			src, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			f, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly)
			if err != nil {
				return err
			}
			for _, imp := range f.Imports {
				path, err := strconv.Unquote(imp.Path.Value)
				if err != nil {
					return err
				}
				visit(pkg, rel, path)
			}
			seen++
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if seen < 20 {
		t.Fatalf("only %d files seen; the test does not look where the code is", seen)
	}
}
