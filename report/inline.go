package report

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// valueParser reads values in a line: a code span that begins with {value},
//
//	`{value} distance.base.do.js`   `{value percent} gap.people.gap.share`
type valueParser struct{}

func (valueParser) Trigger() []byte { return []byte{'`'} }

func (valueParser) Parse(parent ast.Node, reader text.Reader, pc parser.Context) ast.Node {
	line, _ := reader.PeekLine()
	if len(line) < 3 || line[1] != '{' || line[2] < 'a' || line[2] > 'z' || reader.PrecendingCharacter() == '`' {
		return nil
	}
	if !nearValue(valueWord(string(line[1:]))) {
		return nil
	}
	content, ok := until(reader, 1, "`")
	if !ok {
		content = string(line[1:])
	}
	v := readValue(content, ok)
	if v == nil {
		return nil // not *Value(nil), which is a node
	}
	if !ok {
		reader.AdvanceLine()
	}
	return v
}

// valueWord returns the word behind the brace that content begins with.
func valueWord(content string) string {
	word := strings.TrimPrefix(content, "{")
	if i := strings.IndexFunc(word, func(r rune) bool { return r < 'a' || r > 'z' }); i >= 0 {
		word = word[:i]
	}
	return word
}

// readValue returns the value that stands between two backquotes, nil when it
// is code. Closed says whether there is a second one.
func readValue(content string, closed bool) *Value {
	word := valueWord(content)
	switch {
	case !nearValue(word):
		return nil
	case !closed && word == "value":
		return &Value{trouble: "unterminated value"}
	case !closed:
		return nil
	}
	head, address, ok := strings.Cut(content, "}")
	n := &Value{
		Address: strings.TrimSpace(strings.ReplaceAll(address, "\n", " ")),
		Format:  strings.TrimSpace(strings.TrimPrefix(head, "{"+word)),
	}
	switch {
	case word != "value":
		if n.Address == "" {
			return nil // `{values}` is code
		}
		n.trouble = "unknown inline cell \"" + word + "\""
	case !ok || n.Address == "":
		n.trouble = "value without an address"
	}
	return n
}

// nearValue says whether a word is value or a slip of it.
func nearValue(word string) bool {
	switch word {
	case "value", "values", "val", "vlaue", "valeu", "vale", "vaule", "avlue", "valu":
		return true
	}
	return false
}

// citeParser reads citations and references in brackets:
//
//	[@lin1991]  [see @a; @b, p. 3]  [-@lin1991]  [@fig-x; @fig-y]
type citeParser struct{}

func (citeParser) Trigger() []byte { return []byte{'['} }

func (citeParser) Parse(parent ast.Node, reader text.Reader, pc parser.Context) ast.Node {
	_, segment := reader.PeekLine()
	content, ok := until(reader, 1, "]")
	if !ok || !strings.Contains(content, "@") || len(content) > 1000 || strings.ContainsAny(content, "[`") {
		return nil
	}
	if line, _ := reader.PeekLine(); len(line) > 0 && (line[0] == '(' || line[0] == '[') {
		return nil
	}
	n := &Cite{}
	refs, at := 0, segment.Start+1
	for part := range strings.SplitSeq(content, ";") {
		item, ok := citeItem(part)
		if !ok {
			return nil
		}
		item.at = at + strings.IndexByte(part, '@')
		if isLabel(item.Key) {
			refs++
		}
		n.Items = append(n.Items, item)
		at += len(part) + 1
	}
	if refs > 0 && refs < len(n.Items) {
		return nil
	}
	if refs == 0 {
		return n
	}
	join(parent, n)
	last := parent.LastChild()
	parent.RemoveChild(parent, last)
	return last // goldmark appends it again
}

// join appends the references of a bracket to parent, with commas between.
func join(parent ast.Node, n *Cite) {
	for i, item := range n.Items {
		lead := item.Prefix
		if i > 0 {
			lead = ", " + lead
		}
		if lead != "" {
			parent.AppendChild(parent, ast.NewString([]byte(lead)))
		}
		r := &Ref{Label: item.Key, NumberOnly: item.YearOnly}
		r.SetPos(item.at)
		parent.AppendChild(parent, r)
	}
}

// citeItem reads one work of a citation: words, @key, words.
func citeItem(s string) (CiteItem, bool) {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' }), " ")
	for i := 0; i < len(s); i++ {
		if s[i] != '@' {
			continue
		}
		prefix, yearOnly := s[:i], false
		if strings.HasSuffix(prefix, "-") {
			prefix, yearOnly = strings.TrimSuffix(prefix, "-"), true
		}
		if prefix != "" && !strings.HasSuffix(prefix, " ") {
			continue // an address: a@b
		}
		key, n := citeKey(s[i+1:])
		if key == "" {
			return CiteItem{}, false
		}
		suffix := s[i+1+n:]
		if strings.Contains(suffix, " @") {
			return CiteItem{}, false
		}
		return CiteItem{Key: key, Prefix: strings.TrimLeft(prefix, " "), Suffix: strings.TrimSpace(suffix), YearOnly: yearOnly}, true
	}
	return CiteItem{}, false
}

// citeKey returns the key at the beginning of s, as pandoc reads keys, and how
// many bytes it takes: letters, digits and _, with single marks inside; or
// anything in braces.
func citeKey(s string) (string, int) {
	if strings.HasPrefix(s, "{") {
		if i := strings.IndexByte(s, '}'); i > 1 && !strings.Contains(s[:i], "\n") {
			return s[1:i], i + 1
		}
		return "", 0
	}
	end, mark := 0, false
	for i, r := range s {
		if r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) {
			end, mark = i+utf8.RuneLen(r), false
			continue
		}
		if i == 0 || mark || !strings.ContainsRune(":.#$%&-+?<>~/", r) {
			break
		}
		mark = true
	}
	return s[:end], end
}

// atParser reads citations and references in the sentence: @lin1991, @lin1991
// [p. 3], @tbl-distance.
type atParser struct{}

func (atParser) Trigger() []byte { return []byte{'@'} }

func (atParser) Parse(parent ast.Node, reader text.Reader, pc parser.Context) ast.Node {
	if r := reader.PrecendingCharacter(); unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '@' {
		return nil
	}
	line, segment := reader.PeekLine()
	key, n := citeKey(string(line[1:]))
	if key == "" {
		return nil
	}
	reader.Advance(1 + n)
	if isLabel(key) {
		return &Ref{Label: key}
	}
	item := CiteItem{Key: key, at: segment.Start}
	rest := string(line[1+n:])
	if end := strings.IndexByte(rest, ']'); end > 2 && strings.HasPrefix(rest, " [") && !strings.ContainsAny(rest[2:end], "[@^`") &&
		(end+1 == len(rest) || !strings.ContainsRune("([:", rune(rest[end+1]))) {
		item.Suffix = strings.TrimSpace(rest[2:end])
		reader.Advance(end + 1)
	}
	return &Cite{Items: []CiteItem{item}, Narrative: true}
}

// labelKinds are what references may lead to, by the beginning of a label.
var labelKinds = []struct{ prefix, word string }{
	{"fig-", "Figure"}, {"tbl-", "Table"}, {"eq-", "Equation"}, {"sec-", "Section"},
}

// isLabel says whether a key is the label of something in the paper.
func isLabel(key string) bool {
	for _, k := range labelKinds {
		if strings.HasPrefix(key, k.prefix) {
			return true
		}
	}
	return false
}
