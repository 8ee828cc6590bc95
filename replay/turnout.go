package replay

import (
	"math/rand/v2"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/scrutin"
	"isoloir/tally"
)

// A turnout is an elector who will vote, and how: the code of an option for each question, which only his device sees.
type turnout struct {
	urn     uint16
	elector uint32
	choices []group.Point
}

// drawTurnout attributes the choices of the results to electors and puts them in the order in which they come. Both follow the seed alone.
func (o Options) drawTurnout(m *scrutin.Manifest, f scrutin.Digest) []turnout {
	draw := rand.New(rand.NewPCG(o.Seed, 0x1501017))
	var all []turnout
	for u, result := range o.Votes {
		codes := optionCodes(m.QuestionsOf(result.ID)[0], f)
		order := draw.Perm(result.Electors)
		for _, c := range result.Choices {
			for range c.Ballots {
				code, valid := codes[c.Option]
				if !valid {
					code = group.Hash("isoloir/replay/nul", f[:]) // no option's code: it counts as nul
				}
				all = append(all, turnout{urn: uint16(u), elector: o.number(result, order[0]), choices: []group.Point{code}})
				order = order[1:]
			}
		}
	}
	draw.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// optionCodes are the codes of a question's options by the label of the results file.
func optionCodes(q *scrutin.Question, f scrutin.Digest) map[string]group.Point {
	codes := map[string]group.Point{tally.BlankLabel: elgamal.Option(f, q.ID, scrutin.Blank)}
	for _, o := range q.Options {
		codes[o.Label] = elgamal.Option(f, q.ID, o.ID)
	}
	return codes
}
