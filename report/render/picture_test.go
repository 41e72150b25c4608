package render

import (
	"strings"
	"testing"

	"silico/report"
)

// TestPicturesAreNumberedWithTheFigures puts a picture of the study's folder
// before a figure of the results.
func TestPicturesAreNumberedWithTheFigures(t *testing.T) {
	in := sampleInput(t, "See @fig-scene and @fig-distance.\n\n![What *people* saw](scene.png){#fig-scene width=40%}\n\n```{figure distance}\n```\n")
	in.Images = map[string][]byte{"scene.png": []byte("no picture")}
	d, problems := report.Compose(in)
	if d == nil {
		t.Fatal(problems)
	}
	for format, want := range map[string][]string{
		"md":    {"See [Figure\u00a01](#fig-scene) and [Figure\u00a02](#fig-distance).", "<a id=\"fig-scene\"></a>\n\n![What *people* saw](figures/image-1.png)\n\n**Figure 1.** What people saw", "**Figure 2.**"},
		"html":  {`<figure id="fig-scene">` + "\n" + `<div class="drawing" style="width:40%">`, "<figcaption><b>Figure&#160;1.</b> What people saw</figcaption>"},
		"latex": {`\hypertarget{fig-scene}{}`, `\includegraphics[width=0.4\linewidth,height=0.8\textheight,keepaspectratio]{figures/image-1.png}`, `\textbf{Figure 1.} What people saw`},
	} {
		var text strings.Builder
		for name, content := range files(t, format, d) {
			if strings.HasPrefix(name, "paper.") {
				text.Write(content)
			}
		}
		for _, w := range want {
			if !strings.Contains(text.String(), w) {
				t.Errorf("%s has no\n%s\nin\n%s", format, w, text.String())
			}
		}
	}
}
