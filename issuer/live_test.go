package issuer_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"isoloir/account/exchange"
	"isoloir/courier"
	"isoloir/issuer"
	"isoloir/issuer/issuertest"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

// failing is a carrier that answers with an error until it is nil.
type failing struct {
	courier.Carrier
	err   error
	asked int
}

func (f *failing) Carry(ctx context.Context, m courier.Message) error {
	f.asked++
	if f.err != nil {
		return f.err
	}
	return f.Carrier.Carry(ctx, m)
}

func TestValidate(t *testing.T) {
	for number, want := range []string{"e…@m…", "…07"} {
		b := issuertest.New(t, fixture(t, 20), number, nil)
		b.Import(t)
		f := &failing{Carrier: b.Box}
		b.Station.Carriers[b.Channel()] = f
		v := exchange.Validation{Elector: exchange.Elector{Urn: 1, Number: 7}, ID: [16]byte{1, 2, 3}, Expires: b.Clock.Now(), Digits: "048213"}
		for range 3 {
			hint, err := b.Validate(t.Context(), v)
			if err != nil || hint != want {
				t.Fatalf("%q, %v", hint, err)
			}
		}
		got := b.Box.To(issuertest.Address(b.Channel(), 1, 7))
		if len(got) != 1 || !strings.Contains(got[0].Body, "048213") || got[0].Kind != courier.Validation {
			t.Errorf("%d messages: %+v", len(got), got)
		}
		f.err = errors.New("down")
		v.ID[15]++
		if _, err := b.Validate(t.Context(), v); !errors.Is(err, issuer.ErrBusy) {
			t.Errorf("the carrier is down: %v", err)
		}
		f.err = courier.ErrRefused
		if _, err := b.Validate(t.Context(), v); !errors.Is(err, issuer.ErrAddress) {
			t.Errorf("the carrier refuses: %v", err)
		}
		for _, e := range []exchange.Elector{{Urn: 1, Number: 20}, {Urn: 9}, {Urn: 0, Number: 9}} {
			v.Elector = e
			if _, err := b.Validate(t.Context(), v); !errors.Is(err, issuer.ErrAddress) {
				t.Errorf("elector %v: %v", e, err)
			}
		}
		holdsNot(t, b.Dir, []byte("048213"))
	}
}

// holdsNot searches all files of a directory.
func holdsNot(t testing.TB, dir string, needles ...[]byte) {
	t.Helper()
	err := filepath.WalkDir(dir, func(file string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(file)
		for _, n := range needles {
			if bytes.Contains(data, n) {
				t.Errorf("%s holds %q", filepath.Base(file), n)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestVoted(t *testing.T) {
	for _, policy := range []string{"mark-only", "code", "none"} {
		f := scrutintest.New(t, scrutintest.Options{Electors: 20, Edit: func(m *scrutin.Manifest) {
			issuertest.Cheap(m)
			m.Publication.EmailAfterVote = policy
		}})
		for number := range 2 {
			b := issuertest.New(t, f, number, nil)
			b.Import(t)
			electors := []exchange.Elector{{Urn: 0, Number: 9}, {Urn: 1, Number: 7}, {Urn: 7, Number: 1}}
			for range 2 {
				if err := b.Voted(t.Context(), electors); err != nil {
					t.Fatal(err)
				}
				if _, err := b.Dispatch(t.Context(), b.Channel(), nil); err != nil {
					t.Fatal(err)
				}
			}
			want := 0
			if policy == "mark-only" && number == 0 {
				want = 1 // who gets letters and who is unknown is passed over
			}
			if got := b.Box.Letters(); len(got) != want {
				t.Errorf("%s, issuer %d: %d messages, not %d", policy, number, len(got), want)
			}
		}
	}
}

// receipt is a request as a voter's device makes it.
func receipt(t testing.TB, f *scrutintest.Fixture, o scrutin.Digest, e exchange.Elector) issuer.ReceiptRequest {
	t.Helper()
	r := issuer.ReceiptRequest{Elector: e, Signature: [64]byte{9, byte(e.Number)}, Ballot: scrutin.DigestOf([]byte{byte(e.Number)})}
	mark := sha256.Sum256(append([]byte{byte(e.Number), 0, 0, 0}, r.Signature[:]...))
	urn := f.Manifest.Urns[e.Urn].ID
	var err error
	if r.Marked, err = scrutin.SignCasting(scrutin.CastingText{Kind: scrutin.Marked, Opening: o, Urn: urn, Value: mark}, f.Signers["roll"]); err != nil {
		t.Fatal(err)
	}
	if r.Promise, err = scrutin.SignCasting(scrutin.CastingText{Kind: scrutin.Promise, Opening: o, Urn: urn, Value: r.Ballot}, f.Signers["urn"]); err != nil {
		t.Fatal(err)
	}
	return r
}

// The receipt code is sent once, to who is marked and whose ballot is promised, and
// is in no file afterwards.
func TestReceipt(t *testing.T) {
	f := scrutintest.New(t, scrutintest.Options{Electors: 20, Edit: func(m *scrutin.Manifest) {
		issuertest.Cheap(m)
		m.Publication.EmailAfterVote = "code"
	}})
	o := scrutin.DigestOf([]byte("opening"))
	with := func(c *issuer.Config) { c.Opening = o }
	b := issuertest.New(t, f, 0, with)
	b.Import(t)
	carrier := &failing{Carrier: b.Box}
	b.Station.Carriers[courier.Email] = carrier
	e := exchange.Elector{Urn: 1, Number: 7}
	good := receipt(t, f, o, e)
	other := receipt(t, f, o, exchange.Elector{Urn: 1, Number: 8})
	for name, change := range map[string]func(r *issuer.ReceiptRequest){
		"a mark of another":        func(r *issuer.ReceiptRequest) { r.Marked = other.Marked },
		"another signature":        func(r *issuer.ReceiptRequest) { r.Signature[1]++ },
		"another elector":          func(r *issuer.ReceiptRequest) { r.Number++ },
		"another urn":              func(r *issuer.ReceiptRequest) { r.Urn = 0 },
		"another ballot":           func(r *issuer.ReceiptRequest) { r.Ballot[0]++ },
		"the mark as promise":      func(r *issuer.ReceiptRequest) { r.Promise = r.Marked },
		"the promise as mark":      func(r *issuer.ReceiptRequest) { r.Marked = r.Promise },
		"of another opening":       func(r *issuer.ReceiptRequest) { *r = receipt(t, f, scrutin.Digest{1}, e) },
		"a promise without a word": func(r *issuer.ReceiptRequest) { r.Promise = []byte("x") },
		"a signature that is false": func(r *issuer.ReceiptRequest) {
			r.Marked = bytes.Replace(r.Marked, []byte("urn-2"), []byte("urn-1"), 1)
		},
	} {
		r := good
		change(&r)
		if err := b.Receipt(t.Context(), r); !errors.Is(err, issuer.ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
	carrier.err = errors.New("down")
	if err := b.Receipt(t.Context(), good); !errors.Is(err, issuer.ErrBusy) {
		t.Errorf("the carrier is down: %v", err)
	}
	carrier.err = nil
	for range 3 {
		if err := b.Receipt(t.Context(), good); err != nil {
			t.Fatal(err)
		}
	}
	got := b.Box.To(issuertest.Address(courier.Email, 1, 7))
	if spaced := strings.ReplaceAll(strings.ReplaceAll(got[0].Body, " ", ""), "\n", ""); len(got) != 1 || !strings.Contains(spaced, good.Ballot.String()) {
		t.Errorf("%d messages: %s", len(got), got[0].Body)
	}
	if strings.Contains(got[0].Name, good.Ballot.String()[:8]) {
		t.Error("the message's name is made of the ballot hash")
	}
	holdsNot(t, b.Dir, good.Ballot[:], []byte(good.Ballot.String()), []byte(hex.EncodeToString(good.Ballot[:4])))
	if err := b.Receipt(t.Context(), receipt(t, f, o, exchange.Elector{Number: 9})); !errors.Is(err, issuer.ErrAddress) {
		t.Errorf("who gets letters: %v", err)
	}
	far := good
	far.Urn = 9
	if err := b.Receipt(t.Context(), far); !errors.Is(err, issuer.ErrPolicy) {
		t.Errorf("an urn that is not there: %v", err)
	}
	for name, s := range map[string]*issuertest.Bench{"by text message": issuertest.New(t, f, 1, with), "before the opening": issuertest.New(t, f, 0, nil)} {
		if err := s.Receipt(t.Context(), good); !errors.Is(err, issuer.ErrPolicy) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := issuertest.New(t, fixture(t, 20), 0, with).Receipt(t.Context(), good); !errors.Is(err, issuer.ErrPolicy) {
		t.Errorf("where the e-mail has the mark only: %v", err)
	}
}

// Roll and urn are heard by their deputies as they hear each other: not when these are over, and not when an act has withdrawn them.
func TestReceiptByDeputies(t *testing.T) {
	f := scrutintest.New(t, scrutintest.Options{Electors: 20, Edit: func(m *scrutin.Manifest) {
		issuertest.Cheap(m)
		m.Publication.EmailAfterVote = "code"
	}})
	o, now := scrutin.DigestOf([]byte("opening")), time.Date(2026, 12, 3, 12, 0, 0, 0, time.UTC)
	var withdrawn string
	stolen := [32]byte{}
	b := issuertest.New(t, f, 0, func(c *issuer.Config) {
		c.Opening, c.Now = o, func() time.Time { return now }
		c.Withdrawn = func(role string, key [32]byte) bool { return role == withdrawn && key == stolen }
	})
	b.Import(t)
	e := exchange.Elector{Urn: 1, Number: 7}
	for _, role := range []string{scrutin.RoleRoll, scrutin.RoleUrn} {
		other := map[string]string{scrutin.RoleRoll: scrutin.RoleUrn, scrutin.RoleUrn: scrutin.RoleRoll}[role]
		forgers := scrutintest.NewForgers(t, f.Signers[role], f.Signers[other])
		r := receipt(t, f, o, e)
		word, kind, value := &r.Promise, scrutin.Promise, r.Ballot
		if role == scrutin.RoleRoll {
			word, kind = &r.Marked, scrutin.Marked
			value = sha256.Sum256(append([]byte{byte(e.Number), 0, 0, 0}, r.Signature[:]...))
		}
		text := scrutin.CastingText{Kind: kind, Opening: o, Urn: f.Manifest.Urns[e.Urn].ID, Value: value}
		ask := func(data []byte) error {
			*word = data
			return b.Receipt(t.Context(), r)
		}
		for _, forged := range forgers.Forgeries(t, text, now) {
			if err := ask(forged.Data); !errors.Is(err, issuer.ErrSignature) {
				t.Errorf("%s, %s: %v", role, forged.Name, err)
			}
		}
		said := forgers.Say(t, text, now)
		withdrawn, stolen = role, forgers.Deputy.Verifier().PublicKey()
		if err := ask(said); !errors.Is(err, issuer.ErrSignature) || !errors.Is(err, scrutin.RefusedDeputy) {
			t.Errorf("%s, withdrawn: %v", role, err)
		}
		withdrawn = other
		now = now.AddDate(0, 0, 7)
		if err := ask(said); !errors.Is(err, issuer.ErrSignature) || !errors.Is(err, scrutin.RefusedExpired) {
			t.Errorf("%s, expired: %v", role, err)
		}
		now = now.AddDate(0, 0, -7)
		if len(b.Box.To(issuertest.Address(courier.Email, 1, 7))) != 0 && role == scrutin.RoleRoll {
			t.Error("a stolen deputy sends messages")
		}
		if err := ask(said); err != nil {
			t.Errorf("%s: %v", role, err)
		}
	}
}

func TestReceiptRequest(t *testing.T) {
	r := issuer.ReceiptRequest{Elector: exchange.Elector{Urn: 258, Number: 7}, Signature: [64]byte{1}, Marked: []byte("marked"), Ballot: scrutin.Digest{2}, Promise: []byte("promise")}
	b := r.Bytes()
	got, err := issuer.ParseReceiptRequest(b)
	if err != nil || !bytes.Equal(got.Bytes(), b) || got.Urn != 258 || string(got.Promise) != "promise" || got.Ballot != r.Ballot {
		t.Fatalf("%+v, %v", got, err)
	}
	for n := range len(b) {
		if _, err := issuer.ParseReceiptRequest(b[:n]); !errors.Is(err, issuer.ErrFormat) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	if _, err := issuer.ParseReceiptRequest(append(b, 0)); !errors.Is(err, issuer.ErrFormat) {
		t.Errorf("a byte more: %v", err)
	}
	r.Marked = nil
	if _, err := issuer.ParseReceiptRequest(r.Bytes()); !errors.Is(err, issuer.ErrFormat) {
		t.Errorf("no mark: %v", err)
	}
}

func FuzzReceiptRequest(f *testing.F) {
	f.Add(issuer.ReceiptRequest{Marked: []byte("m"), Promise: []byte("p")}.Bytes())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, err := issuer.ParseReceiptRequest(b); err == nil && !bytes.Equal(r.Bytes(), b) {
			t.Errorf("%x is read and written otherwise", b)
		}
	})
}
