package stat

import (
	"context"
	"math"
	"testing"
)

func TestTheExpectedDivergenceOfExchangedRespondentsIsTheMeanOverPermutations(t *testing.T) {
	// R 4.2.2: a <- c(0,3,5,2); b <- c(4,1,6,9); d <- function(p,q) { f <- function(p,s) ifelse(p>0, p*log2(2*p/s), 0); (f(p,p+q)+f(q,p+q))/2 }
	// m <- a+b; sum(sapply(m, function(m) { x <- max(0,m-20):min(m,10); sum(dhyper(x, m, 30-m, 10) * d(x/10,(m-x)/20)) }))
	a, b := []float64{0, 3, 5, 2}, []float64{4, 1, 6, 9}
	const want = 0.09933781230587618
	got := ExchangedJS(a, b)
	if math.Abs(got-want) > 1e-12 {
		t.Errorf("ExchangedJS = %.15g, want %.15g (R 4.2.2 dhyper)", got, want)
	}
	pa, pb := NewPanel(30, 1, 4), NewPanel(30, 1, 4)
	person := 0
	for c := range a {
		for range int(a[c]) {
			pa.Add(person, 0, c, 1)
			person++
		}
		for range int(b[c]) {
			pb.Add(person, 0, c, 1)
			person++
		}
	}
	items, _, err := PermutationBias(context.Background(), Resampling{Streams: NewStreams(1), Name: "x", B: 20000, Workers: 2}, pa, pb)
	if err != nil || math.Abs(items[0]-got) > .001 { // standard error .0003
		t.Errorf("mean over 20,000 permutations = %v (%v), want about %v", items[0], err, got)
	}
}

func TestTheExpectedDivergenceOfExchangedRespondentsAtItsEdges(t *testing.T) {
	if got := ExchangedJS([]float64{3, 0}, []float64{5, 0}); got != 0 {
		t.Errorf("one answer alone gives %v, want 0", got)
	}
	if got := ExchangedJS([]float64{0, 0}, []float64{5, 0}); !math.IsNaN(got) {
		t.Errorf("an empty sample gives %v, want NaN", got)
	}
	if got := ExchangedJS([]float64{1, 0}, []float64{0, 1}); got != 1 {
		t.Errorf("two respondents of two answers give %v, want 1", got)
	}
	// (k-1)/(8 ln 2) (1/n1 + 1/n2), the series to second order
	const n = 200_000
	want := 1 / (8 * math.Ln2) * 2 / n
	if got := ExchangedJS([]float64{n / 2, n / 2}, []float64{n / 2, n / 2}); math.Abs(got/want-1) > 1e-4 {
		t.Errorf("two samples of %d give %v, want %v of the series", n, got, want)
	}
}
