package sqlite

import (
	"bytes"
	"context"
	"encoding/binary"
	"strings"

	"isoloir/batchkey"
	"isoloir/urn"
)

// Append implements urn.Store.
func (s *Store) Append(ctx context.Context, scope urn.Scope, entries []urn.Entry) (outcomes []error, err error) {
	err = s.write(ctx, scope, func(t *tx) error {
		outcomes = make([]error, len(entries))
		if err := t.loadKey(); err != nil {
			return err
		}
		open, err := t.openUrns()
		if err != nil {
			return err
		}
		for i, e := range entries {
			refusal, err := t.append(e, open[e.Ballot.Urn()] && !e.Late)
			if err != nil {
				return err
			}
			if refusal != "" {
				outcomes[i] = refusal
			}
		}
		return nil
	})
	return outcomes, err
}

// openUrns are those that take new ballots.
func (t *tx) openUrns() (map[uint16]bool, error) {
	open := map[uint16]bool{}
	var n uint16
	err := t.Rows("SELECT urn FROM opened WHERE organisation = ?1 AND scrutin = ?2 EXCEPT SELECT urn FROM closed WHERE organisation = ?1 AND scrutin = ?2",
		[]any{t.Organisation, t.Scrutin}, []any{&n}, func() error {
			open[n] = true
			return nil
		})
	return open, err
}

// append inserts one entry, or says why not; the empty refusal says that it is
// in.
func (t *tx) append(e urn.Entry, open bool) (urn.Refusal, error) {
	there, refusal, err := t.find(e)
	if err != nil || there || refusal != "" {
		return refusal, err
	}
	if !open {
		return urn.ErrClosed, nil
	}
	if t.key == nil {
		if err := t.nextKey(); err != nil {
			return "", err
		}
	}
	tags := tagsOf(t.key, e.Ballot)
	if refusal, err := t.judge(e.Ballot, tags); err != nil || refusal != "" {
		return refusal, err
	}
	if e.Ballot.Counter() == 0 {
		if _, err := t.Exec("INSERT INTO spent (organisation, scrutin, urn, token, fate) VALUES (?, ?, ?, ?, ?)",
			t.Organisation, t.Scrutin, e.Ballot.Urn(), e.Token[:], urn.Appended); err != nil {
			return "", err
		}
	}
	return "", t.wait(e, tags)
}

// find says whether this very entry is in already. ErrSpent or ErrVoid if its
// token is used up.
func (t *tx) find(e urn.Entry) (bool, urn.Refusal, error) {
	b := e.Ballot
	if b.Counter() == 0 {
		var fate urn.Fate
		spent, err := t.Row("SELECT fate FROM spent WHERE organisation = ? AND scrutin = ? AND urn = ? AND token = ?",
			[]any{t.Organisation, t.Scrutin, b.Urn(), e.Token[:]}, &fate)
		switch {
		case err != nil || !spent:
			return false, "", err
		case fate == urn.Voided:
			return false, urn.ErrVoid, nil
		}
	}
	if t.key != nil {
		tag := rowTag(t.key, b.Hash())
		var box []byte
		waits, err := t.Row("SELECT box FROM pending WHERE organisation = ? AND scrutin = ? AND tag = ?",
			[]any{t.Organisation, t.Scrutin, tag[:]}, &box)
		if err != nil {
			return false, "", err
		}
		if waits {
			row, err := t.key.Open(box, tag[:])
			if err != nil {
				return false, "", err
			}
			if bytes.HasPrefix(row, e.Token[:]) {
				return true, "", nil
			}
			return false, urn.ErrSpent, nil
		}
	}
	hash, found, err := t.logged(b, b.Counter())
	switch {
	case err != nil:
		return false, "", err
	case found && hash == b.Hash():
		return true, "", nil
	case b.Counter() == 0:
		return false, urn.ErrSpent, nil
	}
	return false, "", nil
}

// logged is the hash of the ballot with that counter of b's account in the log.
func (t *tx) logged(b urn.Envelope, counter uint32) (hash urn.Hash, found bool, err error) {
	account := b.Account()
	var raw []byte
	found, err = t.Row("SELECT hash FROM ballot WHERE organisation = ? AND scrutin = ? AND urn = ? AND account = ? AND counter = ?",
		[]any{t.Organisation, t.Scrutin, b.Urn(), account[:], counter}, &raw)
	copy(hash[:], raw)
	return hash, found, err
}

// judge applies the rules between ballots.
func (t *tx) judge(b urn.Envelope, tags ballotTags) (urn.Refusal, error) {
	taken, err := t.anyTag(tags.place)
	if err == nil && !taken {
		_, taken, err = t.logged(b, b.Counter())
	}
	switch {
	case err != nil:
		return "", err
	case taken && b.Counter() == 0:
		return urn.ErrVoted, nil
	case taken:
		return urn.ErrCounter, nil
	}
	if b.Counter() > 0 {
		if refusal, err := t.follows(b); err != nil || refusal != "" {
			return refusal, err
		}
	}
	copied, err := t.anyTag(tags.halves...)
	if err == nil && !copied {
		copied, err = t.anyHalf(b)
	}
	if copied {
		return urn.ErrCopy, err
	}
	return "", err
}

// follows says whether the account's previous ballot is the one that b names.
func (t *tx) follows(b urn.Envelope) (urn.Refusal, error) {
	hash, found, err := t.logged(b, b.Counter()-1)
	if err != nil {
		return "", err
	}
	if found && hash == b.Previous() {
		return "", nil
	}
	account := b.Account()
	if !found {
		if found, err = t.anyTag(linkTag(t.key, b.Urn(), account, b.Counter()-1, b.Previous())); err != nil || found {
			return "", err
		}
		if found, err = t.anyTag(placeTag(t.key, b.Urn(), account, b.Counter()-1)); err != nil {
			return "", err
		}
	}
	if found {
		return urn.ErrPrevious, nil
	}
	return urn.ErrCounter, nil
}

func (t *tx) anyTag(tags ...tag) (bool, error) {
	args := []any{t.Organisation, t.Scrutin}
	for i := range tags {
		args = append(args, tags[i][:])
	}
	var one int
	return t.Row("SELECT 1 FROM pending_tag WHERE organisation = ? AND scrutin = ? AND tag IN ("+marks(len(tags))+") LIMIT 1", args, &one)
}

func (t *tx) anyHalf(b urn.Envelope) (bool, error) {
	args := []any{t.Organisation, t.Scrutin}
	for _, h := range halves(b) {
		args = append(args, h)
	}
	var one int
	return t.Row("SELECT 1 FROM half WHERE organisation = ? AND scrutin = ? AND half IN ("+marks(len(args)-2)+") LIMIT 1", args, &one)
}

// halves are the rows of a ballot in the table half.
func halves(b urn.Envelope) (out [][]byte) {
	for which := range 2 {
		for _, h := range b.Halves(which) {
			out = append(out, append([]byte{byte(which + 1)}, h[:]...))
		}
	}
	return out
}

func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

// wait inserts an entry among the pending rows.
func (t *tx) wait(e urn.Entry, tags ballotTags) error {
	row := rowTag(t.key, e.Ballot.Hash())
	box := t.key.Seal(append(e.Token[:], e.Ballot.Bytes()...), row[:])
	if _, err := t.Exec("INSERT INTO pending (organisation, scrutin, tag, urn, box) VALUES (?, ?, ?, ?, ?)",
		t.Organisation, t.Scrutin, row[:], e.Ballot.Urn(), box); err != nil {
		return err
	}
	all := tags.all()
	args := make([]any, 0, 3*len(all))
	for i := range all {
		args = append(args, t.Organisation, t.Scrutin, all[i][:])
	}
	_, err := t.Exec("INSERT INTO pending_tag (organisation, scrutin, tag) VALUES "+
		strings.TrimSuffix(strings.Repeat("(?, ?, ?), ", len(all)), ", "), args...)
	return err
}

type tag = [16]byte

// ballotTags are the keyed names of a pending ballot by which a second use is
// found.
type ballotTags struct {
	place  tag   // the account's ballot with that counter
	link   tag   // that ballot with its hash
	halves []tag // every c1 and c2
}

func (b ballotTags) all() []tag {
	return append(b.halves[:len(b.halves):len(b.halves)], b.place, b.link)
}

func tagsOf(key *batchkey.Key, b urn.Envelope) ballotTags {
	account := b.Account()
	tags := ballotTags{
		place: placeTag(key, b.Urn(), account, b.Counter()),
		link:  linkTag(key, b.Urn(), account, b.Counter(), b.Hash()),
	}
	for _, h := range halves(b) {
		tags.halves = append(tags.halves, key.Tag("half", h))
	}
	return tags
}

func placeTag(key *batchkey.Key, number uint16, account [32]byte, counter uint32) tag {
	return key.Tag("place", binary.LittleEndian.AppendUint16(nil, number), account[:], binary.LittleEndian.AppendUint32(nil, counter))
}

func linkTag(key *batchkey.Key, number uint16, account [32]byte, counter uint32, hash urn.Hash) tag {
	return key.Tag("link", binary.LittleEndian.AppendUint16(nil, number), account[:], binary.LittleEndian.AppendUint32(nil, counter), hash[:])
}

// rowTag names a pending row by its ballot's hash.
func rowTag(key *batchkey.Key, hash urn.Hash) tag { return key.Tag("ballot", hash[:]) }
