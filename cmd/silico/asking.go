package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"silico/internal/collect"
	"silico/internal/study"
	"silico/templates"
)

// asking are the flags of the commands that ask models.
type asking struct {
	Workers  int           `help:"Requests at a time to one server, at most; fewer when it is in trouble." default:"64" placeholder:"N"`
	Yes      bool          `short:"y" help:"Spend without asking."`
	Budget   budget        `help:"Stop before more is spent, such as 5usd." placeholder:"USD"`
	Timeout  time.Duration `help:"Give up a request after this time, and send it again." default:"2m" placeholder:"TIME"`
	Patience time.Duration `help:"Give up a server that has been down for so long." default:"5m" placeholder:"TIME"`
	Requests int           `name:"requests-per-minute" help:"Requests a minute to one server, at most." placeholder:"N"`
	Tokens   int           `name:"tokens-per-minute" help:"Tokens a minute to one server, at most." placeholder:"N"`
}

// choices are the flags as a run takes them.
func (a *asking) choices(prices study.Prices, say func(string)) collect.Asking {
	return collect.Asking{
		Workers: a.Workers, Timeout: a.Timeout, Patience: a.Patience, Budget: float64(a.Budget),
		Requests: a.Requests, Tokens: a.Tokens, Prices: prices, Say: say,
	}
}

// agree shows what a run is likely to take, and asks whether to spend it. A
// server on this machine costs nothing and needs no leave.
func (a *asking) agree(con *console, bill *collect.Bill) error {
	con.note("%s", bill)
	if a.Budget > 0 && len(bill.Unpriced) > 0 {
		return usage(fmt.Sprintf("the price of %s is not known, so a budget cannot be kept; write it into %s of the study", strings.Join(bill.Unpriced, ", "), study.PricesFile))
	}
	switch {
	case a.Yes || bill.Free:
		return nil
	case !con.asks:
		return usage("this may cost money; add --yes to go on")
	}
	return con.confirm("Ask now?")
}

// pricesOf returns what models cost, the study's own prices first.
func pricesOf(s *study.Study) (study.Prices, study.Problems) {
	shipped, problems := study.ReadPrices(templates.Prices, study.PricesFile)
	if problems != nil {
		panic("the shipped prices have problems:\n" + problems.Format())
	}
	return s.Prices(shipped)
}

// budget is an amount in USD.
type budget float64

// UnmarshalText reads "5usd", "$5" or "5".
func (b *budget) UnmarshalText(text []byte) error {
	s := strings.ToLower(strings.TrimSpace(string(text)))
	s = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(s, "$"), "usd"))
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || !(x > 0) {
		return fmt.Errorf("%q is no amount; write one such as 5usd", text)
	}
	*b = budget(x)
	return nil
}
