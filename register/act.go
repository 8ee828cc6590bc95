package register

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"isoloir/scrutin"
	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
)

// An Act is what somebody of the organisation has decided at the register's desk, with
// the reason. Acts are signed by the register and each names the one before, so that none
// is changed or taken away unseen. They have no time: of an account the register keeps
// none. Whoever wants a date has the head of the acts dated outside.
type Act struct {
	Record   string         `json:"record"`
	Register scrutin.Digest `json:"register"`
	Number   int            `json:"number"`   // from 1
	Previous scrutin.Digest `json:"previous"` // of the text of the act before; zero for the first
	Kind     string         `json:"kind"`
	// Distribution is that of the station, or of the card; 0 for an act on the whole register.
	Distribution int    `json:"distribution"`
	Station      string `json:"station"` // empty for sent, and for an act on the whole register
	Account      string `json:"account"` // eleven digits; empty but for invalidate
	By           string `json:"by"`
	Reason       string `json:"reason"`
}

// The kinds of acts.
const (
	ActAllow      = "allow"      // a station hands out cards though its count is another one
	ActInvalidate = "invalidate" // an account ends, at the town hall, by its number
	ActSent       = "sent"       // the codes of a distribution without cards have left: its accounts are active

	// Of the whole register.
	ActHold    = "hold"    // nothing is destroyed
	ActRelease = "release" // the hold ends
	ActDestroy = "destroy" // the register ends: no act follows
)

const actRecord = scrutin.Version + "/register-act"

// MaxReason is how many characters a reason, or who decided, has at most.
const MaxReason = 1000

// follow makes an act the one after last, nil for the first.
func (a *Act) follow(last []byte, rho scrutin.Digest, verifier note.Verifier) error {
	a.Record, a.Register, a.Number = actRecord, rho, 1
	if last == nil {
		return nil
	}
	before, digest, err := ParseAct(last, rho, verifier)
	if err != nil {
		return err
	}
	a.Number, a.Previous = before.Number+1, digest
	return nil
}

// Sign gives the note of an act that follows the last one's, nil for the first.
func (a Act) Sign(last []byte, rho scrutin.Digest, signer note.Signer) ([]byte, error) {
	if err := a.follow(last, rho, signer.Verifier()); err != nil {
		return nil, err
	}
	if err := a.validate(rho); err != nil {
		return nil, err
	}
	text, err := canon.Marshal(&a)
	if err != nil {
		return nil, err
	}
	return note.Sign(string(text), signer)
}

// ParseAct reads the note of an act of a register, and gives the digest of its text.
func ParseAct(signed []byte, rho scrutin.Digest, verifier note.Verifier) (a Act, digest scrutin.Digest, err error) {
	n, err := note.Open(signed, verifier)
	if err != nil {
		return a, digest, err
	}
	if err := canon.Unmarshal([]byte(n.Text), &a); err != nil {
		return a, digest, err
	}
	return a, scrutin.DigestOf([]byte(n.Text)), a.validate(rho)
}

func (a Act) validate(rho scrutin.Digest) error {
	var c check
	c.when(a.Record != actRecord, "record: this is %q where %q is expected", a.Record, actRecord)
	c.when(a.Register != rho, "register: the act is of another register")
	c.when(a.Number < 1 || (a.Number == 1) != a.Previous.IsZero(), "number: the first act has the number 1 and none before it")
	whole := a.Kind == ActHold || a.Kind == ActRelease || a.Kind == ActDestroy
	c.when((a.Distribution < 1) != whole || a.Distribution < 0, "distribution: they are numbered from 1; 0 is for an act on the whole register")
	c.when(!namePattern.MatchString(a.Station) && (a.Kind != ActSent && !whole || a.Station != "") || whole && a.Station != "", "station: %q is no name, or this is of no station", a.Station)
	var n Number
	switch a.Kind {
	case ActAllow, ActSent, ActHold, ActRelease, ActDestroy:
		c.when(a.Account != "", "account: an act of this kind is of no account")
	case ActInvalidate:
		c.when(n.UnmarshalText([]byte(a.Account)) != nil, "account: write its eleven digits")
	default:
		c.when(true, "kind: write allow, invalidate, sent, hold, release or destroy")
	}
	for field, text := range map[string]string{"by": a.By, "reason": a.Reason} {
		c.when(!utf8.ValidString(text) || strings.TrimSpace(text) != text || text == "" || utf8.RuneCountInString(text) > MaxReason || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' }),
			"%s: write it in one line of up to %d characters", field, MaxReason)
	}
	return c.err()
}

// Chained says whether acts are all that a register has signed, in their order, and gives
// the head: the digest of the last text, zero for none.
func Chained(signed [][]byte, rho scrutin.Digest, verifier note.Verifier) (acts []Act, head scrutin.Digest, err error) {
	for i, s := range signed {
		if i > 0 && acts[i-1].Kind == ActDestroy {
			return nil, head, fmt.Errorf("%w: act %d follows the one by which the register ended", ErrInvalid, i+1)
		}
		a, digest, err := ParseAct(s, rho, verifier)
		if err != nil {
			return nil, head, fmt.Errorf("act %d: %w", i+1, err)
		}
		if a.Number != i+1 || a.Previous != head {
			return nil, head, fmt.Errorf("%w: act %d does not follow the one before it: one was taken away, exchanged or edited", ErrInvalid, i+1)
		}
		acts, head = append(acts, a), digest
	}
	return acts, head, nil
}
