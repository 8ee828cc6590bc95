package issuer

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"isoloir/account"
	"isoloir/courier"
	"isoloir/crypto/group"
	"isoloir/groupcommit"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// A Plan is what an organisation decides on how codes reach people.
type Plan struct {
	// Site is the portal's address, https://vote.example, without a slash at the end.
	Site string
	// InformationFirst says that codes leave only when the general information has
	// left for everybody.
	InformationFirst bool
	// WithoutDigits says that electors reached by letter alone, whose college asks for
	// six digits by the issuer's own channel, vote otherwise than online.
	WithoutDigits bool
	// Home is the calling code, as +33, of telephone numbers that people type
	// without one.
	Home string
}

// A Roll takes deposits. It answers nil once all of the note is durable there, the
// same for a note that it has already.
type Roll interface {
	Deposit(ctx context.Context, note []byte) error
}

// A Config is what a Station runs on.
type Config struct {
	Manifest    *scrutin.Manifest
	Fingerprint scrutin.Digest // f
	Opening     scrutin.Digest // o; zero before there is one, when nothing of a vote is confirmed
	Issuer      string         // identifier in the manifest
	Signer      note.Signer
	Secret      Secret
	Store       Store
	Plan        Plan
	// Carriers are by channel; messages of a channel without one stay in the spool.
	Carriers map[courier.Channel]courier.Carrier
	// PerSecond limits what a carrier is given, by channel; none is no limit.
	PerSecond map[courier.Channel]float64
	// Roll may be nil where nothing is deposited online.
	Roll Roll
	// Companions are the scrutins in which electors vote with the codes of this one, as
	// far as the issuer is told of them, in the manifest's order.
	Companions []Companion
	// Led says that this scrutin is itself a companion: six digits, confirmations and
	// receipts leave from here, and neither codes nor what announces or renews them.
	Led bool
	// Numbered says how many electors of each urn have numbers, those too whom amendments
	// of the roll added that the bureau has adopted; nil for those of the manifest.
	Numbered func() []int
	// Withdrawn says which deputies of roll and urn an act has withdrawn; nil for none.
	Withdrawn func(role string, key [32]byte) bool
	// Closed says whether the vote is over; nil for the manifest's close.
	Closed  func(time.Time) bool
	Now     func() time.Time
	Workers int // computations at once; 0 or less for all processors
}

// A Station is an issuer at work on one scrutin. It is safe for concurrent use.
type Station struct {
	Config
	number   int // among the manifest's issuers
	derived  *derivation
	roll     *scrutin.Voice
	urn      *scrutin.Voice
	in       []inCompanion // of Companions, in their order
	paired   atomic.Bool   // their electors are known: it stays so
	texts    *courier.Texts
	zone     *time.Location
	spooling *groupcommit.Group[courier.Row, struct{}]
	serving  inFlight
}

// New makes a station. It refuses (ErrNotIssuer) an issuer whose key in the
// manifest is not the signer's, and companions that are none of this scrutin
// (ErrCompanion).
func New(c Config) (*Station, error) {
	s := &Station{Config: c}
	s.number = slices.IndexFunc(c.Manifest.Issuers, func(i scrutin.Issuer) bool { return i.ID == c.Issuer })
	if s.number < 0 || c.Manifest.Issuers[s.number].Verifier() != c.Signer.Verifier() {
		return nil, fmt.Errorf("%s as issuer %s: %w", c.Signer.Verifier().Name(), c.Issuer, ErrNotIssuer)
	}
	var err error
	if s.derived, err = c.Secret.derive(c.Fingerprint); err != nil {
		return nil, err
	}
	if s.texts, err = courier.LoadTexts(); err != nil {
		return nil, err
	}
	if s.zone, err = time.LoadLocation(c.Manifest.Schedule.Zone); err != nil {
		return nil, err
	}
	if s.Numbered == nil {
		s.Numbered = numberedBy(c.Manifest)
	}
	if s.Closed == nil {
		s.Closed = closesBy(c.Manifest)
	}
	s.roll = scrutin.NewVoice(c.Manifest.Platform.Roll.Verifier(), c.Now, c.Withdrawn)
	s.urn = scrutin.NewVoice(c.Manifest.Platform.Urn.Verifier(), c.Now, c.Withdrawn)
	if err := s.lead(); err != nil {
		return nil, err
	}
	s.spooling = groupcommit.New(1024, 4096, func(ctx context.Context, rows []courier.Row) ([]struct{}, error) {
		_, err := c.Store.Spool(ctx, rows, c.Now())
		return make([]struct{}, len(rows)), err
	})
	return s, nil
}

func closesBy(m *scrutin.Manifest) func(time.Time) bool {
	return func(t time.Time) bool { return !t.Before(m.Schedule.Close.Time) }
}

// Channel is the issuer's own.
func (s *Station) Channel() courier.Channel {
	return courier.Channel(s.Manifest.Issuers[s.number].Channel)
}

// First says whether this is the manifest's first issuer, whose code is the
// identifier.
func (s *Station) First() bool { return s.number == 0 }

// Enrol writes the issuer's keys and its signed statement to the record. It may be
// done again, and gives the same keys.
func (s *Station) Enrol(out *record.Writer, progress func(done, total int)) error {
	p := account.Procedure{Manifest: s.Manifest, Fingerprint: s.Fingerprint, Workers: s.Workers, Progress: progress}
	return p.IssueFrom(out, s.Issuer, s.Signer, s.derived.half, func(account.Number, group.Scalar) error { return nil })
}

// place is an elector's public number.
func (s *Station) place(urn uint16, elector uint32) account.Number {
	return account.Number{Urn: s.Manifest.Urns[urn].ID, Index: elector}
}

// inFlight keeps the same message from leaving twice at the same moment.
type inFlight struct {
	mu    sync.Mutex
	names map[string]bool
}

func (f *inFlight) begin(name string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.names[name] {
		return false
	}
	if f.names == nil {
		f.names = map[string]bool{}
	}
	f.names[name] = true
	return true
}

func (f *inFlight) end(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.names, name)
}
