package collect

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"silico/analysis/expr"
	"silico/internal/study"
)

// Bill is what a run is likely to take.
type Bill struct {
	Lines    []BillLine
	Requests int
	Cost     float64  // USD, of the models whose price is known
	Unpriced []string // models whose price nobody knows
	Free     bool     // every model runs on this machine
}

// BillLine is what one model is likely to take.
type BillLine struct {
	Model   *study.Model
	Missing int // answers
	Need
	Price  study.Price
	Priced bool
	Cost   float64 // USD
}

// Only keeps the named models, all when there are no names.
func (v *Survey) Only(names []string) error {
	if len(names) == 0 {
		return nil
	}
	var known []string
	for _, o := range v.Models {
		known = append(known, o.Model.Name)
	}
	for _, name := range names {
		if slices.Contains(known, name) {
			continue
		}
		msg := fmt.Sprintf("the study asks no model %q", name)
		if hint := expr.Suggest(name, known); hint != "" {
			msg += fmt.Sprintf("; did you mean %q?", hint)
		}
		return fmt.Errorf("%s", msg)
	}
	v.Models = slices.DeleteFunc(v.Models, func(o *Owing) bool { return !slices.Contains(names, o.Model.Name) })
	return nil
}

// Bill estimates what it takes to ask for what is missing, for the first so
// many requests when limit is not 0.
func (v *Survey) Bill(prices study.Prices, limit int) *Bill {
	b := &Bill{Free: true}
	for _, o := range v.Models {
		if o.idle() {
			continue
		}
		l := BillLine{Model: o.Model, Missing: o.Missing(), Need: o.Need}
		if left := limit - b.Requests; limit > 0 && l.Requests > left {
			l.Need = l.Need.part(left)
		}
		l.Price, l.Priced = prices.Of(o.Model)
		l.Cost = cost(l.Price, l.Input, 0, l.Output)
		b.Requests += l.Requests
		b.Cost += l.Cost
		b.Free = b.Free && o.Model.Local()
		if !l.Priced {
			b.Unpriced = append(b.Unpriced, o.Model.Name)
		}
		b.Lines = append(b.Lines, l)
	}
	return b
}

// part returns what the first n requests need.
func (n Need) part(first int) Need {
	if n.Requests == 0 {
		return n
	}
	share := float64(first) / float64(n.Requests)
	return Need{first, int(share * float64(n.Input)), int(share * float64(n.Output))}
}

// String shows the bill as a table for people.
func (b *Bill) String() string {
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "answers\trequests\ttokens in\ttokens out\tUSD\t  model")
	for _, l := range b.Lines {
		price := "unknown"
		switch {
		case l.Model.Local():
			price = "free"
		case l.Priced:
			price = fmt.Sprintf("%.2f", l.Cost)
		}
		fmt.Fprintf(w, "%d\t%d\t%d\t%d\t%s\t  %s\n", l.Missing, l.Requests, l.Input, l.Output, price, l.Model.Name)
	}
	w.Flush()
	out.WriteString("\nabout " + count(b.Requests, "request"))
	if !b.Free {
		fmt.Fprintf(&out, " and %.2f USD", b.Cost)
	}
	out.WriteString("; tokens and prices are estimates")
	if len(b.Unpriced) > 0 {
		fmt.Fprintf(&out, ", and the price of %s is not known: %s of the study may say it", strings.Join(b.Unpriced, ", "), study.PricesFile)
	}
	for _, l := range b.Lines {
		if l.Priced && l.Price.Date != "" {
			fmt.Fprintf(&out, "\n%s: %g USD in, %g USD out for a million tokens on %s", l.Model.Name, l.Price.Input, l.Price.Output, l.Price.Date)
		}
	}
	return out.String()
}
