package assemblee

import (
	"math/big"
	"math/rand/v2"

	"isoloir/mixte"
)

// Synthetic draws the ballots of citizens who do not exist: in each constituency this part of the electors, from 0 to 1,
// votes directly (rounded up or down by lot). The whole ballot leans to one side, each constituency its own way
// around that, and up to a tenth are blank. The same seed gives the same ballots.
func (d *Data) Synthetic(r mixte.Rules, rate *big.Rat, seed uint64) mixte.Groups {
	draw := rand.New(rand.NewPCG(seed, 17))
	g := mixte.Groups{Electorates: append([]mixte.Electorate(nil), d.Electorates...)}
	lean := 300 + draw.IntN(401) // for the whole ballot, in thousandths
	for _, e := range d.Electorates {
		part := new(big.Int).Mul(big.NewInt(int64(e.Represented)), rate.Num())
		whole, rest := part.QuoRem(part, rate.Denom(), new(big.Int))
		direct := int(whole.Int64())
		if draw.Int64N(rate.Denom().Int64()) < rest.Int64() {
			direct++
		}
		blank := draw.IntN(direct/10 + 1)
		pour := (direct - blank) * (lean - 200 + draw.IntN(401)) / 1000
		g.Take(r, mixte.Count{ID: e.ID, Parts: []mixte.Part{{Electorate: e.ID, Direct: direct}}, Options: []int{pour, direct - blank - pour}, Blank: blank})
	}
	return g
}
