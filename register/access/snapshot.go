package access

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"isoloir/register"
)

// An Urn of a snapshot holds the accounts of one constituency, or of several together.
type Urn struct {
	ID             string
	Constituencies []string
}

// UrnAccounts are what a snapshot has for an urn, ascending by key.
type UrnAccounts struct {
	ID       string
	Accounts []Account
}

// A Candidate is an account that is used, as a snapshot finds it.
type Candidate struct {
	Account
	// Last is the group in which the last snapshot of its constituency showed it; empty for
	// none.
	Last string
}

// What a snapshot is refused for. Both are wrapped with the urn, and with no number.
var (
	// ErrFew says that an urn would have fewer accounts than hide each other.
	ErrFew = errors.New("too few accounts are used: let it be one urn with another constituency")
	// ErrNewcomers says that the snapshot, laid over the last one, would show a group of
	// newcomers that is too small.
	ErrNewcomers = errors.New("those who came since the last snapshot are too few to hide each other: wait until more have come, let it be one urn with another constituency, or let them vote from the next scrutin on")
	// ErrDivided says that it would show a few of an earlier urn apart from the others.
	ErrDivided = errors.New("accounts of one earlier urn would now be told apart, too few on one side: let their constituencies be one urn again")
)

// Snapshot takes the accounts that are used of the constituencies of urns. Each urn has at
// least k of them; and whoever lays the snapshot over earlier ones sees no group of fewer
// than k come, or divided from those among whom they stood: or else it is refused, and the
// register is as before. Newcomers who are too few in their urn are left out instead if
// later is true. Who leaves is seen, since an account that is suspended must not vote.
func Snapshot(ctx context.Context, store Store, urns []Urn, k int, later bool) ([]UrnAccounts, error) {
	out := make([]UrnAccounts, len(urns))
	of := map[string]int{}
	var constituencies []string
	for i, u := range urns {
		out[i].ID = u.ID
		for _, c := range u.Constituencies {
			if _, twice := of[c]; twice {
				return nil, fmt.Errorf("%w: constituency %s stands in two urns", register.ErrInvalid, c)
			}
			of[c] = i
			constituencies = append(constituencies, c)
		}
	}
	err := store.Snapshot(ctx, constituencies, func(used []Candidate, left map[string]int) (map[register.Number]string, error) {
		groups := make([]map[string][]Account, len(urns))
		for _, c := range used {
			at := of[c.Constituency]
			if groups[at] == nil {
				groups[at] = map[string][]Account{}
			}
			groups[at][c.Last] = append(groups[at][c.Last], c.Account)
		}
		taken := map[register.Number]string{}
		for i := range out {
			all, err := together(groups[i], left, k, later)
			if err != nil {
				return nil, fmt.Errorf("urn %s: %w", out[i].ID, err)
			}
			out[i].Accounts = all
			for _, a := range all {
				taken[a.Number] = out[i].ID
			}
		}
		return taken, nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// together puts the groups of an urn together, if each of them hides those who are in it.
func together(groups map[string][]Account, left map[string]int, k int, later bool) (all []Account, err error) {
	for _, last := range slices.Sorted(maps.Keys(groups)) {
		g := groups[last]
		few := len(g) < k
		switch {
		case few && last == "" && later:
			continue
		case few && last == "" && len(groups) > 1:
			return nil, ErrNewcomers
		case few && last != "" && len(g) < left[last]:
			return nil, ErrDivided
		}
		all = append(all, g...)
	}
	if len(all) < k {
		return nil, ErrFew
	}
	slices.SortFunc(all, func(a, b Account) int { return bytes.Compare(a.Key[:], b.Key[:]) })
	return all, nil
}
