package audit_test

import (
	"bytes"
	"slices"

	"isoloir/audit/audittest"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// deputised is the shape whose roll and urn had deputies.
const deputised = 2

// listed changes the list of the urn's deputies.
func listed(change func(w *audittest.World, list [][]byte) [][]byte) func(w *audittest.World) {
	return func(w *audittest.World) {
		path := record.Deputies("urn")
		w.Files[path] = bytes.Join(change(w, scrutin.Certificates(w.Files[path])), []byte(separator))
	}
}

// certified replaces the last certificate by another one of the urn's own key.
func certified(edit func(*scrutin.Deputy)) func(w *audittest.World) {
	return listed(func(w *audittest.World, list [][]byte) [][]byte {
		last := must(scrutin.ParseDeputy(must(note.Text(list[len(list)-1]))))
		return append(list[:len(list)-1], w.Deputy("urn", w.Clock, func(d *scrutin.Deputy) {
			*d = last
			edit(d)
		}))
	})
}

// withdrawn changes the note that withdraws a deputy of the urn.
func withdrawn(change func(w *audittest.World, d scrutin.Withdrawal, path string)) func(w *audittest.World) {
	return func(w *audittest.World) {
		for path := range w.Files {
			if d, err := scrutin.ParseWithdrawal(noteText(w, path)); err == nil {
				change(w, d, path)
				return
			}
		}
	}
}

func noteText(w *audittest.World, path string) string {
	text, err := note.Text(w.Files[path])
	if err != nil {
		return ""
	}
	return text
}

var deputyMutations = []mutation{
	{name: "deputy of the urn certified by the roll", check: 1401, alone: true, shape: deputised, after: audittest.Logged,
		change: listed(func(w *audittest.World, list [][]byte) [][]byte {
			list[1] = must(note.Sign(must(note.Text(list[1])), w.Signers["roll"]))
			return list
		})},
	{name: "deputy certified by the urn and somebody else", check: 1401, alone: true, shape: deputised, after: audittest.Logged,
		change: listed(func(w *audittest.World, list [][]byte) [][]byte {
			list[0] = must(note.Add(list[0], w.Signers["contents"]))
			return list
		})},
	{name: "deputy certified for another opening record", check: 1401, alone: true, shape: deputised, after: audittest.Logged,
		change: certified(func(d *scrutin.Deputy) { d.Opening[0] ^= 1 })},
	{name: "deputy certified for the roll on the urn's list", check: 1401, alone: true, shape: deputised, after: audittest.Logged,
		change: certified(func(d *scrutin.Deputy) { d.Role = scrutin.RoleRoll })},
	{name: "deputy certified from noon on", check: 1401, alone: true, shape: deputised, after: audittest.Logged,
		change: certified(func(d *scrutin.Deputy) { d.From += 43_200 })},
	{name: "deputy whose key is of small order", check: 1401, alone: true, shape: deputised, after: audittest.Logged,
		change: certified(func(d *scrutin.Deputy) { d.Key = [32]byte{1} })},
	{name: "list of deputies that is empty", check: 1401, alone: true, shape: deputised, after: audittest.Logged,
		change: listed(func(*audittest.World, [][]byte) [][]byte { return nil })},
	{name: "deputies out of order", check: 1402, alone: true, shape: deputised, after: audittest.Logged,
		change: listed(func(_ *audittest.World, list [][]byte) [][]byte {
			slices.Reverse(list)
			return list
		})},
	{name: "deputy twice on the list", check: 1402, alone: true, shape: deputised, after: audittest.Logged,
		change: listed(func(_ *audittest.World, list [][]byte) [][]byte { return slices.Insert(list, 1, list[0]) })},
	{name: "deputies of roll and urn exchanged", check: 1401, alone: true, shape: deputised, after: audittest.Logged,
		change: func(w *audittest.World) {
			a, b := record.Deputies("roll"), record.Deputies("urn")
			w.Files[a], w.Files[b] = w.Files[b], w.Files[a]
		}},
	{name: "list of deputies changed after the seal", check: 1106, alone: true, shape: deputised, after: audittest.Counted,
		change: listed(func(_ *audittest.World, list [][]byte) [][]byte { return list[1:] })},
	{name: "list of deputies that nobody sealed", check: 105, alone: true, after: audittest.Mixed,
		change: func(w *audittest.World) { w.Files[record.Deputies("urn")] = w.Deputy("urn", w.Clock, nil) }},
	{name: "deputy withdrawn by the bureau alone", check: 1403, with: "bureau", alone: true, shape: deputised, after: audittest.Logged,
		change: withdrawn(func(w *audittest.World, d scrutin.Withdrawal, _ string) { w.Withdraw(d, w.Members()[0]) })},
	{name: "withdrawal of another scrutin's deputy", check: 1403, alone: true, shape: deputised, after: audittest.Logged,
		change: withdrawn(func(w *audittest.World, d scrutin.Withdrawal, _ string) {
			d.Opening[0] ^= 1
			w.Withdraw(d, "urn")
		})},
	{name: "withdrawal under another deputy's name", check: 1403, alone: true, shape: deputised, after: audittest.Logged,
		change: withdrawn(func(w *audittest.World, d scrutin.Withdrawal, path string) {
			d.Key = w.Signers["roll"].Verifier().PublicKey()
			w.Files[path] = must(note.Sign(d.Text(), w.Signers["urn"]))
		})},
	{name: "withdrawal without a reason", check: 1105, with: "bureau", shape: deputised, after: audittest.Logged,
		change: func(w *audittest.World) {
			w.EditAct = func(a *scrutin.Act) {
				if a.Type == scrutin.ActWithdraw {
					a.Body.Reason = ""
				}
			}
		}},
}
