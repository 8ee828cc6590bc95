package sqlite

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"time"

	"isoloir/scrutin"
	"isoloir/space"
	"isoloir/space/signature"
	"isoloir/sqlfile"
)

// AddConsultation implements space.Store.
func (s *Store) AddConsultation(ctx context.Context, org, id string, draft []byte) error {
	return s.write(ctx, func(t *sqlfile.Tx) error {
		return insert(t, `INSERT OR IGNORE INTO consultation (organisation, id, number, state, revision, draft, fingerprint)
			SELECT ?1, ?2, coalesce(max(number), 0) + 1, ?3, 1, ?4, x'' FROM consultation WHERE organisation = ?1`, org, id, space.Drafting, draft)
	})
}

// row is a consultation as it is read.
type row struct {
	space.Consultation
	draft, fingerprint []byte
}

func (r *row) dest() []any { return []any{&r.ID, &r.State, &r.Revision, &r.draft, &r.fingerprint} }

func (r *row) read() (space.Consultation, error) {
	c, err := r.Consultation, error(nil)
	if len(r.fingerprint) > 0 {
		c.Fingerprint = scrutin.Digest(r.fingerprint)
	}
	c.Draft, err = space.ParseDraft(bytes.Clone(r.draft))
	return c, err
}

const columns = "SELECT id, state, revision, draft, fingerprint FROM consultation "

// Consultation implements space.Store.
func (s *Store) Consultation(ctx context.Context, org, id string) (space.Consultation, error) {
	var r row
	if err := s.one(ctx, columns+"WHERE organisation = ? AND id = ?", []any{org, id}, r.dest()); err != nil {
		return space.Consultation{}, err
	}
	return r.read()
}

// Consultations implements space.Store.
func (s *Store) Consultations(ctx context.Context, org string) (all []space.Consultation, err error) {
	var r row
	err = s.file.Read(ctx, columns+"WHERE organisation = ? ORDER BY number DESC", []any{org}, r.dest(), func() error {
		c, err := r.read()
		all = append(all, c)
		return err
	})
	return all, wrap(err)
}

// Save implements space.Store.
func (s *Store) Save(ctx context.Context, org, id string, revision int, draft []byte) error {
	return s.write(ctx, func(t *sqlfile.Tx) error {
		return turn(t.Exec("UPDATE consultation SET draft = ?, revision = revision + 1 WHERE organisation = ? AND id = ? AND revision = ? AND state = ?", draft, org, id, revision, space.Drafting))
	})
}

// turn is ErrStale where nothing was changed.
func turn(n int64, err error) error {
	if err == nil && n == 0 {
		err = space.ErrStale
	}
	return err
}

// Publish implements space.Store.
func (s *Store) Publish(ctx context.Context, org, id string, revision int, f scrutin.Digest, a space.Act) error {
	return s.write(ctx, func(t *sqlfile.Tx) error {
		if err := turn(t.Exec("UPDATE consultation SET state = ?, fingerprint = ?, revision = revision + 1 WHERE organisation = ? AND id = ? AND revision = ? AND state = ?",
			space.Published, f[:], org, id, revision, space.Drafting)); err != nil {
			return err
		}
		return act(t, org, id, a)
	})
}

// Change implements space.Store.
func (s *Store) Change(ctx context.Context, org, id string, revision int, draft []byte, a space.Act) error {
	return s.write(ctx, func(t *sqlfile.Tx) error {
		if err := turn(t.Exec("UPDATE consultation SET draft = ?, revision = revision + 1 WHERE organisation = ? AND id = ? AND revision = ? AND state = ?",
			draft, org, id, revision, space.Published)); err != nil {
			return err
		}
		return act(t, org, id, a)
	})
}

func act(t *sqlfile.Tx, org, id string, a space.Act) error {
	_, err := t.Exec(`INSERT INTO act (organisation, consultation, number, seconds, author, kind, reason, detail)
		SELECT ?1, ?2, coalesce(max(number), 0) + 1, ?3, ?4, ?5, ?6, ?7 FROM act WHERE organisation = ?1 AND consultation = ?2`,
		org, id, a.At.Unix(), a.By, a.Kind, a.Reason, a.Detail)
	return err
}

// Acts implements space.Store.
func (s *Store) Acts(ctx context.Context, org, id string) (all []space.Act, err error) {
	var a space.Act
	var seconds int64
	err = s.file.Read(ctx, "SELECT number, seconds, author, kind, reason, detail FROM act WHERE organisation = ? AND consultation = ? ORDER BY number", []any{org, id},
		[]any{&a.Number, &seconds, &a.By, &a.Kind, &a.Reason, &a.Detail}, func() error {
			a.At = time.Unix(seconds, 0)
			all = append(all, a)
			return nil
		})
	return all, wrap(err)
}

// there is ErrUnknown where a space has no such consultation.
func there(t *sqlfile.Tx, org, id string) error {
	var one int
	found, err := t.Row("SELECT 1 FROM consultation WHERE organisation = ? AND id = ?", []any{org, id}, &one)
	if err == nil && !found {
		err = space.ErrUnknown
	}
	return err
}

// ofOne writes to a consultation that is there.
func (s *Store) ofOne(ctx context.Context, org, id string, do func(*sqlfile.Tx) error) error {
	return s.write(ctx, func(t *sqlfile.Tx) error {
		if err := there(t, org, id); err != nil {
			return err
		}
		return do(t)
	})
}

func lines(text string) []string {
	if text == "" {
		return []string{}
	}
	return strings.Split(text, "\n")
}

// AddArgument implements space.Store.
func (s *Store) AddArgument(ctx context.Context, org, id string, a space.Argument) (number int, err error) {
	signed, err := json.Marshal(a.Signature)
	if err != nil {
		return 0, err
	}
	err = s.ofOne(ctx, org, id, func(t *sqlfile.Tx) error {
		if _, err := t.Row("SELECT coalesce(max(number), 0) + 1 FROM argument WHERE organisation = ? AND consultation = ?", []any{org, id}, &number); err != nil {
			return err
		}
		return insert(t, "INSERT OR IGNORE INTO argument (organisation, consultation, number, author, name, side, title, body, state, reason, signed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?)",
			org, id, number, a.Author, a.Name, a.Side, a.Title, strings.Join(a.Text, "\n"), space.Proposed, signed)
	})
	return number, err
}

// Arguments implements space.Store.
func (s *Store) Arguments(ctx context.Context, org, id string) (all []space.Argument, err error) {
	others := map[int][]space.Signed{}
	var n int
	var name, body string
	var signed []byte
	if err := s.file.Read(ctx, "SELECT argument, name, signed FROM signature WHERE organisation = ? AND consultation = ? ORDER BY name, person", []any{org, id}, []any{&n, &name, &signed}, func() error {
		by := space.Signed{Name: name}
		err := json.Unmarshal(signed, &by.Signature)
		others[n] = append(others[n], by)
		return err
	}); err != nil {
		return nil, wrap(err)
	}
	var a space.Argument
	err = s.file.Read(ctx, "SELECT number, author, name, side, title, body, state, reason, signed FROM argument WHERE organisation = ? AND consultation = ? ORDER BY number", []any{org, id},
		[]any{&a.Number, &a.Author, &a.Name, &a.Side, &a.Title, &body, &a.State, &a.Reason, &signed}, func() error {
			a.Text, a.Others, a.Signature = lines(body), others[a.Number], signature.Signature{}
			if err := json.Unmarshal(signed, &a.Signature); err != nil {
				return err
			}
			all = append(all, a)
			return nil
		})
	return all, wrap(err)
}

// JudgeArgument implements space.Store.
func (s *Store) JudgeArgument(ctx context.Context, org, id string, number int, state string, a space.Act) error {
	return s.write(ctx, func(t *sqlfile.Tx) error {
		n, err := t.Exec("UPDATE argument SET state = ?1, reason = ?2 WHERE organisation = ?3 AND consultation = ?4 AND number = ?5 AND state <> ?1 AND state <> ?6", state, a.Reason, org, id, number, space.Refused)
		if err == nil && n == 0 {
			err = space.ErrUnknown
		}
		if err != nil {
			return err
		}
		return act(t, org, id, a)
	})
}

// SignArgument implements space.Store.
func (s *Store) SignArgument(ctx context.Context, org, id string, number int, person string, by space.Signed) error {
	signed, err := json.Marshal(by.Signature)
	if err != nil {
		return err
	}
	return s.write(ctx, func(t *sqlfile.Tx) error {
		var author string
		found, err := t.Row("SELECT author FROM argument WHERE organisation = ? AND consultation = ? AND number = ? AND state = ?", []any{org, id, number, space.Shown}, &author)
		if err != nil || !found || author == person {
			if err == nil && !found {
				err = space.ErrUnknown
			}
			return err
		}
		_, err = t.Exec("INSERT OR IGNORE INTO signature (organisation, consultation, argument, person, name, signed) VALUES (?, ?, ?, ?, ?, ?)", org, id, number, person, by.Name, signed)
		return err
	})
}

// AddPosition implements space.Store.
func (s *Store) AddPosition(ctx context.Context, org, id string, p space.Position) error {
	return s.ofOne(ctx, org, id, func(t *sqlfile.Tx) error {
		_, err := t.Exec(`INSERT INTO position (organisation, consultation, person, question, version, position, reasons, seconds)
			SELECT ?1, ?2, ?3, ?4, coalesce(max(version), 0) + 1, ?5, ?6, ?7 FROM position WHERE organisation = ?1 AND consultation = ?2 AND person = ?3 AND question = ?4`,
			org, id, p.Person, p.Question, p.Position, strings.Join(p.Reasons, "\n"), p.At.Unix())
		return err
	})
}

// Positions implements space.Store.
func (s *Store) Positions(ctx context.Context, org, id string) (all []space.Position, err error) {
	var p space.Position
	var reasons string
	var seconds int64
	err = s.file.Read(ctx, "SELECT person, question, version, position, reasons, seconds FROM position WHERE organisation = ? AND consultation = ? ORDER BY person, question, version", []any{org, id},
		[]any{&p.Person, &p.Question, &p.Version, &p.Position, &reasons, &seconds}, func() error {
			p.Reasons, p.At = lines(reasons), time.Unix(seconds, 0)
			all = append(all, p)
			return nil
		})
	return all, wrap(err)
}

// AddVote implements space.Store.
func (s *Store) AddVote(ctx context.Context, org, id string, v space.Vote, a space.Act) error {
	return s.ofOne(ctx, org, id, func(t *sqlfile.Tx) error {
		if _, err := t.Exec(`INSERT INTO public_vote (organisation, consultation, person, question, version, vote, entered_by, seconds)
			SELECT ?1, ?2, ?3, ?4, coalesce(max(version), 0) + 1, ?5, ?6, ?7 FROM public_vote WHERE organisation = ?1 AND consultation = ?2 AND person = ?3 AND question = ?4`,
			org, id, v.Person, v.Question, v.Vote, v.By, v.At.Unix()); err != nil {
			return err
		}
		return act(t, org, id, a)
	})
}

// Votes implements space.Store.
func (s *Store) Votes(ctx context.Context, org, id string) (all []space.Vote, err error) {
	var v space.Vote
	var seconds int64
	err = s.file.Read(ctx, "SELECT person, question, version, vote, entered_by, seconds FROM public_vote WHERE organisation = ? AND consultation = ? ORDER BY person, question, version", []any{org, id},
		[]any{&v.Person, &v.Question, &v.Version, &v.Vote, &v.By, &seconds}, func() error {
			v.At = time.Unix(seconds, 0)
			all = append(all, v)
			return nil
		})
	return all, wrap(err)
}
