package voter_test

import (
	"errors"
	"testing"

	"isoloir/crypto/group"
	"isoloir/merkle"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
	"isoloir/urn"
	"isoloir/voter"
)

// An amendment of the roll is believed on the roll's signature and the bureau's act alone,
// and says whose accounts stand under which root.
func TestRecords(t *testing.T) {
	f := scrutintest.New(t, scrutintest.Options{Urns: 1, Electors: 10})
	k := f.Manifest.MinimumSize
	point := func() scrutin.Point { return scrutin.PointOf(group.MulBase(group.RandomScalar())) }
	o := scrutin.Digest{8}
	first := scrutin.OpenUrn{Urn: f.Manifest.Urns[0].ID, Electors: 10, Accounts: 10, Generator: point(), Root: scrutin.Digest{1}}
	records := func() *voter.Records {
		return &voter.Records{Manifest: f.Manifest, Fingerprint: f.Fingerprint, Opening: &scrutin.Opening{Urns: []scrutin.OpenUrn{first}}, Hash: o}
	}
	root := scrutin.Digest(merkle.Root(make([]byte, 64), 32))
	amendment := func(number, before int, signer string) []byte {
		t.Helper()
		data, err := scrutin.Sign(&scrutin.Amendment{OpenHead: scrutin.OpenHead{Head: scrutin.Head{Manifest: f.Fingerprint}, Opening: o}, Number: number,
			Urns: []scrutin.AmendedUrn{{Urn: first.Urn, Before: before, Added: k, Generator: point(), Root: root, Struck: []int{}}}}, f.Signers[signer])
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	act := func(kind string, number int, of []byte, signers int) []byte {
		t.Helper()
		text, err := note.Text(of)
		if err != nil {
			t.Fatal(err)
		}
		a := &scrutin.Act{Head: scrutin.Head{Manifest: f.Fingerprint}, Opening: o, Seq: 7, Type: kind, Time: f.Manifest.Schedule.Open, Session: 2,
			Body: scrutin.ActBody{Adopts: []scrutin.Adopted{{Path: record.Amendment(number), SHA256: scrutin.TextDigest(text)}}, Reason: "décision"}}
		var by []note.Signer
		for i, b := range f.Manifest.Bureau.Members {
			if a.Present = append(a.Present, b.ID); i < signers {
				by = append(by, f.Signers[b.ID])
			}
		}
		data, err := scrutin.Sign(a, by...)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	everybody := len(f.Manifest.Bureau.Members)
	honest, other, second := amendment(1, 10, "roll"), amendment(1, 10, "roll"), amendment(2, 10+k, "roll")
	for name, c := range map[string][2][]byte{
		"without a quorum":         {act(scrutin.ActAddendum, 1, honest, 1), honest},
		"that nobody adopted":      {act(scrutin.ActAddendum, 1, other, everybody), honest},
		"adopted as the second":    {act(scrutin.ActAddendum, 2, honest, everybody), honest},
		"by an act that suspends":  {act(scrutin.ActSuspend, 1, honest, everybody), honest},
		"signed by the urn":        {act(scrutin.ActAddendum, 1, honest, everybody), amendment(1, 10, "urn")},
		"the second one first":     {act(scrutin.ActAddendum, 2, second, everybody), second},
		"that is no amendment":     {act(scrutin.ActAddendum, 1, honest, everybody), act(scrutin.ActAddendum, 1, honest, everybody)},
		"without an act":           {honest, honest},
		"that follows other votes": {act(scrutin.ActAddendum, 1, amendment(1, 11, "roll"), everybody), amendment(1, 11, "roll")},
	} {
		r := records()
		if err := r.Amend(c[0], c[1]); !errors.Is(err, voter.ErrAnswer) {
			t.Errorf("an amendment %s: %v", name, err)
		}
		if _, _, _, err := r.Population(0, 10); !errors.Is(err, voter.ErrAnswer) {
			t.Errorf("an amendment %s adds somebody: %v", name, err)
		}
	}
	r := records()
	for i, one := range [][]byte{honest, second} {
		if err := r.Amend(act(scrutin.ActAddendum, i+1, one, everybody), one); err != nil {
			t.Fatal(err)
		}
	}
	for elector, want := range map[uint32]struct {
		root     urn.Hash
		accounts int
	}{0: {urn.Hash(first.Root), 10}, 9: {urn.Hash(first.Root), 10}, 10: {urn.Hash(root), k}, uint32(10 + 2*k - 1): {urn.Hash(root), k}} {
		if _, got, n, err := r.Population(0, elector); err != nil || got != want.root || n != want.accounts {
			t.Errorf("elector %d stands among %d under %x: %v", elector, n, got, err)
		}
	}
	for _, place := range [][2]int{{0, 10 + 2*k}, {1, 0}} {
		if _, _, _, err := r.Population(uint16(place[0]), uint32(place[1])); !errors.Is(err, voter.ErrAnswer) {
			t.Errorf("elector %d of urn number %d: %v", place[1], place[0], err)
		}
	}
}
