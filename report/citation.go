package report

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// compose returns s with letters and combining accents joined.
func compose(s string) string { return norm.NFC.String(s) }

// name is a person or, with a family name alone, a body.
type name struct{ given, family string }

// names reads BibTeX's list of people: "Family, Given and Given Family". Bodies
// have one word, or a comma (see bodies).
func names(s string) (list []name, others bool) {
	for _, n := range strings.Split(s, " and ") {
		n = strings.TrimSpace(n)
		switch parts := strings.Split(n, ","); {
		case n == "":
		case n == "others":
			others = true
		case len(parts) > 1:
			list = append(list, name{strings.TrimSpace(parts[len(parts)-1]), strings.TrimSpace(strings.Join(parts[:len(parts)-1], ","))})
		default:
			words := strings.Fields(n)
			cut := len(words) - 1
			for i, w := range words[:cut] { // von, de, van der
				if i > 0 && w == strings.ToLower(w) {
					cut = i
					break
				}
			}
			list = append(list, name{strings.Join(words[:cut], " "), strings.Join(words[cut:], " ")})
		}
	}
	return list, others
}

// initials returns "C. G." for "Carl Gustav", "J.-P." for "Jean-Paul".
func (n name) initials() string {
	var out []string
	for _, w := range strings.Fields(n.given) {
		var parts []string
		for _, p := range strings.Split(w, "-") {
			if r := []rune(p); len(r) > 0 {
				parts = append(parts, string(r[0])+".")
			}
		}
		out = append(out, strings.Join(parts, "-"))
	}
	return strings.Join(out, " ")
}

// creators returns who made a work: its authors, or its editors.
func (w *work) creators() (list []name, others, editors bool) {
	if list, others = names(w.fields["author"]); len(list) > 0 {
		return list, others, false
	}
	list, others = names(w.fields["editor"])
	return list, others, len(list) > 0
}

// short returns the author part of a citation: one name, two with and, the
// first of more with et al.; the title of a work that nobody signed.
func (w *work) short(and string) string {
	list, others, _ := w.creators()
	switch {
	case len(list) == 0:
		for _, field := range []string{"organization", "institution", "title", "key"} {
			if s := w.fields[field]; s != "" {
				if field == "title" {
					return "“" + shorten(s, 6) + "”"
				}
				return s
			}
		}
		return w.key
	case len(list) == 1 && !others:
		return list[0].family
	case len(list) == 2 && !others:
		return list[0].family + " " + and + " " + list[1].family
	}
	return list[0].family + " et al."
}

// shorten returns the first words of a title.
func shorten(s string, words int) string {
	f := strings.Fields(s)
	if len(f) <= words {
		return s
	}
	return strings.TrimRight(strings.Join(f[:words], " "), ",;:.") + " …"
}

func (w *work) year() string {
	if y := w.fields["year"]; y != "" {
		return y
	}
	if d := w.fields["date"]; len(d) >= 4 {
		return d[:4]
	}
	return "n.d."
}

// resolveCites writes "(Lin, 1991)" into the citations and makes the list of
// the works that are cited.
func (c *composer) resolveCites() {
	keys := slices.Sorted(maps.Keys(c.bibliography))
	cited := make(map[string]*work)
	for _, n := range c.cites {
		for _, item := range n.Items {
			w, ok := c.bibliography[item.Key]
			switch {
			case ok:
				cited[item.Key] = w
			case len(c.Bibliography) == 0:
				c.report(item.at, `name the file in [study]: bibliography = "references.bib"; write \@ for a plain @`, "@%s cites a work, but the study has no bibliography", item.Key)
			default:
				c.report(item.at, didYouMean(item.Key, keys, `write \@ for a plain @`), "@%s is not in %s", item.Key, c.BibliographyFile)
			}
		}
	}
	for _, key := range c.citedInFacts() {
		cited[key] = c.bibliography[key]
	}
	list := slices.Collect(maps.Values(cited))
	sortWorks(list)
	suffix := yearLetters(list)
	for _, w := range list {
		r := &Reference{Key: w.key, ID: c.newID("ref-" + slug(w.key)), Text: w.entry(suffix[w.key])}
		c.ids[r.ID] = true
		c.doc.References = append(c.doc.References, r)
	}
	for _, n := range c.cites {
		n.Spans = citeSpans(n, cited, suffix)
	}
	c.citeInFacts(suffix)
	for _, d := range c.divs {
		if d.ID == "refs" && d.Parent() != nil {
			d.AppendChild(d, &ReferencesNode{})
		}
	}
}

// factKey finds citation keys in the words of tables about the study, such as
// where its people come from. The author wrote them in study.toml.
var factKey = regexp.MustCompile(`@[\pL\pN_][\pL\pN_:.-]*[\pL\pN_]`)

// citedInFacts returns the works that tables about the study name, in order.
func (c *composer) citedInFacts() []string {
	r := c.results[studyResult]
	if r == nil {
		return nil
	}
	var keys []string
	for _, t := range r.Tables {
		for _, row := range t.Rows {
			for _, cell := range row.Cells {
				for _, key := range factKey.FindAllString(cell.Text, -1) {
					if c.bibliography[key[1:]] != nil && !slices.Contains(keys, key[1:]) {
						keys = append(keys, key[1:])
					}
				}
			}
		}
	}
	return keys
}

// citeInFacts writes "Lin (1991)" for @lin1991 in the tables about the study.
func (c *composer) citeInFacts(suffix map[string]string) {
	for _, t := range c.doc.Tables {
		if t.Analysis != studyResult {
			continue
		}
		for _, line := range t.Layout.Rows {
			for j := range line.Cells {
				line.Cells[j].Main = factKey.ReplaceAllStringFunc(line.Cells[j].Main, func(key string) string {
					w := c.bibliography[key[1:]]
					if w == nil {
						return key
					}
					return w.short("and") + " (" + w.year() + suffix[w.key] + ")"
				})
			}
		}
	}
}

// sortWorks sorts by authors, year and title, accents and case
// aside.
func sortWorks(list []*work) {
	sortKey := func(w *work) string {
		people, _, _ := w.creators()
		var parts []string
		for _, p := range people {
			parts = append(parts, p.family+" "+p.initials())
		}
		if len(parts) == 0 {
			parts = []string{w.short("&")}
		}
		return folded(strings.Join(parts, ", "))
	}
	slices.SortFunc(list, func(a, b *work) int {
		return cmp.Or(cmp.Compare(sortKey(a), sortKey(b)), cmp.Compare(a.year(), b.year()),
			cmp.Compare(folded(a.fields["title"]), folded(b.fields["title"])), cmp.Compare(a.key, b.key))
	})
}

// folded returns s as it is sorted: lower case, without accents and quotes.
func folded(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsMark(r) || strings.ContainsRune("“”\"'‘’", r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(s))
}

// yearLetters tells works apart that look the same when cited: 2004a, 2004b.
func yearLetters(sorted []*work) map[string]string {
	same := make(map[string][]string)
	for _, w := range sorted {
		look := w.short("&") + w.year()
		same[look] = append(same[look], w.key)
	}
	suffix := make(map[string]string)
	for _, keys := range same {
		for i, key := range keys {
			if len(keys) > 1 {
				suffix[key] = strings.ToLower(letters(i + 1))
			}
		}
	}
	return suffix
}

// citeSpans returns what readers see of a citation.
func citeSpans(n *Cite, cited map[string]*work, suffix map[string]string) []Span {
	var spans []Span
	text := func(s string) {
		if s != "" {
			spans = append(spans, Span{Text: s})
		}
	}
	if !n.Narrative {
		text("(")
	}
	for i, item := range n.Items {
		w := cited[item.Key]
		if w == nil {
			continue
		}
		if i > 0 {
			text("; ")
		}
		text(item.Prefix)
		year := w.year() + suffix[w.key]
		tail := ""
		if item.Suffix != "" {
			tail = ", " + strings.TrimSpace(strings.TrimLeft(item.Suffix, ", "))
		}
		switch {
		case n.Narrative:
			spans = append(spans, Span{w.short("and") + " (" + year + tail + ")", w.key})
			continue
		case item.YearOnly:
			spans = append(spans, Span{year, w.key})
		default:
			spans = append(spans, Span{w.short("&") + ", " + year, w.key})
		}
		text(tail)
	}
	if !n.Narrative {
		text(")")
	}
	return spans
}

// entry returns the text of a work in the reference list, after APA: who,
// when, what, where.
func (w *work) entry(suffix string) []Run {
	f := w.fields
	part := slices.Contains([]string{"article", "incollection", "inbook", "inproceedings", "conference"}, w.kind)
	date := "(" + w.year() + suffix + ")."
	title := Run{Text: stopped(f["title"]), Italic: !part}
	detail := "" // behind the title, before its full stop
	switch w.kind {
	case "phdthesis", "mastersthesis", "thesis":
		what := map[string]string{"phdthesis": "Doctoral dissertation", "mastersthesis": "Master’s thesis", "thesis": "Thesis"}[w.kind]
		detail = " [" + comma(cmp.Or(f["type"], what), cmp.Or(f["school"], f["institution"])) + "]."
	case "book", "booklet", "collection", "manual", "proceedings":
		if f["edition"] != "" {
			detail = " (" + f["edition"] + " ed.)."
		}
	case "software", "dataset":
		detail = map[string]string{"software": " [Computer software].", "dataset": " [Data set]."}[w.kind]
	}
	if detail != "" {
		title.Text = strings.TrimSuffix(title.Text, ".")
	}
	var runs []Run
	if people := w.people(); people != "" {
		runs = append(runs, Run{Text: people + " " + date + " "}, title, Run{Text: detail})
	} else {
		runs = append(runs, title, Run{Text: detail}, Run{Text: " " + date})
	}
	runs = append(runs, w.source()...)
	if f["note"] != "" {
		runs = append(runs, Run{Text: " " + stopped(f["note"])})
	}
	if url := w.link(); url != "" {
		runs = append(runs, Run{Text: " "}, Run{Text: url, URL: url})
	}
	return slices.DeleteFunc(runs, func(r Run) bool { return r.Text == "" })
}

// source returns where a work appeared, with a space before it.
func (w *work) source() []Run {
	f := w.fields
	pages := strings.ReplaceAll(f["pages"], "-", "–")
	publisher := cmp.Or(f["publisher"], f["organization"])
	var runs []Run
	switch w.kind {
	case "article":
		journal := cmp.Or(f["journal"], f["journaltitle"])
		if journal == "" {
			return nil
		}
		runs = append(runs, Run{Text: " "}, Run{Text: comma(journal, f["volume"]), Italic: true})
		if f["number"] != "" {
			runs = append(runs, Run{Text: "(" + f["number"] + ")"})
		}
		if pages != "" {
			runs = append(runs, Run{Text: ", " + pages})
		}
		return append(runs, Run{Text: strings.TrimPrefix(stopped(runs[len(runs)-1].Text), runs[len(runs)-1].Text)})
	case "incollection", "inbook", "inproceedings", "conference":
		lead := " In "
		if editors, _ := names(f["editor"]); len(editors) > 0 && f["author"] != "" {
			what := " (Ed.), "
			if len(editors) > 1 {
				what = " (Eds.), "
			}
			lead += joinNames(editors, false, true) + what
		}
		runs = append(runs, Run{Text: lead}, Run{Text: f["booktitle"], Italic: true})
		if pages != "" {
			runs = append(runs, Run{Text: " (pp. " + pages + ")"})
		}
		runs = append(runs, Run{Text: "."})
		if publisher != "" {
			runs = append(runs, Run{Text: " " + stopped(publisher)})
		}
		return runs
	case "phdthesis", "mastersthesis", "thesis":
		return nil // the school stands with the title
	}
	where := cmp.Or(publisher, f["howpublished"], f["institution"], f["school"])
	if where == "" && f["eprint"] != "" {
		where = "arXiv:" + strings.TrimPrefix(f["eprint"], "arXiv:")
	}
	if where == "" || strings.HasPrefix(where, "http") && w.link() != "" {
		return nil
	}
	return []Run{{Text: " " + stopped(where)}}
}

// link returns the address of a work: its DOI, else its URL, else its preprint.
func (w *work) link() string {
	switch doi := strings.TrimPrefix(strings.TrimPrefix(w.fields["doi"], "https://doi.org/"), "doi:"); {
	case doi != "":
		return "https://doi.org/" + strings.TrimSpace(doi)
	case strings.HasPrefix(w.fields["url"], "https://") || strings.HasPrefix(w.fields["url"], "http://"):
		return w.fields["url"]
	case w.fields["eprint"] != "" && strings.Trim(w.fields["eprint"], "0123456789.v") == "":
		return "https://arxiv.org/abs/" + w.fields["eprint"]
	}
	return ""
}

// people returns the authors, or the editors as such, "" for none.
func (w *work) people() string {
	list, others, editors := w.creators()
	if len(list) == 0 {
		return ""
	}
	s := joinNames(list, others, false)
	switch {
	case editors && len(list) == 1:
		s += " (Ed.)."
	case editors:
		s += " (Eds.)."
	}
	if !strings.HasSuffix(s, ".") {
		s += "."
	}
	return s
}

// joinNames lists people: "Lin, J., & De Boeck, P.", with the initials first
// when they do not begin an entry.
func joinNames(list []name, others, initialsFirst bool) string {
	parts := make([]string, len(list))
	for i, n := range list {
		switch initials := n.initials(); {
		case initials == "":
			parts[i] = n.family
		case initialsFirst:
			parts[i] = initials + " " + n.family
		default:
			parts[i] = n.family + ", " + initials
		}
	}
	last := len(parts) - 1
	switch {
	case others:
		return strings.Join(parts, ", ") + ", et al."
	case last == 0:
		return parts[0]
	case initialsFirst && last == 1:
		return parts[0] + " & " + parts[1]
	}
	return strings.Join(parts[:last], ", ") + ", & " + parts[last]
}

// comma joins a and b with a comma, when there is a b.
func comma(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + ", " + b
}

// stopped returns s with a full stop, unless it ends a sentence already.
func stopped(s string) string {
	if s == "" || strings.ContainsRune(".?!", rune(s[len(s)-1])) {
		return s
	}
	return s + "."
}
