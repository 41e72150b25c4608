package main

import (
	"encoding/json"
	"fmt"
	"maps"

	"golang.org/x/sync/errgroup"

	"silico/analysis/frame"
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

// draw draws the figures of a document and writes its pages, tables and values.
func draw(doc *report.Document, o options) (files, error) {
	out := files{}
	formats := append([]string{"svg"}, o.figures...)
	drawn := make([][][]byte, len(doc.Figures))
	values := make(chan []byte, 1)
	go func() { values <- report.ResultsJSON(doc) }()
	var drawing, writing errgroup.Group
	drawing.SetLimit(o.workers)
	writing.SetLimit(o.workers)
	for i, f := range doc.Figures {
		drawing.Go(func() error {
			for _, format := range formats {
				b, err := plot.Draw(f.Figure, plot.Format(format))
				if err != nil {
					return fmt.Errorf("draw figure %s: %w", f.ID, err)
				}
				drawn[i] = append(drawn[i], b)
			}
			return nil
		})
	}
	if err := drawing.Wait(); err != nil {
		return nil, err
	}
	for i, f := range doc.Figures {
		f.SVG = drawn[i][0] // pages have it inside
		for k, format := range formats {
			out.add("figures/"+f.File+"."+format, drawn[i][k])
		}
		out.add("figures/"+f.File+".csv", report.FrameCSV(f.Figure.Data))
	}
	for _, t := range doc.Tables {
		out.add("tables/"+t.File+".csv", report.TableCSV(t.Table))
	}
	papers := make([]files, len(o.formats))
	for i, format := range o.formats {
		papers[i] = files{}
		writing.Go(func() error {
			if err := render.Render(format, doc, papers[i].add); err != nil {
				return fmt.Errorf("write %s: %w", format, err)
			}
			return nil
		})
	}
	out.add("results.json", <-values)
	if err := writing.Wait(); err != nil {
		return nil, err
	}
	for _, paper := range papers {
		maps.Copy(out, paper)
	}
	return out, nil
}

// seal adds the manifest: the digests of everything that went into the paper
// and came out.
func (f files) seal(s *loaded, doc *report.Document, answers *frame.Frame, o options) error {
	b, err := json.MarshalIndent(manifest{
		Format: study.Format, Version: Version, Study: s.study.Slug, Title: s.study.Title, Seed: s.study.Seed,
		Formats: o.formats, Figures: o.figures, Inputs: s.inputs,
		Answers: replies(answers), Partial: doc.Partial, Outputs: f.describe(),
	}, "", "  ")
	f.add(manifestFile, append(b, '\n'))
	return err
}

// replies describes what each model that was asked said. It does not name the
// files that keep it, which may be put together in other ways.
func replies(answers *frame.Frame) []replied {
	var list []replied
	for _, src := range answers.Schema.Sources {
		if src.SHA256 != "" {
			list = append(list, replied{src.Name, src.Replies, src.SHA256})
		}
	}
	return list
}
