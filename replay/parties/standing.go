package parties

import (
	"strings"

	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// StandingOf is the standing manifest of the bureau, the holders and the clauses of m.
func StandingOf(m *scrutin.Manifest) *scrutin.Manifest {
	s := m.Scrutin
	s.ID, s.Title, s.Profile = "standing", "Bureau permanent", scrutin.StandingKey
	return &scrutin.Manifest{Record: m.Record, Organisation: m.Organisation, Scrutin: s, Bureau: m.Bureau, Holders: m.Holders, Clauses: m.Clauses, Protocol: m.Protocol}
}

// TakeUp puts the standing manifest of a record, its ceremony and its rehearsals, to the byte, where those of a scrutin that takes its key up lie.
func TakeUp(standing *record.Reader, out *record.Writer) error {
	paths, err := standing.List()
	if err != nil {
		return err
	}
	for _, path := range paths {
		to := path
		switch {
		case path == record.Manifest:
			to = record.Standing
		case !strings.HasPrefix(path, "ceremony/"):
			continue
		}
		data, err := standing.Read(path, note.MaxSize)
		if err != nil {
			return err
		}
		if err := out.Write(to, data); err != nil {
			return err
		}
	}
	return nil
}
