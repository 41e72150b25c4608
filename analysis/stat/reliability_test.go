package stat

import "testing"

func TestAlphaOfVerbalAggressionIsThatOfMethod(t *testing.T) {
	// METHOD.md section 4, made with R 4.2.2.
	v := readVerbagg(t)
	rows := func(answers ...[][]int) [][]float64 {
		r := make([][]float64, len(v.do))
		for _, a := range answers {
			for i, row := range a {
				for _, c := range row {
					r[i] = append(r[i], float64(c))
				}
			}
		}
		return r
	}
	for _, c := range []struct {
		name  string
		rows  [][]float64
		alpha float64
	}{
		{"want", rows(v.want), 0.812951025},
		{"do", rows(v.do), 0.831300236},
		{"all 24", rows(v.want, v.do), 0.887605565},
	} {
		wantNear(t, "α of "+c.name, CronbachAlpha(c.rows, 0.95).Alpha, c.alpha, 1e-9)
	}
}
