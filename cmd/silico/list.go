package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"silico/analysis/expr"
	"silico/report/plot"
	"silico/report/render"
	"silico/templates"
)

type listCommand struct {
	What string `arg:"" optional:"" name:"WHAT" help:"analyses, figures, providers, formats or measures; all when absent."`
	JSON bool   `name:"json" help:"The list as JSON."`
}

// listed is one thing that can be used in a study.
type listed struct {
	Name       string          `json:"name"`
	Doc        string          `json:"doc"`
	Parameters []templates.Key `json:"parameters,omitempty"`
}

// lists are what `silico list` shows, in its order.
var lists = []struct {
	name, doc string
	items     func() []listed
}{
	{"analyses", `[analysis.NAME] kind = "…"`, listAnalyses},
	{"figures", "kinds of marks that analyses draw with", listFigures},
	{"providers", `[model.NAME] provider = "…"`, listProviders},
	{"formats", "silico build --format …", listFormats},
	{"measures", `[variable.NAME] type = "…"`, listMeasures},
}

// Validate refuses what there is no list of.
func (c *listCommand) Validate() error {
	var names []string
	for _, l := range lists {
		names = append(names, l.name)
	}
	if c.What == "" || slices.Contains(names, c.What) {
		return nil
	}
	msg := fmt.Sprintf("there is no list of %q; there are %s", c.What, strings.Join(names, ", "))
	if hint := expr.Suggest(c.What, names); hint != "" {
		msg += fmt.Sprintf("; did you mean %q?", hint)
	}
	return usage(msg)
}

// Run shows what can be used.
func (c *listCommand) Run(con *console) error {
	all := map[string][]listed{}
	for _, l := range lists {
		if c.What == "" || c.What == l.name {
			all[l.name] = l.items()
		}
	}
	if c.JSON {
		out, err := json.MarshalIndent(all, "", "  ")
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(con.out, "%s\n", out)
		return err
	}
	for _, l := range lists {
		items, ok := all[l.name]
		if !ok {
			continue
		}
		fmt.Fprintf(con.out, "%s: %s\n\n", l.name, l.doc)
		for _, it := range items {
			fmt.Fprintf(con.out, "  %s\n      %s\n", it.Name, it.Doc)
			for _, k := range it.Parameters {
				what := k.Type
				if k.Default != "" {
					what += ", default " + k.Default
				}
				fmt.Fprintf(con.out, "      %-14s %s\n", k.Name, what)
				for _, line := range wrap(k.Doc, 74) {
					fmt.Fprintf(con.out, "      %-14s   %s\n", "", line)
				}
			}
			fmt.Fprintln(con.out)
		}
	}
	return nil
}

func listAnalyses() []listed {
	var items []listed
	for _, e := range templates.Reference().Analyses {
		items = append(items, listed{e.Name, e.Doc, e.Keys})
	}
	return items
}

// listProviders sorts the keys of [model.NAME] by the provider that they
// belong to, as their comments say: "Of recorded: ...".
func listProviders() []listed {
	var items []listed
	for _, e := range templates.Reference().Providers {
		items = append(items, listed{Name: e.Name, Doc: e.Doc})
	}
	for _, e := range templates.Reference().Spec {
		if e.Name != "[model.NAME]" {
			continue
		}
		for _, k := range e.Keys {
			of, doc, own := strings.Cut(k.Doc, ": ")
			for i, it := range items {
				switch {
				case own && (of == "Of "+it.Name || strings.HasPrefix(of, "Of the "+it.Name)):
					if method := strings.TrimPrefix(of, "Of the "+it.Name+" "); method != of {
						doc = method + ": " + doc
					}
					items[i].Parameters = append(items[i].Parameters, templates.Key{Name: k.Name, Type: k.Type, Default: k.Default, Doc: doc})
				case it.Name == "baseline" && slices.Contains([]string{"name", "train"}, k.Name),
					k.Name == "label", it.Name != "recorded" && k.Name == "draws":
					items[i].Parameters = append(items[i].Parameters, k)
				}
			}
		}
	}
	return items
}

func listFormats() []listed {
	var items []listed
	for _, f := range render.Formats() {
		items = append(items, listed{Name: f.Name, Doc: f.Doc})
	}
	return items
}

func listFigures() []listed {
	var items []listed
	for _, k := range plot.Kinds() {
		it := listed{Name: k.Name, Doc: k.Doc}
		for _, r := range k.Roles {
			it.Parameters = append(it.Parameters, templates.Key{Name: r.Name, Type: roleType(r), Doc: r.Doc})
		}
		items = append(items, it)
	}
	return items
}

func listMeasures() []listed {
	var items []listed
	for _, e := range templates.Reference().Measures {
		items = append(items, listed{Name: e.Name, Doc: e.Doc})
	}
	return items
}

// wrap breaks a text into lines of at most width characters.
func wrap(s string, width int) []string {
	var lines []string
	line := ""
	for _, w := range strings.Fields(s) {
		if line != "" && len(line)+1+len(w) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += w
	}
	return append(lines, line)
}

// roleType says in words what column a role takes.
func roleType(r plot.Role) string {
	words := "categories"
	if r.Number {
		words = "numbers"
	}
	if !r.Required {
		words += ", optional"
	}
	return words
}
