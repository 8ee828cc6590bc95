package voting_test

import (
	"bytes"
	"crypto/sha256"
	"testing"
	"time"

	"isoloir/crypto/elgamal"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/urn"
)

// seal has the portal publish the export's files that a ballot of the first urn is
// followed by: log, seal, and the first mixer's statement.
func (w *world) seal(t *testing.T) {
	t.Helper()
	var leaves, checkpoints bytes.Buffer
	seal, err := w.urn.Export(t.Context(), 0, &leaves, &checkpoints)
	if err != nil {
		t.Fatal(err)
	}
	for _, witness := range w.Manifest.Witnesses {
		if seal, err = note.Cosign(seal, w.Signers[witness.ID], uint64(time.Now().Truncate(time.Hour).Unix())); err != nil {
			t.Fatal(err)
		}
	}
	questions := w.Manifest.QuestionsOf("urn-1")
	lists, ballots := make([][]byte, len(questions)), 0
	for r := urn.NewLeafReader(bytes.NewReader(leaves.Bytes())); ; ballots++ {
		leaf, err := r.Next()
		if err != nil {
			break
		}
		e, err := urn.ReadEnvelope(leaf[1:])
		if err != nil {
			t.Fatal(err)
		}
		for q := range questions {
			lists[q] = append(lists[q], e.Ciphertexts()[q*elgamal.Size:(q+1)*elgamal.Size]...)
		}
	}
	mix := &scrutin.Mix{OpenHead: scrutin.OpenHead{Head: scrutin.Head{Manifest: w.Fingerprint}, Opening: w.o}, Seal: scrutin.Digest{1}, Mixer: w.Manifest.Mixers[0].ID, Stage: 1, Cells: []scrutin.MixCell{{Cell: "urn-1"}}}
	for q, question := range questions {
		mix.Cells[0].Questions = append(mix.Cells[0].Questions, scrutin.MixQuestion{Question: question.ID, Ballots: ballots, Input: sha256.Sum256(lists[q]), Output: scrutin.Digest{2}, Proof: scrutin.Digest{3}})
	}
	signed, err := scrutin.Sign(mix, w.Signers[mix.Mixer])
	if err != nil {
		t.Fatal(err)
	}
	w.mu.Lock()
	w.records = map[string][]byte{record.Leaves("urn-1"): leaves.Bytes(), record.Seal("urn-1"): seal, record.Mix(1): signed}
	w.mu.Unlock()
	w.act(scrutin.ActProclaim)
}

// follows has a ballot that was found followed to the count, and stopped by an export
// that contradicts itself, or cannot be had.
func (v *visitor) follows(code string) {
	v.Helper()
	w := v.world
	follow := func() {
		v.look(code, false)
		v.finds("counted")
		v.click("found-follow")
	}
	v.look(code, false)
	v.finds("counted")
	v.until("document.getElementById('found-follow').hidden")
	w.seal(v.T)
	follow()
	v.finds("followed")
	v.judge("34-followed")
	w.mu.Lock()
	leaves := w.records[record.Leaves("urn-1")]
	w.records[record.Leaves("urn-1")] = leaves[:len(leaves)-1]
	w.mu.Unlock()
	follow()
	v.stopped("counted-log")
	w.mu.Lock()
	delete(w.records, record.Leaves("urn-1"))
	w.mu.Unlock()
	follow()
	v.met("unfollowed")
}
