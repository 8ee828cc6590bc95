package audit

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/mixte"
	"isoloir/record"
	"isoloir/scrutin"
)

// paperSize is the length of what who votes on paper shows: his account key, and the
// proof that it is his.
const paperSize = group.PointSize + sigma.KnowledgeSize

// paperVoter is an account that voted on paper, over the generator of its population.
type paperVoter struct {
	account [group.PointSize]byte
	minutes string
}

// listed are the paths of the files that the list of contents names.
func (v *verification) listed() (paths []string) {
	for _, f := range v.list.Files {
		paths = append(paths, f.Path)
	}
	return paths
}

// readMinutes reads the minutes of direct votes on paper, in the order of their names.
// Only a scrutin mixte has any.
func (v *verification) readMinutes() {
	if !v.m.Weight.IsMixed() {
		return
	}
	for _, path := range v.m.DecidedAt(v.listed()) {
		name, minutes := strings.CutPrefix(path, "paper/")
		if name = strings.TrimSuffix(name, ".note"); !minutes {
			continue
		}
		x, n := readNote[mixte.Minutes](v, 1601, "", path, v.m.BureauVerifiers()...)
		if x == nil {
			continue
		}
		v.enter(1601, "", v.m.AdoptedBy(n))
		v.sameFile(1601, "", record.PaperKeys(name), x.File)
		if err := x.Agree(v.m); err != nil || x.Minutes != name {
			v.refuse(1601, "", path, errors.Join(err, fmt.Errorf("these are the minutes %s of urn %s", x.Minutes, x.Urn)))
			continue
		}
		v.minutes = append(v.minutes, x)
		for _, u := range v.urns {
			if u.name() == x.Urn {
				u.minutes = append(u.minutes, x)
			}
		}
	}
}

// checkPaper reads who voted on paper instead of in an urn, while its accounts are at
// hand.
func (v *verification) checkPaper(u *urnState) {
	known := map[[group.PointSize]byte]*population{}
	if len(u.minutes) > 0 {
		for _, p := range u.populations {
			for key := range slices.Chunk(p.accounts, group.PointSize) {
				known[[group.PointSize]byte(key)] = p
			}
		}
	}
	var all []paperVoter
	for _, x := range u.minutes {
		all = append(all, v.paperVoters(u, x, known)...)
	}
	slices.SortStableFunc(all, func(a, b paperVoter) int { return bytes.Compare(a.account[:], b.account[:]) })
	for i, a := range all {
		if i > 0 && all[i-1].account == a.account {
			v.enter(1603, "", fmt.Errorf("the account %x voted on paper in %s and again in %s", a.account, all[i-1].minutes, a.minutes))
		}
		if u.cast[a.account] {
			v.enter(1603, "", fmt.Errorf("the account %x voted on paper in %s and has a ballot in the urn %s", a.account, a.minutes, u.name()))
		}
	}
}

// paperVoters verifies the keys that stand beside minutes.
func (v *verification) paperVoters(u *urnState, x *mixte.Minutes, known map[[group.PointSize]byte]*population) []paperVoter {
	path := record.PaperKeys(x.Minutes)
	data, err := v.read(path, int64(x.Voters)*paperSize)
	if err == nil && len(data) != x.Voters*paperSize {
		err = fmt.Errorf("%s: %d bytes for %d voters of %d bytes each", path, len(data), x.Voters, paperSize)
	}
	if err != nil {
		v.enter(1601, "", err)
		return nil
	}
	var voters []paperVoter
	var claims []sigma.Claim
	var proofs []sigma.Knowledge
	for entry := range slices.Chunk(data, paperSize) {
		voter := paperVoter{[group.PointSize]byte(entry), x.Minutes}
		number := len(voters) + 1
		if number > 1 && bytes.Compare(voters[number-2].account[:], entry[:group.PointSize]) >= 0 {
			v.refuse(1602, "", path, fmt.Errorf("voter %d does not come after the one before him", number))
		}
		voters = append(voters, voter)
		p := known[voter.account]
		if p == nil {
			v.refuse(1602, "", path, fmt.Errorf("voter %d: %x is no account key of the urn %s", number, voter.account, u.name()))
			continue
		}
		key, err := sigma.DecodeElement(voter.account[:])
		proof, broken := sigma.DecodeKnowledge(entry[group.PointSize:])
		if err = errors.Join(err, broken); err != nil {
			v.refuse(1602, "", path, fmt.Errorf("voter %d: %w", number, err))
			continue
		}
		claims, proofs = append(claims, sigma.Paper(v.context(v.o, u.name()), sigma.NewElement(p.base), key, x.Minutes)), append(proofs, proof)
	}
	if err := sigma.VerifyKnowledge(claims, proofs, v.workers()); err != nil {
		v.refuse(1602, "", path, err)
	}
	return voters
}

// counts are the ballots that the seal holds of each urn.
func (v *verification) counts() (found []scrutin.Finding) {
	for _, u := range v.urns {
		found = append(found, scrutin.Finding{Urn: u.name(), Marks: u.voters, Ballots: u.voters})
	}
	return found
}
