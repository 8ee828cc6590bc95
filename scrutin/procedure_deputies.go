package scrutin

import (
	"slices"
	"strings"
)

// Paths under which the act seal adopts the lists of deputies, and what urns say of opened ballots.
const (
	deputiesDir   = "deputies/"
	challengesDir = "challenges/"
)

// withdraw requires deputies of roll or urn, none again, and a reason.
func (p *Procedure) withdraw(b *ActBody) error {
	if len(b.Adopts) == 0 || b.Reason == "" {
		return lack(RuleBody, "it withdraws no deputy, or gives no reason")
	}
	for i, a := range b.Adopts {
		if !isWithdrawalPath(a.Path) || strings.HasPrefix(a.Path, "withdrawn/"+RoleRoll+"/") && p.manifest.Accounts() != nil || i > 0 && a.Path <= b.Adopts[i-1].Path || adoptsPath(p.Withdrawals, a.Path) {
			return lack(RuleBody, "%s is no withdrawal of a deputy, was adopted before, or is not in ascending order", a.Path)
		}
	}
	p.Withdrawals = slices.Concat(p.Withdrawals, b.Adopts)
	return nil
}

// Withdrawn says whether an act has withdrawn a deputy.
func (p *Procedure) Withdrawn(role string, key [32]byte) bool {
	return len(p.Withdrawals) > 0 && adoptsPath(p.Withdrawals, withdrawalPath(role, key))
}

// deputyLists are the paths of the lists that a body adopts, of roles that there are.
func (p *Procedure) deputyLists(b *ActBody) (paths []string) {
	for _, role := range []string{RoleRoll, RoleUrn} {
		if role == RoleRoll && p.manifest.Accounts() != nil {
			continue
		}
		if adoptsPath(b.Adopts, deputiesDir+role) {
			paths = append(paths, deputiesDir+role)
		}
	}
	return paths
}

// challenges are the paths of what urns say of ballots that were opened instead of cast, as far as a body adopts it.
func (p *Procedure) challenges(b *ActBody) (paths []string) {
	for _, u := range p.manifest.Urns {
		if path := challengesDir + u.ID + ".note"; adoptsPath(b.Adopts, path) {
			paths = append(paths, path)
		}
	}
	return paths
}

func adoptsPath(all []Adopted, path string) bool {
	return slices.ContainsFunc(all, func(a Adopted) bool { return a.Path == path })
}
