package study

import (
	"errors"
	"io/fs"
	"net/url"
	"path/filepath"
	"regexp"
)

// PricesFile is the name of the file with a study's own prices.
const PricesFile = "prices.toml"

// Price is what a model costs, in USD for a million tokens.
type Price struct {
	Input  float64
	Cached float64 // of the input, what the server had in its cache
	Output float64
	Batch  float64 // share of the price that a batch costs
	Date   string  // of the page that says so
	Source string
}

// Prices are what models cost, by where they are asked and their names.
type Prices map[string]map[string]Price

// specPrice is [WHERE.MODEL] of prices.toml: what a model costs, in USD for a
// million tokens. WHERE is the provider, or the host of an endpoint.
type specPrice struct {
	// Of the tokens that are sent. Required.
	Input *float64 `toml:"input"`
	// Of those that the server had in its cache. Default: as input.
	Cached *float64 `toml:"cached"`
	// Of the tokens of the reply, reasoning included. Required.
	Output *float64 `toml:"output"`
	// Share of these prices that a batch costs. Default 1.
	Batch *float64 `toml:"batch"`
	// When the price was true.
	Date string `toml:"date"`
	// Where it stands.
	Source string `toml:"source"`
}

// ReadPrices reads a table of prices; file is its name in problems.
func ReadPrices(text, file string) (Prices, Problems) {
	d := parse(file, text, 1)
	if d.root == nil {
		return nil, d.problems.sorted()
	}
	prices := make(Prices)
	for _, where := range d.children(nil, d.root) {
		models := tableOf(d.root[where])
		if models == nil {
			d.at([]string{where}, "%q must be a table: [%s.\"MODEL\"]", where, where)
		}
		prices[where] = make(map[string]Price)
		for _, name := range d.children([]string{where}, models) {
			table := tableOf(models[name])
			s := &section{doc: d, path: []string{where, name}, table: table}
			if table == nil {
				d.at(s.path, "%q must be a table with input and output, in USD for a million tokens", name)
				continue
			}
			prices[where][name] = s.price()
		}
	}
	return prices, d.problems.sorted()
}

func (s *section) price() Price {
	var spec specPrice
	s.decode(&spec)
	p := Price{Batch: 1, Date: spec.Date, Source: spec.Source}
	for _, of := range []struct {
		key  string
		from *float64
		to   *float64
	}{{"input", spec.Input, &p.Input}, {"output", spec.Output, &p.Output}, {"cached", spec.Cached, &p.Cached}, {"batch", spec.Batch, &p.Batch}} {
		switch {
		case of.from != nil && *of.from < 0:
			s.doc.value(s.where(of.key), "a price is not negative")
		case of.from != nil:
			*of.to = *of.from
		case of.key == "cached":
			p.Cached = p.Input
		case of.key != "batch":
			s.doc.at(s.path, "%s is missing: USD for a million tokens", of.key)
		}
	}
	if spec.Cached == nil {
		p.Cached = p.Input
	}
	return p
}

// Prices returns the given prices with those of the study's own file in their
// place, where it has one.
func (s *Study) Prices(shipped Prices) (Prices, Problems) {
	all := make(Prices)
	take := func(from Prices) {
		for where, models := range from {
			if all[where] == nil {
				all[where] = make(map[string]Price)
			}
			for name, p := range models {
				all[where][name] = p
			}
		}
	}
	take(shipped)
	text, _, err := s.ReadFile(PricesFile)
	if errors.Is(err, fs.ErrNotExist) {
		return all, nil
	}
	file := filepath.ToSlash(filepath.Join(s.Dir, PricesFile))
	if err != nil {
		return all, Problems{{File: file, Msg: err.Error()}}
	}
	own, problems := ReadPrices(string(text), file)
	take(own)
	return all, problems
}

// InBatches returns what models cost that are asked by batches.
func (ps Prices) InBatches() Prices {
	all := make(Prices, len(ps))
	for where, models := range ps {
		all[where] = make(map[string]Price, len(models))
		for name, p := range models {
			p.Input, p.Cached, p.Output, p.Batch = p.Batch*p.Input, p.Batch*p.Cached, p.Batch*p.Output, 1
			all[where][name] = p
		}
	}
	return all
}

// dated matches what tells the versions of a model apart in its name.
var dated = regexp.MustCompile(`-(\d{4}-\d{2}-\d{2}|\d{8}|latest)$`)

// Of returns what a model costs where it is asked. A model on this machine
// costs nothing.
func (ps Prices) Of(m *Model) (Price, bool) {
	if m.Local() {
		return Price{Batch: 1}, true
	}
	where := []string{m.Provider}
	if u, err := url.Parse(m.Endpoint); m.Endpoint != "" && err == nil {
		where = []string{u.Host, u.Hostname()}
	}
	for _, w := range where {
		for _, name := range []string{m.Model, dated.ReplaceAllString(m.Model, "")} {
			if p, ok := ps[w][name]; ok {
				return p, true
			}
		}
	}
	return Price{}, false
}
