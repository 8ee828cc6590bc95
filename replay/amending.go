package replay

import (
	"context"
	"fmt"
	"strconv"

	"isoloir/replay/parties"
	"isoloir/roll"
	"isoloir/scrutin"
	"isoloir/urn"
)

// added is how many electors an amendment adds to an urn.
func (o Options) added(u UrnResult) int {
	if u.Electors >= 2*o.Late {
		return o.Late
	}
	return 0
}

// enrolled is how many electors of an urn the manifest has: where some are added later, there is one who is struck off then.
func (o Options) enrolled(u UrnResult) int {
	if added := o.added(u); added > 0 {
		return u.Electors - added + 1
	}
	return u.Electors
}

// struckOff is the number of whom the amendment strikes off in every urn that it changes; he does not vote.
const struckOff = 0

// number is that of the i-th of an urn's electors by the results.
func (o Options) number(u UrnResult, i int) uint32 {
	if o.added(u) > 0 && i >= struckOff {
		i++
	}
	return uint32(i)
}

// amend lets the bureau amend the roll, where the options say so.
func (r *run) amend(ctx context.Context) error {
	var c parties.Change
	for i, u := range r.opts.Votes {
		added := r.opts.added(u)
		if added == 0 {
			continue
		}
		for n := range added {
			number := r.Manifest.Urns[i].Electors + n
			c.Added = append(c.Added, roll.Elector{Urn: uint16(i), Number: uint32(number), Reference: fmt.Sprintf("%s/%d", u.ID, number), College: "electors",
				Country: "FR", Language: "fr", Channels: []string{"email", "sms"}, Born: "1980-01-01", Family: "ÉLECTEUR", Given: strconv.Itoa(number)})
		}
		c.Struck = append(c.Struck, roll.Place{Urn: uint16(i), Elector: struckOff})
	}
	if len(c.Struck) == 0 {
		return nil
	}
	accounts, err := r.Amend(ctx, r.services.Services, c, "electors entitled to vote since the opening, and others no longer", r.secrets.sink(r.Manifest))
	if err != nil {
		return err
	}
	r.services.late = make([]*urn.Rules, len(accounts))
	for i, a := range accounts {
		if a.Population.Keys == nil {
			continue
		}
		device := r.services.urnRules[i].Params
		device.Base, device.Accounts = a.Population.Generator, nil
		if r.services.late[i], err = urn.NewRules(device); err != nil {
			return err
		}
	}
	return nil
}

// rulesOf are the urn's rules as an elector's device has them.
func (s *services) rulesOf(m *scrutin.Manifest, v turnout) *urn.Rules {
	if int(v.elector) >= m.Urns[v.urn].Electors {
		return s.late[v.urn]
	}
	return s.urnRules[v.urn]
}
