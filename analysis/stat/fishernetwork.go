package stat

import (
	"math"
	"slices"
)

// fisherNetwork sums the probabilities of tables with given margins, column by
// column. A node is what is left of the row sums, in ascending order, after some
// columns; an arc fills one more column with x, of length
// log(c!/Πxᵢ!). All paths to the end weigh n!/Πrᵢ! together, and a table's
// probability is the exponential of its path's length over that.
type fisherNetwork struct {
	cols    []int // sums, in the order they are filled
	lf      []float64
	limit   float64 // length of the observed table's path, with R's tolerance
	columns []map[string]*fisherNode
	steps   int // fillings tried
}

// fisherNode is what is left of the row sums at one column.
type fisherNode struct {
	left     []int
	column   int
	total    float64        // log of the sum over all paths to the end
	longest  float64        // a length that no path to the end is above
	shortest float64        // a length that no path to the end is below
	past     [][]fisherPast // paths that come here: runs ascending in length, each less than half of the one before
}

// fisherPast is a number of paths of one length.
type fisherPast struct{ length, ways float64 }

func newFisherNetwork(t [][]int) *fisherNetwork {
	rows, cols := make([]int, len(t)), make([]int, len(t[0]))
	n := 0
	for i, row := range t {
		for j, v := range row {
			rows[i] += v
			cols[j] += v
			n += v
		}
	}
	w := &fisherNetwork{lf: make([]float64, n+1)}
	for k := 2; k <= n; k++ {
		w.lf[k] = w.lf[k-1] + math.Log(float64(k))
	}
	for _, c := range cols {
		w.limit += w.lf[c]
	}
	for _, row := range t {
		for _, v := range row {
			w.limit -= w.lf[v]
		}
	}
	w.limit += 3.45254e-7 // FEXACT's tolerance
	if len(rows) > len(cols) {
		// The nodes are of the shorter side; the path's length changes by a constant.
		for _, c := range cols {
			w.limit -= w.lf[c]
		}
		for _, r := range rows {
			w.limit += w.lf[r]
		}
		rows, cols = cols, rows
	}
	slices.Sort(rows)
	slices.Sort(cols)
	slices.Reverse(cols)
	w.cols = cols
	w.columns = make([]map[string]*fisherNode, len(cols)+1)
	for j := range w.columns {
		w.columns[j] = map[string]*fisherNode{}
	}
	w.node(0, rows).past = [][]fisherPast{{{0, 1}}}
	return w
}

// run returns p, NaN when it would take too long.
func (w *fisherNetwork) run() float64 {
	var start *fisherNode
	for _, n := range w.columns[0] {
		start = n
	}
	if w.tooLarge(start) {
		return nan
	}
	p := 0.0
	for layer := []*fisherNode{start}; len(layer) > 0 && w.steps <= fisherSteps; {
		var next []*fisherNode
		for _, n := range layer {
			open := n.arrived()
			if n.column == len(w.cols)-2 {
				p += w.finish(n, open, start.total)
				continue
			}
			upTo := summed(open)
			w.fill(n, func(length float64, rest []int) {
				to := w.node(n.column+1, rest)
				in, out := w.decided(open, length+to.longest), w.decided(open, length+to.shortest)
				p += upTo[in] * math.Exp(open[0].length+length+to.total-start.total)
				if in == out {
					return
				}
				if to.past == nil {
					next = append(next, to)
				}
				to.arrive(open[in:out], length)
				w.steps += (out - in) / 8
			})
		}
		layer = next
	}
	if w.steps > fisherSteps {
		return nan
	}
	return min(1, p)
}

// finish returns the probability of the tables below the limit that continue
// open, ascending in length, by the last two columns.
func (w *fisherNetwork) finish(n *fisherNode, open []fisherPast, whole float64) float64 {
	upTo := summed(open)
	p, last := 0.0, w.lf[w.cols[n.column+1]]
	w.fill(n, func(length float64, rest []int) {
		length += last
		for _, v := range rest {
			length -= w.lf[v]
		}
		p += upTo[w.decided(open, length)] * math.Exp(open[0].length+length-whole)
	})
	return p
}

// decided returns how many of the paths, ascending in length, are within the
// limit when they go on by length.
func (w *fisherNetwork) decided(open []fisherPast, length float64) int {
	lo, hi := 0, len(open)
	for lo < hi {
		m := (lo + hi) / 2
		if open[m].length+length <= w.limit {
			lo = m + 1
		} else {
			hi = m
		}
	}
	return lo
}

// summed returns the weights of the first k paths, relative to the length of
// the first, for every k.
func summed(open []fisherPast) []float64 {
	s := make([]float64, len(open)+1)
	for i, past := range open {
		s[i+1] = s[i] + past.ways*math.Exp(past.length-open[0].length)
	}
	return s
}

// tooLarge says whether the fillings of the first two columns alone, which are
// tried one after the other unless they are the last, exceed what may be done.
func (w *fisherNetwork) tooLarge(start *fisherNode) bool {
	fillings := func(c int) float64 {
		ways := make([]float64, c+1) // of the rows so far, by what they hold
		ways[0] = 1
		for _, r := range start.left {
			next := make([]float64, c+1)
			sum := 0.0
			for s := range next {
				sum += ways[s]
				if s > r {
					sum -= ways[s-r-1]
				}
				next[s] = sum
			}
			ways = next
		}
		return ways[c]
	}
	tries := fillings(w.cols[0])
	if len(w.cols) > 3 {
		same := 1.0 // orders of the rows that are one node
		for k := range start.left {
			same *= float64(k + 1)
		}
		tries *= fillings(w.cols[1]) / same / same
	}
	return tries > fisherSteps
}

// arrive adds paths, ascending in length, that went on by length.
func (n *fisherNode) arrive(paths []fisherPast, length float64) {
	run := make([]fisherPast, len(paths))
	for i, p := range paths {
		run[i] = fisherPast{p.length + length, p.ways}
	}
	for k := len(n.past) - 1; k >= 0 && len(n.past[k]) < 2*len(run); k-- {
		run = merged(n.past[k], run)
		n.past = n.past[:k]
	}
	n.past = append(n.past, run)
}

// arrived returns all paths, ascending in length, and forgets them.
func (n *fisherNode) arrived() []fisherPast {
	var all []fisherPast
	for k := len(n.past) - 1; k >= 0; k-- {
		all = merged(all, n.past[k])
	}
	n.past = nil
	return all
}

// merged joins two ascending runs, and paths of equal length up to rounding.
func merged(a, b []fisherPast) []fisherPast {
	c := make([]fisherPast, 0, len(a)+len(b))
	for len(a) > 0 || len(b) > 0 {
		var p fisherPast
		if len(b) == 0 || len(a) > 0 && a[0].length <= b[0].length {
			p, a = a[0], a[1:]
		} else {
			p, b = b[0], b[1:]
		}
		if k := len(c) - 1; k >= 0 && p.length-c[k].length < 1e-9 {
			c[k].ways += p.ways
			continue
		}
		c = append(c, p)
	}
	return c
}

// node returns the node of the given rest, which it sorts.
func (w *fisherNetwork) node(column int, left []int) *fisherNode {
	key := make([]byte, 0, 4*len(left))
	slices.Sort(left)
	for _, v := range left {
		key = append(key, byte(v), byte(v>>8), byte(v>>16), byte(v>>24))
	}
	if n, ok := w.columns[column][string(key)]; ok {
		return n
	}
	n := &fisherNode{left: slices.Clone(left), column: column}
	m := 0
	for _, v := range left {
		m += v
		n.total -= w.lf[v]
	}
	n.total += w.lf[m]
	w.bounds(n)
	w.columns[column][string(key)] = n
	return n
}

// bounds finds lengths that no path from a node to the end is above, or below.
func (w *fisherNetwork) bounds(n *fisherNode) {
	if len(w.cols)-n.column == 2 {
		n.longest, n.shortest = w.longestPair(n), w.shortestPair(n)
		return
	}
	cols := w.cols[n.column:]
	n.longest = w.longestBound(n.left, cols)
	// A column holds most when it is filled from the largest row on, and so does
	// a row: neither can be had everywhere at once.
	byColumn, byRow := 0.0, 0.0
	for _, c := range cols {
		byColumn += w.packed(c, n.left)
	}
	ascending := slices.Clone(cols)
	slices.Sort(ascending)
	for _, r := range n.left {
		byRow += w.packed(r, ascending)
	}
	n.shortest = w.columnFactorials(cols) - min(byColumn, byRow)
}

func (w *fisherNetwork) columnFactorials(cols []int) float64 {
	s := 0.0
	for _, c := range cols {
		s += w.lf[c]
	}
	return s
}

// packed returns the largest Σ log x! of x that sum to c with x at most room,
// which is in ascending order.
func (w *fisherNetwork) packed(c int, room []int) float64 {
	s := 0.0
	for i := len(room) - 1; i >= 0 && c > 0; i-- {
		x := min(c, room[i])
		s += w.lf[x]
		c -= x
	}
	return s
}

// longestBound bounds the longest path by Lagrange's multipliers: for any u and
// v, Σ log xᵢⱼ! is at least Σ uᵢrᵢ + Σ vⱼcⱼ + Σ min (log x! - (uᵢ+vⱼ)x). The
// multipliers log(rᵢ + C/2), log((cⱼ + R/2)/(m + RC/2)) are nearly the best,
// because d log x!/dx is nearly log(x + ½).
func (w *fisherNetwork) longestBound(rows, cols []int) float64 {
	m := 0
	for _, r := range rows {
		m += r
	}
	halfR, halfC := float64(len(rows))/2, float64(len(cols))/2
	all := float64(m) + 2*halfR*halfC
	least := 0.0
	for _, r := range rows {
		least += float64(r) * math.Log(float64(r)+halfC)
	}
	for _, c := range cols {
		v := (float64(c) + halfR) / all
		least += float64(c) * math.Log(v)
		for _, r := range rows {
			e := (float64(r) + halfC) * v
			x := min(int(e), r, c) // the smallest x with x + 1 ≥ e, or at it
			least += w.lf[x] - float64(x)*math.Log(e)
		}
	}
	return w.columnFactorials(cols) - least + 1e-9
}

// longestPair returns the longest path through the last two columns: the sum
// of log x! + log (r-x)! is convex in each x, so that exchanges of one between
// two rows lead to its minimum.
func (w *fisherNetwork) longestPair(n *fisherNode) float64 {
	c, d := w.cols[n.column], w.cols[n.column+1]
	x, sum := make([]int, len(n.left)), 0
	for i, r := range n.left {
		x[i] = r * c / (c + d)
		sum += x[i]
	}
	// up and down are what one more, or one less, in a row costs.
	up := func(i int) float64 {
		if x[i] == n.left[i] {
			return math.Inf(1)
		}
		return math.Log(float64(x[i]+1) / float64(n.left[i]-x[i]))
	}
	down := func(i int) float64 {
		if x[i] == 0 {
			return math.Inf(1)
		}
		return math.Log(float64(n.left[i]-x[i]+1) / float64(x[i]))
	}
	least := func(f func(int) float64) (at int, cost float64) {
		cost = math.Inf(1)
		for i := range x {
			if v := f(i); v < cost {
				at, cost = i, v
			}
		}
		return at, cost
	}
	for ; sum < c; sum++ {
		i, _ := least(up)
		x[i]++
	}
	for {
		i, more := least(up)
		j, less := least(down)
		if i == j || !(more+less < -1e-12) {
			break
		}
		x[i]++
		x[j]--
	}
	length := w.lf[c] + w.lf[d]
	for i, r := range n.left {
		length -= w.lf[x[i]] + w.lf[r-x[i]]
	}
	return length
}

// shortestPair returns the shortest path through the last two columns: the sum
// of log x! + log (r-x)! is largest at a corner, where all rows but one are
// empty or full. For more than ten rows it returns a length below the shortest.
func (w *fisherNetwork) shortestPair(n *fisherNode) float64 {
	c, d := w.cols[n.column], w.cols[n.column+1]
	k := len(n.left)
	full := w.lf[c] + w.lf[d]
	for _, r := range n.left {
		full -= w.lf[r]
	}
	if k > 10 {
		return full
	}
	shortest := math.Inf(1)
	for corner := range 1 << k {
		sum := 0
		for i, r := range n.left {
			if corner>>i&1 == 1 {
				sum += r
			}
		}
		for i, r := range n.left {
			if x := c - sum; corner>>i&1 == 0 && x >= 0 && x <= r {
				shortest = min(shortest, full+w.lf[r]-w.lf[x]-w.lf[r-x])
			}
		}
	}
	return shortest
}

// fill calls f with every way to fill the node's column.
func (w *fisherNetwork) fill(n *fisherNode, f func(length float64, rest []int)) {
	k := len(n.left)
	room := make([]int, k+1) // of the rows before i
	for i, v := range n.left {
		room[i+1] = room[i] + v
	}
	rest, sorted := make([]int, k), make([]int, k)
	var row func(i, c int, length float64)
	row = func(i, c int, length float64) {
		if w.steps > fisherSteps {
			return
		}
		if i < 0 {
			w.steps++
			copy(sorted, rest) // f may sort
			f(length, sorted)
			return
		}
		for x := max(0, c-room[i]); x <= min(c, n.left[i]); x++ {
			rest[i] = n.left[i] - x
			row(i-1, c-x, length-w.lf[x])
		}
	}
	row(k-1, w.cols[n.column], w.lf[w.cols[n.column]])
}
