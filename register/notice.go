package register

import (
	"context"
	"encoding/binary"
	"errors"

	"isoloir/scrutin"
)

// A Subject is what a device tells or asks beside its scans.
type Subject byte

// The subjects.
const (
	TellState Subject = 1 // how the station stands; number 0
	TellProxy Subject = 2 // the card of somebody who votes by proxy was handed out; number 0
	TellCount Subject = 3 // so many cards were counted before the opening
	TellRest  Subject = 4 // so many cards are at the station after the close
)

// NoticeSize is the length in bytes of a notice's message: device, name, subject, LE32 of
// the number, signature.
const NoticeSize = 16 + 16 + 1 + 4 + signatureSize

// A Notice is what a device tells its register.
type Notice struct {
	Device    ID
	ID        ID
	Subject   Subject
	Number    uint32
	Signature [signatureSize]byte
}

// ParseNotice reads a message, or ErrScan.
func ParseNotice(b []byte) (n Notice, err error) {
	if len(b) != NoticeSize {
		return Notice{}, ErrScan
	}
	n = Notice{Device: ID(b[:16]), ID: ID(b[16:32]), Subject: Subject(b[32]), Number: binary.LittleEndian.Uint32(b[33:]), Signature: [signatureSize]byte(b[37:])}
	counts := n.Subject == TellCount || n.Subject == TellRest
	if n.Subject < TellState || n.Subject > TellRest || !counts && n.Number != 0 || n.Number > MaxCards {
		return Notice{}, ErrScan
	}
	return n, nil
}

// Bytes is the message.
func (n Notice) Bytes() []byte { return append(n.unsigned(), n.Signature[:]...) }

func (n Notice) unsigned() []byte {
	b := append(n.Device[:], n.ID[:]...)
	return binary.LittleEndian.AppendUint32(append(b, byte(n.Subject)), n.Number)
}

// Signed is what the device signs.
func (n Notice) Signed(rho scrutin.Digest) []byte {
	return append(append([]byte(scrutin.Version+"/station"), rho[:]...), n.unsigned()...)
}

// Verify says whether the signature is by that key.
func (n Notice) Verify(rho scrutin.Digest, key []byte) bool {
	return verify(key, n.Signed(rho), n.Signature)
}

// ErrDevice says that no device of a station has signed a notice.
var ErrDevice = errors.New("no device of a station has signed this")

// A Standing is how a station stands, for its own devices.
type Standing struct {
	Station *Station // nil where no distribution is under way, or the station is not of it
	Open    bool
	Opens   scrutin.Time // of the round that is open, or comes next; zero after the last
	Closes  scrutin.Time
	Count
	Box
}

// Tell takes a notice, once, and answers how the station stands.
func (s *Service) Tell(ctx context.Context, n Notice) (st Standing, err error) {
	device, err := s.device(ctx, n.Device, func(key []byte) bool { return n.Verify(s.Rho, key) })
	switch {
	case err != nil:
		return st, err
	case device == nil:
		return st, ErrDevice
	}
	d, finished := s.latest()
	if d == nil || d.station(device.Station) == nil {
		return st, nil
	}
	name := nameOf(n.Device, n.ID)
	switch {
	case n.Subject == TellProxy && !finished:
		err = s.Store.Proxy(ctx, d.Number, name, device.Station)
	case n.Subject == TellCount && !finished:
		err = s.Store.PutBox(ctx, name, d.Number, device.Station, Box{Counted: int(n.Number), Left: -1})
	case n.Subject == TellRest:
		err = s.Store.PutBox(ctx, name, d.Number, device.Station, Box{Counted: -1, Left: int(n.Number)})
	}
	if err != nil {
		return st, err
	}
	return s.standing(ctx, d, device.Station)
}

func (s *Service) standing(ctx context.Context, d *Distribution, station string) (st Standing, err error) {
	st.Station = d.station(station)
	now := s.Now()
	for i := range d.Rounds {
		opens, closes := d.Hours(i, station)
		if now.Before(closes) {
			st.Open, st.Opens, st.Closes = !now.Before(opens), scrutin.TimeOf(opens), scrutin.TimeOf(closes)
			break
		}
	}
	if st.Count, err = s.Store.Counts(ctx, d.Number, station); err != nil {
		return st, err
	}
	st.Box, err = s.Store.GetBox(ctx, d.Number, station)
	return st, err
}

// Blocked says whether the station may hand out nothing, for its box.
func (st Standing) Blocked() bool { return st.Station != nil && !st.agrees(st.Station.Cards) }
