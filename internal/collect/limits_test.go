package collect

import (
	"testing"

	"silico/internal/study"
)

func TestTheNarrowestLimitHolds(t *testing.T) {
	r := NewRun(&Survey{study: new(study.Study)}, nil, Asking{Workers: 64, Requests: 100})
	model := func(m study.Model) *askedModel { return &askedModel{Owing: &Owing{Model: &m}} }
	e := newEndpoint(r, "here", []*askedModel{model(study.Model{Workers: 2}), model(study.Model{RequestsPerMinute: 500, TokensPerMinute: 9000})})
	if e.gate.most != 2 || e.requests.perMinute != 100 || e.tokens.perMinute != 9000 {
		t.Errorf("the limits are %v workers, %d requests and %d tokens a minute, want 2, 100 and 9000", e.gate.most, e.requests.perMinute, e.tokens.perMinute)
	}
}
