// Package trusteetest makes small elections whose holders and mixers keep their
// keys on media, for the tests of what they do with a record. No command
// imports it.
package trusteetest

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"isoloir/account"
	"isoloir/crypto/group"
	"isoloir/keyceremony"
	"isoloir/keyceremony/device"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
	"isoloir/trustee"
)

// Passphrase and WorkFactor are those of every device.
const (
	Passphrase = device.Passphrase("gutih-dobol-sarin-motuz")
	WorkFactor = 1
)

// World is a scrutin with its record and everybody's media.
type World struct {
	testing.TB
	*scrutintest.Fixture
	Root    string // holds the directories record, NAME-1 and NAME-2
	Out     *record.Writer
	Devices map[string]*device.Device // of holders and mixers

	clock  time.Time
	acts   *scrutin.Procedure
	halves map[string][]group.Scalar // by urn: x of each elector
	counts []int                     // ballots of each urn

	registers []scrutin.Register // from the opening record on
}

// Dir is the directory of the record.
func (w *World) Dir() string { return filepath.Join(w.Root, "record") }

// Media returns the directories of somebody's two media.
func (w *World) Media(name string) []string {
	return []string{filepath.Join(w.Root, name+"-1"), filepath.Join(w.Root, name+"-2")}
}

// New makes a scrutin up to its manifest, under root.
func New(t testing.TB, root string, o scrutintest.Options) *World {
	t.Helper()
	w := &World{TB: t, Root: root, Devices: map[string]*device.Device{}, halves: map[string][]group.Scalar{}}
	edit := o.Edit
	o.Edit = func(m *scrutin.Manifest) {
		for i := range m.Holders {
			card := w.create(m.Holders[i].Member)
			m.Holders[i].Key, m.Holders[i].Reception, m.Bureau.Members[i].Key = card.Key, card.Reception, card.Key
		}
		for i := range m.Mixers {
			m.Mixers[i].Key = w.create(m.Mixers[i].ID).Key
		}
		if edit != nil {
			edit(m)
		}
	}
	w.Fixture = scrutintest.New(t, o)
	var err error
	w.Out, err = record.Create(w.Dir())
	w.must(err)
	w.must(w.Out.Write(record.Manifest, w.Bytes))
	w.clock = w.Manifest.Schedule.Open.AddDate(0, -1, 0)
	w.acts = scrutin.NewProcedure(w.Manifest, w.Fingerprint)
	return w
}

func (w *World) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *World) create(name string) device.Card {
	for _, dir := range w.Media(name) {
		w.must(os.MkdirAll(dir, 0o700))
	}
	d, err := device.Create(name, Passphrase, WorkFactor, w.Media(name)...)
	w.must(err)
	w.Devices[name] = d
	return d.Card()
}

// Board reads the record as it is.
func (w *World) Board() *trustee.Board {
	w.Helper()
	b, err := trustee.ReadBoard(&w.Out.Reader)
	w.must(err)
	return b
}

// Act writes the next act, signed by all members.
func (w *World) Act(kind string, body scrutin.ActBody) {
	w.Helper()
	w.clock = w.clock.Add(time.Hour)
	var present []string
	var signers []note.Signer
	for _, m := range w.Manifest.Bureau.Members {
		present, signers = append(present, m.ID), append(signers, w.Devices[m.ID].Signer())
	}
	a := w.acts.Draft(kind, scrutin.TimeOf(w.clock), 1, present, body)
	data, err := scrutin.Sign(a, signers...)
	w.must(err)
	w.must(w.acts.Apply(data))
	w.must(w.Out.Write(record.Act(a.Seq, kind), data))
}

func (w *World) adopt(paths ...string) (adopted []scrutin.Adopted) {
	w.Helper()
	for _, p := range paths {
		data, err := w.Out.Read(p, note.MaxSize)
		w.must(err)
		text, err := note.Text(data)
		w.must(err)
		adopted = append(adopted, scrutin.Adopted{Path: p, SHA256: scrutin.TextDigest(text)})
	}
	return adopted
}

// Ceremony makes the keys and rehearses.
func (w *World) Ceremony() *World {
	w.Helper()
	w.Act(scrutin.ActConstitute, scrutin.ActBody{Adopts: []scrutin.Adopted{{Path: record.Manifest, SHA256: w.Fingerprint}}})
	for _, step := range []keyceremony.Step{keyceremony.CommitStep, keyceremony.RevealStep, keyceremony.CheckStep, keyceremony.SealStep} {
		b := w.Board()
		for _, h := range w.Manifest.Holders {
			_, _, err := b.Speak(w.Devices[h.Member], step, 0, w.Out)
			w.must(err)
		}
	}
	b := w.Board()
	keys := w.keys()
	w.Act(scrutin.ActCeremony, scrutin.ActBody{Adopts: []scrutin.Adopted{{Path: scrutin.AdoptCeremony, SHA256: keys.Digest}}})
	var paths []string
	for _, h := range w.Manifest.Holders {
		_, err := b.Rehearse(w.Devices[h.Member], w.Out)
		w.must(err)
	}
	for _, medium := range []string{"rehearsal-1", "rehearsal-2"} {
		for _, h := range w.Manifest.Holders {
			paths = append(paths, record.Ceremony(1, medium, h.Member))
		}
	}
	w.Act(scrutin.ActRehearse, scrutin.ActBody{Adopts: w.adopt(paths...)})
	return w
}

func (w *World) keys() *keyceremony.Keys {
	w.Helper()
	b := w.Board()
	keys, err := b.Ceremony.Verify(b.Messages)
	w.must(err)
	return keys
}

// Enrol lets the issuers draw.
func (w *World) Enrol() *World {
	w.Helper()
	p := &account.Procedure{Manifest: w.Manifest, Fingerprint: w.Fingerprint}
	for _, u := range w.Manifest.Urns {
		w.halves[u.ID] = make([]group.Scalar, u.Electors)
	}
	var paths []string
	for _, issuer := range w.Manifest.Issuers {
		w.must(p.Issue(w.Out, issuer.ID, w.Signers[issuer.ID], w.keep))
		paths = append(paths, record.Enrolment(issuer.ID))
	}
	w.Act(scrutin.ActEnrol, scrutin.ActBody{Adopts: w.adopt(paths...)})
	return w
}

// Anonymise lets the mixers act, and opens the vote.
func (w *World) Anonymise() *World {
	w.Helper()
	var paths []string
	for i, m := range w.Manifest.Mixers {
		_, err := w.Board().Anonymise(w.Devices[m.ID], w.Out, trustee.Options{})
		w.must(err)
		paths = append(paths, record.Anonymisation(i+1))
	}
	w.Act(scrutin.ActAnonymise, scrutin.ActBody{Adopts: w.adopt(paths...)})
	return w.open()
}

func (w *World) open() *World {
	w.Helper()
	o := &scrutin.Opening{Head: scrutin.Head{Manifest: w.Fingerprint}, RollKey: w.Manifest.Platform.Roll.Key, UrnKey: w.Manifest.Platform.Urn.Key,
		Software: scrutin.Digest{1}, Specification: scrutin.Digest{2}, Client: scrutin.Digest{3}}
	o.Ceremony, o.Key, o.Clauses = w.keys().Opening()
	for _, i := range w.Manifest.Issuers {
		o.Enrolment = append(o.Enrolment, scrutin.Statement{Party: i.ID, Digest: w.adopt(record.Enrolment(i.ID))[0].SHA256})
	}
	for i, m := range w.Manifest.Mixers {
		o.Anonymisation = append(o.Anonymisation, scrutin.Statement{Party: m.ID, Digest: w.adopt(record.Anonymisation(i + 1))[0].SHA256})
	}
	p := &account.Procedure{Manifest: w.Manifest, Fingerprint: w.Fingerprint}
	source, err := p.Enrolment(&w.Out.Reader)
	w.must(err)
	chain, err := p.Chain(&w.Out.Reader)
	w.must(err)
	for i, u := range w.Manifest.Urns {
		enrolled, err := source.Population(i, 0)
		w.must(err)
		a, err := chain.Verify(i, enrolled, 0, nil)
		w.must(err)
		o.Urns = append(o.Urns, scrutin.OpenUrn{Urn: u.ID, Electors: u.Electors, Generator: scrutin.PointOf(a.Population.Generator),
			Accounts: a.Population.Keys.Len(), Root: scrutin.Digest(a.Root)})
	}
	var signers []note.Signer
	for _, m := range w.Manifest.Bureau.Members {
		signers = append(signers, w.Devices[m.ID].Signer())
	}
	for _, m := range w.Manifest.Witnesses {
		signers = append(signers, w.Signers[m.ID])
	}
	data, err := scrutin.Sign(o, signers...)
	w.must(err)
	w.must(w.Out.Write(record.Opening, data))
	w.registers = o.Registers()
	w.Act(scrutin.ActOpen, scrutin.ActBody{Adopts: w.adopt(record.Opening), Found: w.found(make([]int, len(w.Manifest.Urns)))})
	return w
}

func (w *World) found(counts []int) (found []scrutin.Finding) {
	for i, u := range w.Manifest.Urns {
		found = append(found, scrutin.Finding{Urn: u.ID, Marks: counts[i], Ballots: counts[i]})
	}
	return found
}

// Seal adopts the seals of all urns, and cells below the minimum if small names
// any.
func (w *World) Seal(small ...string) *World {
	w.Helper()
	var paths []string
	for _, u := range w.Manifest.Urns {
		paths = append(paths, record.Seal(u.ID), record.Roll(u.ID))
	}
	w.Act(scrutin.ActSeal, scrutin.ActBody{Adopts: w.adopt(paths...), Found: w.found(w.counts)})
	if len(small) > 0 {
		w.Act(scrutin.ActOpenSmall, scrutin.ActBody{Cells: small, Reason: "no other urn is left to join"})
	}
	return w
}

// Mix lets the mixers mix the ballots.
func (w *World) Mix() *World {
	w.Helper()
	for _, m := range w.Manifest.Mixers {
		s, err := trustee.ReadSealed(&w.Out.Reader, trustee.Options{})
		w.must(err)
		_, err = s.Mix(w.Devices[m.ID], w.Out)
		w.must(err)
	}
	return w
}

// AdoptMix writes the bureau's act that adopts the mixes.
func (w *World) AdoptMix() *World {
	w.Helper()
	var paths []string
	for i := range w.Manifest.Mixers {
		paths = append(paths, record.Mix(i+1))
	}
	w.Act(scrutin.ActMix, scrutin.ActBody{Adopts: w.adopt(paths...)})
	return w
}

// Copy copies the whole world to another directory, devices reopened.
func (w *World) Copy(root string) *World {
	w.Helper()
	w.must(os.CopyFS(root, os.DirFS(w.Root)))
	c := *w
	c.Root, c.Devices, c.halves = root, map[string]*device.Device{}, maps.Clone(w.halves)
	var err error
	c.Out, err = record.Resume(c.Dir())
	w.must(err)
	for name := range w.Devices {
		c.Devices[name], err = device.Open(Passphrase, WorkFactor, c.Media(name)...)
		w.must(err)
	}
	acts := *w.acts
	c.acts = &acts
	return &c
}

// Holder is the identifier of the i-th holder, from 1.
func Holder(i int) string { return fmt.Sprintf("member-%d", i) }

// Later lets a day pass.
func (w *World) Later() *World {
	w.clock = w.clock.AddDate(0, 0, 1)
	return w
}

// BreakBox writes the reveal that a cheating dealer would send in the run under
// way: honest, but for the box of the first holder, which does not open.
func (w *World) BreakBox(b *trustee.Board, dealer string) {
	w.Helper()
	data, err := w.Devices[dealer].Reveal(b.Ceremony, 0, b.Messages)
	w.must(err)
	text, err := note.Text(data)
	w.must(err)
	r := new(keyceremony.Reveal)
	w.must(canon.Unmarshal([]byte(text), r))
	r.Clauses[0].Boxes[0].Box[0] ^= 1
	data, err = keyceremony.Sign(r, w.Devices[dealer].Signer())
	w.must(err)
	m, err := b.Ceremony.Open(data)
	w.must(err)
	w.must(w.Out.Write(m.Path(), data))
}
