package analysis

// suit gives parameters what the verbal aggression frame has for them, and few
// draws.
func suit(p Params) {
	switch p := p.(type) {
	case *Divergence:
		p.By, p.Contrasts, p.Replicates, p.Floor = []string{"gender"}, []string{"near-middle"}, 100, 50
		p.Outcomes = []string{"want", "do", "want:do"}
	case *Coherence:
		p.By, p.Contrasts, p.Replicates, p.Floor = []string{"gender"}, []string{"near-middle"}, 100, 50
	case *Heterogeneity:
		p.By, p.Contrasts, p.Replicates, p.Floor = []string{"gender"}, []string{"near-middle"}, 100, 50
		p.Tuple = []string{"do > 'no'"}
	case *Score:
		p.By, p.Contrasts, p.Replicates, p.Floor = []string{"gender"}, []string{"near-middle"}, 100, 50
	case *PPI:
		p.Outcomes, p.Of, p.Splits = []string{"do", "do != 'no'"}, "regression", 20
	case *Alignment:
		p.Of, p.Contrasts = "divergence", []string{"near-middle"}
	case *Dose:
		p.Of, p.Metrics, p.Permutations = "divergence", []string{"do.js", "do.gender.M.js"}, 99
		p.Curves = map[string][]string{"taught": {"near", "middle"}}
	case *Ablation:
		p.Of, p.Pairs = []string{"divergence", "coherence", "score", "recovery"}, []string{"near-middle"}
	case *Regression:
		p.Family, p.Formula = "logit", "do_any ~ anger + gender + behaviour + blame"
	case *Recovery:
		p.Of, p.Splits, p.Replicates, p.Contrasts = "regression", 20, 100, []string{"near-middle"}
	}
}
