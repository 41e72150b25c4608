package study

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkCSVToFrame reads a study whose people and four recorded models
// stand in one file of a million rows and 12 columns, in random order, from
// its files to its frames.
func BenchmarkCSVToFrame(b *testing.B) {
	const rows = 1_000_000
	dir := b.TempDir()
	sources := []string{"people", "base", "ft_50", "ft_100", "ft_200"}
	var spec, file strings.Builder
	spec.WriteString("silico = 1\n[study]\ntitle = \"Speed\"\n[people]\nfile = \"all.csv\"\nwhere = \"source == 'people'\"\n")
	for _, v := range []struct{ name, levels string }{{"gender", `"female", "male"`}, {"race", `"asian", "black", "white"`}, {"education", `"school", "some college", "college"`}, {"party", `"left", "right", "none"`}} {
		fmt.Fprintf(&spec, "[variable.%s]\ntype = \"choice\"\nlevels = [%s]\nrole = \"covariate\"\n", v.name, v.levels)
	}
	spec.WriteString("[variable.age]\ntype = \"number\"\nrole = \"covariate\"\n[variable.action]\ntype = \"binary\"\nrole = \"action\"\n")
	for _, v := range []string{"belief", "trust", "disclosure"} {
		fmt.Fprintf(&spec, "[variable.%s]\ntype = \"scale\"\nmin = 0\nmax = 10\nrole = \"outcome\"\n", v)
	}
	spec.WriteString("[factor.arm.level.control]\n[factor.arm.level.treated]\n")
	for _, m := range sources[1:] {
		fmt.Fprintf(&spec, "[model.%s]\nprovider = \"recorded\"\nfile = \"all.csv\"\njoin = \"none\"\nwhere = \"source == '%s'\"\n", m, m)
		spec.WriteString("columns = { gender = \"gender\", race = \"race\", education = \"education\", party = \"party\", age = \"age\", belief = \"belief\", trust = \"trust\", action = \"action\", disclosure = \"disclosure\" }\n")
	}
	file.WriteString("id,source,arm,gender,race,age,education,party,belief,trust,action,disclosure\n")
	r := rand.New(rand.NewPCG(1, 2))
	for i := range rows {
		fmt.Fprintf(&file, "p-%07d,%s,%s,%s,%s,%d,%s,%s,%d,%d,%d,%d\n", i, sources[r.IntN(5)], []string{"control", "treated"}[r.IntN(2)], []string{"female", "male"}[r.IntN(2)],
			[]string{"asian", "black", "white"}[r.IntN(3)], 18+r.IntN(70), []string{"school", "some college", "college"}[r.IntN(3)],
			[]string{"left", "right", "none"}[r.IntN(3)], r.IntN(11), r.IntN(11), r.IntN(2), r.IntN(11))
	}
	for name, text := range map[string]string{"study.toml": spec.String(), "all.csv": file.String()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(file.Len()))
	b.ReportAllocs()
	for b.Loop() {
		s, ps := Load(dir)
		if ps != nil {
			b.Fatal(ps.Format())
		}
		n := s.People.Frame.Rows()
		for _, m := range s.Models {
			n += m.Recorded.Rows.Rows()
		}
		if n != rows {
			b.Fatalf("%d rows, want %d", n, rows)
		}
	}
}
