package plot

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var (
	update  = flag.Bool("update", false, "write the golden files")
	gallery = flag.String("gallery", "", "folder to write every figure into as PNG, to look at")
)

func TestFiguresLookAsTheyDid(t *testing.T) {
	for _, fig := range figures() {
		t.Run(fig.Name, func(t *testing.T) {
			got, err := Draw(fig, SVG)
			if err != nil {
				t.Fatal(err)
			}
			if *gallery != "" {
				png, err := Draw(fig, PNG)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(*gallery, fig.Name+".png"), png, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			golden := filepath.Join("testdata", fig.Name+".svg")
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s differs from %s; look at it, then run go test -update", fig.Name, golden)
			}
		})
	}
}
