package register

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"isoloir/scrutin"
)

// flushSlot is the length of the slots at which scans may enter the register.
const flushSlot = 15 * time.Minute

// codeLife is how long an enrolment code of a device is good for.
const codeLife = 24 * time.Hour

// A Service answers the stations. It is safe for concurrent use; Load comes first.
type Service struct {
	Register *Register
	Rho      scrutin.Digest
	Opener   Opener
	Store    Store
	Now      func() time.Time

	mu            sync.RWMutex
	distributions []*Distribution
	finished      []bool
	slot          int64 // of the last flush
}

// Load takes up the distributions that the store has.
func (s *Service) Load(ctx context.Context) error {
	key, err := s.Register.ActivationKey()
	if err != nil || key != s.Opener.Public() {
		return fmt.Errorf("the activation key is not that of the register: %w", ErrInvalid)
	}
	texts, finished, err := s.Store.Distributions(ctx)
	if err != nil {
		return err
	}
	distributions := make([]*Distribution, len(texts))
	for i, text := range texts {
		if distributions[i], _, err = ParseDistribution(text, s.Register, s.Rho); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.distributions, s.finished = distributions, finished
	s.slot = s.now()
	return nil
}

func (s *Service) now() int64 { return s.Now().Unix() / int64(flushSlot/time.Second) }

// Open takes up a distribution and its cards. The one before must be finished, and its
// stations have opened nowhere yet.
func (s *Service) Open(ctx context.Context, text []byte, cards []Card) error {
	d, _, err := ParseDistribution(text, s.Register, s.Rho)
	if err != nil {
		return err
	}
	s.mu.RLock()
	n := len(s.distributions)
	over := n == 0 || s.finished[n-1]
	s.mu.RUnlock()
	switch {
	case d.Number == n+1 && !over:
		return fmt.Errorf("%w: distribution %d is not over yet", ErrInvalid, n)
	case d.Number > n+1:
		return fmt.Errorf("%w: the next distribution has the number %d", ErrInvalid, n+1)
	case d.Number == n+1 && !s.Now().Before(d.opens(0)):
		return fmt.Errorf("%w: the first station has opened: its cards had to be here before", ErrInvalid)
	}
	if err := checkCards(d, cards); err != nil {
		return err
	}
	if err := s.Store.Open(ctx, text, d.Number, cards); err != nil {
		return err
	}
	return s.Load(ctx)
}

// checkCards says whether cards are exactly those that a distribution has.
func checkCards(d *Distribution, cards []Card) error {
	count, numbers := map[string]int{}, make(map[Number]bool, len(cards))
	for _, c := range cards {
		station := d.station(c.Station)
		switch {
		case !c.Number.Valid() || numbers[c.Number]:
			return fmt.Errorf("%w: card %s: the number is not valid, or stands twice", ErrInvalid, c.Number)
		case station == nil || station.Constituency != c.Constituency:
			return fmt.Errorf("%w: card %s: not of a station of this distribution", ErrInvalid, c.Number)
		case c.State != Made:
			return fmt.Errorf("%w: card %s: new cards are nothing but made", ErrInvalid, c.Number)
		}
		if _, err := c.Login.Decode(); err != nil {
			return fmt.Errorf("%w: card %s: its login key: %w", ErrInvalid, c.Number, err)
		}
		numbers[c.Number] = true
		count[c.Station]++
	}
	for _, station := range d.Stations {
		if count[station.ID] != station.Cards {
			return fmt.Errorf("%w: station %s: %d cards, where the distribution has %d", ErrInvalid, station.ID, count[station.ID], station.Cards)
		}
	}
	return nil
}

// current is the distribution that is under way, nil if there is none.
func (s *Service) current() *Distribution {
	s.mu.RLock()
	defer s.mu.RUnlock()
	n := len(s.distributions)
	if n == 0 || s.finished[n-1] {
		return nil
	}
	return s.distributions[n-1]
}

// latest is the distribution that is under way, or was last; nil if there is none.
func (s *Service) latest() (d *Distribution, finished bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	n := len(s.distributions)
	if n == 0 {
		return nil, false
	}
	return s.distributions[n-1], s.finished[n-1]
}

// Next is the number of the next distribution.
func (s *Service) Next() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.distributions) + 1
}

// Distribution is one by its number: ErrUnknown.
func (s *Service) Distribution(number int) (*Distribution, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if number < 1 || number > len(s.distributions) {
		return nil, fmt.Errorf("distribution %d: %w", number, ErrUnknown)
	}
	return s.distributions[number-1], nil
}

// Finished says whether a distribution is over, and whatever was not handed out invalid.
func (s *Service) Finished(number int) (bool, error) {
	if _, err := s.Distribution(number); err != nil {
		return false, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.finished[number-1], nil
}

// Invite draws the enrolment code of a device of a station: 16 random bytes, kept as
// their SHA-256, good once and for a day.
func (s *Service) Invite(ctx context.Context, station string) (code [16]byte, err error) {
	d := s.current()
	if d == nil || d.station(station) == nil {
		return code, fmt.Errorf("station %q: %w", station, ErrUnknown)
	}
	rand.Read(code[:])
	return code, s.Store.Invite(ctx, scrutin.DigestOf(code[:]), station, s.Now().Add(codeLife).Unix())
}

// Enrol makes a device of the station that the code is for; key is 65 bytes, an
// uncompressed point of P-256.
func (s *Service) Enrol(ctx context.Context, code [16]byte, id ID, key []byte) (station string, err error) {
	if _, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), key); err != nil {
		return "", fmt.Errorf("%w: the key of the device: %w", ErrInvalid, err)
	}
	return s.Store.Enrol(ctx, scrutin.DigestOf(code[:]), s.Now().Unix(), id, key)
}

// device is that of a message which it has signed; nil if there is none, or it was taken
// back.
func (s *Service) device(ctx context.Context, id ID, verify func(key []byte) bool) (*Device, error) {
	d, err := s.Store.Device(ctx, id)
	switch {
	case errors.Is(err, ErrUnknown):
		return nil, nil
	case err != nil:
		return nil, err
	case d.Retired || !verify(d.Key):
		return nil, nil
	}
	return &d, nil
}

// Scan answers one message of a device, and the same for the same again; station is the
// card's where the answer is OtherStation. The error is the store's alone.
func (s *Service) Scan(ctx context.Context, q Scan) (a Answer, station string, err error) {
	device, err := s.device(ctx, q.Device, func(key []byte) bool { return q.Verify(s.Rho, key) })
	if err != nil || device == nil {
		return UnknownDevice, "", err
	}
	d, _ := s.latest() // whose cards are still counted after its end
	if d == nil || d.station(device.Station) == nil {
		return Closed, "", nil
	}
	token, err := s.Opener.Open(s.Rho, q.Card)
	if err != nil {
		return UnknownCard, "", nil
	}
	_, open := d.Open(device.Station, s.Now())
	box, err := s.Store.GetBox(ctx, d.Number, device.Station)
	if err != nil {
		return 0, "", err
	}
	a, err = s.Store.Scan(ctx, Attempt{Name: nameOf(q.Device, q.ID), Distribution: d.Number, Station: device.Station, Token: token.Hash(), Mode: q.Mode, Judge: func(c *Card) (State, Answer) {
		switch {
		case c == nil:
			return 0, UnknownCard
		case c.Distribution != d.Number && c.State.Live(): // somebody's, from another day
			return c.State, Taken
		case c.Distribution != d.Number:
			return c.State, Invalidated
		case c.Station != device.Station:
			station = c.Station
			return c.State, OtherStation
		case q.Mode != Check && !open:
			return c.State, Closed
		case q.Mode == Activate && !box.agrees(d.station(device.Station).Cards):
			return c.State, Blocked
		}
		return c.State.judge(q.Mode)
	}})
	return a, station, err
}

// nameOf is by what a message of a device is known again.
func nameOf(device, id ID) ID {
	d := scrutin.DigestOf(append(append([]byte("isoloir/v1/scan-name"), device[:]...), id[:]...))
	return ID(d[:16])
}

// agrees says whether a station may hand out cards.
func (b Box) agrees(cards int) bool { return b.Counted == cards || b.Allowed != "" }

// Tick does what is due: at a slot it enters the scans of the stations that have at least
// k cards waiting, between rounds all, and after the last close it finishes the
// distribution. It is called every few seconds.
func (s *Service) Tick(ctx context.Context) error {
	d := s.current()
	if d == nil { // the desk may have opened one
		return s.Load(ctx)
	}
	if !s.Now().Before(d.Ends()) {
		return s.finish(ctx, d)
	}
	s.mu.Lock()
	slot := s.now()
	due := slot != s.slot
	s.slot = slot
	s.mu.Unlock()
	least := s.Register.MinimumSize
	if s.between(d) {
		due, least = true, 0
	}
	if !due {
		return nil
	}
	_, err := s.Store.Flush(ctx, least)
	return err
}

// between says whether a round has closed everywhere, and the next one not begun.
func (s *Service) between(d *Distribution) bool {
	for i := range d.Rounds[1:] {
		if now := s.Now(); !now.Before(d.closes(i)) && now.Before(d.opens(i+1)) {
			return true
		}
	}
	return false
}

func (s *Service) finish(ctx context.Context, d *Distribution) error {
	var ends []string
	if d.Scope == General {
		for _, e := range d.Constituencies {
			ends = append(ends, e.ID)
		}
		slices.Sort(ends)
	}
	if err := s.Store.Finish(ctx, d.Number, ends); err != nil {
		return err
	}
	return s.Load(ctx)
}
