package scrutin

import (
	"slices"
	"strings"

	"isoloir/scrutin/note"
)

// DecidedAt is what the act mix adopts after the mixes, of a record with these files: where members and citizens decide
// together, all minutes of votes on paper, in ascending order of their paths, and what the members have decided alone on
// each question. So both stand before anything is opened (docs/protocol.md, sections 3.4 and 11.1).
func (m *Manifest) DecidedAt(paths []string) (decided []string) {
	if !m.Weight.IsMixed() {
		return nil
	}
	for _, p := range paths {
		name, paper := strings.CutPrefix(p, "paper/")
		if name, paper = strings.CutSuffix(name, ".note"); paper && note.ValidName(name) && p == "paper/"+name+".note" {
			decided = append(decided, p)
		}
	}
	slices.Sort(decided)
	decided = slices.Compact(decided)
	for _, q := range m.Questions {
		decided = append(decided, "mixte/"+q.ID+"/provisional.note")
	}
	return decided
}

// decided is what an act mix adopts after the mixes, by the minutes that it names.
func (m *Manifest) decided(b *ActBody) []string {
	paths := make([]string, len(b.Adopts))
	for i, a := range b.Adopts {
		paths[i] = a.Path
	}
	return m.DecidedAt(paths)
}
