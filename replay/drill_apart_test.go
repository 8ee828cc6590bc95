package replay

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"isoloir/account"
	"isoloir/account/exchange"
	"isoloir/keyceremony"
	keydevice "isoloir/keyceremony/device"
	"isoloir/ratelimit"
	"isoloir/record"
	"isoloir/roll"
	"isoloir/roll/login"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/trustee"
	"isoloir/urn"
	"isoloir/voter"
)

var ctx = context.Background()

// begun is a scrutin of this manifest, whose keys are made anew, with some votes in it.
func begun(t *testing.T, m *scrutin.Manifest) *drilling {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "out")
	d := Drill{Of: m, Electors: 8, Seed: 1, WorkFactor: 1, Language: "fr"}
	o := Options{Title: m.Scrutin.Title, MinimumSize: m.MinimumSize}
	for _, u := range m.Urns {
		o.Votes = append(o.Votes, UrnResult{ID: u.ID, Electors: u.Electors})
	}
	x := &drilling{Drill: d, run: newRun(o, dir, m.Schedule.Open.Add(-before), Watcher{Stage: func(string, int, int) {}, Step: func(string, Cost) {}}), out: &Rehearsed{}}
	err := claim(dir)
	if err == nil {
		x.record, err = record.Create(filepath.Join(dir, exportDir))
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.services.shut(); x.seance.shut(); x.record.Close() })
	for _, do := range []func() error{
		func() error { return x.constituteAs(ctx, m) }, func() error { return x.Ceremony() }, x.rehearsal, x.enrolAll, func() error { return x.Anonymise() }, x.seats,
		func() error { return x.open(ctx) }, func() error { return x.castAll(ctx, x.drawDrill()) },
	} {
		if err := do(); err != nil {
			t.Fatal(err)
		}
	}
	return x
}

// counted takes it to the shares.
func (x *drilling) counted(t *testing.T) {
	t.Helper()
	for _, do := range []func() error{
		func() error { return x.closeAndSeal(ctx) }, func() error { return x.Mix() },
		func() error {
			x.clock.Set(x.Manifest.Schedule.Count.Time)
			mixed, err := x.Mixed()
			if err != nil {
				return err
			}
			return x.Decrypt(mixed)
		},
	} {
		if err := do(); err != nil {
			t.Fatal(err)
		}
	}
}

// An intercepted urn keeps what a device sends, and answers nothing.
type intercepted struct{ sent []byte }

func (i *intercepted) ServeAppend(_ context.Context, request []byte) []byte {
	i.sent = request
	return []byte{14} // busy
}

// sent is what the device of somebody who has not voted sends to the urn.
func (x *drilling) sent(t *testing.T) (*voter.Device, urn.AppendRequest) {
	t.Helper()
	voted := map[uint32]bool{}
	for _, v := range x.drawDrill() {
		if v.urn == 0 {
			voted[v.elector] = true
		}
	}
	v := turnout{choices: x.drawDrill()[0].choices}
	for voted[v.elector] {
		v.elector++
	}
	d, err := x.device(v)
	if err != nil {
		t.Fatal(err)
	}
	var i intercepted
	if err := d.Cast(ctx, x.services.Roll, &i); !errors.Is(err, urn.ErrBusy) {
		t.Fatal(err)
	}
	q, err := urn.ParseAppendRequest(i.sent)
	if err != nil {
		t.Fatal(err)
	}
	return d, q
}

// S002-01, FP-12, docs/bureau.md §8: whatever a rehearsal makes, the roles and the holders of the vote refuse, and say why.
func TestApart(t *testing.T) {
	m := theVote(t, 1)
	for i := range m.Urns {
		m.Urns[i].Electors = 8
	}
	vote := begun(t, m)
	if vote.Manifest.Scrutin.Kind != scrutin.Real {
		t.Fatal("this is no vote")
	}
	drilled, err := (&Drill{Of: vote.Manifest, Electors: 8}).manifest()
	if err != nil {
		t.Fatal(err)
	}
	drill := begun(t, drilled)
	_, ours := vote.sent(t)
	device, theirs := drill.sent(t)

	t.Run("ballot", func(t *testing.T) {
		for name, c := range map[string]struct {
			ballot, authorisation bool
			want                  error
		}{
			"all of it":         {true, true, urn.ErrOpening},
			"the ballot alone":  {true, false, urn.ErrOpening},
			"the authorisation": {false, true, urn.ErrAuthorisation},
		} {
			q := ours
			if c.ballot {
				q.Ballot, q.Device, q.Signature = theirs.Ballot, theirs.Device, theirs.Signature
			}
			if c.authorisation {
				q.Authorisation = theirs.Authorisation
			}
			if a := vote.services.Urn.Append(ctx, []urn.AppendRequest{q})[0]; !errors.Is(a.Err, c.want) {
				t.Errorf("%s: %v, want %v", name, a.Err, c.want)
			}
		}
		if a := vote.services.Urn.Append(ctx, []urn.AppendRequest{ours})[0]; a.Err != nil {
			t.Errorf("a ballot of the vote: %v", a.Err)
		}
	})
	t.Run("reservation", func(t *testing.T) {
		if err := device.Step(ctx, vote.services.Roll, vote.services.Urn); !errors.Is(err, urn.ErrOpening) {
			t.Error(err)
		}
		d, err := drill.device(turnout{elector: 1, choices: drill.drawDrill()[0].choices})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Cast(ctx, vote.services.Roll, vote.services.Urn); !errors.Is(err, roll.ErrSignature) {
			t.Error(err)
		}
	})
	t.Run("code", func(t *testing.T) { vote.codes(t, drill) })
	t.Run("act", func(t *testing.T) {
		acts, err := drill.record.Acts()
		if err != nil {
			t.Fatal(err)
		}
		p := scrutin.NewProcedure(vote.Manifest, vote.Fingerprint)
		if err := p.Apply(acts[0]); !errors.Is(err, scrutin.RuleSigner) {
			t.Error(err)
		}
		if err := vote.seanceTakes(drill); !errors.Is(err, scrutin.ErrOtherScrutin) {
			t.Errorf("a statement of its journal: %v", err)
		}
	})
	t.Run("message of the ceremony", func(t *testing.T) {
		board, err := trustee.ReadBoard(&vote.record.Reader)
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range []string{"commit", "reveal", "seal", "rehearsal-1"} {
			data, err := drill.record.Read(record.Ceremony(1, step, drill.Holders[0].ID), note.MaxSize)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := board.Ceremony.Open(data); !errors.Is(err, keyceremony.ErrForeign) {
				t.Errorf("%s: %v", step, err)
			}
		}
	})

	vote.counted(t)
	drill.counted(t)
	// swapped is the vote's record with one file of the rehearsal in the place of its own.
	swapped := func(path string) *record.Reader {
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS(vote.record.Dir())); err != nil {
			t.Fatal(err)
		}
		data, err := drill.record.Read(path, note.MaxSize)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, filepath.FromSlash(path)), data, 0o644)
		}
		r, wrong := record.Open(dir)
		if err = errors.Join(err, wrong); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { r.Close() })
		return r
	}
	options := trustee.Options{Now: vote.clock.Now}
	for name, path := range map[string]string{"checkpoint": record.Seal(m.Urns[0].ID), "mix": record.Mix(1), "opening record": record.Opening} {
		t.Run(name, func(t *testing.T) {
			if _, err := trustee.ReadMixed(swapped(path), options); !errors.Is(err, note.ErrUnknownSigner) {
				t.Errorf("the rehearsal's %s: %v", path, err)
			}
		})
	}
	t.Run("share", func(t *testing.T) {
		c := vote.Manifest.Clauses[0]
		in := swapped(record.Shares(c.ID, third(&c)[0]))
		mixed, err := trustee.ReadMixed(in, options)
		if err != nil {
			t.Fatal(err)
		}
		judged, err := mixed.Shares(in)
		if err != nil {
			t.Fatal(err)
		}
		refused := false
		for _, v := range judged.Verdicts {
			refused = refused || v.Clause == c.ID && v.Holder == third(&c)[0] && v.Reason == "signature"
		}
		if !refused {
			t.Errorf("%+v", judged.Verdicts)
		}
	})
	t.Run("device", func(t *testing.T) { // a holder of the rehearsal, and his fragment, before the vote's urn
		mixed, err := vote.Mixed()
		if err != nil {
			t.Fatal(err)
		}
		out, err := record.Create(filepath.Join(t.TempDir(), "shares"))
		if err != nil {
			t.Fatal(err)
		}
		defer out.Close()
		if _, err := mixed.Decrypt(drill.Holders[0].Device, out); !errors.Is(err, keydevice.ErrManifest) {
			t.Error(err)
		}
	})
}

// nobody sends nothing.
type nobody struct{}

func (nobody) Send(context.Context, string, exchange.Validation) (string, error) { return "", nil }

// seanceTakes submits the first statement of another bureau's journal.
func (x *drilling) seanceTakes(other *drilling) error {
	_, err := x.seance.Submit(ctx, other.seance.Journal().Entries(0)[0].Note)
	return err
}

// codes has somebody log in to the vote by a code of it, and by the same code as the rehearsal's devices make it.
func (x *drilling) codes(t *testing.T, drill *drilling) {
	code := account.NewCode(x.Manifest.Codes)
	elector := voter.Elector{Manifest: x.Manifest, Fingerprint: x.Fingerprint, Opening: x.OpeningDigest}
	rehearsed := elector
	rehearsed.Fingerprint = drill.Fingerprint
	scope := x.services.Roll.Scope
	var deposits []roll.Deposit
	for i, s := range elector.Stretch([2]account.Code{code, code}) {
		d := s.Deposit(x.secrets[0][0])
		deposits = append(deposits, roll.Deposit{Issuer: i, Half: roll.Half{Generation: 0, Login: [32]byte(d.Login.Bytes()), Masked: [32]byte(d.Masked.Bytes())}})
	}
	if err := x.services.rollStore.Deposit(ctx, scope, deposits); err != nil {
		t.Fatal(err)
	}
	service, err := login.New(login.Config{Roll: x.services.Roll, Store: x.services.rollStore, Manifest: x.Manifest, Key: [32]byte{1}, Sender: nobody{},
		Window: func() login.Window { return login.WindowOf(x.Manifest, x.Bureau.Procedure()) }})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(ctx context.Context, name string, request []byte) ([]byte, error) {
		answer, _ := service.Serve(ctx, name, ratelimit.Network{}, request)
		return answer, nil
	}
	if _, err := voter.Login(ctx, ask, elector, rehearsed.Stretch([2]account.Code{code, code})); !errors.Is(err, roll.ErrLogin) {
		t.Errorf("the rehearsal's code lets in: %v", err)
	}
	if _, err := voter.Login(ctx, ask, elector, elector.Stretch([2]account.Code{code, code})); err != nil {
		t.Errorf("the vote's own code: %v", err)
	}
	if bytes.Equal(x.Fingerprint[:], drill.Fingerprint[:]) {
		t.Error("one fingerprint")
	}
}
