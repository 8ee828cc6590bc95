package audit_test

import (
	"bytes"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"isoloir/audit/audittest"
	"isoloir/crypto/group"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/urn"
)

const separator = "\x1e\n"

// checkpoints changes the list of checkpoints of the first urn, whose last one
// is the seal.
func checkpoints(change func(w *audittest.World, list [][]byte) [][]byte) func(w *audittest.World) {
	return func(w *audittest.World) {
		path := record.Checkpoints("urn-1")
		list := bytes.Split(w.Files[path], []byte(separator))
		w.Files[path] = bytes.Join(change(w, list), []byte(separator))
	}
}

// recheck changes the middle checkpoint of the first urn and signs it again.
func recheck(signer string, change func(c *note.Checkpoint)) func(w *audittest.World) {
	return checkpoints(func(w *audittest.World, list [][]byte) [][]byte {
		c := must(note.ParseCheckpoint(must(note.Text(list[1]))))
		change(&c)
		list[1] = must(note.Sign(c.Text(), w.Signers[signer]))
		return list
	})
}

// sealedBy lets only some witnesses co-sign the first urn's seal.
func sealedBy(keep ...string) func(w *audittest.World) {
	return func(w *audittest.World) {
		w.Signing = func(path string, names []string) []string {
			if path == record.Seal("urn-1") {
				return keep
			}
			return names
		}
	}
}

var logMutations = []mutation{
	{name: "leaves out of order in a batch", check: 603, alone: true, after: audittest.Voted,
		change: func(w *audittest.World) {
			b := w.Batches[0][0]
			b[0], b[1] = b[1], b[0]
		}},
	{name: "root of a checkpoint", check: 602, alone: true, after: audittest.Logged,
		change: recheck("urn", func(c *note.Checkpoint) { c.Root[0] ^= 1 })},
	{name: "size of a checkpoint", check: 602, after: audittest.Logged,
		change: recheck("urn", func(c *note.Checkpoint) { c.Size-- })},
	{name: "checkpoint signed by the roll", check: 601, alone: true, after: audittest.Logged,
		change: recheck("roll", func(*note.Checkpoint) {})},
	{name: "checkpoint of another log", check: 601, alone: true, after: audittest.Logged,
		change: recheck("urn", func(c *note.Checkpoint) { c.Origin = scrutin.Origin(scrutin.Digest{}, "urn-1") })},
	{name: "checkpoint twice", check: 601, alone: true, after: audittest.Logged,
		change: checkpoints(func(_ *audittest.World, list [][]byte) [][]byte { return slices.Insert(list, 1, list[1]) })},
	{name: "urn never found empty", check: 601, alone: true, after: audittest.Logged,
		change: checkpoints(func(_ *audittest.World, list [][]byte) [][]byte { return list[1:] })},
	{name: "fork: two roots of one size", check: 601, after: audittest.Logged,
		change: checkpoints(func(w *audittest.World, list [][]byte) [][]byte {
			c := must(note.ParseCheckpoint(must(note.Text(list[1]))))
			c.Root = tlog.Hash(scrutin.DigestOf([]byte("fork")))
			return slices.Insert(list, 1, must(note.Sign(c.Text(), w.Signers["urn"])))
		})},
	{name: "ballots added after the seal", check: 604, alone: true, after: audittest.Logged,
		change: checkpoints(func(w *audittest.World, list [][]byte) [][]byte {
			w.Cosign("urn-1", list[1])
			return list
		})},
	{name: "seal that one third of the witnesses did not sign", check: 605, alone: true, after: audittest.Voted,
		change: sealedBy("witness-1", "witness-3")},
	{name: "seal without witness", check: 605, alone: true, after: audittest.Voted, change: sealedBy()},
	{name: "seal dated between two slots", check: 605, with: "witness", alone: true, after: audittest.Logged,
		change: func(w *audittest.World) {
			path := record.Seal("urn-2")
			w.Files[path] = must(note.Cosign(dropSignature(w.Files[path]), w.Signers["witness-3"], 1_800_000_001))
		}},
	{name: "checkpoint of mid-vote sealed later, without the ballots after it", check: 607, with: "bureau", alone: true, after: audittest.Voted,
		change: func(w *audittest.World) {
			w.Batches[0] = w.Batches[0][:1]
			w.Marks[0] = w.Marks[0][:w.Cast(0)]
			w.Cosigned = w.Manifest.Schedule.Close.AddDate(0, 0, -3)
		}},
	{name: "seal co-signed in the last slot that is over when voting ends", check: 607, with: "witness", alone: true, after: audittest.Voted,
		change: func(w *audittest.World) { w.Cosigned = w.Manifest.Schedule.Close.Add(-time.Hour) }},
	{name: "seal co-signed before an extension of the vote", check: 607, with: "witness", alone: true, after: audittest.Logged,
		change: func(w *audittest.World) {
			w.Clock = w.Manifest.Schedule.Close.Add(-2 * time.Hour)
			w.Act(scrutin.ActExtend, scrutin.ActBody{Close: scrutin.TimeOf(w.Manifest.Schedule.Close.Add(2 * time.Hour)), Reason: "a breakdown", Opinion: "yes"})
		}},
	{name: "seal co-signed by a stranger", check: 605, alone: true, after: audittest.Logged,
		change: func(w *audittest.World) {
			path := record.Seal("urn-1")
			stranger := must(note.GenerateKey("witness-9"))
			w.Files[path] = must(note.Cosign(w.Files[path], stranger, 1_800_000_000))
		}},
	{name: "leaf lost from the file", check: 602, after: audittest.Logged,
		change: func(w *audittest.World) {
			path := record.Leaves("urn-1")
			w.Files[path] = w.Files[path][2+1+urn.BallotSize(1):]
		}},
	{name: "leaf edited in the file", check: 602, after: audittest.Logged,
		change: func(w *audittest.World) {
			path := record.Leaves("urn-1")
			w.Files[path] = flipped(w.Files[path], 2+leafOpening)
		}},
	{name: "file of leaves cut within a leaf", check: 606, after: audittest.Logged,
		change: func(w *audittest.World) {
			path := record.Leaves("urn-1")
			w.Files[path] = w.Files[path][:len(w.Files[path])-1]
		}},
	{name: "logs of two urns exchanged", check: 611, after: audittest.Voted,
		change: func(w *audittest.World) {
			w.Batches[0], w.Batches[1] = w.Batches[1], w.Batches[0]
		}},
}

// editRoll changes the roll's statement of the first urn.
func editRoll(change func(r *scrutin.RollStatement)) func(w *audittest.World) {
	return func(w *audittest.World) { audittest.Edit(w, record.Roll("urn-1"), change) }
}

var rollMutations = []mutation{
	{name: "mark that its elector did not sign", check: 703, alone: true, after: audittest.Voted,
		change: func(w *audittest.World) {
			i := w.Rand.IntN(len(w.Marks[0]))
			w.Marks[0][i] = forgedMark(w, 0, w.Marks[0][i].Elector)
		}},
	{name: "ballot stuffed for an abstainer", check: 703, after: audittest.Voted,
		change: func(w *audittest.World) {
			e := abstainer(w)
			v := w.NewVote(0, e)
			v.Secret = group.RandomScalar()
			w.Batches[0][0] = append(w.Batches[0][0], urn.CastLeaf(w.Ballot(v)))
			w.Marks[0] = append(w.Marks[0], forgedMark(w, 0, uint32(e)))
			w.Tidy(0)
		}},
	{name: "mark moved to an abstainer", check: 703, alone: true, after: audittest.Voted,
		change: func(w *audittest.World) {
			w.Marks[0][0].Elector = uint32(abstainer(w))
			w.Tidy(0)
		}},
	{name: "mark with the signature of another", check: 703, alone: true, after: audittest.Voted,
		change: func(w *audittest.World) { w.Marks[0][0].Signature = w.Marks[0][1].Signature }},
	{name: "mark of another urn's elector", check: 703, alone: true, after: audittest.Voted,
		change: func(w *audittest.World) {
			e := w.Marks[0][0].Elector
			w.Marks[0][0].Signature = w.Mark(1, int(e)).Signature
		}},
	{name: "mark of another scrutin", check: 703, alone: true, after: audittest.Voted,
		change: func(w *audittest.World) {
			other := w.Clone()
			other.O = scrutin.Digest{1}
			w.Marks[0][0] = other.Mark(0, int(w.Marks[0][0].Elector))
		}},
	{name: "mark dropped", check: 704, alone: true, after: audittest.Voted,
		change: func(w *audittest.World) { w.Marks[0] = w.Marks[0][1:] }},
	{name: "mark of an elector whose ballot is absent", check: 704, with: "voter", alone: true, after: audittest.Voted,
		change: func(w *audittest.World) {
			w.Marks[0] = append(w.Marks[0], w.Mark(0, abstainer(w)))
			w.Tidy(0)
		}},
	{name: "elector marked twice in the place of another", check: 702, alone: true, after: audittest.Voted,
		change: func(w *audittest.World) { w.Marks[0][0] = w.Marks[0][1] }},
	{name: "marks in the order of voting", check: 702, alone: true, after: audittest.Voted,
		change: func(w *audittest.World) { slices.Reverse(w.Marks[0]) }},
	{name: "mark of an elector who does not exist", check: 702, after: audittest.Voted,
		change: func(w *audittest.World) {
			w.Marks[0][len(w.Marks[0])-1] = forgedMark(w, 0, 1_000_000)
		}},
	{name: "roll statement signed by the urn", check: 701, alone: true, after: audittest.Logged,
		change: func(w *audittest.World) {
			r := must(scrutin.Parse[scrutin.RollStatement](text(w, record.Roll("urn-1"))))
			w.Sign(record.Roll("urn-1"), r, "urn")
		}},
	{name: "roll statement of other marks", check: 701, alone: true, after: audittest.Logged,
		change: editRoll(func(r *scrutin.RollStatement) { r.File[0] ^= 1 })},
	{name: "roll statement of more electors", check: 701, alone: true, after: audittest.Logged,
		change: editRoll(func(r *scrutin.RollStatement) { r.Electors++ })},
	{name: "roll statement of fewer marks", check: 701, after: audittest.Logged,
		change: editRoll(func(r *scrutin.RollStatement) { r.Marks-- })},
	{name: "roll statements of two urns exchanged", check: 701, after: audittest.Logged,
		change: func(w *audittest.World) {
			a, b := record.Roll("urn-1"), record.Roll("urn-2")
			w.Files[a], w.Files[b] = w.Files[b], w.Files[a]
		}},
	{name: "file of marks cut within a mark", check: 701, after: audittest.Logged,
		change: func(w *audittest.World) {
			path := record.Marks("urn-1")
			w.Files[path] = w.Files[path][:len(w.Files[path])-1]
		}},
}
