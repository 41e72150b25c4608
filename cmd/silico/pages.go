package main

import (
	"encoding/json"
	"fmt"

	"silico/internal/study"
	"silico/report"
	"silico/report/plot"
	"silico/report/render"
)

// built is a paper, in memory.
type built struct {
	study    *study.Study
	document *report.Document
	files    files
}

// render draws the figures and writes the pages of a document.
func renderPages(doc *report.Document, o options) (files, error) {
	out := files{}
	for _, f := range doc.Figures {
		for _, format := range append([]string{"svg"}, o.figures...) {
			b, err := plot.Draw(f.Figure, plot.Format(format))
			if err != nil {
				return nil, fmt.Errorf("draw figure %s: %w", f.ID, err)
			}
			if format == "svg" { // pages have it inside
				f.SVG = b
			}
			out.add("figures/"+f.File+"."+format, b)
		}
		out.add("figures/"+f.File+".csv", report.FrameCSV(f.Figure.Data))
	}
	for _, t := range doc.Tables {
		out.add("tables/"+t.File+".csv", report.TableCSV(t.Table))
	}
	for _, format := range o.formats {
		if err := render.Render(format, doc, render.Sink(func(path string, data []byte) error {
			out.add(path, data)
			return nil
		})); err != nil {
			return nil, fmt.Errorf("write %s: %w", format, err)
		}
	}
	out.add("results.json", report.ResultsJSON(doc))
	return out, nil
}

// manifest describes everything that went into a paper and came out.
func (s *loaded) manifest(out files, o options) ([]byte, error) {
	b, err := json.MarshalIndent(manifest{
		Format: study.Format, Version: Version, Study: s.study.Slug, Title: s.study.Title, Seed: s.study.Seed,
		Formats: o.formats, Figures: o.figures, Inputs: s.inputs, Outputs: out.describe(),
	}, "", "  ")
	return append(b, '\n'), err
}
