// Package pending is how ballots wait for the log, whatever engine keeps them
// (docs/protocol.md, section 12): the sealed row that each of them is, the keyed
// names by which a second use of an account or of half a ciphertext is found, and
// the rules between ballots, over what an engine looks up.
//
// What it promises: while the batch key lives, whoever has it and a ballot finds
// its row, and what collides with it; once the key is destroyed a row says nothing,
// and nothing leads from it to a leaf of the log.
package pending

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"isoloir/batchkey"
	"isoloir/urn"
)

// A Tag is a keyed name.
type Tag = [16]byte

// A Row is a pending ballot as a store keeps it.
type Row struct {
	Tag  Tag // of the ballot's hash: the row's own name
	Urn  uint16
	Box  []byte // H(τ), the ballot and, of a supervised one, its vouch, sealed for that name
	Uses []Tag  // of all that no other ballot may use: its halves, its place, and its place with its hash
}

// Seal makes the row of an entry.
func Seal(key *batchkey.Key, e urn.Entry) Row {
	b := e.Ballot
	r := Row{Tag: TagOf(key, b.Hash()), Urn: b.Urn()}
	r.Box = key.Seal(append(e.Token[:], e.Leaf()[1:]...), r.Tag[:])
	r.Uses = Uses(key, b)
	return r
}

// Uses are the tags of all that no other ballot may use.
func Uses(key *batchkey.Key, b urn.Envelope) []Tag {
	return append(halfTags(key, b), placeTag(key, b, b.Counter()), linkTag(key, b, b.Counter(), b.Hash()))
}

// Open gives the entry of a row back.
func Open(key *batchkey.Key, tag, box []byte) (urn.Entry, error) {
	row, err := key.Open(box, tag)
	if err != nil {
		return urn.Entry{}, err
	}
	const head = len(urn.Hash{})
	if len(row) < head {
		return urn.Entry{}, fmt.Errorf("pending row of %d bytes", len(row))
	}
	e := urn.Entry{Token: urn.Hash(row[:head])}
	e.Ballot, err = urn.ReadEnvelope(row[head:])
	const vouch = urn.TerminalKeySize + urn.TerminalSignatureSize
	if err != nil && len(row) > head+vouch { // no ballot is as long as another one with a vouch
		var ballot []byte
		ballot, e.Vouch.Terminal, e.Vouch.Signature = urn.SplitSupervised(row[head:])
		e.Ballot, err = urn.ReadEnvelope(ballot)
	}
	return e, err
}

// TagOf names the row of the ballot of that hash.
func TagOf(key *batchkey.Key, hash urn.Hash) Tag { return key.Tag("ballot", hash[:]) }

// Halves are the halves of a ballot's ciphertexts as a store remembers them once it
// is in the log, or was opened: a byte 1 or 2, and the 32 bytes of a c1 or c2.
func Halves(b urn.Envelope) [][]byte { return HalvesOf(b.Ciphertexts()) }

// HalvesOf is Halves of ciphertexts of 64 bytes.
func HalvesOf(ciphertexts []byte) (out [][]byte) {
	for which := range 2 {
		for _, h := range urn.Halves(ciphertexts, which) {
			out = append(out, append([]byte{byte(which + 1)}, h[:]...))
		}
	}
	return out
}

func halfTags(key *batchkey.Key, b urn.Envelope) []Tag { return HalfTags(key, b.Ciphertexts()) }

// HalfTags are the tags of the halves of ciphertexts of 64 bytes.
func HalfTags(key *batchkey.Key, ciphertexts []byte) (tags []Tag) {
	for _, h := range HalvesOf(ciphertexts) {
		tags = append(tags, key.Tag("half", h))
	}
	return tags
}

// placeTag names the ballot of b's account with that counter.
func placeTag(key *batchkey.Key, b urn.Envelope, counter uint32) Tag {
	return place(key, b.Urn(), b.Account(), counter)
}

func place(key *batchkey.Key, number uint16, account [32]byte, counter uint32) Tag {
	return key.Tag("place", binary.LittleEndian.AppendUint16(nil, number), account[:], binary.LittleEndian.AppendUint32(nil, counter))
}

// linkTag names that ballot with its hash.
func linkTag(key *batchkey.Key, b urn.Envelope, counter uint32, hash urn.Hash) Tag {
	account := b.Account()
	return key.Tag("link", binary.LittleEndian.AppendUint16(nil, b.Urn()), account[:], binary.LittleEndian.AppendUint32(nil, counter), hash[:])
}

// Looks are the tags that Judge may ask a Ledger for.
func Looks(key *batchkey.Key, b urn.Envelope) []Tag {
	tags := append(halfTags(key, b), placeTag(key, b, b.Counter()))
	if !b.First() {
		tags = append(tags, placeTag(key, b, b.Counter()-1), linkTag(key, b, b.Counter()-1, b.Previous()))
	}
	return tags
}

// A Ledger is what an engine looks up for one scrutin, inside the transaction that
// will insert.
type Ledger interface {
	// Fate is what became of a token.
	Fate(urn uint16, token urn.Hash) (urn.Fate, error)
	// Box is that of the pending row of that name, nil if there is none.
	Box(name Tag) ([]byte, error)
	// Used says whether a pending row uses one of the tags.
	Used(tags ...Tag) (bool, error)
	// Logged is the hash of the ballot of an account with that counter in the log.
	Logged(urn uint16, account [32]byte, counter uint32) (hash urn.Hash, found bool, err error)
	// Known says whether one of the halves stands in the log, or was opened.
	Known(halves ...[]byte) (bool, error)
}

// Find says whether this very entry is in already: ErrSpent or ErrVoid if its token
// is used up otherwise. Without any pending row there may be no key.
func Find(l Ledger, key *batchkey.Key, e urn.Entry) (there bool, refusal urn.Refusal, err error) {
	b := e.Ballot
	if e.Authorised() {
		fate, err := l.Fate(b.Urn(), e.Token)
		switch {
		case err != nil || fate == urn.Unknown:
			return false, "", err
		case fate == urn.Voided:
			return false, urn.ErrVoid, nil
		}
	}
	if key != nil {
		name := TagOf(key, b.Hash())
		box, err := l.Box(name)
		if err != nil {
			return false, "", err
		}
		if box != nil {
			row, err := key.Open(box, name[:])
			if err != nil {
				return false, "", err
			}
			if bytes.HasPrefix(row, e.Token[:]) {
				return true, "", nil
			}
			return false, urn.ErrSpent, nil
		}
	}
	hash, found, err := l.Logged(b.Urn(), b.Account(), b.Counter())
	switch {
	case err != nil:
		return false, "", err
	case found && hash == b.Hash():
		return true, "", nil
	case e.Authorised():
		return false, urn.ErrSpent, nil
	}
	return false, "", nil
}

// Judge applies the rules between ballots to one that is not in: the empty refusal
// says that it may enter.
func Judge(l Ledger, key *batchkey.Key, b urn.Envelope) (urn.Refusal, error) {
	taken, err := l.Used(placeTag(key, b, b.Counter()))
	if err == nil && !taken {
		_, taken, err = l.Logged(b.Urn(), b.Account(), b.Counter())
	}
	switch {
	case err != nil:
		return "", err
	case taken && b.First():
		return urn.ErrVoted, nil
	case taken:
		return urn.ErrCounter, nil
	}
	if !b.First() {
		if refusal, err := follows(l, key, b); err != nil || refusal != "" {
			return refusal, err
		}
	}
	return Copied(l, key, b.Ciphertexts())
}

// Copied refuses ciphertexts of which a half is in use (urn.ErrCopy). Without any pending
// row there may be no key.
func Copied(l Ledger, key *batchkey.Key, ciphertexts []byte) (urn.Refusal, error) {
	copied, err := l.Known(HalvesOf(ciphertexts)...)
	if err == nil && !copied && key != nil {
		copied, err = l.Used(HalfTags(key, ciphertexts)...)
	}
	if copied {
		return urn.ErrCopy, err
	}
	return "", err
}

// follows says whether the account's previous ballot is the one that b names.
func follows(l Ledger, key *batchkey.Key, b urn.Envelope) (urn.Refusal, error) {
	before := b.Counter() - 1
	hash, found, err := l.Logged(b.Urn(), b.Account(), before)
	if err != nil {
		return "", err
	}
	if found && hash == b.Previous() {
		return "", nil
	}
	if !found {
		if found, err = l.Used(linkTag(key, b, before, b.Previous())); err != nil || found {
			return "", err
		}
		if found, err = l.Used(placeTag(key, b, before)); err != nil {
			return "", err
		}
	}
	if found {
		return urn.ErrPrevious, nil
	}
	return urn.ErrCounter, nil
}
