package postgres

import (
	"bytes"
	"context"
	"slices"

	"isoloir/batchkey"
	"isoloir/urn"
	"isoloir/urn/inspection"
	"isoloir/urn/pending"
)

// Append implements urn.Store. What all entries are judged by is read in one way
// there and back, and what they add is written in another one.
func (s *Store) Append(ctx context.Context, scope urn.Scope, entries []urn.Entry) (outcomes []error, err error) {
	err = s.write(ctx, scope, func(t *tx) error {
		outcomes = make([]error, len(entries))
		if !t.Begun {
			for i := range outcomes {
				outcomes[i] = urn.ErrClosed
			}
			return nil
		}
		key, err := t.Key()
		if err != nil {
			return err
		}
		l, err := t.look(key, entries)
		if err != nil {
			return err
		}
		for i, e := range entries {
			refusal, err := l.append(key, e)
			if err != nil {
				return err
			}
			if refusal != "" {
				outcomes[i] = refusal
			}
		}
		return t.put(l.tokens, l.rows)
	})
	return outcomes, err
}

// append adds one entry to what is to be written, or says why not.
func (l *ledger) append(key *batchkey.Key, e urn.Entry) (urn.Refusal, error) {
	there, refusal, err := pending.Find(l, key, e)
	if err != nil || there || refusal != "" {
		return refusal, err
	}
	if e.Late || !l.open[e.Ballot.Urn()] {
		return urn.ErrClosed, nil
	}
	if refusal, err := pending.Judge(l, key, e.Ballot); err != nil || refusal != "" {
		return refusal, err
	}
	row := pending.Seal(key, e)
	if e.Authorised() {
		l.tokens = append(l.tokens, spent{row.Urn, e.Token})
		l.changes.Add(row.Urn, inspection.Appended, 1)
		l.fates[spent{row.Urn, e.Token}] = urn.Appended
	}
	l.changes.Add(row.Urn, inspection.Pending, 1)
	l.rows = append(l.rows, row)
	l.boxes[row.Tag] = row.Box
	for _, use := range row.Uses {
		l.used[use] = true
	}
	return "", nil
}

// put writes pending rows and the tokens that brought them, each in an order that
// says nothing of theirs.
func (t *tx) put(tokens []spent, rows []pending.Row) error {
	slices.SortFunc(tokens, func(a, b spent) int { return bytes.Compare(a.token[:], b.token[:]) })
	slices.SortFunc(rows, func(a, b pending.Row) int { return bytes.Compare(a.Tag[:], b.Tag[:]) })
	var of, urns []int32
	var hashes, macs, tags, boxes, uses [][]byte
	for i := range tokens {
		of, hashes = append(of, int32(tokens[i].urn)), append(hashes, tokens[i].token[:])
		macs = append(macs, inspection.Spent(t.rows, t.scope(), tokens[i].urn, tokens[i].token[:], urn.Appended))
	}
	for i := range rows {
		urns, tags, boxes = append(urns, int32(rows[i].Urn)), append(tags, rows[i].Tag[:]), append(boxes, rows[i].Box)
		for j := range rows[i].Uses {
			uses = append(uses, rows[i].Uses[j][:])
		}
	}
	slices.SortFunc(uses, bytes.Compare)
	if len(rows) == 0 {
		return nil
	}
	return t.Rows(
		t.Query(`INSERT INTO spent (organisation, scrutin, urn, token, fate, mac) SELECT $1, $2, urn, token, 1, mac FROM unnest($3::int4[], $4::bytea[], $5::bytea[]) AS new (urn, token, mac)`, of, hashes, macs),
		t.Query(`INSERT INTO pending (organisation, scrutin, tag, urn, box) SELECT $1, $2, tag, urn, box FROM unnest($3::bytea[], $4::int4[], $5::bytea[]) AS new (tag, urn, box)`, tags, urns, boxes),
		t.Query(`INSERT INTO pending_tag (organisation, scrutin, tag) SELECT $1, $2, tag FROM unnest($3::bytea[]) AS new (tag)`, uses),
	)
}
