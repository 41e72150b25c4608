package render

// mathML returns mathematics in TeX as MathML.
func mathML(tex string, display bool) string {
	return "<code>" + text(tex) + "</code>"
}
