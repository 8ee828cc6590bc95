package scrutin_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"isoloir/scrutin"
)

// urnsOnly is as much of a manifest as Cells reads.
func urnsOnly(n, k int, lists ...[]int) *scrutin.Manifest {
	m := &scrutin.Manifest{MinimumSize: k}
	for i := range n {
		m.Urns = append(m.Urns, scrutin.Urn{ID: fmt.Sprintf("u%d", i)})
	}
	for _, l := range lists {
		var list scrutin.MergeList
		for _, u := range l {
			list.Urns = append(list.Urns, m.Urns[u].ID)
		}
		m.MergeLists = append(m.MergeLists, list)
	}
	return m
}

func TestCells(t *testing.T) {
	for _, c := range []struct {
		name    string
		m       *scrutin.Manifest
		counted []int
		want    string
	}{
		{"no list", urnsOnly(3, 10), []int{5, 0, 20}, "u0:5 u1:0 u2:20"},
		{"none small", urnsOnly(3, 10, []int{0, 1, 2}), []int{10, 11, 12}, "u0:10 u1:11 u2:12"},
		{"the two smallest", urnsOnly(3, 10, []int{0, 1, 2}), []int{50, 3, 20}, "u0:50 u1+u2:23"},
		{"chained", urnsOnly(4, 10, []int{0, 1, 2, 3}), []int{2, 3, 4, 50}, "u0+u1+u2+u3:59"},
		{"equal, by position", urnsOnly(4, 10, []int{0, 1, 2, 3}), []int{5, 5, 5, 5}, "u0+u1:10 u2+u3:10"},
		{"all together too few", urnsOnly(3, 10, []int{0, 1, 2}), []int{1, 2, 3}, "u0+u1+u2:6"},
		{"empty", urnsOnly(2, 10, []int{0, 1}), []int{0, 0}, "u0+u1:0"},
		{"two lists", urnsOnly(5, 10, []int{0, 4}, []int{1, 3}), []int{1, 1, 1, 20, 20}, "u0+u4:21 u1+u3:21 u2:1"},
		{"a cell takes the place of its first urn", urnsOnly(3, 10, []int{0, 1, 2}), []int{6, 30, 5}, "u0+u2:11 u1:30"},
		{"merged cells compare by first urn", urnsOnly(5, 6, []int{0, 1, 2, 3, 4}), []int{4, 3, 1, 4, 4}, "u0+u1+u2:8 u3+u4:8"},
	} {
		var got []string
		for _, cell := range c.m.Cells(c.counted) {
			got = append(got, fmt.Sprintf("%s:%d", cell.Name, cell.Ballots))
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: %s, expected %s", c.name, s, c.want)
		}
	}
}

// naive is the text of the specification, word by word.
func naive(m *scrutin.Manifest, counted []int) []scrutin.Cell {
	order := func(a, b scrutin.Cell) int {
		if a.Ballots != b.Ballots {
			return a.Ballots - b.Ballots
		}
		return a.Urns[0] - b.Urns[0]
	}
	var all []scrutin.Cell
	rest := map[int]bool{}
	for i := range m.Urns {
		rest[i] = true
	}
	for _, l := range m.MergeLists {
		var cells []scrutin.Cell
		for _, id := range l.Urns {
			n, _ := m.UrnNumber(id)
			delete(rest, n)
			cells = append(cells, scrutin.Cell{Urns: []int{n}, Ballots: counted[n]})
		}
		for {
			slices.SortFunc(cells, order)
			if len(cells) < 2 || cells[0].Ballots >= m.MinimumSize {
				break
			}
			joined := scrutin.Cell{Urns: append(slices.Clone(cells[0].Urns), cells[1].Urns...), Ballots: cells[0].Ballots + cells[1].Ballots}
			slices.Sort(joined.Urns)
			cells = append([]scrutin.Cell{joined}, cells[2:]...)
		}
		all = append(all, cells...)
	}
	for n := range rest {
		all = append(all, scrutin.Cell{Urns: []int{n}, Ballots: counted[n]})
	}
	slices.SortFunc(all, func(a, b scrutin.Cell) int { return a.Urns[0] - b.Urns[0] })
	for i := range all {
		var names []string
		for _, u := range all[i].Urns {
			names = append(names, m.Urns[u].ID)
		}
		all[i].Name = strings.Join(names, "+")
	}
	return all
}

func TestCellsProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, k := rapid.IntRange(1, 25).Draw(t, "urns"), rapid.IntRange(2, 30).Draw(t, "k")
		lists := make([][]int, rapid.IntRange(0, 3).Draw(t, "lists"))
		if len(lists) > 0 {
			for u := range n {
				if l := rapid.IntRange(-1, len(lists)-1).Draw(t, "list"); l >= 0 {
					lists[l] = append(lists[l], u)
				}
			}
		}
		m := urnsOnly(n, k, lists...)
		counted := rapid.SliceOfN(rapid.IntRange(0, 60), n, n).Draw(t, "counted")
		cells := m.Cells(counted)
		if !reflect.DeepEqual(cells, naive(m, counted)) {
			t.Fatalf("%v, the specification says %v", cells, naive(m, counted))
		}
		var seen []int
		ofList := map[int]int{} // cells of each list
		for _, c := range cells {
			seen = append(seen, c.Urns...)
			sum := 0
			for _, u := range c.Urns {
				sum += counted[u]
			}
			if sum != c.Ballots || !slices.IsSorted(c.Urns) || c.Small(k) != (sum > 0 && sum < k) {
				t.Fatalf("%+v", c)
			}
			for l, list := range lists {
				if slices.Contains(list, c.Urns[0]) {
					ofList[l]++
					if c.Ballots < k {
						ofList[l] += n // then it must be alone
					}
				}
			}
		}
		slices.Sort(seen)
		for i, u := range seen {
			if i != u {
				t.Fatalf("urns in cells: %v", seen)
			}
		}
		for l, sum := range ofList {
			if sum > n && sum != n+1 {
				t.Fatalf("list %d has a small cell beside others", l)
			}
		}
	})
}
