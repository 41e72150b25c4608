package frame

import "sync"

// holder holds a column of a frame. Of taken rows it is made when somebody first
// asks for it: a study has dozens of columns, of which an analysis reads a few.
type holder struct {
	name string
	once sync.Once
	of   *holder // whose rows are taken; nil when the column is there
	rows []int
	col  *Column
}

func (h *holder) column() *Column {
	h.once.Do(func() {
		if h.of != nil {
			h.col = h.of.column().Take(h.rows)
			h.of, h.rows = nil, nil
		}
	})
	return h.col
}
