package plot

import (
	"bytes"
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// dpi of a PNG: twice that of a CSS pixel.
const dpi = 192

// png returns the page as a PNG file on white. Characters that Liberation Sans
// lacks are white squares.
func (p *page) png() ([]byte, error) {
	// Whole pixels, or the edge is a half transparent row.
	pixels := func(pt float64) vg.Length {
		return vg.Points(math.Ceil(pt*dpi/72-1e-6) * 72 / dpi)
	}
	c := vgimg.NewWith(vgimg.UseWH(pixels(pageWidth), pixels(p.height)), vgimg.UseDPI(dpi), vgimg.UseBackgroundColor(color.White))
	p.draw(draw.New(c))
	var b bytes.Buffer
	if _, err := (vgimg.PngCanvas{Canvas: c}).WriteTo(&b); err != nil {
		return nil, fmt.Errorf("write a figure as PNG: %w", err)
	}
	return b.Bytes(), nil
}
