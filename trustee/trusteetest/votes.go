package trusteetest

import (
	"time"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/urn"
)

// Vote casts so many ballots in each urn, and closes. Options come in turn, and the
// electors from the last number down.
func (w *World) Vote(counts ...int) *World {
	w.Helper()
	w.counts = counts
	opening := w.adopt(record.Opening)[0].SHA256
	data, err := w.Out.Read(record.Opening, note.MaxSize)
	w.must(err)
	text, err := note.Text(data)
	w.must(err)
	o, err := scrutin.Parse[scrutin.Opening](text)
	w.must(err)
	for i, u := range w.Manifest.Urns {
		base, err := o.Urns[i].Generator.Decode()
		w.must(err)
		keys, err := w.Out.Read(record.AnonymisationKeys(u.ID, len(w.Manifest.Mixers)), 1<<20)
		w.must(err)
		accounts, err := urn.NewAccounts(keys)
		w.must(err)
		rules, err := urn.NewRules(urn.Params{
			Manifest: urn.Hash(w.Fingerprint), Opening: urn.Hash(opening), Number: uint16(i), Name: u.ID,
			Questions: len(w.Manifest.QuestionsOf(u.ID)), Base: base, Key: w.keys().Key, Accounts: accounts, Leaves: []urn.LeafType{urn.Cast},
		})
		w.must(err)
		w.log(i, rules, counts[i])
	}
	w.clock = w.Manifest.Schedule.Close.Add(time.Hour)
	w.Act(scrutin.ActClose, scrutin.ActBody{Found: w.found(counts)})
	return w
}

func (w *World) log(number int, rules *urn.Rules, ballots int) {
	w.Helper()
	u := w.Manifest.Urns[number]
	var cast []urn.Entry
	for i := range ballots {
		var options []group.Point
		for _, q := range w.Manifest.QuestionsOf(u.ID) {
			options = append(options, elgamal.Option(w.Fingerprint, q.ID, q.Choices()[i%len(q.Choices())]))
		}
		elector := len(w.halves[u.ID]) - 1 - i
		device := rules.Params
		device.Base, device.Accounts = w.base(number, elector), nil
		his, err := urn.NewRules(device)
		w.must(err)
		b, err := urn.NewBallot(his, w.halves[u.ID][elector], 0, urn.Hash{}, options)
		w.must(err)
		cast = append(cast, urn.Entry{Ballot: b.Envelope})
	}
	key := w.Signers[w.Manifest.Platform.Urn.ID]
	sign := func(h urn.Head) []byte {
		data, err := note.Sign(rules.Checkpoint(h).Text(), key)
		w.must(err)
		return data
	}
	empty := urn.Head{}
	head, sorted := urn.Extend(empty, cast)
	checkpoints := [][]byte{sign(empty)}
	if ballots > 0 {
		checkpoints = append(checkpoints, sign(head))
	}
	w.file(record.Leaves(u.ID), func(f *record.File) error {
		leaves := urn.NewLeafWriter(f)
		for _, e := range sorted {
			if err := leaves.Write(e.Leaf()); err != nil {
				return err
			}
		}
		return leaves.Flush()
	})
	w.file(record.Checkpoints(u.ID), func(f *record.File) error { return urn.WriteCheckpoints(f, checkpoints) })
	seal := checkpoints[len(checkpoints)-1]
	for _, witness := range w.Manifest.Witnesses {
		var err error
		seal, err = note.Cosign(seal, w.Signers[witness.ID], uint64(w.Manifest.Schedule.Close.Unix()))
		w.must(err)
	}
	w.must(w.Out.Write(record.Seal(u.ID), seal))
	opening := w.adopt(record.Opening)[0].SHA256
	statement, err := scrutin.Sign(&scrutin.RollStatement{
		OpenHead: scrutin.OpenHead{Head: scrutin.Head{Manifest: w.Fingerprint}, Opening: opening},
		Urn:      u.ID, Electors: w.registers[number].Electors(), Marks: ballots, File: scrutin.Digest{1},
	}, w.Signers[w.Manifest.Platform.Roll.ID])
	w.must(err)
	w.must(w.Out.Write(record.Roll(u.ID), statement))
}

func (w *World) file(path string, write func(*record.File) error) {
	w.Helper()
	f, err := w.Out.Begin(path)
	w.must(err)
	w.must(write(f))
	_, err = f.Commit()
	w.must(err)
}
