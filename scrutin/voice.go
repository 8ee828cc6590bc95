package scrutin

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"time"

	"isoloir/scrutin/note"
)

// A CastingRefusal is why a signed text of casting is not the role's word, by the
// names of docs/protocol.md, section 12. It is an error.
type CastingRefusal string

// The refusals, in the order in which they are looked for.
const (
	RefusedForm      CastingRefusal = "form"
	RefusedSignature CastingRefusal = "signature" // of the certificate, or of a text without one
	RefusedOpening   CastingRefusal = "opening"   // the certificate is of another opening record
	RefusedRole      CastingRefusal = "role"      // or of the other role
	RefusedDeputy    CastingRefusal = "deputy"    // the text is not signed by who is certified, or he was withdrawn
	RefusedExpired   CastingRefusal = "expired"   // not on the deputy's days
)

// ErrWithdrawn says of a deputy (RefusedDeputy) that the text is signed by who is
// certified, and that an act has withdrawn him.
var ErrWithdrawn = errors.New("the bureau has withdrawn this deputy")

// Error implements error.
func (r CastingRefusal) Error() string {
	return "not the word of roll or urn (" + string(r) + ")"
}

// refused says it, and what was found; what cannot be read is of bad form.
func (r CastingRefusal) refused(err error) error {
	if errors.Is(err, note.ErrMalformed) || errors.Is(err, ErrMalformed) {
		r = RefusedForm
	}
	return fmt.Errorf("%w: %w", r, err)
}

// A Deputising signer has deputies sign texts of casting in its place: SignCasting
// asks it for the one who serves now. All else it signs by its own key.
type Deputising interface {
	note.Signer
	Deputy() (*ActingDeputy, error)
}

// An ActingDeputy is a deputy with its key. It signs texts of casting of its role
// and nothing else.
type ActingDeputy struct {
	Deputy
	Certificate []byte
	key         *note.PrivateKey
}

// NewDeputy draws a deputy for the day of an instant and has it certified by the
// role's own key.
func NewDeputy(own note.Signer, role string, o Digest, now time.Time) (*ActingDeputy, error) {
	key, err := note.GenerateKey(own.Verifier().Name())
	if err != nil {
		return nil, err
	}
	a := &ActingDeputy{Deputy: Deputy{o, role, key.Verifier().PublicKey(), DeputyFrom(now)}, key: key}
	a.Certificate, err = note.Sign(a.Deputy.Text(), own)
	return a, err
}

func (a *ActingDeputy) sign(c CastingText) ([]byte, error) {
	if CastingRole(c.Kind) != a.Role || c.Opening != a.Opening {
		return nil, fmt.Errorf("a deputy of the %s does not sign %s", a.Role, c.Kind)
	}
	signed, err := note.Sign(c.Text(), a.key)
	return append(signed, a.Certificate...), err
}

// SignCasting returns the signed note of c; by a deputy of the signer if it has
// some, with the certificate behind it.
func SignCasting(c CastingText, signer note.Signer) ([]byte, error) {
	d, ok := signer.(Deputising)
	if !ok {
		return note.Sign(c.Text(), signer)
	}
	a, err := d.Deputy()
	if err != nil {
		return nil, err
	}
	return a.sign(c)
}

// A Voice is a role as those hear it whom it answers: by its own key, or by its
// deputies. It remembers whose certificates it has verified, and is safe for
// concurrent use.
type Voice struct {
	own       note.Verifier
	now       func() time.Time
	withdrawn func(role string, key [32]byte) bool

	mu    sync.Mutex
	known map[string]Deputy // by certificate
}

// maxKnown is how many certificates are remembered: more than any vote has.
const maxKnown = 4096

// NewVoice is the voice of a role whose own key this is. now is the clock by which
// deputies expire, nil for who is shown what was said before; withdrawn says which
// deputies an act has withdrawn, nil for none.
func NewVoice(own note.Verifier, now func() time.Time, withdrawn func(role string, key [32]byte) bool) *Voice {
	return &Voice{own: own, now: now, withdrawn: withdrawn, known: map[string]Deputy{}}
}

// Open verifies that data is the text want, said by the role. The error is a
// CastingRefusal, or ErrOtherOpening where the role said something else.
func (v *Voice) Open(data []byte, want CastingText) error {
	signed, certificate := cutCertificate(data)
	text, err := note.Text(signed)
	if err != nil {
		return RefusedForm.refused(err)
	}
	got, err := ParseCastingText(text)
	if err != nil {
		return RefusedForm.refused(err)
	}
	if certificate == nil {
		if _, err := note.Open(signed, v.own); err != nil {
			return RefusedSignature.refused(err)
		}
	} else if err := v.deputised(signed, certificate, got.Kind, want.Opening); err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("%w: the signed text is %s of urn %s, where %s of urn %s with other values is expected", ErrOtherOpening, got.Kind, got.Urn, want.Kind, want.Urn)
	}
	return nil
}

func (v *Voice) deputised(signed, certificate []byte, kind string, o Digest) error {
	d, err := v.certified(certificate)
	if err != nil {
		return err
	}
	if d.Opening != o {
		return fmt.Errorf("%w: %w: it certifies a deputy for %s", RefusedOpening, ErrOtherOpening, d.Opening)
	}
	if d.Role != CastingRole(kind) {
		return fmt.Errorf("%w: a deputy of the %s signed %s", RefusedRole, d.Role, kind)
	}
	key, err := d.Verifier(v.own.Name())
	if err != nil {
		return RefusedDeputy.refused(err)
	}
	if _, err := note.Open(signed, key); err != nil {
		return RefusedDeputy.refused(err)
	}
	if v.now != nil && !d.Heard(v.now()) {
		return fmt.Errorf("%w: this deputy serves from %s to %s: see that the clocks are right", RefusedExpired,
			TimeOf(time.Unix(d.From, 0)), TimeOf(time.Unix(d.Until(), 0)))
	}
	if v.withdrawn != nil && v.withdrawn(d.Role, d.Key) {
		return fmt.Errorf("%w: %w", RefusedDeputy, ErrWithdrawn)
	}
	return nil
}

// certified reads a certificate, and verifies it the first time.
func (v *Voice) certified(certificate []byte) (Deputy, error) {
	v.mu.Lock()
	d, known := v.known[string(certificate)]
	v.mu.Unlock()
	if known {
		return d, nil
	}
	d, err := OpenDeputy(certificate, v.own)
	if err != nil {
		return d, RefusedSignature.refused(err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.known) >= maxKnown {
		clear(v.known)
	}
	v.known[string(certificate)] = d
	return d, nil
}

// cutCertificate divides what a deputy signed from its certificate; nil if it bears
// none.
func cutCertificate(data []byte) (signed, certificate []byte) {
	at := bytes.Index(data, []byte("\n"+deputyLine+"\n"))
	if at < 0 {
		return data, nil
	}
	return data[:at+1], data[at+1:]
}

// OpenCasting verifies that data is the text want, said by the role whose own key
// this is, whenever that was.
func OpenCasting(data []byte, want CastingText, own note.Verifier) error {
	return NewVoice(own, nil, nil).Open(data, want)
}

// CastingSaid reads what a text of casting says, without believing it.
func CastingSaid(data []byte) (CastingText, error) {
	signed, _ := cutCertificate(data)
	text, err := note.Text(signed)
	if err != nil {
		return CastingText{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return ParseCastingText(text)
}
