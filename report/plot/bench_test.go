package plot

import (
	"bytes"
	"sync"
	"testing"
)

func BenchmarkSVG(b *testing.B) {
	for _, fig := range figures() {
		b.Run(fig.Name, func(b *testing.B) {
			for b.Loop() {
				if _, err := Draw(fig, SVG); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkPNG(b *testing.B) {
	fig := intervalFigure("interval", true)
	for b.Loop() {
		if _, err := Draw(fig, PNG); err != nil {
			b.Fatal(err)
		}
	}
}

func TestBytesDoNotDependOnTheNumberOfWorkers(t *testing.T) {
	figs := figures()
	want := make([][]byte, len(figs))
	for i, fig := range figs {
		want[i], _ = Draw(fig, SVG)
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for i, fig := range figs {
				if got, err := Draw(fig, SVG); err != nil || !bytes.Equal(got, want[i]) {
					t.Errorf("figure %s differs when eight are drawn at once (error %v)", fig.Name, err)
				}
			}
		})
	}
	group.Wait()
}
