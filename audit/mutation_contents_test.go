package audit_test

import (
	"bytes"
	"slices"

	"isoloir/audit"
	"isoloir/audit/audittest"
	"isoloir/crypto/group"
	"isoloir/keyceremony"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
)

// flipped is data with the bit at an offset changed.
func flipped(data []byte, at int) []byte {
	out := slices.Clone(data)
	out[at] ^= 1
	return out
}

// dropSignature takes the last signature line off a note.
func dropSignature(data []byte) []byte {
	cut := bytes.LastIndex(data[:len(data)-1], []byte("\n")) + 1
	return slices.Clone(data[:cut])
}

var contentsMutations = []mutation{
	{name: "contents not signed by the platform", check: 101, with: "bureau", alone: true, after: audittest.Listed,
		change: func(w *audittest.World) { w.List("") }},
	{name: "contents signed by the roll", check: 101, after: audittest.Listed,
		change: func(w *audittest.World) { w.List("roll") }},
	{name: "contents signed by the platform alone", check: 102, alone: true, after: audittest.Listed,
		change: func(w *audittest.World) {
			w.Signing = func(string, []string) []string { return []string{"contents"} }
			w.List("contents")
		}},
	{name: "contents signed by a minority", check: 102, after: audittest.Listed,
		change: func(w *audittest.World) {
			w.Signing = func(string, []string) []string { return []string{"member-1", "member-2", "contents"} }
			w.List("contents")
		}},
	{name: "a signature that was not needed taken away", check: 103, alone: true, after: audittest.Listed,
		change: func(w *audittest.World) { w.Files[record.Result] = dropSignature(w.Files[record.Result]) }},
	{name: "file lost", check: 103, after: audittest.Listed,
		change: func(w *audittest.World) { delete(w.Files, record.ResultCSV) }},
	{name: "file not listed", check: 104, alone: true, after: audittest.Listed,
		change: func(w *audittest.World) { w.Files["extra.note"] = []byte("read me\n") }},
	{name: "file listed that nobody needs", check: 105, alone: true, after: audittest.Adopted,
		change: func(w *audittest.World) { w.Files["log/urn-1/hashes"] = []byte("old hash, new hash\n") }},
	{name: "a stage more than there are mixers", check: 105, alone: true, after: audittest.Adopted,
		change: func(w *audittest.World) { w.Files[record.Mix(3)] = w.Files[record.Mix(2)] }},
	{name: "manifest against a rule of its profile", check: 111, alone: true, after: audittest.Founded,
		change: func(w *audittest.World) {
			w.SetManifest(func(m *scrutin.Manifest) { m.Scrutin.Profile = scrutin.PublicService })
		}},
	{name: "manifest not canonical", check: 111, after: audittest.Adopted,
		change: func(w *audittest.World) { w.Files[record.Manifest] = append(slices.Clone(w.Bytes), ' ') }},
	{name: "labels of two options swapped in the manifest", check: 112, after: audittest.Adopted,
		change: func(w *audittest.World) {
			swapped := bytes.ReplaceAll(w.Bytes, []byte("Liste 1"), []byte("Liste 0"))
			swapped = bytes.ReplaceAll(swapped, []byte("Liste 2"), []byte("Liste 1"))
			w.Files[record.Manifest] = bytes.ReplaceAll(swapped, []byte("Liste 0"), []byte("Liste 2"))
		}},
	{name: "roll statement of another scrutin", check: 112, alone: true, after: audittest.Logged,
		change: func(w *audittest.World) {
			audittest.Edit(w, record.Roll("urn-2"), func(r *scrutin.RollStatement) { r.Manifest[0] ^= 1 })
		}},
	{name: "roll statement of another opening", check: 113, alone: true, after: audittest.Logged,
		change: func(w *audittest.World) {
			audittest.Edit(w, record.Roll("urn-1"), func(r *scrutin.RollStatement) { r.Opening[0] ^= 1 })
		}},
	{name: "contents of another opening", check: 113, alone: true, after: audittest.Adopted,
		change: func(w *audittest.World) { w.O[0] ^= 1 }},
	{name: "shares of a cell without ballots", check: 105, alone: true, shape: silent, after: audittest.Counted,
		change: func(w *audittest.World) { w.Files[record.SharesList(1, "question-1", "quorum", "member-1")] = []byte{} }},
	{name: "another election under the fingerprint of this one", check: 1201, alone: true, after: audittest.Listed,
		change: func(*audittest.World) {},
		known: func(w *audittest.World) audit.Options {
			f := [32]byte(w.Fingerprint)
			f[31] ^= 1
			return audit.Options{Fingerprint: &f}
		}},
	{name: "witnesses invented by the platform", check: 1202, alone: true, after: audittest.Listed,
		change: func(*audittest.World) {},
		known: func(w *audittest.World) audit.Options {
			var keys []note.Verifier
			for _, witness := range w.Manifest.Witnesses {
				key, err := note.GenerateKey(witness.ID)
				if err != nil {
					panic(err)
				}
				keys = append(keys, key.Verifier())
			}
			return audit.Options{Witnesses: keys}
		}},
}

var keyMutations = []mutation{
	{name: "messages of two holders in each other's place", check: 201, with: "bureau", alone: true, after: audittest.Adopted,
		change: func(w *audittest.World) {
			a, b := record.Ceremony(1, "commit", "member-1"), record.Ceremony(1, "commit", "member-2")
			w.Files[a], w.Files[b] = w.Files[b], w.Files[a]
		}},
	{name: "message of a stranger", check: 201, alone: true, after: audittest.Adopted,
		change: func(w *audittest.World) {
			w.Files["ceremony/1/commit-stranger.note"] = w.Files[record.Mix(1)]
		}},
	{name: "seal of a holder missing", check: 201, after: audittest.Adopted,
		change: func(w *audittest.World) { delete(w.Files, record.Ceremony(1, "seal", "member-3")) }},
	{name: "commitment missing", check: 201, after: audittest.Adopted,
		change: func(w *audittest.World) { delete(w.Files, record.Ceremony(1, "commit", "member-1")) }},
	{name: "message re-signed by the platform", check: 201, after: audittest.Adopted,
		change: func(w *audittest.World) {
			path := record.Ceremony(1, "reveal", "member-1")
			signed, err := note.Sign(must(note.Text(w.Files[path])), w.Signers["roll"])
			w.Files[path] = must(signed, err)
		}},
	{name: "void run hidden", check: 201, shape: 1, after: audittest.Adopted,
		change: func(w *audittest.World) {
			for path := range w.Files {
				if bytes.HasPrefix([]byte(path), []byte("ceremony/1/")) {
					delete(w.Files, path)
				}
			}
		}},
	{name: "second message of a step put where none was", check: 201, after: audittest.Rehearsed,
		change: func(w *audittest.World) {
			w.Files[record.CeremonyAgain(1, "commit", "member-1")] = w.Files[record.Ceremony(1, "commit", "member-1")]
		}},
	{name: "rehearsal of one medium given for the other", check: 203, with: "holder", alone: true, after: audittest.Rehearsed,
		change: copiedRehearsal},
	{name: "holder with one medium not rehearsed", check: 203, with: "holder", alone: true, after: audittest.Rehearsed,
		change: func(w *audittest.World) { delete(w.Files, record.Ceremony(1, "rehearsal-2", "member-4")) }},
	{name: "rehearsal with another fragment", check: 203, with: "holder", alone: true, after: audittest.Rehearsed,
		change: func(w *audittest.World) { falseRehearsal(w, "member-2") }},
	{name: "key of a dealer in the opening record", check: 202, with: "bureau", alone: true, after: audittest.Anonymised,
		change: dealtKey},
	{name: "verification keys of two holders exchanged", check: 202, with: "bureau", after: audittest.Opened,
		change: func(w *audittest.World) {
			audittest.Edit(w, record.Opening, func(o *scrutin.Opening) {
				h := o.Clauses[0].Holders
				h[0].Key, h[1].Key = h[1].Key, h[0].Key
			})
			w.O = w.Text(record.Opening)
		}},
	{name: "foreign rehearsal", check: 201, after: audittest.Adopted,
		change: func(w *audittest.World) {
			other := must(audittest.New(shapes[0], 99)).Advance(audittest.Rehearsed)
			path := record.Ceremony(1, "rehearsal-1", "member-1")
			w.Files[path] = other.Files[path]
		}},
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// copiedRehearsal lets a holder sign what his first medium gave as the second's.
func copiedRehearsal(w *audittest.World) {
	body := new(keyceremony.Rehearsal)
	if err := canon.Unmarshal([]byte(must(note.Text(w.Files[record.Ceremony(1, "rehearsal-1", "member-1")]))), body); err != nil {
		panic(err)
	}
	body.Record = "isoloir/v1/ceremony-rehearsal-2"
	w.Files[record.Ceremony(1, "rehearsal-2", "member-1")] = must(keyceremony.Sign(body, w.Signers["member-1"]))
}

// falseRehearsal lets a holder show the value of another medium than his.
func falseRehearsal(w *audittest.World, holder string) {
	path := record.Ceremony(1, "rehearsal-1", holder)
	other := record.Ceremony(1, "rehearsal-1", "member-1")
	body, theirs := new(keyceremony.Rehearsal), new(keyceremony.Rehearsal)
	for p, r := range map[string]*keyceremony.Rehearsal{path: body, other: theirs} {
		if err := canon.Unmarshal([]byte(must(note.Text(w.Files[p]))), r); err != nil {
			panic(err)
		}
	}
	body.Clauses[0].Value = theirs.Clauses[0].Value
	w.Files[path] = must(keyceremony.Sign(body, w.Signers[holder]))
}

// dealtKey replaces the key of the ceremony by one whose secret a dealer knows.
func dealtKey(w *audittest.World) {
	keys := *w.Keys
	keys.Key, keys.Clauses = group.Identity(), slices.Clone(keys.Clauses)
	for i := range keys.Clauses {
		c := &keys.Clauses[i]
		p := keyceremony.NewPolynomial(c.Threshold)
		c.Key, c.Holders = p.Commit()[0], slices.Clone(c.Holders)
		for j := range c.Holders {
			h := &c.Holders[j]
			w.Fragments[h.Holder][c.Clause] = p.At(h.Index)
			h.Key = group.MulBase(p.At(h.Index))
		}
		keys.Key = keys.Key.Add(c.Key)
	}
	w.Keys = &keys
}
