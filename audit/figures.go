package audit

import "sync"

// A figure is a kind of thing that the auditor counts while it checks, beside
// the number that the record says there are.
type figure int

const (
	figFiles figure = iota
	figSignatures
	figKeys
	figAnonymised
	figLeaves
	figBallots
	figMarks
	figMixed
	figShares
	figOpened
	figTimestamps
	figChallenges
	figureCount
)

var figureNames = [figureCount]string{
	figFiles:      "files hashed",
	figSignatures: "signatures of notes",
	figKeys:       "enrolled keys with proof",
	figAnonymised: "keys anonymised, each stage",
	figLeaves:     "leaves of the logs",
	figBallots:    "ballots with proof and signature",
	figMarks:      "marks with elector's signature",
	figMixed:      "ciphertexts mixed, each stage",
	figShares:     "valid shares with proof",
	figOpened:     "answers opened",
	figTimestamps: "timestamps with their chain",
	figChallenges: "ballots opened, and not cast",
}

// frenchFigures are the same for who reads French.
var frenchFigures = map[string]string{
	"files hashed":                     "fichiers comparés",
	"signatures of notes":              "signatures de relevés",
	"enrolled keys with proof":         "clés inscrites, avec preuve",
	"keys anonymised, each stage":      "clés anonymisées, par étape",
	"leaves of the logs":               "feuilles des journaux",
	"ballots with proof and signature": "bulletins, avec preuve et signature",
	"marks with elector's signature":   "émargements, avec signature",
	"ciphertexts mixed, each stage":    "chiffrés mélangés, par étape",
	"valid shares with proof":          "parts valables, avec preuve",
	"answers opened":                   "réponses ouvertes",
	"timestamps with their chain":      "horodatages, avec leur chaîne",
	"ballots opened, and not cast":     "bulletins ouverts, non déposés",
}

// Said is how the figure is called in a language.
func (f Figure) Said(lang Language) string {
	if french, known := frenchFigures[f.Name]; known && lang == French {
		return french
	}
	return f.Name
}

// figures counts. The two columns come from different places: checked grows
// where a proof or signature is verified, record from the statements.
type figures struct {
	mu      sync.Mutex
	checked [figureCount]int
	record  [figureCount]int
}

func (f *figures) add(k figure, n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.checked[k] += n
}

func (f *figures) expect(k figure, n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.record[k] += n
}

func (f *figures) list() []Figure {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := make([]Figure, figureCount)
	for k, name := range figureNames {
		list[k] = Figure{Name: name, Checked: f.checked[k], Record: f.record[k]}
	}
	return list
}
