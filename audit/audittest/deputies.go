package audittest

import (
	"maps"
	"slices"
	"strings"
	"time"

	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// listDeputies draws the deputies of roll and urn, two for each day of the vote, and
// withdraws the first one of the urn.
func (w *World) listDeputies() {
	if w.Deputies == 0 {
		return
	}
	for _, role := range []string{scrutin.RoleRoll, scrutin.RoleUrn} {
		if w.Shape.Accounts && role == scrutin.RoleRoll {
			continue // nobody is marked
		}
		var all [][]byte
		for i := range w.Deputies {
			all = append(all, w.Deputy(role, w.Manifest.Schedule.Open.AddDate(0, 0, i/2), nil))
		}
		w.Files[record.Deputies(role)] = must(scrutin.ListDeputies(all))
	}
	first := scrutin.Certificates(w.Files[record.Deputies(scrutin.RoleUrn)])[0]
	d := must(scrutin.ParseDeputy(must(note.Text(first))))
	w.Withdraw(scrutin.Withdrawal{Opening: w.O, Role: d.Role, Key: d.Key}, "urn")
}

// Deputy is the certificate of a deputy of a role for a day, changed by edit if that is
// not nil before the role's own key signs.
func (w *World) Deputy(role string, day time.Time, edit func(*scrutin.Deputy)) []byte {
	key := must(note.GenerateKey(role)).Verifier().PublicKey()
	d := scrutin.Deputy{Opening: w.O, Role: role, Key: key, From: scrutin.DeputyFrom(day)}
	if edit != nil {
		edit(&d)
	}
	return must(note.Sign(d.Text(), w.Signers[role]))
}

// Withdraw writes the note that withdraws a deputy, signed by these.
func (w *World) Withdraw(d scrutin.Withdrawal, signers ...string) {
	w.Files[d.Path()] = must(note.Sign(d.Text(), w.Keyring(signers...)...))
}

// adoptWithdrawals is the act that adopts the notes that are there.
func (w *World) adoptWithdrawals() {
	var paths []string
	for _, path := range slices.Sorted(maps.Keys(w.Files)) {
		if strings.HasPrefix(path, "withdrawn/") {
			paths = append(paths, path)
		}
	}
	if len(paths) > 0 {
		w.Act(scrutin.ActWithdraw, scrutin.ActBody{Adopts: w.Adopts(paths...), Reason: "a machine was stolen"})
	}
}
