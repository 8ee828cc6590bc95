package audittest

import (
	"bytes"
	"crypto/sha256"
	"slices"

	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/urn"
)

// An Uncast is a ballot of the first urn that was opened instead of cast.
type Uncast struct {
	Code      urn.Hash // zero unless it is contested
	Challenge urn.Challenge
}

// Open is the challenge of the ballot of a vote, and its code.
func (w *World) Open(v Vote) (c urn.Challenge, code urn.Hash) {
	b := w.Ballot(v)
	var places []uint16
	for _, place := range v.Options {
		places = append(places, uint16(place))
	}
	return urn.NewChallenge(b, places, v.Coins), sha256.Sum256(b)
}

// challenge opens as many ballots as the shape says, of which the first two are contested,
// rightly: one was made for another choice than the one that is opened, and one is a first
// ballot that names one before it.
func (w *World) challenge() {
	for i := range w.Challenges {
		v := w.NewVote(0, i)
		c, code := w.Open(v)
		switch i {
		case 0:
			c.Places[0] = (c.Places[0] + 1) % 2
			w.Uncast = append(w.Uncast, Uncast{code, c})
		case 1:
			b := w.Ballot(v)
			b[atPrevious] = 1
			w.Uncast = append(w.Uncast, Uncast{sha256.Sum256(b), urn.NewChallenge(b, c.Places, v.Coins)})
		default:
			w.Uncast = append(w.Uncast, Uncast{Challenge: c})
		}
	}
	w.ListChallenges(nil)
}

// atPrevious is where a ballot names the one before it.
const atPrevious = 71

// ListChallenges writes the challenges of the first urn, in the order of their names, and
// what the urn says of them, changed by edit unless it is nil.
func (w *World) ListChallenges(edit func(*scrutin.ChallengeStatement)) {
	slices.SortFunc(w.Uncast, func(a, b Uncast) int { return bytes.Compare(a.Challenge.Name[:], b.Challenge.Name[:]) })
	w.WriteChallenges(edit, "urn")
}

// WriteChallenges writes them in the order in which they are, under whose signature ever.
func (w *World) WriteChallenges(edit func(*scrutin.ChallengeStatement), signer string) {
	if len(w.Uncast) == 0 {
		return
	}
	name := w.Manifest.Urns[0].ID
	var list []byte
	s := &scrutin.ChallengeStatement{OpenHead: w.Head(), Urn: name, Challenges: len(w.Uncast)}
	for _, o := range w.Uncast {
		list = slices.Concat(list, o.Code[:], o.Challenge.Bytes())
		if o.Code != (urn.Hash{}) {
			s.Contested++
			s.Failed++
		}
	}
	if s.File = scrutin.DigestOf(list); edit != nil {
		edit(s)
	}
	w.Files[record.ChallengeList(name)] = list
	w.Sign(record.Challenges(name), s, signer)
}
