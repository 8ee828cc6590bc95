package issuer

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"isoloir/account/exchange"
	"isoloir/courier"
)

// How long a carrier may take for a message that somebody waits for, and how often
// it is asked.
const (
	liveTimeout  = 10 * time.Second
	liveAttempts = 2
)

// Validate sends six digits to an elector at once, and returns the hint of his
// address. They are handed to the carrier or not at all, and written nowhere; the
// same notice again is answered without sending. It refuses ErrAddress, also for
// nobody of the book, and ErrBusy.
func (s *Station) Validate(ctx context.Context, v exchange.Validation) (string, error) {
	p, err := s.reachable(ctx, v.Elector)
	if err != nil {
		return "", err
	}
	row := courier.Row{Key: courier.Key{Kind: courier.Validation, Urn: v.Urn, Elector: v.Number, Generation: leading(v.ID)}, Name: hex.EncodeToString(v.ID[:])}
	f := s.facts(p.Urn, p.Language)
	f.Digits = v.Digits
	return hint(p.Channel, p.Address), s.hand(ctx, p, row, f)
}

// leading tells validations of one elector from one another in the spool.
func leading(id [16]byte) uint32 {
	return uint32(id[0])<<24 | uint32(id[1])<<16 | uint32(id[2])<<8 | uint32(id[3])
}

// reachable finds an elector whom this issuer's own channel reaches.
func (s *Station) reachable(ctx context.Context, e exchange.Elector) (Person, error) {
	p, err := s.Store.Person(ctx, e.Urn, e.Number)
	if errors.Is(err, ErrUnknown) || err == nil && p.Channel != s.Channel() {
		err = ErrAddress
	}
	return p, err
}

// hand gives one message to the carrier while somebody waits, unless it has left
// already, and then notes that it has left.
func (s *Station) hand(ctx context.Context, p Person, row courier.Row, f courier.Facts) error {
	carrier := s.Carriers[p.Channel]
	if carrier == nil || !s.serving.begin(row.Name) {
		return ErrBusy
	}
	defer s.serving.end(row.Name)
	if there, err := s.Store.Has(ctx, row.Name); err != nil || there {
		return err
	}
	row.Channel, row.Address, row.Language = p.Channel, p.Address, p.Language
	m, err := s.message(row, f)
	if err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, liveTimeout)
	defer cancel()
	for range liveAttempts {
		if err = carrier.Carry(limited, m); err == nil || errors.Is(err, courier.ErrRefused) {
			break
		}
	}
	switch {
	case errors.Is(err, courier.ErrRefused):
		return fmt.Errorf("%w: %w", ErrAddress, err)
	case err != nil:
		return fmt.Errorf("%w: %w", ErrBusy, err)
	}
	_, err = s.Store.Record(context.WithoutCancel(ctx), row)
	return err
}

// Voted spools the confirmation of émargement for electors, where the manifest says
// so and this issuer sends by e-mail, once for each. Those whom e-mail does not reach
// are passed over.
func (s *Station) Voted(ctx context.Context, electors []exchange.Elector) error {
	if s.Channel() != courier.Email || s.Manifest.Publication.EmailAfterVote != "mark-only" {
		return nil
	}
	var rows []courier.Row
	for _, e := range electors {
		switch _, err := s.reachable(ctx, e); {
		case err == nil:
			rows = append(rows, s.row(courier.Key{Kind: courier.Voted, Urn: e.Urn, Elector: e.Number}))
		case !errors.Is(err, ErrAddress):
			return err
		}
	}
	_, err := s.spooling.Do(ctx, rows)
	return err
}
