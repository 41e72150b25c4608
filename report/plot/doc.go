// Package plot draws the figures of a paper.
//
// An analysis says what a figure shows: tidy data, a kind of mark, and which
// column plays which role. This package says how it looks. Kinds are
// registered one file each, and all of them draw through the same parts:
//
//	data.go    the columns of a figure by their roles
//	theme.go   colours, sizes, the order in which sources take colours
//	ticks.go   where an axis has its ticks and how they are written: plot.Ticker
//	text.go    how wide a text is and where its lines break
//	handler.go how its lines are set: text.Handler
//	axis.go    the theme of a panel, its axes and its grid: plot.Plot
//	marks.go   the pen that marks are drawn with
//	board.go   panels as small multiples that share their axes
//	legend.go  the keys above the panels
//	page.go    title, legend, boards and notes below each other
//	canvas.go  a canvas that is written as SVG: vg.Canvas
//	svg.go     how it is written; the golden format
//	png.go     a page as PNG at 192 dpi: vgimg
//
// All is drawn by gonum/plot. Each panel is a plot.Plot under one theme, each
// kind of mark a plot.Plotter in the units of the panel's axes, and whatever
// stands around the panels is text and marks on the same draw.Canvas. There is
// one way of drawing, for any canvas of gonum/plot.
//
// Roles name the columns of a figure, and its labels name the roles to
// readers: "x" and "y" are the titles of the axes, "colour" and "fill" those of
// the legend, "panel" is what the bars of a paired figure that are not people's
// are called, "ref" and "reflo" what the reference line and band are called
// ("people" when they are not; a band that is neither named nor around a line is a
// "reference"), and "subtitle" is a line below the title.
//
// The numbers of a report are formatted by package report; those along an axis
// and in the cells of a heat map by this one, because they have as many decimals
// as all of that axis or map need.
//
// Drawings are made for a column 6.5 inches wide; the height follows from the
// number of rows and panels, and every margin from the widths of the texts in
// it. A drawing depends on its figure alone: the same bytes come out of every
// run, on every machine, for any number of workers.
package plot
