package report

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// KindPicture is the kind of a PictureNode.
var KindPicture = ast.NewNodeKind("Picture")

// PictureNode is a picture of the study's folder that has a number among the
// figures: an image alone in its paragraph with a label behind it,
// ![Caption](file.png){#fig-label width=60%}. Its child is the image.
type PictureNode struct {
	ast.BaseBlock
	ID     string
	Number string
	Width  string // share of the text's width in percent, "" for its own
}

// Kind implements ast.Node.
func (n *PictureNode) Kind() ast.NodeKind { return KindPicture }

// Dump implements ast.Node.
func (n *PictureNode) Dump(src []byte, level int) { ast.DumpHelper(n, src, level, nil, nil) }

var pictureLabel = regexp.MustCompile(`^\{#(fig-[A-Za-z0-9_-]+)(?:\s+width="?([0-9]+%)"?)?\s*\}$`)

// labelled returns the images that stand alone in a paragraph with braces
// behind them, in the order of the text.
func labelled(root ast.Node, src []byte) []*ast.Image {
	var list []*ast.Image
	for _, image := range images(root) {
		p, ok := image.Parent().(*ast.Paragraph)
		if ok && p.FirstChild() == ast.Node(image) && strings.HasPrefix(behind(image, src), "{#") {
			list = append(list, image)
		}
	}
	return list
}

// behind returns the text behind an image up to the end of its paragraph.
func behind(image *ast.Image, src []byte) string {
	var b strings.Builder
	for n := image.NextSibling(); n != nil; n = n.NextSibling() {
		t, ok := n.(*ast.Text)
		if !ok {
			return ""
		}
		b.Write(t.Segment.Value(src))
		if t.SoftLineBreak() {
			b.WriteByte(' ')
		}
	}
	return strings.TrimSpace(b.String())
}

// picture puts a numbered picture in the place of its paragraph.
func (c *composer) picture(image *ast.Image) {
	label := behind(image, c.src)
	m := pictureLabel.FindStringSubmatch(label)
	if m == nil {
		c.report(image.Pos(), "write {#fig-NAME} or {#fig-NAME width=60%}", "%s is no label of a picture", label)
		return
	}
	n := &PictureNode{ID: m[1], Number: c.nextFigure()}
	if m[2] != "" {
		width, ok := percentage(m[2])
		if !ok {
			c.report(image.Pos(), "write width=70%", "%q is no width: a percentage of the text's width from 10%% to 100%%", m[2])
		}
		n.Width = width
	}
	paragraph := image.Parent()
	n.SetPos(image.Pos())
	if !c.define(n, n.ID, "Figure", n.Number) {
		return
	}
	paragraph.Parent().ReplaceChild(paragraph.Parent(), paragraph, n)
	n.AppendChild(n, image)
}

// nextFigure numbers the figures of the paper, drawn and given.
func (c *composer) nextFigure() string {
	c.figures++
	return fmt.Sprint(c.figures)
}
