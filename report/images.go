package report

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// Image is a picture of the study's folder that the notebook shows.
type Image struct {
	Path string // as the notebook names it, with slashes
	File string // below the output folder
	Type string // media type
	Data []byte
}

// imageTypes are the kinds of pictures that browsers show.
var imageTypes = map[string]string{
	".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp", ".svg": "image/svg+xml",
}

// Images returns the paths of the pictures that the notebook shows, each once,
// in the order of the text. Their content belongs into Input.Images.
func (n *Notebook) Images() []string {
	var paths []string
	for _, image := range images(parseTree(n.src, n.File).root) {
		if p := string(image.Destination); !remote(p) && !slices.Contains(paths, p) {
			paths = append(paths, p)
		}
	}
	return paths
}

func images(root ast.Node) []*ast.Image {
	var list []*ast.Image
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if image, ok := n.(*ast.Image); ok && entering {
			list = append(list, image)
		}
		return ast.WalkContinue, nil
	})
	return list
}

// remote says whether a path leads out of the study's folder by way of the
// network.
func remote(p string) bool {
	return strings.Contains(p, "://") || strings.HasPrefix(p, "//") || strings.HasPrefix(p, "data:")
}

// takeImages puts the pictures of the notebook into the document and reports
// those that cannot be shown.
func (c *composer) takeImages() {
	for _, image := range images(c.root) {
		p := string(image.Destination)
		at := image.Pos()
		kind := imageTypes[strings.ToLower(path.Ext(p))]
		data, ok := c.Images[p]
		switch {
		case remote(p):
			c.report(at, "save it in the study's folder and name it by its path", "the image %q is not in the study's folder", p)
		case kind == "":
			c.report(at, "use png, jpg, gif, webp or svg", "the image %q is of an unknown kind", p)
		case !ok:
			c.report(at, "name it by its path below the study's folder", "the image %q cannot be read", p)
		case !slices.ContainsFunc(c.doc.Images, func(i Image) bool { return i.Path == p }):
			file := fmt.Sprintf("figures/image-%d%s", len(c.doc.Images)+1, strings.ToLower(path.Ext(p)))
			c.doc.Images = append(c.doc.Images, Image{Path: p, File: file, Type: kind, Data: data})
		}
	}
}

// Image returns the picture that the notebook names by a path, nil for none.
func (d *Document) Image(p string) *Image {
	for i := range d.Images {
		if d.Images[i].Path == p {
			return &d.Images[i]
		}
	}
	return nil
}
