package plot

func init() {
	register(Kind{
		Name:  "forest",
		Doc:   "coefficients with their intervals, one panel a term, around zero and beside those of people",
		Roles: intervalRoles("term: a panel with an x axis of its own"),
		draw:  func(d *data, p *page) { drawIntervals(d, p, true) },
	})
}
