package demonstration

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"isoloir/account"
	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/ratelimit"
	"isoloir/record"
	"isoloir/register"
	"isoloir/register/access"
	"isoloir/register/cards"
	"isoloir/register/office"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
)

// consultationID is the identifier of the scrutin of accounts.
const consultationID = "consultation"

// unused is how many cards of a constituency are handed out and not taken into use.
const unused = 3

// distribute makes the register, hands the cards of a distribution out on a day that is over, takes most of them into use, and has the register sign
// whose keys may vote.
func (p *consultation) distribute(ctx context.Context) (err error) {
	dir := p.at(registerDir)
	if p.rho, err = office.Init(dir, register.Register{
		Organisation: "montclair", ID: "registre", Title: "Comptes anonymes de Montclair-les-Étangs", Kind: "rehearsal", Zone: zone, MinimumSize: 10,
		Constituencies: []register.Place{{ID: "centre", Label: "Quartier du Centre"}, {ID: "rives", Label: "Quartier des Rives"}},
		Codes:          scrutin.Codes{Length: 12, Alphabet: "ABCDEFGHJKLMNPQRSTUVWXYZ23456789", Algorithm: "argon2id", Passes: 1, MemoryKiB: p.AccountOptions.MemoryKiB, Lanes: 1},
	}); err != nil {
		return err
	}
	now := p.opens.Add(-72 * time.Hour) // the day of the distribution
	d, err := office.Open(ctx, dir, func() time.Time { return now })
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Shut()) }()
	p.register = d.Signer.Verifier()
	boxes, err := p.load(ctx, d, now)
	if err != nil {
		return err
	}
	now = now.Add(2 * time.Hour)
	for _, box := range boxes {
		if err := handOut(ctx, d.Service, box); err != nil {
			return err
		}
	}
	now = now.Add(24 * time.Hour)
	if err := d.Service.Tick(ctx); err != nil { // all stations have closed
		return err
	}
	owners := access.NewService(p.rho, d.Store, d.Signer, func() time.Time { return now })
	var all []Card
	for _, box := range boxes {
		for i, print := range box.Prints {
			c := Card{Number: print.Number, Constituency: box.Station.Constituency, Scratch: print.Scratch.Reveal()}
			if i < p.Accounts {
				c.Passphrase = suggested()
				if err := p.use(ctx, owners, d.Service.Register, print, c.Passphrase); err != nil {
					return fmt.Errorf("first use of a card: %w", err)
				}
			}
			all = append(all, c)
		}
	}
	list, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	if err := record.WriteWhole(p.at(cardsFile), list); err != nil {
		return err
	}
	return p.photograph(ctx, d)
}

// photograph has the snapshot written into the record, which it begins.
func (p *consultation) photograph(ctx context.Context, d *office.Office) (err error) {
	if p.record, err = record.Create(p.at(recordDir)); err != nil {
		return err
	}
	urns, err := d.Urns(nil)
	if err != nil {
		return err
	}
	s, digest, err := d.Snapshot(ctx, p.record, consultationID, urns, false)
	if err != nil {
		return err
	}
	p.snapshot = digest
	for _, u := range s.Urns {
		p.electors = append(p.electors, u.Electors)
	}
	return nil
}

// load plans the distribution, draws its cards, and brings them to the register.
func (p *consultation) load(ctx context.Context, d *office.Office, now time.Time) ([]cards.Box, error) {
	var stations strings.Builder
	stations.WriteString("station,label,constituency,electors\n")
	for _, c := range d.Service.Register.Constituencies {
		fmt.Fprintf(&stations, "bureau-%s,%s,%s,%d\n", c.ID, c.Label, c.ID, p.Accounts+unused)
	}
	planned, err := d.Distribution(office.Plan{Title: "Remise des cartes", Scope: register.General,
		Rounds: []register.Round{{Opens: scrutin.TimeOf(now.Add(time.Hour)), Closes: scrutin.TimeOf(now.Add(10 * time.Hour)), Exceptions: []register.Hours{}}}}, strings.NewReader(stations.String()))
	if err != nil {
		return nil, err
	}
	run := cards.Run{Register: d.Service.Register, Rho: p.rho, Distribution: planned, Workers: p.AccountOptions.Workers}
	var boxes []cards.Box
	var known []register.Card
	for _, s := range planned.Stations {
		box, told, err := run.Draw(s)
		if err != nil {
			return nil, err
		}
		boxes, known = append(boxes, box), append(known, told...)
	}
	text, err := canon.Marshal(planned)
	if err != nil {
		return nil, err
	}
	return boxes, d.Service.Open(ctx, text, known)
}

// handOut is a polling station's day: its box is counted, and every card scanned.
func handOut(ctx context.Context, s *register.Service, box cards.Box) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	public, err := key.PublicKey.Bytes()
	if err != nil {
		return err
	}
	code, err := s.Invite(ctx, box.Station.ID)
	if err != nil {
		return err
	}
	var phone register.ID
	rand.Read(phone[:])
	if _, err := s.Enrol(ctx, code, phone, public); err != nil {
		return err
	}
	sign := func(message []byte) (signature [64]byte, err error) {
		digest := sha256.Sum256(message)
		r, v, err := ecdsa.Sign(rand.Reader, key, digest[:])
		if err != nil {
			return signature, err
		}
		r.FillBytes(signature[:32])
		v.FillBytes(signature[32:])
		return signature, nil
	}
	n := register.Notice{Device: phone, Subject: register.TellCount, Number: uint32(box.Station.Cards)}
	rand.Read(n.ID[:])
	if n.Signature, err = sign(n.Signed(s.Rho)); err != nil {
		return err
	}
	if _, err := s.Tell(ctx, n); err != nil {
		return err
	}
	for _, print := range box.Prints {
		q := register.Scan{Device: phone, Mode: register.Activate, Card: print.Sealed}
		rand.Read(q.ID[:])
		if q.Signature, err = sign(q.Signed(s.Rho)); err != nil {
			return err
		}
		if a, _, err := s.Scan(ctx, q); err != nil || a != register.Done {
			return fmt.Errorf("station %s: a card is answered %d: %w", box.Station.ID, a, err)
		}
	}
	return nil
}

// use is the first use of a card, with a passphrase.
func (p *consultation) use(ctx context.Context, s *access.Service, r *register.Register, card cards.Print, passphrase string) error {
	x := group.RandomScalar()
	key := sigma.NewElement(group.MulBase(x))
	known, err := access.KeyClaim(p.rho, key).Prove(x)
	if err != nil {
		return err
	}
	scratch := access.FromScratch(r.Codes, p.rho, card.Number, card.Scratch)
	challenge := s.Hello(card.Number)
	login, err := access.LoginClaim(p.rho, card.Number, sigma.NewElement(group.MulBase(scratch.Login)), challenge).Prove(scratch.Login)
	if err != nil {
		return err
	}
	_, err = s.First(ctx, ratelimit.Network{1}, access.FirstRequest{Number: card.Number, Challenge: challenge, Login: login, Key: key, Proof: known,
		Masked: access.NewWay(access.Scratch, scratch, x).Masked,
		Way:    access.NewWay(access.Passphrase, p.stretched(r, card.Number, passphrase), x)})
	return err
}

func (p *consultation) stretched(r *register.Register, n register.Number, passphrase string) account.Stretched {
	return access.FromPassphrase(r.Codes, p.rho, n, passphrase)
}
