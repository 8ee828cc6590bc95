package trustee_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"isoloir/keyceremony"
	"isoloir/keyceremony/device"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
	"isoloir/tally"
	"isoloir/trustee"
	"isoloir/trustee/trusteetest"
)

func sealed(t *testing.T, counts []int, small ...string) *trusteetest.World {
	t.Helper()
	return trusteetest.New(t, t.TempDir(), scrutintest.Options{Urns: len(counts), Electors: 20, Holders: 3, MinSize: 10}).
		Ceremony().Enrol().Anonymise().Vote(counts...).Seal(small...)
}

func TestWholeElection(t *testing.T) {
	w := sealed(t, []int{12, 11}).Mix().AdoptMix()
	m, err := trustee.ReadMixed(&w.Out.Reader, trustee.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Urns) != 2 || m.Urns[0].Ballots != 12 || m.Urns[0].Marks != 12 || m.Urns[1].Electors != 20 || m.Urns[0].Witnesses != 3 {
		t.Errorf("%+v", m.Urns)
	}
	for _, name := range []string{"member-1", "member-3"} {
		if _, err := m.Decrypt(w.Devices[name], w.Out); err != nil {
			t.Fatal(err)
		}
	}
	shares, err := m.Tally.Mixed(&w.Out.Reader)
	if err != nil {
		t.Fatal(err)
	}
	judged, err := shares.Shares(&w.Out.Reader)
	if err != nil || len(judged.Refusals) != 0 {
		t.Fatal(err, judged.Refusals)
	}
	cells, err := judged.Count([]int{12, 11})
	if err != nil {
		t.Fatal(err)
	}
	if q := cells[0].Questions[0]; q.Options[0].Ballots != 3 || q.Options[1].Ballots != 3 || q.Options[2].Ballots != 3 || q.Blank != 3 || q.Nul != 0 {
		t.Errorf("%+v", q)
	}

	// A second run on another day, into another directory, gives the same bytes.
	again, err := device.Open(trusteetest.Passphrase, trusteetest.WorkFactor, w.Media("member-1")...)
	if err != nil {
		t.Fatal(err)
	}
	out, err := record.Create(filepath.Join(t.TempDir(), "again"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Decrypt(again, out); err != nil {
		t.Fatal(err)
	}
	paths, err := out.List()
	if err != nil || len(paths) != 3 {
		t.Fatalf("%v, %v", paths, err)
	}
	for _, p := range paths {
		a, errA := out.Digest(p)
		b, errB := w.Out.Digest(p)
		if errA != nil || errB != nil || a != b {
			t.Errorf("%s is another: %v %v", p, errA, errB)
		}
	}
}

func TestSmallCells(t *testing.T) {
	// B18: a holder asked to open one ballot.
	w := sealed(t, []int{12, 1})
	if _, err := trustee.ReadSealed(&w.Out.Reader, trustee.Options{}); !errors.Is(err, tally.ErrSmall) {
		t.Errorf("a single ballot: %v", err)
	}
	w = sealed(t, []int{12, 1}, "urn-2")
	if _, err := trustee.ReadSealed(&w.Out.Reader, trustee.Options{}); err != nil {
		t.Errorf("a single ballot that an act allows: %v", err)
	}
}

// TestNotYet: S004-21b.
func TestNotYet(t *testing.T) {
	w := trusteetest.New(t, t.TempDir(), scrutintest.Options{Urns: 1, Electors: 20, Holders: 3, MinSize: 10}).Ceremony().Enrol().Anonymise().Vote(11)
	if _, err := trustee.ReadSealed(&w.Out.Reader, trustee.Options{}); !errors.Is(err, trustee.ErrNotSealed) {
		t.Errorf("before the seal: %v", err)
	}
	w.Seal()
	if s, err := trustee.ReadSealed(&w.Out.Reader, trustee.Options{}); err != nil {
		t.Fatal(err)
	} else if _, err := s.Mix(w.Devices["member-1"], w.Out); !errors.Is(err, trustee.ErrNotMixer) {
		t.Errorf("a holder mixes: %v", err)
	}
	w.Mix()
	if _, err := trustee.ReadMixed(&w.Out.Reader, trustee.Options{}); !errors.Is(err, trustee.ErrNotMixed) {
		t.Errorf("before the act that adopts the mixes: %v", err)
	}
}

// A holder of the scrutin opens one seal: not another of the same urns, nor other
// mixes of the same seal.
func TestOneSealForEver(t *testing.T) {
	closed := trusteetest.New(t, t.TempDir(), scrutintest.Options{Urns: 1, Electors: 20, Holders: 3, MinSize: 10}).Ceremony().Enrol().Anonymise().Vote(11)
	first, second := closed.Copy(t.TempDir()).Seal(), closed
	// The bureau seals a second time, an hour later: the same log, another S.
	other := second.Copy(t.TempDir()).Later().Seal().Mix().AdoptMix()
	remixed := first.Copy(t.TempDir()).Mix().AdoptMix()
	first.Mix().AdoptMix()
	holder := first.Devices["member-2"]
	for _, w := range []*trusteetest.World{first, first} {
		m, err := trustee.ReadMixed(&w.Out.Reader, trustee.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Decrypt(holder, w.Out); err != nil {
			t.Fatal(err)
		}
	}
	m, err := trustee.ReadMixed(&other.Out.Reader, trustee.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Decrypt(holder, other.Out); !errors.Is(err, device.ErrOtherSeal) {
		t.Errorf("another seal: %v", err)
	}
	if m, err = trustee.ReadMixed(&remixed.Out.Reader, trustee.Options{}); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Decrypt(holder, remixed.Out); !errors.Is(err, device.ErrOtherInput) {
		t.Errorf("other mixes of the same seal: %v", err)
	}
	if other.Out.Exists(record.Shares("quorum", "member-2")) || remixed.Out.Exists(record.Shares("quorum", "member-2")) {
		t.Error("a share left the device")
	}
}

// A seal whose witnesses looked at the urn while it was still open is none, though
// the bureau closed later.
func TestEarlySeal(t *testing.T) {
	w := sealed(t, []int{11})
	path := filepath.Join(w.Dir(), record.Seal("urn-1"))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text, err := note.Text(whole)
	if err != nil {
		t.Fatal(err)
	}
	ends := w.Manifest.Schedule.Ends(w.Manifest.Schedule.Close)
	slot := time.Duration(w.Manifest.Schedule.SlotMinutes) * time.Minute
	for back, want := range map[time.Duration]error{0: nil, slot: trustee.ErrWitnesses, 72 * time.Hour: trustee.ErrWitnesses} {
		seal, err := note.Sign(text, w.Signers["urn"])
		if err != nil {
			t.Fatal(err)
		}
		for i, witness := range w.Manifest.Witnesses {
			at := ends
			if i == 0 {
				at = at.Add(-back)
			}
			if seal, err = note.Cosign(seal, w.Signers[witness.ID], uint64(at.Truncate(slot).Unix())); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(path, seal, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := trustee.ReadSealed(&w.Out.Reader, trustee.Options{}); !errors.Is(err, want) {
			t.Errorf("one of three witnesses %v earlier: %v", back, err)
		}
	}
}

// Who signs two messages for one step is named from the record, where both have a
// place; nothing else has a place there.
func TestDoubleSigner(t *testing.T) {
	w := trusteetest.New(t, t.TempDir(), scrutintest.Options{Urns: 1, Electors: 20, Holders: 5, MinSize: 10})
	b := w.Board()
	for _, h := range w.Manifest.Holders {
		if _, _, err := b.Speak(w.Devices[h.Member], keyceremony.CommitStep, 0, w.Out); err != nil {
			t.Fatal(err)
		}
	}
	s, err := b.Ceremony.RunState(1, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := s.Commit("member-3", s.Draw("member-3"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := keyceremony.Sign(body, w.Devices["member-3"].Signer())
	if err != nil {
		t.Fatal(err)
	}
	first, err := w.Out.Read(record.Ceremony(1, "commit", "member-3"), note.MaxSize)
	if err != nil {
		t.Fatal(err)
	}
	again := filepath.Join(w.Dir(), record.CeremonyAgain(1, "commit", "member-3"))
	if err := os.WriteFile(again, first, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.Board().Progress(1); !errors.Is(err, keyceremony.ErrMisplaced) {
		t.Errorf("the same message twice: %v", err)
	}
	if err := os.WriteFile(again, other, 0o644); err != nil {
		t.Fatal(err)
	}
	s, _, err = w.Board().Progress(1)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Faults) != 1 || s.Faults[0].Holder != "member-3" || !errors.Is(s.Faults[0], keyceremony.ErrDouble) {
		t.Errorf("two messages: %v", s.Faults)
	}
	if err := os.Rename(again, filepath.Join(w.Dir(), record.CeremonyAgain(1, "reveal", "member-3"))); err != nil {
		t.Fatal(err)
	}
	if _, err := trustee.ReadBoard(&w.Out.Reader); !errors.Is(err, keyceremony.ErrMisplaced) {
		t.Errorf("under another step: %v", err)
	}
}

// Every file that a holder's verdict rests on is missed and its change seen.
func TestChangedFiles(t *testing.T) {
	w := sealed(t, []int{11}).Mix().AdoptMix()
	paths, err := w.Out.List()
	if err != nil {
		t.Fatal(err)
	}
	unread := map[string]bool{ // the auditor's: what the opening record's signers found
		record.Enrolment("issuer-1"): true, record.Enrolment("issuer-2"): true,
		record.EnrolmentKeys("urn-1", "issuer-1"): true, record.EnrolmentKeys("urn-1", "issuer-2"): true,
	}
	for stage := 1; stage <= 3; stage++ {
		unread[record.Anonymisation(stage)] = true
		unread[record.AnonymisationProof("urn-1", stage)] = true
		unread[record.AnonymisationKeys("urn-1", stage)] = stage < 3
	}
	for step := range 2 {
		for i := 1; i <= 3; i++ {
			unread[record.Ceremony(1, []string{"rehearsal-1", "rehearsal-2"}[step], trusteetest.Holder(i))] = true
		}
	}
	for _, p := range paths {
		if unread[p] {
			continue
		}
		path := filepath.Join(w.Dir(), p)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		changed := append([]byte(nil), whole...)
		changed[len(changed)/2] ^= 1
		for what, data := range map[string][]byte{"changed": changed, "truncated": whole[:len(whole)-1], "missing": nil} {
			if data == nil {
				err = os.Remove(path)
			} else {
				err = os.WriteFile(path, data, 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err := trustee.ReadMixed(&w.Out.Reader, trustee.Options{}); err == nil {
				t.Errorf("%s, %s: nobody notices", p, what)
			}
		}
		if err := os.WriteFile(path, whole, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := trustee.ReadMixed(&w.Out.Reader, trustee.Options{}); err != nil {
		t.Fatal(err)
	}
}

// Who was added votes and is counted; what holders and mixers refuse of an amendment.
func TestAmendment(t *testing.T) {
	o := scrutintest.Options{Urns: 2, Electors: 20, Holders: 3, MinSize: 10}
	opened := trusteetest.New(t, t.TempDir(), o).Ceremony().Enrol().Anonymise()
	w := opened.Copy(t.TempDir()).Amend([]int{10, 0}, []int{0, 5, 6}, nil).Vote(12, 11).Seal().Mix().AdoptMix()
	m, err := trustee.ReadMixed(&w.Out.Reader, trustee.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if m.Urns[0].Electors != 27 || m.Urns[1].Electors != 20 || m.Urns[0].Ballots != 12 || !m.Registers[0].Struck(5) {
		t.Errorf("%+v", m.Urns)
	}
	for _, name := range []string{"member-1", "member-2"} {
		if _, err := m.Decrypt(w.Devices[name], w.Out); err != nil {
			t.Fatal(err)
		}
	}
	judged, err := m.Shares(&w.Out.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cells, err := judged.Count([]int{12, 11})
	if err != nil || cells[0].Electors != 27 || cells[0].Questions[0].Total() != 12 {
		t.Errorf("%+v, %v", cells, err)
	}

	other := opened.Copy(t.TempDir()).Amend([]int{10, 0}, nil, func(a *scrutin.Amendment) { a.Urns[0].Root[0] ^= 1 }).Vote(0, 11).Seal()
	if _, err := trustee.ReadSealed(&other.Out.Reader, trustee.Options{}); !errors.Is(err, trustee.ErrAmendment) {
		t.Errorf("root of other keys: %v", err)
	}
	w = opened.Amend([]int{10, 0}, nil, nil).Vote(12, 11).Seal()
	path := filepath.Join(w.Dir(), filepath.FromSlash(record.Population(1).AnonymisationProof("urn-1", 2)))
	proof, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	proof[len(proof)-1] ^= 1
	if err := os.WriteFile(path, proof, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := trustee.ReadSealed(&w.Out.Reader, trustee.Options{}); !errors.Is(err, trustee.ErrAmendment) {
		t.Errorf("another proof: %v", err)
	}
	if _, err := w.Board().AnonymiseAdded(w.Devices["mixer-1"], w.Out, 2, trustee.Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an amendment that no issuer announces: %v", err)
	}
}
