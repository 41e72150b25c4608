package study

import (
	"os"
	"testing"

	"github.com/BurntSushi/toml"
)

// placed fails when a problem has no place or a place outside its line.
func placed(t *testing.T, ps Problems) {
	t.Helper()
	for _, p := range ps {
		if p.Line < 0 || p.Source != "" && (p.Col < 1 || p.Col > len([]rune(p.Source))+1) {
			t.Fatalf("problem outside its line: %+v", p)
		}
		if p.Msg == "" {
			t.Fatalf("problem without a message: %+v", p)
		}
	}
	_ = ps.Format()
}

// FuzzLoad holds the loader to be total, and to know the place of every key
// that the toml package has read.
func FuzzLoad(f *testing.F) {
	dir := f.TempDir()
	for name, text := range soundFiles() {
		if err := os.WriteFile(dir+"/"+name, []byte(text), 0o644); err != nil {
			f.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sound)
	f.Add("silico = 1\n[study]\ntitle = \"\"\"\na\\\n  b\"\"\"\n[a.'b c'.\"d\\u00e9\"]\nx = [1, [\"]\", '#'], { y = 1 }] # c\nz.q = { w = {}, 'v' = \"\\\"\" }\n")
	f.Add("silico = 1\n[respondents]\nn = 3\n[variable.a]\ntype = \"binary\"\nrole = \"covariate\"\n[factor.f.level.x]\nb = 1\n[factor.f.level.y]\nb = 2\n")
	f.Add("[[model]]\nlike = 1\n[model2]\n")
	f.Fuzz(func(t *testing.T, src string) {
		l := newLoader("study.toml", src, root)
		if l.doc.root != nil {
			var tree map[string]any
			md, err := toml.Decode(l.doc.src, &tree)
			if err != nil {
				t.Fatal(err)
			}
			for _, key := range md.Keys() {
				if _, ok := l.doc.spots.at[pathKey(key...)]; !ok && inTree(tree, key) {
					t.Fatalf("no place for key %q", key)
				}
			}
		}
		s, ps := l.load()
		placed(t, ps)
		if s != nil {
			for _, a := range s.Analyses {
				placed(t, a.Decode(&params{}))
				placed(t, Problems{a.At("se.by", "m"), a.At("outcomes.0", "m")})
			}
		}
		if len(ps) == 0 {
			s.Plan()
			if f := s.Units(); f != nil && f.Rows() > 0 {
				for _, q := range s.Questions {
					s.Ask(q, f, 0)
				}
			}
		}
	})
}

// inTree says whether a key is in the tree of tables. The toml package lists
// keys inside arrays, too, without their index.
func inTree(tree map[string]any, key []string) bool {
	for i, k := range key {
		x, ok := tree[k]
		if !ok || i == len(key)-1 {
			return ok
		}
		if tree, ok = x.(map[string]any); !ok {
			return false
		}
	}
	return false
}

// FuzzCSV holds the reader of people files to be total.
func FuzzCSV(f *testing.F) {
	f.Add([]byte(people))
	f.Add([]byte("\uFEFFid,gender,anger,w,seconds,situation,want,do\r\n1,F,20,1,100,\"bu\"\"s\",no,\"no\nyes\"\r\n\r\n"))
	f.Add([]byte("id\n\"a"))
	f.Add([]byte(blamed()))
	f.Fuzz(func(t *testing.T, data []byte) {
		l := newLoader("study.toml", sound, nil)
		if _, ps := l.load(); len(ps) > 0 {
			t.Fatal(ps)
		}
		l.peopleRows(readCSV("people.csv", string(data)))
		l.drawTraining()
		placed(t, append(l.doc.problems, l.files...).sorted())
		c := readCSV("people.csv", string(data))
		if c.sound() {
			for row := range c.rows() {
				c.cell(row, len(c.header)-1, "", "m")
			}
			placed(t, c.problems)
		}
	})
}
