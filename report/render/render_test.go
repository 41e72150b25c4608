package render

import (
	"os"
	"testing"

	"silico/report"
)

func TestFormatsWriteTheSample(t *testing.T) {
	d, problems := report.Compose(sampleInput(t, sampleNotebook))
	for _, p := range problems {
		t.Error(p)
	}
	if d == nil {
		return
	}
	for _, f := range Formats() {
		if err := Render(f.Name, d, func(p string, b []byte) { os.WriteFile("/tmp/F/"+p, b, 0o644) }); err != nil {
			t.Error(err)
		}
	}
	os.WriteFile("/tmp/F/results.json", report.ResultsJSON(d), 0o644)
	in := sampleInput(t, "")
	b, err := report.Default(in)
	if err != nil {
		t.Error(err)
	}
	os.WriteFile("/tmp/F/default.md", b, 0o644)
}
