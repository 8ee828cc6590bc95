package sqlite

import (
	"context"

	"isoloir/urn"
	"isoloir/urn/inspection"
	"isoloir/urn/pending"
)

// Challenge implements urn.Store.
func (s *Store) Challenge(ctx context.Context, scope urn.Scope, c urn.ChallengeEntry) error {
	var refusal urn.Refusal
	err := s.write(ctx, scope, func(t *tx) (err error) {
		if err := t.loadKey(); err != nil {
			return err
		}
		open, err := t.openUrns()
		if err != nil {
			return err
		}
		if refusal, err = t.challenge(c, open[c.Urn] && !c.Late); err != nil || refusal != "" {
			return err
		}
		return nil
	})
	if err == nil && refusal != "" {
		err = refusal
	}
	return err
}

// challenge inserts a challenge, or says why not; the empty refusal says that it is in.
func (t *tx) challenge(c urn.ChallengeEntry, open bool) (urn.Refusal, error) {
	var record []byte
	var held int
	there, err := t.Row("SELECT record FROM challenge WHERE organisation = ? AND scrutin = ? AND urn = ? AND name = ?",
		[]any{t.Organisation, t.Scrutin, c.Urn, c.Name[:]}, &record)
	switch {
	case err != nil:
		return "", err
	case there && string(record) == string(c.Record):
		return "", nil
	case there:
		return urn.ErrCopy, nil
	case !open:
		return urn.ErrClosed, nil
	}
	if _, err := t.Row("SELECT count(*) FROM challenge WHERE organisation = ? AND scrutin = ? AND urn = ?", []any{t.Organisation, t.Scrutin, c.Urn}, &held); err != nil {
		return "", err
	}
	if held >= c.Most {
		return urn.ErrFull, nil
	}
	if refusal, err := pending.Copied(t, t.key, c.Ciphertexts); err != nil || refusal != "" {
		return refusal, err
	}
	if _, err := t.Exec("INSERT INTO challenge (organisation, scrutin, urn, name, record, mac) VALUES (?, ?, ?, ?, ?, ?)",
		t.Organisation, t.Scrutin, c.Urn, c.Name[:], c.Record, inspection.Challenge(t.rows.Key, t.Scope, c.Urn, c.Name[:], c.Record)); err != nil {
		return "", err
	}
	t.changes.Add(c.Urn, inspection.Challenges, 1)
	var halves [][]any
	for _, h := range pending.HalvesOf(c.Ciphertexts) {
		halves = append(halves, []any{t.Organisation, t.Scrutin, h, inspection.Half(t.rows.Key, t.Scope, h)})
	}
	return "", t.insert("half (organisation, scrutin, half, mac)", halves)
}

// Contest implements urn.Store.
func (s *Store) Contest(ctx context.Context, scope urn.Scope, number uint16, code urn.Hash) error {
	name, refusal := urn.NameOf(code), urn.Refusal("")
	err := s.write(ctx, scope, func(t *tx) error {
		refusal = ""
		where := []any{t.Organisation, t.Scrutin, number, name[:]}
		var one int
		if there, err := t.Row("SELECT 1 FROM contested WHERE organisation = ? AND scrutin = ? AND urn = ? AND name = ?", where, &one); err != nil || there {
			return err
		}
		open, err := t.openUrns()
		if err != nil {
			return err
		}
		there, err := t.Row("SELECT 1 FROM challenge WHERE organisation = ? AND scrutin = ? AND urn = ? AND name = ?", where, &one)
		switch {
		case err != nil:
			return err
		case !open[number]:
			refusal = urn.ErrClosed
			return nil
		case !there:
			refusal = urn.ErrUnknown
			return nil
		}
		t.changes.Add(number, inspection.Challenges, 1)
		_, err = t.Exec("INSERT INTO contested (organisation, scrutin, urn, name, code, mac) VALUES (?, ?, ?, ?, ?, ?)",
			t.Organisation, t.Scrutin, number, name[:], code[:], inspection.Contested(t.rows.Key, t.Scope, number, name[:], code[:]))
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
		WHERE organisation = ? AND scrutin = ? AND urn = ? AND name >= ? ORDER BY name LIMIT ?`,
		[]any{scope.Organisation, scope.Scrutin, number, from[:], most}, []any{&code, &record}, func() error {
			var contested urn.Hash
			copy(contested[:], code)
			return yield(contested, record)
		})
}
