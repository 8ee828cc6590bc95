// Package registertest makes registers, distributions, cards and devices for tests.
package registertest

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"testing"
	"time"

	"isoloir/account"
	"isoloir/crypto/group"
	"isoloir/register"
	"isoloir/register/access"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
)

// Opens is when stations of the distributions here open, Closes when they close.
var (
	Opens  = time.Date(2032, 5, 30, 6, 0, 0, 0, time.UTC)
	Closes = Opens.Add(12 * time.Hour)
)

// A Town is a register with its keys.
type Town struct {
	Register *register.Register
	Text     []byte
	Rho      scrutin.Digest
	Opener   register.Opener
	Signer   *note.PrivateKey
}

// NewTown makes a register of the constituencies named.
func NewTown(t testing.TB, constituencies ...string) *Town {
	t.Helper()
	secret, err := ecdh.X25519().GenerateKey(rand.Reader)
	must(t, err)
	opener, err := register.NewOpener(secret.Bytes())
	must(t, err)
	signer, err := note.GenerateKey("registre")
	must(t, err)
	public := opener.Public()
	r := &register.Register{
		Record: "isoloir/v1/register", Organisation: "ville", ID: "comptes", Title: "Comptes anonymes", Kind: "rehearsal", Zone: "Europe/Paris", MinimumSize: 10,
		Codes:   scrutin.Codes{Length: 12, Alphabet: "ABCDEFGHJKLMNPQRSTUVWXYZ23456789", Algorithm: "argon2id", Passes: 1, MemoryKiB: 64, Lanes: 1},
		Signing: signer.Verifier().String(), Activation: hex.EncodeToString(public[:]),
	}
	for _, c := range constituencies {
		r.Constituencies = append(r.Constituencies, register.Place{ID: c, Label: c})
	}
	text, err := canon.Marshal(r)
	must(t, err)
	parsed, rho, err := register.ParseRegister(text)
	must(t, err)
	return &Town{Register: parsed, Text: text, Rho: rho, Opener: opener, Signer: signer}
}

// Distribution is one of a day and a round of all constituencies, each with two stations
// of the electors named.
func (w *Town) Distribution(number int, first, second int) *register.Distribution {
	d := &register.Distribution{Record: "isoloir/v1/distribution", Register: w.Rho, Number: number, Title: "Remise", Scope: register.General}
	for _, c := range w.Register.Constituencies {
		d.Constituencies = append(d.Constituencies, register.Electorate{ID: c.ID, Electors: first + second})
		d.Stations = append(d.Stations,
			register.Station{ID: c.ID + "-1", Label: "École", Constituency: c.ID, Electors: first, Cards: first},
			register.Station{ID: c.ID + "-2", Label: "Mairie", Constituency: c.ID, Electors: second, Cards: second})
	}
	d.Rounds = []register.Round{{Opens: scrutin.TimeOf(Opens), Closes: scrutin.TimeOf(Closes)}}
	return d
}

// Text is the canonical text of a distribution.
func Text(t testing.TB, d *register.Distribution) []byte {
	t.Helper()
	text, err := canon.Marshal(d)
	must(t, err)
	return text
}

// A Paper is a card as somebody holds it.
type Paper struct {
	register.Card
	Sealed  register.Sealed
	Scratch account.Code
}

// Cards makes those of a distribution, station by station.
func (w *Town) Cards(t testing.TB, d *register.Distribution) (papers []Paper, cards []register.Card) {
	t.Helper()
	public := w.Opener.Public()
	for _, s := range d.Stations {
		for range s.Cards {
			token := register.DrawToken()
			sealed, err := token.Seal(w.Rho, public)
			must(t, err)
			number, code := register.DrawNumber(), account.NewCode(w.Register.Codes)
			login := group.MulBase(access.FromScratch(w.Register.Codes, w.Rho, number, code).Login)
			c := register.Card{Number: number, Constituency: s.Constituency, Station: s.ID, Token: token.Hash(), Login: scrutin.PointOf(login)}
			papers, cards = append(papers, Paper{c, sealed, code}), append(cards, c)
		}
	}
	return papers, cards
}

// A Phone is a device with its key.
type Phone struct {
	ID  register.ID
	key *ecdsa.PrivateKey
	rho scrutin.Digest
}

// NewPhone draws one.
func (w *Town) NewPhone(t testing.TB) *Phone {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	p := &Phone{key: key, rho: w.Rho}
	rand.Read(p.ID[:])
	return p
}

// Key is its public key, 65 bytes.
func (p *Phone) Key(t testing.TB) []byte {
	t.Helper()
	b, err := p.key.PublicKey.Bytes()
	must(t, err)
	return b
}

// Scan signs a new scan of a card.
func (p *Phone) Scan(t testing.TB, mode register.Mode, card register.Sealed) register.Scan {
	t.Helper()
	s := register.Scan{Device: p.ID, Mode: mode, Card: card}
	rand.Read(s.ID[:])
	s.Signature = p.sign(t, s.Signed(p.rho))
	return s
}

// Notice signs a new notice.
func (p *Phone) Notice(t testing.TB, subject register.Subject, number uint32) register.Notice {
	t.Helper()
	n := register.Notice{Device: p.ID, Subject: subject, Number: number}
	rand.Read(n.ID[:])
	n.Signature = p.sign(t, n.Signed(p.rho))
	return n
}

func (p *Phone) sign(t testing.TB, message []byte) (signature [64]byte) {
	t.Helper()
	digest := sha256.Sum256(message)
	r, s, err := ecdsa.Sign(rand.Reader, p.key, digest[:])
	must(t, err)
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return signature
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
