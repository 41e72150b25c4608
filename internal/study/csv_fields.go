package study

import "strings"

// field returns the field that begins at an offset, and where it ends: at a
// comma, at a line feed or at the end of the file. It is not sound when a
// quote stands where none can. It reads what encoding/csv reads, which the
// tests compare it with.
func (c *csvData) field(at int) (text string, end int, sound bool) {
	data := c.data
	if at < len(data) && data[at] == '"' {
		return c.quoted(at)
	}
	for end = at; end < len(data) && data[end] != ',' && data[end] != '\n'; end++ {
		if data[end] == '"' {
			return "", at, false
		}
	}
	if end == len(data) || data[end] == '\n' {
		return strings.TrimSuffix(data[at:end], "\r"), end, true
	}
	return data[at:end], end, true
}

// quoted is field for one that begins with a quote. Inside, two quotes are one
// and lines end in line feeds alone.
func (c *csvData) quoted(at int) (text string, end int, sound bool) {
	data, escaped := c.data, false
	for end = at + 1; ; end += 2 {
		i := strings.IndexByte(data[end:], '"')
		if i < 0 {
			return "", at, false
		}
		end += i
		if end+1 >= len(data) || data[end+1] != '"' {
			break
		}
		escaped = true
	}
	text = data[at+1 : end]
	if escaped {
		text = strings.ReplaceAll(text, `""`, `"`)
	}
	if strings.Contains(text, "\r\n") {
		text = strings.ReplaceAll(text, "\r\n", "\n")
	}
	end++
	if end < len(data) && data[end] == '\r' && (end+1 == len(data) || data[end+1] == '\n') {
		end++
	}
	return text, end, end == len(data) || data[end] == ',' || data[end] == '\n'
}

// split puts the first fields of a row, from 0, into a slice. The file must be
// sound. Fields are parts of the file's text as far as they can be.
func (c *csvData) split(row int, fields []string) {
	data, at := c.data, c.offsets[row]
	for k := range fields {
		end := at
		if at == len(data) || data[at] == '"' || k == len(c.header)-1 {
			fields[k], end, _ = c.field(at)
		} else {
			for data[end] != ',' {
				end++
			}
			fields[k] = data[at:end]
		}
		at = end + 1
	}
}

// pack returns texts that share one string of their own, so that no part of a
// file is kept for them and a million of them are one allocation.
func pack(texts []string) []string {
	size := 0
	for _, t := range texts {
		size += len(t)
	}
	var all strings.Builder
	all.Grow(size)
	for _, t := range texts {
		all.WriteString(t)
	}
	rest, own := all.String(), make([]string, len(texts))
	for i, t := range texts {
		own[i], rest = rest[:len(t)], rest[len(t):]
	}
	return own
}
