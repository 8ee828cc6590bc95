// Package cards makes the cards of a distribution, on a machine without a network
// (docs/accounts.md, section 3): what is printed for a station's box, what whoever counts
// is given, and what the register is told.
//
// What it promises: numbers, tokens and codes come from the system's generator; the order
// of a box is random; what the register is told has neither a code nor a token, and
// nothing of either is kept once a box is printed. A card that is printed opens with the
// register's key, or the run fails.
package cards

import (
	"fmt"
	"math/rand/v2"
	"slices"

	crand "crypto/rand"

	"isoloir/account"
	"isoloir/crypto/group"
	"isoloir/parallel"
	"isoloir/register"
	"isoloir/register/access"
	"isoloir/scrutin"
)

// A Print is a card as it is printed.
type Print struct {
	Number  register.Number
	Sealed  register.Sealed
	Scratch account.Code
}

// A Box is what one station is given.
type Box struct {
	Station      register.Station
	Constituency string // its label
	Prints       []Print
}

// A Run is one making of the cards of a distribution.
type Run struct {
	Register     *register.Register
	Rho          scrutin.Digest
	Distribution *register.Distribution
	Workers      int

	drawn map[register.Number]bool
}

// Draw makes the box of a station: its prints, in a random order, and its cards for the
// register, in that of the numbers. It computes argon2id for each card, at the register's
// cost.
func (r *Run) Draw(station register.Station) (Box, []register.Card, error) {
	activation, err := r.Register.ActivationKey()
	if err != nil {
		return Box{}, nil, err
	}
	if r.drawn == nil {
		r.drawn = map[register.Number]bool{}
	}
	box := Box{Station: station, Prints: make([]Print, station.Cards)}
	for _, c := range r.Register.Constituencies {
		if c.ID == station.Constituency {
			box.Constituency = c.Label
		}
	}
	cards := make([]register.Card, station.Cards)
	for i := range cards {
		number := register.DrawNumber()
		for r.drawn[number] {
			number = register.DrawNumber()
		}
		r.drawn[number] = true
		box.Prints[i].Number, cards[i].Number = number, number
	}
	failed := make([]error, len(cards))
	parallel.Each(len(cards), r.Workers, func(i int) {
		p, c := &box.Prints[i], &cards[i]
		token := register.DrawToken()
		p.Scratch = account.NewCode(r.Register.Codes)
		login := access.FromScratch(r.Register.Codes, r.Rho, p.Number, p.Scratch).Login
		c.Constituency, c.Station, c.Token, c.Login = station.Constituency, station.ID, token.Hash(), scrutin.PointOf(group.MulBase(login))
		p.Sealed, failed[i] = token.Seal(r.Rho, activation)
	})
	for _, err := range failed {
		if err != nil {
			return Box{}, nil, fmt.Errorf("station %s: %w", station.ID, err)
		}
	}
	var seed [32]byte
	crand.Read(seed[:])
	rand.New(rand.NewChaCha8(seed)).Shuffle(len(box.Prints), func(i, j int) { box.Prints[i], box.Prints[j] = box.Prints[j], box.Prints[i] })
	slices.SortFunc(cards, func(a, b register.Card) int { return int(int64(a.Number) - int64(b.Number)) })
	return box, cards, nil
}
