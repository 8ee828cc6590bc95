package scrutin

import (
	"cmp"
	"container/heap"
	"slices"
	"strings"
)

// A Cell is what is mixed and opened together: one urn, or urns of a merge list.
type Cell struct {
	Name    string // the urns' names in the manifest's order, joined by "+"
	Urns    []int  // their numbers, ascending
	Ballots int    // counted in them
}

// Small says whether the cell is opened only under an act that names it: it holds
// ballots, but fewer than k.
func (c Cell) Small(k int) bool { return c.Ballots > 0 && c.Ballots < k }

// Opens says whether a cell is mixed and opened: it holds ballots and, in a scrutin of
// accounts, k of them at least, unless an act allows it by name. A small one that no act
// names stays closed there; in other scrutins no act goes on without one.
func (m *Manifest) Opens(c Cell, allowed []string) bool {
	return c.Ballots > 0 && (m.Accounts() == nil || !c.Small(m.MinimumSize) || slices.Contains(allowed, c.Name))
}

// Cells divides the urns into cells, from the number of counted ballots in each
// urn by its number. Cells come in the order of their first urn, which numbers
// them from 1 in the paths of the export.
func (m *Manifest) Cells(counted []int) []Cell {
	if len(counted) != len(m.Urns) {
		panic("scrutin: one number of counted ballots is needed for each urn")
	}
	listed := make([]bool, len(m.Urns))
	var cells []*Cell
	for _, list := range m.MergeLists {
		var h smallest
		for _, id := range list.Urns {
			if u, ok := m.UrnNumber(id); ok && !listed[u] {
				listed[u] = true
				h = append(h, &Cell{Urns: []int{u}, Ballots: counted[u]})
			}
		}
		cells = append(cells, merge(h, m.MinimumSize)...)
	}
	for u := range m.Urns {
		if !listed[u] {
			cells = append(cells, &Cell{Urns: []int{u}, Ballots: counted[u]})
		}
	}
	out := make([]Cell, len(cells))
	for i, c := range cells {
		slices.Sort(c.Urns)
		names := make([]string, len(c.Urns))
		for j, u := range c.Urns {
			names[j] = m.Urns[u].ID
		}
		c.Name = strings.Join(names, "+")
		out[i] = *c
	}
	slices.SortFunc(out, func(a, b Cell) int { return cmp.Compare(a.Urns[0], b.Urns[0]) })
	return out
}

// merge joins the smallest cell with the second smallest until the smallest holds
// k ballots or is alone.
func merge(h smallest, k int) []*Cell {
	heap.Init(&h)
	for len(h) > 1 && h[0].Ballots < k {
		least := heap.Pop(&h).(*Cell)
		next := h[0]
		next.Ballots += least.Ballots
		next.Urns[0], least.Urns[0] = min(next.Urns[0], least.Urns[0]), max(next.Urns[0], least.Urns[0])
		next.Urns = append(next.Urns, least.Urns...)
		heap.Fix(&h, 0)
	}
	return h
}

// smallest orders cells by their ballots, then by their first urn, which is kept
// in front of the others.
type smallest []*Cell

func (h smallest) Len() int { return len(h) }
func (h smallest) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(h[i].Ballots, h[j].Ballots), cmp.Compare(h[i].Urns[0], h[j].Urns[0])) < 0
}
func (h smallest) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *smallest) Push(x any)   { *h = append(*h, x.(*Cell)) }
func (h *smallest) Pop() any {
	last := len(*h) - 1
	c := (*h)[last]
	*h = (*h)[:last]
	return c
}
