package plot

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"silico/analysis"
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
			show(t, fig.Name, fig)
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

// show writes the figure into the gallery, when one is asked for.
func show(t *testing.T, name string, fig analysis.Figure) {
	t.Helper()
	if *gallery == "" {
		return
	}
	png, err := Draw(fig, PNG)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*gallery, name+".png"), png, 0o644); err != nil {
		t.Fatal(err)
	}
}
