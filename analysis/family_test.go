package analysis

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tested are four claims with differences and p-values: supported, supported,
// not supported, supported.
func tested(t *testing.T) ([]Claim, *Values) {
	r := &Result{Name: "a"}
	var claims []Claim
	for i, x := range []struct{ value, p float64 }{{1, .01}, {1, .03}, {-1, .04}, {1, .02}} {
		name := string(rune('w' + i))
		e := Number(Key{Source: name, Statistic: "gap"}, x.value)
		e.Lo, e.Hi, e.P = x.value-.5, x.value+.5, x.p
		r.Estimates = append(r.Estimates, e)
		claims = append(claims, Claim{Name: name, Family: "main", Decide: rule(t, "a."+name+".gap.lo > 0"), Reject: rule(t, "a."+name+".gap.hi < 0"), P: rule(t, "a."+name+".gap.p")})
	}
	return claims, NewValues([]*Result{r})
}

func TestBehindTheFirstUnsupportedClaimOfASequenceTheRestAreExploratory(t *testing.T) {
	claims, values := tested(t)
	var got []bool
	for _, v := range Decide(claims, []Family{{Name: "main", Method: Sequence}}, values) {
		got = append(got, v.Exploratory)
	}
	if d := cmp.Diff([]bool{false, false, false, true}, got); d != "" {
		t.Errorf("exploratory (-want +got):\n%s", d)
	}
}

// R: p.adjust(c(.01, .03, .04, .02), "holm") gives .04 .06 .06 .06, "BH" .04 .04 .04 .04.
func TestAdjustedPValuesDecideWithTheRule(t *testing.T) {
	for _, tt := range []struct {
		method   string
		alpha    float64
		adjusted []float64
		outcomes []string
	}{
		{Holm, .05, []float64{.04, .06, .06, .06}, []string{Supported, Inconclusive, NotSupported, Inconclusive}},
		{Holm, .10, []float64{.04, .06, .06, .06}, []string{Supported, Supported, NotSupported, Supported}},
		{BH, .05, []float64{.04, .04, .04, .04}, []string{Supported, Supported, NotSupported, Supported}},
	} {
		claims, values := tested(t)
		for i, v := range Decide(claims, []Family{{Name: "main", Method: tt.method, Alpha: tt.alpha}}, values) {
			if math.Abs(v.Adjusted-tt.adjusted[i]) > 1e-12 || v.Outcome != tt.outcomes[i] {
				t.Errorf("%s at %v: claim %d is %s with adjusted p %v, want %s with %v", tt.method, tt.alpha, i+1, v.Outcome, v.Adjusted, tt.outcomes[i], tt.adjusted[i])
			}
		}
	}
}

func TestAFamilyLeavesOtherClaimsAlone(t *testing.T) {
	claims, values := tested(t)
	claims[0].Family, claims[1].Family, claims[2].Family = "", "", "other"
	got := Decide(claims, []Family{{Name: "main", Method: Sequence}, {Name: "other", Method: Sequence}}, values)
	if got[3].Exploratory || got[3].Rank != 1 || got[0].Method != "" {
		t.Errorf("claims of other families and of none count: %+v", got)
	}
}

func TestAClaimWithoutANumberForItsPValueIsInconclusive(t *testing.T) {
	claims, values := tested(t)
	claims[0].P = rule(t, "a.w.gap.se")
	if v := Decide(claims, []Family{{Name: "main", Method: Holm, Alpha: .05}}, values)[0]; v.Outcome != Inconclusive || v.Note == "" {
		t.Errorf("without a p-value the claim is %q with the note %q, want it inconclusive with a reason", v.Outcome, v.Note)
	}
}
