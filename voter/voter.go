// Package voter is casting as the voter's device sees it (docs/protocol.md, section
// 12): reserve, append, mark.
//
// What it promises. The receipt code is computed here, and known before anything
// is sent; an answer counts only if the service's key signed exactly what this
// device expects, so that nobody can give it the receipt of another ballot. The
// device keeps the bytes of ballot, signatures and reservation, never the coins, the
// elector's secret nor that of the key that it drew for this vote, and sends the same
// bytes again until it has the promise and the mark: each step can be repeated, also
// after it stopped anywhere. Who takes the roll's authorisation on its way can send
// nothing but this ballot with it.
package voter

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/roll"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/urn"
)

// ErrAnswer says that a service answered what it should not: the vote is not
// confirmed, and this is for the bureau and the experts to see.
var ErrAnswer = errors.New("the service's answer is not the one that this ballot must have")

// ErrClocks says that a service's word is signed as it must be, by a deputy of other
// days than this device's: the clocks differ, nobody has lied, and the same is sent
// again.
var ErrClocks = errors.New("this device's clock and the service's differ")

// A Roll is the roll as messages in bytes.
type Roll interface {
	ServeReserve(ctx context.Context, request []byte) []byte
	ServeMark(ctx context.Context, request []byte) []byte
}

// An Urn is the urn as messages in bytes.
type Urn interface {
	ServeAppend(ctx context.Context, request []byte) []byte
}

// A Stage is how far a device is.
type Stage int

// The stages, in order.
const (
	Made     Stage = iota // ballot and reservation exist
	Reserved              // the roll has authorised
	Appended              // the urn has promised
	Marked                // the roll has marked
)

// A Device casts one ballot.
type Device struct {
	// Now is the clock by which deputies of roll and urn expire; nil for none.
	Now func() time.Time

	statement roll.Statement
	number    uint16
	rollKey   note.Verifier
	urnKey    note.Verifier

	reservation roll.ReserveRequest
	ballot      *urn.Ballot
	signature   [ed25519.SignatureSize]byte // of the device, on the ballot
	stage       Stage
	token       urn.Hash // H(τ)
	granted     []byte   // the roll's authorisation
	promise     []byte
	receipt     []byte
	mark        []byte
}

// New makes ballot and reservation for the elector of that number and secret x,
// one option code for each question. The device's key pair is drawn here, signs the
// ballot, and its secret is overwritten. rules need no accounts.
func New(rules *urn.Rules, rollKey, urnKey note.Verifier, elector uint32, x group.Scalar, options []group.Point) (*Device, error) {
	d := &Device{
		statement: roll.Statement{Manifest: rules.Manifest, Opening: rules.Opening, Urn: rules.Name, Elector: elector, Key: sigma.NewElement(group.MulBase(x))},
		number:    rules.Number, rollKey: rollKey, urnKey: urnKey,
	}
	key, secret, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	defer clear(secret)
	if d.reservation, err = d.statement.Request(rules.Number, [32]byte(key), x); err != nil {
		return nil, err
	}
	if d.ballot, err = urn.NewBallot(rules, x, 0, urn.Hash{}, options); err != nil {
		return nil, err
	}
	d.signature = [ed25519.SignatureSize]byte(ed25519.Sign(secret, []byte(d.text(scrutin.Append, d.ballot.Hash()).Text())))
	return d, nil
}

// Receipt is the ballot hash, shown to the voter before Cast.
func (d *Device) Receipt() urn.Hash { return d.ballot.Hash() }

// Stage is how far the device is.
func (d *Device) Stage() Stage { return d.stage }

// Promise is the urn's signed promise, once Appended, or once the clocks alone differ.
func (d *Device) Promise() []byte { return d.promise }

// Mark is the roll's signed mark, once Marked.
func (d *Device) Mark() []byte { return d.mark }

// Cast goes through the stages that are left. After an error it can be called
// again: what was sent is sent again unchanged. A refusal comes as a roll.Refusal
// or an urn.Refusal; ErrAnswer says that a service lied, ErrClocks that clocks differ.
func (d *Device) Cast(ctx context.Context, r Roll, u Urn) error {
	for d.stage < Marked {
		if err := d.Step(ctx, r, u); err != nil {
			return err
		}
	}
	return nil
}

// Step goes through one stage.
func (d *Device) Step(ctx context.Context, r Roll, u Urn) error {
	switch d.stage {
	case Made:
		err := d.reserve(r.ServeReserve(ctx, d.reservation.Bytes()))
		if d.promise != nil && errors.Is(err, roll.ErrMarked) { // for the ballot that was promised: no other one had the elector's token
			return d.confirm(ctx, r)
		}
		return err
	case Reserved:
		err := d.send(ctx, u)
		if errors.Is(err, urn.ErrVoid) || errors.Is(err, urn.ErrSpent) || errors.Is(err, urn.ErrAuthorisation) { // the roll knows what became of it
			d.stage = Made
		}
		return err
	case Appended:
		err := d.confirm(ctx, r)
		if !errors.Is(err, roll.ErrReservation) {
			return err
		}
		// The deputy under the receipt is over: another one signs the same.
		if err := d.send(ctx, u); err != nil {
			return err
		}
		return d.confirm(ctx, r)
	}
	return nil
}

func (d *Device) send(ctx context.Context, u Urn) error {
	request := urn.AppendRequest{Urn: d.number, Token: d.token, Device: d.reservation.Device, Signature: d.signature,
		Authorisation: d.granted, Ballot: d.ballot.Bytes()}
	return d.append(u.ServeAppend(ctx, request.Bytes()))
}

func (d *Device) confirm(ctx context.Context, r Roll) error {
	request := roll.MarkRequest{ReserveRequest: d.reservation, Receipt: d.receipt}
	return d.marked(r.ServeMark(ctx, request.Bytes()))
}

func (d *Device) text(kind string, value [32]byte) scrutin.CastingText {
	return scrutin.CastingText{Kind: kind, Opening: scrutin.Digest(d.statement.Opening), Urn: d.statement.Urn, Value: scrutin.Digest(value)}
}

func (d *Device) check(signed []byte, kind string, value [32]byte, key note.Verifier) error {
	err := scrutin.OpenCasting(signed, d.text(kind, value), key)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	if err = scrutin.NewVoice(key, d.Now, nil).Open(signed, d.text(kind, value)); err != nil {
		err = fmt.Errorf("%w: %w", ErrClocks, err)
	}
	return err
}

func (d *Device) reserve(answer []byte) error {
	a, err := roll.ParseReserveAnswer(answer)
	if err != nil || a.Err != nil {
		return errors.Join(err, a.Err)
	}
	token := sha256.Sum256(a.Token[:])
	value := scrutin.AuthorisationValue(token, d.reservation.Device)
	if err := d.check(a.Authorisation, scrutin.Authorisation, value, d.rollKey); err != nil {
		return err
	}
	d.token, d.granted, d.stage = token, a.Authorisation, Reserved
	return nil
}

func (d *Device) append(answer []byte) error {
	a, err := urn.ParseAppendAnswer(answer)
	if err != nil || a.Err != nil {
		return errors.Join(err, a.Err)
	}
	err = errors.Join(d.check(a.Promise, scrutin.Promise, d.ballot.Hash(), d.urnKey), d.check(a.Receipt, scrutin.Appended, d.token, d.urnKey))
	if !errors.Is(err, ErrAnswer) {
		d.promise = a.Promise // it binds the urn, whatever the clocks say
	}
	if err != nil {
		return err
	}
	d.receipt, d.stage = a.Receipt, Appended
	return nil
}

func (d *Device) marked(answer []byte) error {
	a, err := roll.ParseMarkAnswer(answer)
	if err != nil || a.Err != nil {
		return errors.Join(err, a.Err)
	}
	mark := roll.Signed{Elector: d.statement.Elector, Signature: a.Signature}
	if err := d.statement.Verify(a.Signature); err != nil {
		return fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	if err := d.check(a.Marked, scrutin.Marked, mark.Hash(), d.rollKey); err != nil {
		return err
	}
	d.mark, d.stage = a.Marked, Marked
	return nil
}
