package study

import (
	"math/rand/v2"
	"slices"
	"strings"
)

// Orders in which options are shown.
var orders = []string{"fixed", "reversed", "random", "both", "all"}

// maxAll is the most options of which all orders are asked: 24 of them.
const maxAll = 4

// averaged says whether a question is asked in several orders, whose
// probabilities are averaged.
func (q *Question) averaged() bool { return q.Order == "both" || q.Order == "all" }

// stream returns the random stream of something that is named by texts. None of
// them is the place of a row, so that no draw depends on who else is in a file.
func (sc *script) stream(what string, draw int, names ...string) *rand.Rand {
	return sc.streams.At(what+"\x00"+strings.Join(names, "\x00"), uint64(draw))
}

// orderFor returns the order in which a respondent is shown the options of a
// question, nil for that of the declaration. A random one is drawn for each
// draw of each respondent, the same for every model and under every condition,
// as if each respondent had a questionnaire of their own. So is one of the orders
// that a question is averaged over, for a model that is asked it in words.
func (s *Session) orderFor(it *item) []int {
	switch it.Order {
	case "reversed":
		return reversed(len(it.options.levels))
	case "both": // averaged where there are probabilities
		if !it.elicit.weighs && s.script.stream("order of options", s.Draw, it.Name, s.Respondent).IntN(2) == 1 {
			return reversed(len(it.options.levels))
		}
		return nil
	case "all":
		if it.elicit.weighs {
			return nil
		}
		fallthrough
	case "random":
		return s.script.stream("order of options", s.Draw, it.Name, s.Respondent).Perm(len(it.options.levels))
	}
	return nil
}

func reversed(n int) []int {
	order := identity(n)
	slices.Reverse(order)
	return order
}

func identity(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	return order
}

// allOrders returns the orders that a question is averaged over: as declared and
// reversed, or all in lexical order. It returns nil where one order is asked.
func (q *Question) allOrders(n int) [][]int {
	switch q.Order {
	case "both":
		return [][]int{identity(n), reversed(n)}
	case "all":
		return permutations(n)
	}
	return nil
}

// permutations returns the orders of n options in lexical order.
func permutations(n int) [][]int {
	if n == 0 {
		return [][]int{{}}
	}
	var all [][]int
	for _, shorter := range permutations(n - 1) { // of the options behind the first
		for first := range n {
			p := []int{first}
			for _, k := range shorter {
				if k >= first {
					k++
				}
				p = append(p, k)
			}
			all = append(all, p)
		}
	}
	slices.SortFunc(all, slices.Compare)
	return all
}
