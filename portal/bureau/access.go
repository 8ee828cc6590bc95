package bureau

import (
	"slices"

	"isoloir/scrutin"
)

// A right is what a page or a form asks of who comes. Rights follow from the role that
// the manifest gives a member, never from his name.
type right int

const (
	everybody right = iota // without a login
	seeing                 // every member: what was decided, told and found
	reading                // turnout and roll: the seats of the bureau, and nobody who runs the platform (S003-28-3)
	signing                // to state and sign; which statement is whose, the bureau's rules say
	proposing              // to propose an act: the seats of the bureau
	holding                // the ceremony and the opening: who holds a fragment
	reporting              // the expert's deposit
)

// may says whether a member has a right; nil is somebody without a login.
func (g right) may(m *scrutin.Manifest, who *scrutin.Member) bool {
	if g == everybody {
		return true
	}
	if who == nil {
		return false
	}
	seat := slices.Contains([]string{scrutin.President, scrutin.Assessor, scrutin.Secretary}, who.Role) && who.Class != scrutin.Operator
	switch g {
	case seeing:
		return true
	case reading, proposing:
		return seat
	case signing:
		return who.Class != scrutin.Operator
	case holding:
		return who.Class != scrutin.Operator && slices.ContainsFunc(m.Holders, func(h scrutin.Holder) bool { return h.Member == who.ID })
	case reporting:
		return who.Role == scrutin.Expert
	}
	return false
}
