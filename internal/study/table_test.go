package study

import (
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"silico/analysis/expr"
	"silico/analysis/frame"
)

// many is a file of several blocks of rows, with missing values and quotes.
func many() string {
	var b strings.Builder
	b.WriteString("id,arm,x,said,when\n")
	for i := range 3*block + 7 {
		fmt.Fprintf(&b, "p%d,%s,%s,\"%d, he \"\"said\"\"\",%d.5\n", i/2, []string{"a", "b", "c"}[i%3], []string{"NA", "", "1", "2.5"}[i%4], i, i)
	}
	return b.String()
}

func wantedOfMany() []wanted {
	open := func(name, typ string) *frame.Variable {
		return &frame.Variable{Name: name, Type: typ, Role: map[string]string{"id": "id"}[name], Min: math.NaN(), Max: math.NaN()}
	}
	arm := open("arm", "choice")
	arm.Levels = []string{"c", "a", "b"}
	return []wanted{{header: "id", variable: open("id", "id"), missing: empty, full: true}, {header: "arm", variable: arm, missing: empty},
		{header: "x", variable: open("x", "number"), missing: emptyOrNA}, {header: "said", variable: open("said", "text"), missing: empty}}
}

func TestTablesDoNotDependOnTheNumberOfWorkers(t *testing.T) {
	data := many()
	read := func(workers int) [][]string {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(workers))
		c := readCSV("a.csv", data)
		keep := make([]bool, c.rows())
		for i := range keep {
			keep[i] = i%5 != 0
		}
		tab := readTable(c, wantedOfMany(), keep)
		if !c.sound() {
			t.Fatal(c.problems)
		}
		var all [][]string
		for _, col := range tab.cols {
			values := append([]string(nil), col.Levels...)
			for i := range col.Len() {
				values = append(values, col.String(i))
			}
			all = append(all, values)
		}
		return all
	}
	one := read(1)
	if d := cmp.Diff(one, read(7)); d != "" {
		t.Fatalf("one worker and seven differ:\n%.500s", d)
	}
	if n := len(one[3]); one[3][0] != `1, he "said"` || one[3][n-1] != fmt.Sprintf(`%d, he "said"`, 3*block+6) {
		t.Errorf("texts run from %q to %q", one[3][0], one[3][n-1])
	}
}

func TestProblemsOfManyBlocksAreThoseOfTheFirstRows(t *testing.T) {
	data := strings.ReplaceAll(strings.ReplaceAll(many(), "\np9,", "\n,"), ",a,", ",A,")
	var first []string
	for _, workers := range []int{1, 4} {
		before := runtime.GOMAXPROCS(workers)
		c := readCSV("a.csv", data)
		tab := readTable(c, wantedOfMany(), nil)
		runtime.GOMAXPROCS(before)
		var found []string
		for _, p := range c.found() {
			found = append(found, p.Error())
		}
		all := (3*block+7+2)/3 + 2 // every third row has A, two have no respondent
		if want := fmt.Sprintf(": and %d more problems in this file", all-maxProblems); len(found) != maxProblems+1 || !strings.HasSuffix(found[maxProblems], want) {
			t.Fatalf("%d problems, the last %s; want %s", len(found), found[len(found)-1], want)
		}
		if !tab.isBad(1, 0) || tab.isBad(1, 1) || tab.isBad(0, 18) {
			t.Error("rows that have a problem already are not those with a wrong level")
		}
		if first == nil {
			first = found
			for i, want := range []string{
				`a.csv:2:4: row 1, column arm: "A" is no level of arm; declared are c, a, b; did you mean "a"?`,
				`a.csv:20:1: row 19, column id: the respondent is missing, and every row needs it`,
			} {
				if found[6*i] != want {
					t.Errorf("problem %d: %s\nwant %s", 6*i+1, found[6*i], want)
				}
			}
		}
		if d := cmp.Diff(first, found); d != "" {
			t.Errorf("%d workers find others than one:\n%s", workers, d)
		}
	}
}

func TestRulesOverFewAndOverManyValuesAgree(t *testing.T) {
	c := readCSV("a.csv", many())
	for rule, want := range map[string]func(row int) (yes, missing bool){
		"arm == 'a'":               func(i int) (bool, bool) { return i%3 == 0, false },
		"x > 1":                    func(i int) (bool, bool) { return i%4 == 3, i%4 < 2 },
		"arm != 'b' and x >= 1":    func(i int) (bool, bool) { return i%3 != 1 && i%4 > 1, i%3 != 1 && i%4 < 2 },
		"when > 20":                func(i int) (bool, bool) { return i >= 20, false },
		"when > 20 and arm == 'c'": func(i int) (bool, bool) { return i >= 20 && i%3 == 2, false }, // more combinations than rows
		"missing(x) or id == 'p0'": func(i int) (bool, bool) { return i%4 < 2 || i < 2, false },
		"true":                     func(i int) (bool, bool) { return true, false },
	} {
		e, err := expr.Parse(rule)
		if err != nil {
			t.Fatal(err)
		}
		keep, missing, err := c.rule(e)
		if err != nil {
			t.Fatalf("%s: %v", rule, err)
		}
		unknown := 0
		for i, got := range keep {
			yes, lacks := want(i)
			if lacks {
				unknown++
			}
			if got != yes {
				t.Fatalf("%s keeps row %d: %v, want %v", rule, i+1, got, yes)
			}
		}
		if missing != unknown {
			t.Errorf("%s is missing in %d rows, want %d", rule, missing, unknown)
		}
	}
}

func TestSourcesOfOneFileShareItAndNotTheirProblems(t *testing.T) {
	files := soundFiles()
	files["study.toml"] = strings.Replace(strings.NewReplacer("file = \"twins.csv\"", "file = \"./people.csv\"", `columns = { do = "do_twin" }`, `columns = { do = "do" }`).Replace(sound),
		"[model.planted]", "[model.third]\nlike = \"twins\"\ncolumns = { do = \"want\" }\n[model.fourth]\nlike = \"twins\"\ncolumns = { do = \"seconds\" }\n[model.planted]", 1)
	folder(t, files)
	s, ps := Load(".")
	if len(ps) != 12 || !strings.Contains(ps[0].Msg, `"100" is no level of do`) {
		t.Errorf("%d problems, want one in each row of the fourth model alone:\n%s", len(ps), ps.Format())
	}
	if n := len(s.Inputs); n != 3 {
		t.Errorf("%d files are named for the manifest, want 3: %v", n, s.Inputs)
	}
	if s.People.Frame == nil || s.Models[3].Recorded.Rows == nil || s.Models[4].Recorded.Rows == nil || s.Models[5].Recorded.Rows != nil {
		t.Error("the sound sources of the file were not read, or the unsound one was")
	}
}

func TestDictionariesNumberTextsAsTheyCome(t *testing.T) {
	d := newDictionary([]string{"b", ""})
	for i := range 5000 {
		if k := d.add(fmt.Sprint(i)); k != int32(i+2) {
			t.Fatalf("%d is number %d, want %d", i, k, i+2)
		}
	}
	for text, want := range map[string]int32{"b": 0, "": 1, "0": 2, "4999": 5001, "5000": -1} {
		if got := d.find(text); got != want {
			t.Errorf("%q is number %d, want %d", text, got, want)
		}
	}
	if got := (&dictionary{}).find("x"); got != -1 {
		t.Errorf("an empty dictionary has x as number %d", got)
	}
}
