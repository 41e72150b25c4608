// Package plot draws the figures of a paper.
//
// An analysis says what a figure shows: tidy data, a kind of mark, and which
// column plays which role. This package says how it looks. Kinds are
// registered one file each, and all of them draw through the same parts:
//
//	data.go    the columns of a figure by their roles
//	theme.go   colours, sizes, the order in which sources take colours
//	ticks.go   where an axis has its ticks and how they are written
//	text.go    how wide a text is and where its lines break
//	scene.go   the marks of a drawing, in points from the top left
//	page.go    title, legend, "no data"
//	board.go   small multiples that share their axes
//	svg.go     a scene as SVG, the golden format
//	png.go     a scene as PNG at 192 dpi, through gonum/plot
//
// Roles name the columns of a figure, and its labels name the roles to
// readers: "x" and "y" are the titles of the axes, "colour" and "fill" those of
// the legend, "panel" is what the bars of a paired figure that are not people's
// are called, "ref" and "reflo" what the reference line and band are called
// ("people" when they are not), and "subtitle" is a line below the title.
//
// Drawings are made for a column 6.5 inches wide; the height follows from the
// number of rows and panels, and every margin from the widths of the texts in
// it. A drawing depends on its figure alone: the same bytes come out of every
// run, on every machine, for any number of workers.
package plot
