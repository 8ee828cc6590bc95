package sqlite

import (
	"context"
	"strings"

	"isoloir/urn"
	"isoloir/urn/inspection"
	"isoloir/urn/pending"
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
	there, refusal, err := pending.Find(t, t.key, e)
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
	if refusal, err := pending.Judge(t, t.key, e.Ballot); err != nil || refusal != "" {
		return refusal, err
	}
	if e.Authorised() {
		if _, err := t.Exec("INSERT INTO spent (organisation, scrutin, urn, token, fate, mac) VALUES (?, ?, ?, ?, ?, ?)",
			t.Organisation, t.Scrutin, e.Ballot.Urn(), e.Token[:], urn.Appended, inspection.Spent(t.rows.Key, t.Scope, e.Ballot.Urn(), e.Token[:], urn.Appended)); err != nil {
			return "", err
		}
		t.changes.Add(e.Ballot.Urn(), inspection.Appended, 1)
	}
	t.changes.Add(e.Ballot.Urn(), inspection.Pending, 1)
	return "", t.wait(pending.Seal(t.key, e))
}

// Fate implements pending.Ledger.
func (t *tx) Fate(number uint16, token urn.Hash) (fate urn.Fate, err error) {
	_, err = t.Row("SELECT fate FROM spent WHERE organisation = ? AND scrutin = ? AND urn = ? AND token = ?",
		[]any{t.Organisation, t.Scrutin, number, token[:]}, &fate)
	return fate, err
}

// Box implements pending.Ledger.
func (t *tx) Box(name pending.Tag) (box []byte, err error) {
	_, err = t.Row("SELECT box FROM pending WHERE organisation = ? AND scrutin = ? AND tag = ?",
		[]any{t.Organisation, t.Scrutin, name[:]}, &box)
	return box, err
}

// Logged implements pending.Ledger.
func (t *tx) Logged(number uint16, account [32]byte, counter uint32) (hash urn.Hash, found bool, err error) {
	var raw []byte
	found, err = t.Row("SELECT hash FROM ballot WHERE organisation = ? AND scrutin = ? AND urn = ? AND account = ? AND counter = ?",
		[]any{t.Organisation, t.Scrutin, number, account[:], counter}, &raw)
	copy(hash[:], raw)
	return hash, found, err
}

// Used implements pending.Ledger.
func (t *tx) Used(tags ...pending.Tag) (bool, error) {
	args := []any{t.Organisation, t.Scrutin}
	for i := range tags {
		args = append(args, tags[i][:])
	}
	var one int
	return t.Row("SELECT 1 FROM pending_tag WHERE organisation = ? AND scrutin = ? AND tag IN ("+marks(len(tags))+") LIMIT 1", args, &one)
}

// Known implements pending.Ledger.
func (t *tx) Known(halves ...[]byte) (bool, error) {
	args := []any{t.Organisation, t.Scrutin}
	for _, h := range halves {
		args = append(args, h)
	}
	var one int
	return t.Row("SELECT 1 FROM half WHERE organisation = ? AND scrutin = ? AND half IN ("+marks(len(halves))+") LIMIT 1", args, &one)
}

func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

// wait inserts a pending row.
func (t *tx) wait(r pending.Row) error {
	if _, err := t.Exec("INSERT INTO pending (organisation, scrutin, tag, urn, box) VALUES (?, ?, ?, ?, ?)",
		t.Organisation, t.Scrutin, r.Tag[:], r.Urn, r.Box); err != nil {
		return err
	}
	args := make([]any, 0, 3*len(r.Uses))
	for i := range r.Uses {
		args = append(args, t.Organisation, t.Scrutin, r.Uses[i][:])
	}
	_, err := t.Exec("INSERT INTO pending_tag (organisation, scrutin, tag) VALUES "+
		strings.TrimSuffix(strings.Repeat("(?, ?, ?), ", len(r.Uses)), ", "), args...)
	return err
}
