package deciding_test

import (
	"errors"
	"testing"

	"isoloir/audit/audittest"
	"isoloir/mixte"
	"isoloir/record"
	"isoloir/trustee"
)

// TestHolderOpensNothingElse: where votes on paper, or a member's, are not those that the bureau adopted with the mixes, a holder's device goes no
// further.
func TestHolderOpensNothingElse(t *testing.T) {
	w := world(t).Advance(audittest.Mixed)
	away := w.Abstainers(0)
	w.WritePaper("salle-1", 0, [][]byte{w.PaperKey(0, away[0], "salle-1")}, nil)
	w.Advance(audittest.Shared)
	for name, c := range map[string]struct {
		edit func(w *audittest.World)
		want error
	}{
		"as adopted": {func(*audittest.World) {}, nil},
		"minutes taken away": {func(w *audittest.World) {
			delete(w.Files, record.Paper("salle-1"))
			delete(w.Files, record.PaperKeys("salle-1"))
		}, trustee.ErrDecided},
		"minutes added": {func(w *audittest.World) {
			w.WritePaper("salle-2", 0, [][]byte{w.PaperKey(0, away[1], "salle-2")}, nil)
		}, trustee.ErrDecided},
		"a member who voted otherwise": {func(w *audittest.World) {
			w.EditMixte = func(s *mixte.Statement) { s.Members[0].Position = mixte.Absent }
			w.Decide()
		}, trustee.ErrDecided},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.Clone()
			c.edit(w)
			dir := t.TempDir() + "/record"
			if err := w.Write(dir); err != nil {
				t.Fatal(err)
			}
			r, err := record.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if _, err := trustee.ReadMixed(r, trustee.Options{}); !errors.Is(err, c.want) {
				t.Errorf("%v, not %v", err, c.want)
			}
		})
	}
}
