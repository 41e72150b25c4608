package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A mistake is what somebody might do to the example study survey, and what
// they are told.
type mistake struct {
	name string
	file string // study.toml unless given
	old  string // replaced by new; the whole file when empty
	new  string
	code int
	want []string // each must be in the output
}

var mistakes = []mistake{
	{"TOML syntax", "", `title   = "Would you curse?"`, `title   = "Would you curse?`, exitProblems,
		[]string{"study.toml:8:", "title   = \"Would you curse?\n"}},
	{"unknown key", "", `seed    = 1 `, `sead    = 1 `, exitProblems,
		[]string{`study.toml:10:1: unknown key "sead"`, `did you mean "seed"?`}},
	{"wrong type", "", `seed    = 1 `, `seed    = "one" `, exitProblems,
		[]string{`study.toml:10:1: "seed" must be a whole number, not text`}},
	{"unknown kind of analysis", "", `kind = "coherence"`, `kind = "coherense"`, exitProblems,
		[]string{`unknown kind of analysis "coherense"`, `did you mean "coherence"?`}},
	{"unknown variable in a formula", "", `do_any ~ anger + gender`, `do_any ~ angr + gender`, exitProblems,
		[]string{`unknown variable "angr"`, `did you mean "anger"?`}},
	{"unknown variable in a rule", "", `rule = "(want == 'no')`, `rule = "(wont == 'no')`, exitProblems,
		[]string{`"wont"`, `did you mean "want"?`}},
	{"unknown level in a rule", "", `rule = "(want == 'no')`, `rule = "(want == 'non')`, exitProblems,
		[]string{`"non"`, `did you mean "no"?`}},
	{"unknown outcome", "", `outcomes = ["want", "do"]`, `outcomes = ["wnat", "do"]`, exitProblems,
		[]string{`study.toml:107:12: unknown variable "wnat"`, `did you mean "want"?`}},
	{"unknown question", "", `after    = "want"`, `after    = "wnat"`, exitProblems,
		[]string{`"wnat"`, `did you mean "want"?`}},
	{"unknown placeholder", "", `{{situation}} Would you want`, `{{situaton}} Would you want`, exitProblems,
		[]string{`{{situaton}}`, `did you mean "situation"?`}},
	{"unknown method of a baseline", "", `name     = "marginal"`, `name     = "marginals"`, exitProblems,
		[]string{`"marginals"`, `did you mean "marginal"?`}},
	{"unknown source", "", `by       = ["gender"]`, "by       = [\"gender\"]\nsources = [\"people\", \"unifrom\"]", exitProblems,
		[]string{`"unifrom"`, `did you mean "uniform"?`}},
	{"a parameter out of range", "", `by       = ["gender"]`, "by       = [\"gender\"]\nlevel    = 95", exitProblems,
		[]string{"95", "level"}},
	{"a difference that was not asked for", "", "# ---- what is computed", "[hypothesis.h1]\ntext   = \"claim\"\ndecide = \"distance.'marginal-uniform'.do.js.hi < 0\"\n# ---- what is computed", exitProblems,
		[]string{"study.toml:102:11: no result has the address", `contrasts = ["marginal-uniform"]`}},
	{"an address that no result has", "", "# ---- what is computed", "[hypothesis.h1]\ntext   = \"claim\"\ndecide = \"gap.uniform.gapp.lo > 0.1\"\n# ---- what is computed", exitProblems,
		[]string{"study.toml:102:11: no result has the address gap.uniform.gapp.lo", `did you mean "gap.uniform.gap.lo"?`}},
	{"a draw that cannot be made", "", `train    = { people = 40 }`, `train    = { people = 41 }`, exitProblems,
		[]string{"41", "40"}},
	{"people file missing", "", `file   = "people.csv"`, `file   = "persons.csv"`, exitProblems,
		[]string{`study.toml:15:10: there is no people file "persons.csv"`, `people.csv`}},
	{"other bytes than the digest", "", `id     = "id"`, "id     = \"id\"\nsha256 = \"" + strings.Repeat("0", 64) + "\"", exitProblems,
		[]string{"sha256", "0000"}},
	{"path out of the folder", "", `file   = "people.csv"`, `file   = "../people.csv"`, exitProblems,
		[]string{"../people.csv", "out of the study's folder"}},
	{"people file empty", "people.csv", "", "", exitProblems,
		[]string{"people.csv", "empty"}},
	{"undeclared level", "people.csv", "1,M,20,bus,no,perhaps", "1,M,20,bus,no,perhap", exitProblems,
		[]string{"people.csv:2:", `"perhap"`, `did you mean "perhaps"?`}},
	{"the same unit twice", "people.csv", "1,M,20,train,", "1,M,20,bus,", exitProblems,
		[]string{"people.csv:3:", "bus"}},
	{"a covariate that changes", "people.csv", "1,M,20,bus,", "1,M,21,bus,", exitProblems,
		[]string{"people.csv:3:", "anger", "21", "1 problem"}},
	{"a number out of range", "people.csv", "1,M,20,bus,", "1,M,90,bus,", exitProblems,
		[]string{"people.csv:2:", "90", "44"}},
	{"a ragged row", "people.csv", "1,M,20,bus,no,perhaps", "1,M,20,bus,no", exitProblems,
		[]string{"people.csv:2:"}},
	{"a column twice", "people.csv", "id,gender,anger,situation,want,do", "id,gender,anger,situation,do,do", exitProblems,
		[]string{"people.csv:1:", `"do"`}},
	{"unknown cell", "paper.md", "", "# Results\n\n```{tabel distance}\n```\n", exitProblems,
		[]string{"paper.md:3:", `did you mean "table"?`}},
	{"unknown address", "paper.md", "", "It is `{value} distance.uniform.du.js`.\n", exitProblems,
		[]string{"paper.md:1:", "did you mean distance.uniform.do.js"}},
	{"a cell that does not end", "paper.md", "", "# Results\n\n```{table distance}\n", exitProblems,
		[]string{"paper.md:3:1: "}},
	{"a label twice", "paper.md", "", "```{table distance}\n```\n\n```{table distance}\n```\n", exitProblems,
		[]string{"paper.md:4:", "tbl-distance"}},
	{"a dangling reference", "paper.md", "", "See @tbl-nothing.\n", exitProblems,
		[]string{"paper.md:1:5: ", "tbl-nothing"}},
	{"a dangling citation", "paper.md", "", "As [@nobody1900] says.\n", exitProblems,
		[]string{"paper.md:1:", "nobody1900"}},
	{"an unknown analysis in the notebook", "paper.md", "", "```{table distanse}\n```\n", exitProblems,
		[]string{"paper.md:1:", `did you mean "distance"?`}},
	{"one analysis twice in the notebook", "paper.md", "", "```{analysis a}\nkind = \"coherence\"\n```\n\n```{analysis a}\nkind = \"coherence\"\n```\n", exitProblems,
		[]string{`paper.md:5:1: analysis "a" is declared on line 1 already`, "1 problem"}},
	{"one name twice", "paper.md", "", "```{analysis gap}\nkind = \"coherence\"\n```\n", exitProblems,
		[]string{"paper.md:1:", `"gap"`}},
	{"a mistake in a cell", "paper.md", "", "# A\n\n```{analysis more}\nkind = \"coherence\"\nrul = \"want == do\"\n```\n", exitProblems,
		[]string{`paper.md:5:1: unknown key "rul"`, `did you mean "rule"?`}},
}

func TestMistakesSayPlaceMistakeAndWayOut(t *testing.T) {
	for _, tt := range mistakes {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			t.Chdir(dir)
			silico(t, exitDone, "new", "s", "-q")
			if tt.file == "" {
				tt.file = "study.toml"
			}
			edit(t, filepath.Join("s", tt.file), tt.old, tt.new)
			for _, command := range []string{"check", "build"} {
				out := silico(t, tt.code, command, "s")
				for _, want := range tt.want {
					if !strings.Contains(out, want) {
						t.Errorf("silico %s does not say %q:\n%s", command, want, out)
					}
				}
				if strings.Contains(out, "goroutine") {
					t.Errorf("silico %s shows a stack:\n%s", command, out)
				}
			}
			if _, err := os.Stat("output"); err == nil {
				t.Error("something was written")
			}
		})
	}
}

// TestAllProblemsAreReportedAtOnce makes several mistakes in several files.
func TestAllProblemsAreReportedAtOnce(t *testing.T) {
	t.Chdir(t.TempDir())
	silico(t, exitDone, "new", "s", "-q")
	edit(t, "s/study.toml", `seed    = 1 `, `sead    = 1 `)
	edit(t, "s/study.toml", `kind = "coherence"`, `kind = "coherense"`)
	edit(t, "s/study.toml", `outcomes = ["want", "do"]`, `outcomes = ["want", "does"]`)
	edit(t, "s/paper.md", "", "```{tabel distance}\n```\n")
	out := silico(t, exitProblems, "check", "s")
	at := 0
	for _, want := range []string{"sead", "does", "coherense", "tabel", "4 problems"} {
		i := strings.Index(out[at:], want)
		if i < 0 {
			t.Fatalf("%q is not reported in its place:\n%s", want, out)
		}
		at += i
	}
}

func TestALinkOutOfTheFolderIsRefused(t *testing.T) {
	t.Chdir(t.TempDir())
	silico(t, exitDone, "new", "s", "-q")
	if err := os.Rename("s/people.csv", "outside.csv"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../outside.csv", "s/people.csv"); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	if out := silico(t, exitProblems, "check", "s"); !strings.Contains(out, "symbolic link") {
		t.Errorf("a link that leaves the folder is not named:\n%s", out)
	}
}

func TestAListThatIsMisspeltIsFound(t *testing.T) {
	out := silico(t, exitUsage, "list", "analises")
	if !strings.Contains(out, `did you mean "analyses"?`) || strings.Contains(out, `""`) {
		t.Errorf("list analises says:\n%s", out)
	}
}

func TestForeignFoldersAreNotReplaced(t *testing.T) {
	t.Chdir(t.TempDir())
	silico(t, exitDone, "new", "s", "-q")
	if err := os.MkdirAll("mine", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("mine/thesis.txt", []byte("years of work"), 0o644); err != nil {
		t.Fatal(err)
	}
	if out := silico(t, exitFailed, "build", "s", "--out", "mine"); !strings.Contains(out, "silico did not make it") {
		t.Errorf("a foreign folder is not refused in words:\n%s", out)
	}
	silico(t, exitDone, "build", "s", "--out", "ours")
	if err := os.WriteFile("ours/notes.txt", []byte("a thought"), 0o644); err != nil {
		t.Fatal(err)
	}
	if out := silico(t, exitFailed, "build", "s", "--out", "ours"); !strings.Contains(out, "notes.txt") {
		t.Errorf("a foreign file in our folder is not named:\n%s", out)
	}
	if b, err := os.ReadFile("ours/notes.txt"); err != nil || string(b) != "a thought" {
		t.Errorf("the foreign file is gone: %v", err)
	}
	if err := os.WriteFile("blocked", nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if out := silico(t, exitFailed, "build", "s", "--out", "blocked/paper"); !strings.Contains(out, "blocked") {
		t.Errorf("a folder that cannot be made is not named:\n%s", out)
	}
}

func TestAModelThatMustBeAskedIsCountedAsMissing(t *testing.T) {
	t.Chdir(t.TempDir())
	silico(t, exitDone, "new", "s", "-q")
	edit(t, "s/study.toml", "[model.uniform]", "[model.llm]\nprovider = \"openai\"\nname = \"some-model\"\npersona = \"described\"\n\n[model.uniform]")
	silico(t, exitDone, "check", "s")
	var plan struct {
		Missing int
		Models  []struct {
			Name             string
			Answers, Missing int
		}
	}
	if err := json.Unmarshal([]byte(silico(t, exitDone, "plan", "s", "--json")), &plan); err != nil {
		t.Fatal(err)
	}
	// 40 people of the evaluation sample x 4 situations x 2 questions
	if m := plan.Models[0]; m.Name != "llm" || m.Answers != 320 || m.Missing != 320 || plan.Missing != 320 {
		t.Errorf("the plan counts %+v and %d missing, want 320 answers of llm, all missing", m, plan.Missing)
	}
	out := silico(t, exitMissing, "build", "s")
	if !strings.Contains(out, "llm") || !strings.Contains(out, "320") {
		t.Errorf("build does not say which model lacks how many answers:\n%s", out)
	}
	if _, err := os.Stat("output"); err == nil {
		t.Error("something was written")
	}
}

func TestVerifyShowsWhatDiffers(t *testing.T) {
	t.Chdir(t.TempDir())
	silico(t, exitDone, "new", "s", "-q")
	silico(t, exitDone, "build", "s", "-q")
	if out := silico(t, exitDone, "verify", "s"); !strings.Contains(out, "byte for byte") {
		t.Errorf("an equal folder is not called equal:\n%s", out)
	}
	edit(t, "output/s/paper.md", "Would you curse?", "Would you curse??")
	edit(t, "output/s/extra.txt", "", "mine")
	if err := os.Remove("output/s/results.json"); err != nil {
		t.Fatal(err)
	}
	out := silico(t, exitDiffers, "verify", "s")
	for _, want := range []string{"paper.md:1: differs", "found:  # Would you curse??", "results.json: missing", "extra.txt: unexpected"} {
		if !strings.Contains(out, want) {
			t.Errorf("verify does not say %q:\n%s", want, out)
		}
	}
	var report struct {
		Differences []struct{ Path, Status string }
	}
	js := silico(t, exitDiffers, "verify", "s", "--json", "-q")
	if err := json.Unmarshal([]byte(js[:strings.LastIndex(js, "}")+1]), &report); err != nil || len(report.Differences) != 3 {
		t.Errorf("verify --json has %d differences (%v), want 3:\n%s", len(report.Differences), err, js)
	}
}

func TestQuietIsQuiet(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, args := range [][]string{{"new", "s", "-q"}, {"check", "s", "-q"}, {"build", "s", "-q"}} {
		if out := silico(t, exitDone, args...); out != "" {
			t.Errorf("silico %s prints %q", strings.Join(args, " "), out)
		}
	}
}

func TestNewReplacesNothing(t *testing.T) {
	t.Chdir(t.TempDir())
	edit(t, "study.toml", "", "precious")
	silico(t, exitUsage, "new", "")
	silico(t, exitFailed, "new", ".")
	if b, err := os.ReadFile("study.toml"); err != nil || string(b) != "precious" {
		t.Errorf("the study that was there is now %q (%v)", b, err)
	}
}

func TestAPaperThatIsThereAlreadyStaysAsItIs(t *testing.T) {
	t.Chdir(t.TempDir())
	silico(t, exitDone, "new", "s", "-q")
	silico(t, exitDone, "build", "s", "-q")
	stat := func() os.FileInfo {
		t.Helper()
		info, err := os.Stat("output/s/paper.md")
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	first := stat()
	silico(t, exitDone, "build", "s", "-q")
	if !os.SameFile(first, stat()) {
		t.Error("a paper that was there already was written anew")
	}
	for _, damage := range []func(){
		func() { edit(t, "output/s/paper.md", "Would you curse?", "Would you curse??") },
		func() { os.Remove("output/s/results.json") },
	} {
		damage()
		silico(t, exitDone, "build", "s", "-q")
		silico(t, exitDone, "verify", "s", "-q")
	}
}

func TestALinkedOutputFolderStaysALink(t *testing.T) {
	t.Chdir(t.TempDir())
	silico(t, exitDone, "new", "s", "-q")
	silico(t, exitDone, "build", "s", "-q", "--out", "real")
	if err := os.Symlink("real", "link"); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	edit(t, "real/paper.md", "Would you curse?", "Would you curse??") // so that there is something to write
	silico(t, exitDone, "build", "s", "-q", "--out", "link")
	if info, err := os.Lstat("link"); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone (%v)", err)
	}
	silico(t, exitDone, "verify", "s", "-q", "--out", "link")
}

func TestUsageMistakesExitWithTwo(t *testing.T) {
	for _, args := range [][]string{
		{}, {"bild", "s"}, {"build"}, {"build", "s", "--format", "word"}, {"build", "s", "--wrokers", "2"},
		{"new", "s", "--from", "nowhere"}, {"list", "everything"}, {"build", "s", "--format", ""}, {"build", "s", "--figures="},
		{"build", "s", "--workers=-1"}, {"verify", "s", "--workers=-1"},
	} {
		silico(t, exitUsage, args...)
	}
}

// silico runs a command and returns all that it prints.
func silico(t *testing.T, code int, args ...string) string {
	t.Helper()
	var out strings.Builder
	if got := run(context.Background(), args, &out, &out); got != code {
		t.Errorf("silico %s: exit code %d, want %d\n%s", strings.Join(args, " "), got, code, out.String())
	}
	return out.String()
}

// edit replaces old by new in a file, or writes the whole file when old is
// empty.
func edit(t *testing.T, name, old, new string) {
	t.Helper()
	text := new
	if old != "" {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(b), old) {
			t.Fatalf("%s has no %q", name, old)
		}
		text = strings.Replace(string(b), old, new, 1)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
