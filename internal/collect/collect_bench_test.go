package collect

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"silico/internal/study"
)

// BenchmarkFrameOfAMillionRecordedRows is the frame of people and four models
// of 200,000 respondents each, one file for all, respondents of their own; and
// the same with the models joined to the people.
func BenchmarkFrameOfAMillionRecordedRows(b *testing.B) {
	const each = 200_000
	names := []string{"people", "base", "ft_50", "ft_100", "ft_200"}
	var csv strings.Builder
	csv.WriteString("id,source,arm,gender,age,belief,action,trust\n")
	r := rand.New(rand.NewPCG(1, 2))
	for i := range each * len(names) {
		fmt.Fprintf(&csv, "%d,%s,%s,%s,%d,%d,%d,%d\n", i%each, names[i/each], []string{"a", "b", "c", "d"}[i%4], []string{"F", "M"}[i%2],
			18+i%60, 1+r.IntN(7), r.IntN(2), 1+r.IntN(7))
	}
	for _, join := range []string{"none", "id"} {
		b.Run("join="+join, func(b *testing.B) {
			var toml strings.Builder
			toml.WriteString(`silico = 1
[study]
title = "Speed"
authors = ["A"]
[people]
file = "all.csv"
where = "source == 'people'"
[variable.gender]
type = "choice"
levels = ["F", "M"]
role = "covariate"
[variable.age]
type = "number"
role = "covariate"
[variable.belief]
type = "scale"
min = 1
max = 7
role = "belief"
[variable.action]
type = "binary"
role = "action"
[variable.trust]
type = "scale"
min = 1
max = 7
role = "outcome"
[factor.arm]
[factor.arm.level.a]
[factor.arm.level.b]
[factor.arm.level.c]
[factor.arm.level.d]
`)
			for _, name := range names[1:] {
				fmt.Fprintf(&toml, "[model.%s]\nprovider = \"recorded\"\nfile = \"all.csv\"\njoin = %q\nwhere = \"source == '%s'\"\ncolumns = { belief = \"belief\", action = \"action\", trust = \"trust\" }\n", name, join, name)
			}
			dir := b.TempDir()
			for name, text := range map[string]string{"study.toml": toml.String(), "all.csv": csv.String()} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
					b.Fatal(err)
				}
			}
			s, problems := study.Load(dir)
			if problems != nil {
				b.Fatal(problems.Format())
			}
			b.ReportAllocs()
			for b.Loop() {
				f, err := Frame(context.Background(), s, Options{Workers: 2})
				if err != nil {
					b.Fatal(err)
				}
				if f.Rows() != each*len(names) {
					b.Fatalf("%d rows, want %d", f.Rows(), each*len(names))
				}
			}
		})
	}
}
