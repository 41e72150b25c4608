package analysis

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"silico/analysis/expr"
)

func rule(t *testing.T, s string) *expr.Expr {
	t.Helper()
	e, err := expr.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestHypothesesAreSupportedRejectedOrInconclusive(t *testing.T) {
	est := Number(Key{Source: "tuned_79-base", Outcome: "do", Statistic: "js"}, -0.03)
	est.Lo, est.Hi = -0.05, -0.01
	values := NewValues([]*Result{{Name: "distance", Estimates: []Estimate{
		est,
		Number(Key{Source: "base", Statistic: "kappa"}, math.NaN()),
	}}})
	const contrast = "distance.'tuned_79-base'.do.js"
	tests := []struct{ name, decide, reject, want string }{
		{"the rule holds", contrast + ".hi < 0", contrast + ".lo >= 0", Supported},
		{"the rule of rejection holds", contrast + " > 0", contrast + ".hi < 0", NotSupported},
		{"neither holds", contrast + " > 0", contrast + ".lo > 0", Inconclusive},
		{"both hold", contrast + " < 0", contrast + ".hi < 0", Inconclusive},
		{"a value is NaN", "distance.base.kappa > 0 or " + contrast + " < 0", "", Inconclusive},
		{"a field was not computed", contrast + ".p < 0.05 or " + contrast + " < 0", "", Inconclusive},
		{"an address does not exist", "distance.base.kapa > 0", "", Inconclusive},
		{"no rule of rejection", contrast + " > 0", "", Inconclusive},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := Claim{Name: "h1", Decide: rule(t, tt.decide)}
			if tt.reject != "" {
				c.Reject = rule(t, tt.reject)
			}
			if got := Decide([]Claim{c}, nil, values)[0].Outcome; got != tt.want {
				t.Errorf("decide %q, reject %q: %s, want %s", tt.decide, tt.reject, got, tt.want)
			}
		})
	}
}

func TestVerdictsShowTheNumbersThatTheyRead(t *testing.T) {
	est := Number(Key{Source: "base", Statistic: "js"}, 0.2)
	est.Hi = 0.3
	values := NewValues([]*Result{{Name: "distance", Estimates: []Estimate{est}}})
	v := Decide([]Claim{{Decide: rule(t, "distance.base.js > 0.1 and distance.base.js.hi > 0.2 and distance.base.js < 1")}}, nil, values)[0]
	want := []Used{{"distance.base.js", 0.2}, {"distance.base.js.hi", 0.3}}
	if d := cmp.Diff(want, v.Values); d != "" {
		t.Errorf("values read (-want +got):\n%s", d)
	}
}

func TestAHypothesisMayWaitForAnother(t *testing.T) {
	values := NewValues([]*Result{{Name: "a", Estimates: []Estimate{Number(Key{Source: "base", Statistic: "js"}, 0.2)}}})
	got := Decide([]Claim{
		{Name: "h2", Decide: rule(t, "h1 == 'supported' and a.base.js > 0.1")},
		{Name: "h1", Decide: rule(t, "a.base.js > 0")},
		{Name: "c1", Decide: rule(t, "c2 == 'inconclusive'")},
		{Name: "c2", Decide: rule(t, "c1 == 'supported'")},
	}, nil, values)
	for i, want := range []string{Supported, Supported, Supported, Inconclusive} {
		if got[i].Outcome != want {
			t.Errorf("%s is %s, want %s", got[i].Name, got[i].Outcome, want)
		}
	}
}

func TestAddressesQuoteWhatIsNoPlainName(t *testing.T) {
	for _, tt := range []struct {
		key  Key
		want string
	}{
		{Key{Source: "people", Outcome: "do", Statistic: "entropy"}, "a.people.do.entropy"},
		{Key{Source: "people", Outcome: "do", Variable: "gender", Level: "M", Statistic: "js"}, "a.people.do.gender.M.js"},
		{Key{Source: "tuned-base", Term: "(Intercept)", Statistic: "coef"}, "a.'tuned-base'.'(Intercept)'.coef"},
		{Key{Level: "it's", Statistic: "1st"}, "a.'it''s'.'1st'"},
	} {
		if got := tt.key.Address("a"); got != tt.want {
			t.Errorf("address of %+v is %s, want %s", tt.key, got, tt.want)
		}
	}
}

func TestAnalysesRunBehindThoseTheyNeed(t *testing.T) {
	needs := map[string][]string{"recovered": {"model"}, "gap": {"elsewhere"}}
	got, err := Order([]string{"recovered", "gap", "model"}, func(n string) []string { return needs[n] })
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"model", "recovered", "gap"}, got); d != "" {
		t.Errorf("order (-want +got):\n%s", d)
	}
	if _, err := Order([]string{"a", "b"}, func(n string) []string { return map[string][]string{"a": {"b"}, "b": {"a"}}[n] }); err == nil {
		t.Error("a circle of needs is no error")
	}
}
