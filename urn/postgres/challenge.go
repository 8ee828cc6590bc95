package postgres

import (
	"context"
	"math"

	"isoloir/batchkey"
	"isoloir/urn"
	"isoloir/urn/inspection"
	"isoloir/urn/pending"
)

// Challenge implements urn.Store.
func (s *Store) Challenge(ctx context.Context, scope urn.Scope, c urn.ChallengeEntry) error {
	var refusal urn.Refusal
	err := s.write(ctx, scope, func(t *tx) (err error) {
		if refusal = urn.ErrClosed; !t.Begun {
			return nil
		}
		key, err := t.Key()
		if err == nil {
			refusal, err = t.challenge(key, c)
		}
		return err
	})
	if err == nil && refusal != "" {
		err = refusal
	}
	return err
}

// challenge inserts a challenge, or says why not; the empty refusal says that it is in.
func (t *tx) challenge(key *batchkey.Key, c urn.ChallengeEntry) (urn.Refusal, error) {
	l := &ledger{used: map[pending.Tag]bool{}, known: map[string]bool{}}
	var tags [][]byte
	for _, tag := range pending.HalfTags(key, c.Ciphertexts) {
		tags = append(tags, tag[:])
	}
	halves := pending.HalvesOf(c.Ciphertexts)
	var raw, record []byte
	var held int64
	open := false
	if err := t.Rows(
		t.Query("SELECT true FROM opened WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND NOT EXISTS (SELECT FROM closed WHERE organisation = $1 AND scrutin = $2 AND urn = $3)", c.Urn).Each(func() {}, &open),
		t.Query("SELECT record FROM challenge WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND name = $4", c.Urn, c.Name[:]).Each(func() {}, &record),
		t.Query("SELECT count(*) FROM challenge WHERE organisation = $1 AND scrutin = $2 AND urn = $3", c.Urn).Each(func() {}, &held),
		t.Query(`SELECT asked.tag FROM unnest($3::bytea[]) AS asked (tag)
			CROSS JOIN LATERAL (SELECT true FROM pending_tag WHERE organisation = $1 AND scrutin = $2 AND tag = asked.tag LIMIT 1) AS found`, tags).
			Each(func() { l.used[pending.Tag(raw)] = true }, &raw),
		t.Query(`SELECT asked.half FROM unnest($3::bytea[]) AS asked (half)
			CROSS JOIN LATERAL (SELECT true FROM half WHERE organisation = $1 AND scrutin = $2 AND half.half = asked.half LIMIT 1) AS found`, halves).
			Each(func() { l.known[string(raw)] = true }, &raw),
	); err != nil {
		return "", err
	}
	switch {
	case record != nil && string(record) == string(c.Record):
		return "", nil
	case record != nil:
		return urn.ErrCopy, nil
	case c.Late || !open:
		return urn.ErrClosed, nil
	case held >= int64(c.Most):
		return urn.ErrFull, nil
	}
	if refusal, err := pending.Copied(l, key, c.Ciphertexts); err != nil || refusal != "" {
		return refusal, err
	}
	macs := make([][]byte, len(halves))
	for i, h := range halves {
		macs[i] = inspection.Half(t.rows, t.scope(), h)
	}
	t.changes.Add(c.Urn, inspection.Challenges, 1)
	return "", t.Rows(
		t.Query("INSERT INTO challenge (organisation, scrutin, urn, name, record, mac) VALUES ($1, $2, $3, $4, $5, $6)",
			c.Urn, c.Name[:], c.Record, inspection.Challenge(t.rows, t.scope(), c.Urn, c.Name[:], c.Record)),
		t.Query("INSERT INTO half (organisation, scrutin, half, mac) SELECT $1, $2, half, mac FROM unnest($3::bytea[], $4::bytea[]) AS new (half, mac)", halves, macs),
	)
}

// Contest implements urn.Store.
func (s *Store) Contest(ctx context.Context, scope urn.Scope, number uint16, code urn.Hash) error {
	name, refusal := urn.NameOf(code), urn.Refusal("")
	err := s.write(ctx, scope, func(t *tx) error {
		open, there, contested := false, false, false
		if err := t.Rows(
			t.Query("SELECT true FROM opened WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND NOT EXISTS (SELECT FROM closed WHERE organisation = $1 AND scrutin = $2 AND urn = $3)", number).Each(func() {}, &open),
			t.Query("SELECT true FROM challenge WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND name = $4", number, name[:]).Each(func() {}, &there),
			t.Query("SELECT true FROM contested WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND name = $4", number, name[:]).Each(func() {}, &contested),
		); err != nil {
			return err
		}
		switch refusal = ""; {
		case contested:
			return nil
		case !open:
			refusal = urn.ErrClosed
			return nil
		case !there:
			refusal = urn.ErrUnknown
			return nil
		}
		t.changes.Add(number, inspection.Challenges, 1)
		_, err := t.Exec("INSERT INTO contested (organisation, scrutin, urn, name, code, mac) VALUES ($1, $2, $3, $4, $5, $6)",
			t.Organisation, t.Scrutin, number, name[:], code[:], inspection.Contested(t.rows, t.scope(), number, name[:], code[:]))
		return err
	})
	if err == nil && refusal != "" {
		err = refusal
	}
	return err
}

// Challenges implements urn.Store.
func (s *Store) Challenges(ctx context.Context, scope urn.Scope, number uint16, from urn.Hash, most int, yield func(urn.Hash, []byte) error) error {
	var code, record []byte
	return s.read(ctx, `SELECT code, record FROM challenge LEFT JOIN contested USING (organisation, scrutin, urn, name)
		WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND name >= $4 ORDER BY name LIMIT $5`,
		[]any{scope.Organisation, scope.Scrutin, number, from[:], min(most, math.MaxInt32)}, []any{&code, &record}, func() error {
			var contested urn.Hash
			copy(contested[:], code)
			return yield(contested, record)
		})
}
