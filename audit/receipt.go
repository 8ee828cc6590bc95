package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"isoloir/audit/evidence"
	"isoloir/crypto/elgamal"
	"isoloir/merkle"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/urn"
)

// A Receipt is what a voter holds of his ballot: its code, and the urn's promise if he
// kept the file.
type Receipt struct {
	Ballot  scrutin.Digest
	Promise []byte // with the certificate of the deputy who signed it; nil for a code alone
}

// ErrReceipt says that what was given is no receipt.
var ErrReceipt = errors.New("neither a receipt code nor a receipt file")

// ParseReceipt reads a receipt code as people type it, 64 hexadecimal digits with or
// without spaces, or the text of a receipt file.
func ParseReceipt(text string) (Receipt, error) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if at := strings.LastIndex(text, scrutin.Promise+"\n"); at >= 0 {
		promise := []byte(text[at:])
		said, err := scrutin.CastingSaid(promise)
		if err != nil {
			return Receipt{}, fmt.Errorf("%w: %w", ErrReceipt, err)
		}
		return Receipt{said.Value, promise}, nil
	}
	code, err := hex.DecodeString(strings.ToLower(strings.NewReplacer(" ", "", "\u00a0", "", "-", "", "\n", "", "\t", "").Replace(text)))
	if err != nil || len(code) != sha256.Size {
		return Receipt{}, fmt.Errorf("%w: a code has 64 digits and letters from a to f", ErrReceipt)
	}
	return Receipt{Ballot: scrutin.Digest(code)}, nil
}

// Where a ballot is.
const (
	BallotCounted  = "counted"  // in the list that was mixed and opened
	BallotReplaced = "replaced" // by a later one of the same account
	BallotClosed   = "closed"   // in a cell of too few ballots to be opened, which stays closed
	BallotCast     = "cast"     // in the log; what was mixed the export does not show
	BallotOther    = "other"    // in the log, as no cast ballot
	BallotAbsent   = "absent"   // in no log of the export
)

// A Trace is what an export says of one ballot, from its entry in the log to what was
// mixed. Counts and numbers are from 0.
type Trace struct {
	State     string            `json:"state"`
	Ballot    scrutin.Digest    `json:"ballot"`
	Urn       string            `json:"urn"`
	Leaf      int               `json:"leaf"`   // its number in the log
	Leaves    int               `json:"leaves"` // of the log
	Path      []merkle.Hash     `json:"-"`      // from the leaf to the root (RFC 9162, 2.1.3)
	Root      scrutin.Digest    `json:"root"`   // that the seal names
	Witnesses int               `json:"witnesses"`
	Of        int               `json:"of"`      // witnesses of the manifest
	Cell      string            `json:"cell"`    // what was mixed and opened together
	Place     int               `json:"place"`   // in the list that went into the mix
	Ballots   int               `json:"ballots"` // in that list
	Mixers    int               `json:"mixers"`
	Faults    []int             `json:"faults"` // checks of the export that failed before any proof
	Promise   string            `json:"promise"`
	Missing   *evidence.Missing `json:"-"` // of a promise that was not kept
}

// What is to be said of the promise.
const (
	PromiseNone   = "none"   // a code alone proves nothing
	PromiseKept   = "kept"   // the ballot is cast in the urn that promised
	PromiseBroken = "broken" // Missing is the evidence
	PromiseFalse  = "false"  // not the word of this scrutin's urn
)

// Trace follows a ballot through the export. Every signature and digest on its way was
// verified by Prepare, or its check is among the faults; the proofs of the mixes, which
// are what ties their end to their beginning, are for Verify.
func (p *Prepared) Trace(r Receipt) (t *Trace, err error) {
	defer internal(&err)
	v := p.v
	t = &Trace{State: BallotAbsent, Ballot: r.Ballot, Promise: PromiseNone, Mixers: len(v.m.Mixers), Of: len(v.m.Witnesses)}
	for _, c := range registry {
		if found, _ := v.outcome(c.Number); found == Refused {
			t.Faults = append(t.Faults, c.Number)
		}
	}
	if r.Promise != nil {
		return t, v.promised(t, r)
	}
	for _, u := range v.urns {
		if found, err := v.find(t, u); found || err != nil {
			return t, err
		}
	}
	return t, nil
}

// find looks for the ballot in an urn's log.
func (v *verification) find(t *Trace, u *urnState) (bool, error) {
	file, _, err := v.stream(record.Leaves(u.name()))
	if err != nil {
		return false, err
	}
	defer file.Close()
	at, casts, ballot, hashes, err := findLeaf(file, t.Ballot)
	if errors.Is(err, urn.ErrTruncated) {
		err = fmt.Errorf("%w: %w", ErrLog, err)
	}
	if err != nil || at < 0 {
		return false, err
	}
	tree := merkle.NewTree(func(n uint64) merkle.Hash { return hashes[n] })
	tree.Grow(uint64(len(hashes)))
	if t.Path, err = tree.Inclusion(uint64(at), uint64(len(hashes))); err != nil {
		return false, err
	}
	t.Urn, t.Leaf, t.Leaves, t.Root, t.State = u.name(), at, len(hashes), u.seal.Root, BallotOther
	for _, w := range v.m.WitnessVerifiers() {
		if u.sealNote != nil && u.sealNote.SignedBy(w) {
			t.Witnesses++
		}
	}
	if casts {
		v.place(t, u, ballot)
	}
	return true, nil
}

// carried is the ballot of a leaf; what follows it in a supervised one is the terminal's.
func carried(leaf []byte) (urn.LeafType, []byte) {
	kind, ballot := urn.LeafType(leaf[0]), leaf[1:]
	if kind == urn.Supervised && len(ballot) > urn.TerminalKeySize+urn.TerminalSignatureSize {
		ballot, _, _ = urn.SplitSupervised(ballot)
	}
	return kind, ballot
}

// counts says whether a leaf of this type is one of a ballot that was cast.
func counts(kind urn.LeafType) bool { return kind == urn.Cast || kind == urn.Supervised }

// findLeaf reads a whole log: the number of the leaf whose ballot has this digest, or −1, and
// whether it casts it.
func findLeaf(file io.Reader, ballot scrutin.Digest) (at int, casts bool, data []byte, hashes []merkle.Hash, err error) {
	at = -1
	leaves := urn.NewLeafReader(file)
	for {
		leaf, err := leaves.Next()
		if errors.Is(err, io.EOF) {
			return at, casts, data, hashes, nil
		}
		if err != nil {
			return -1, false, nil, nil, err
		}
		if len(leaf) > 0 && !casts {
			if kind, found := carried(leaf); sha256.Sum256(found) == ballot {
				e, err := urn.ReadEnvelope(found)
				at, casts, data = len(hashes), err == nil && urn.CastsIn(kind, e.Counter()), found
			}
		}
		hashes = append(hashes, merkle.LeafHash(leaf))
	}
}

// place finds a cast ballot in the list that went into the mix.
func (v *verification) place(t *Trace, u *urnState, ballot []byte) {
	t.State = BallotCast
	e, err := urn.ReadEnvelope(ballot)
	if mixed, _ := v.outcome(801); err != nil || mixed != Passed {
		return
	}
	t.State = BallotReplaced
	first := e.Ciphertexts()[:elgamal.Size]
	for _, c := range v.cells {
		before := 0
		for _, other := range c.urns {
			if other != u {
				before += len(other.counted[0]) / elgamal.Size
				continue
			}
			for i := 0; i*elgamal.Size < len(u.counted[0]); i++ {
				if bytes.Equal(u.counted[0][i*elgamal.Size:(i+1)*elgamal.Size], first) {
					t.State, t.Cell, t.Place, t.Ballots = BallotCounted, c.Name, before+i, c.Ballots
					if !c.opens {
						t.State = BallotClosed
					}
					return
				}
			}
		}
	}
}
