package replay

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"isoloir/bve"
	"isoloir/bve/journal"
	journalsqlite "isoloir/bve/journal/sqlite"
	"isoloir/record"
	"isoloir/replay/parties"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// A seance is the bureau at work as on its pages: sessions, motions that each member signs, acts that are written when the voices suffice, and the
// journal of all of it.
type seance struct {
	*bve.Office
	ctx     context.Context
	company *parties.Company
	m       *scrutin.Manifest
	f       scrutin.Digest
	now     func() time.Time
	store   *journalsqlite.Store
	bench   []note.Signer // who sits, in the manifest's order
	reading *bve.Bureau   // names what stands in the record
	last    *scrutin.Procedure
	why     map[string]string // reasons of acts that need one
}

// convene opens the journal of a bureau, in the run's directory, and its first session.
func (r *run) convene(ctx context.Context, first string, why map[string]string) func(*scrutin.Manifest, scrutin.Digest, *record.Writer) (parties.Board, error) {
	return func(m *scrutin.Manifest, f scrutin.Digest, rec *record.Writer) (parties.Board, error) {
		store, err := journalsqlite.Open(ctx, filepath.Join(r.dir, "bureau.db"))
		if err != nil {
			return nil, err
		}
		s := &seance{ctx: ctx, company: r.company, m: m, f: f, now: r.clock.Now, store: store, bench: r.company.Bench(m), why: why}
		r.seance = s
		if s.reading, err = bve.New(m, f, rec, r.clock.Now); err != nil {
			return nil, err
		}
		s.Office, err = bve.OpenOffice(ctx, bve.Config{Record: rec,
			Journal: journal.Config{Store: store, Manifest: m, Fingerprint: f, Signer: r.company.Signers[m.Platform.Contents.ID], Now: r.clock.Now},
			Figures: func(ctx context.Context) ([]scrutin.Finding, error) { return r.services.Found(ctx, m) }})
		if err != nil {
			return nil, err
		}
		if err := s.look(); err != nil {
			return nil, err
		}
		return s, s.meet(first)
	}
}

// look takes in where the bureau stands.
func (s *seance) look() error {
	state, err := s.State(s.ctx)
	if err == nil {
		s.last = state.Procedure
	}
	return err
}

// Procedure implements parties.Board.
func (s *seance) Procedure() *scrutin.Procedure { return s.last }

// Adopted implements parties.Board.
func (s *seance) Adopted(paths ...string) ([]scrutin.Adopted, error) {
	return s.reading.Adopted(paths...)
}

// Adopt implements parties.Board.
func (s *seance) Adopt(kind string, paths ...string) (scrutin.Digest, error) {
	adopted, err := s.Adopted(paths...)
	if err != nil {
		return scrutin.Digest{}, err
	}
	return s.Act(kind, scrutin.ActBody{Adopts: adopted})
}

// Act implements parties.Board: whoever presides proposes, all who sit sign, and the act is written.
func (s *seance) Act(kind string, body scrutin.ActBody) (scrutin.Digest, error) {
	if body.Reason == "" {
		body.Reason = s.why[kind]
	}
	act, err := s.Draft(s.ctx, kind, body)
	if err != nil {
		return scrutin.Digest{}, err
	}
	state, err := s.State(s.ctx)
	if err != nil {
		return scrutin.Digest{}, err
	}
	chair := state.Sitting().Presiding()
	motion := journal.Motion{Act: *act}
	text, err := motion.Text()
	if err != nil {
		return scrutin.Digest{}, err
	}
	if _, err := s.tell(chair, motion); err != nil {
		return scrutin.Digest{}, err
	}
	name := scrutin.TextDigest(text)
	for _, m := range s.bench {
		signed, err := note.Sign(text, m)
		if err != nil {
			return scrutin.Digest{}, err
		}
		line := strings.TrimSuffix(strings.TrimPrefix(string(signed), text+"\n"), "\n")
		if _, err := s.tell(m.Verifier().Name(), journal.Support{Motion: name, Signature: line}); err != nil {
			return scrutin.Digest{}, err
		}
	}
	if err := s.Office.Adopt(s.ctx, chair, name); err != nil {
		return scrutin.Digest{}, err
	}
	return name, s.look()
}

// tell enters a member's statement.
func (s *seance) tell(by string, body journal.Body) (*journal.Entry, error) {
	state, err := s.State(s.ctx)
	if err != nil {
		return nil, err
	}
	session := state.Session.Number
	if _, opens := body.(journal.SessionOpen); opens {
		session = state.NextSession()
	}
	signer := s.company.Member(by)
	if signer == nil {
		return nil, errors.New(by + " is no member of the bureau")
	}
	statement := &journal.Statement{Manifest: s.f, By: by, Session: session, Time: scrutin.TimeOf(s.now()), Nonce: journal.NewNonce(), Seen: state.Place.Head, Body: body}
	data, err := statement.Sign(signer)
	if err != nil {
		return nil, err
	}
	return s.Submit(s.ctx, data)
}

// meet opens a session, after the one that is open is closed, and takes attendance.
func (s *seance) meet(purpose string) error {
	if err := s.part(); err != nil {
		return err
	}
	var present []string
	for _, m := range s.bench {
		present = append(present, m.Verifier().Name())
	}
	chair := bve.Presiding(s.m, present).Member
	if _, err := s.tell(chair, journal.SessionOpen{Purpose: purpose}); err != nil {
		return err
	}
	for _, id := range present {
		if _, err := s.tell(id, journal.Present{}); err != nil {
			return err
		}
	}
	return nil
}

// part closes the session that is open, if there is one.
func (s *seance) part() error {
	state, err := s.State(s.ctx)
	if err != nil || state.Session.Number == 0 {
		return err
	}
	_, err = s.tell(state.Sitting().Presiding(), journal.SessionClose{Head: state.Place.Head})
	return err
}

// adviser is who is heard before the vote is touched: the committee, else an expert; empty if there is neither.
func (s *seance) adviser() string {
	for _, role := range []string{scrutin.Committee, scrutin.Expert} {
		at := slices.IndexFunc(s.m.Bureau.Members, func(b scrutin.Member) bool { return b.Role == role && b.Class != scrutin.Operator })
		if at >= 0 {
			return s.m.Bureau.Members[at].ID
		}
	}
	return ""
}

// touch is an act for which the committee is heard, where the manifest wants it.
func (s *seance) touch(kind, reason, opinion string) error {
	body := scrutin.ActBody{Reason: reason}
	if s.m.Addenda.Opinion && kind != scrutin.ActResume {
		if _, err := s.tell(s.adviser(), journal.Opinion{About: kind, Opinion: opinion}); err != nil {
			return err
		}
		body.Opinion = opinion
	}
	_, err := s.Act(kind, body)
	return err
}

// file is the journal as a file.
func (s *seance) file() ([]byte, error) {
	rows, err := s.store.Rows(s.ctx, s.f, 0)
	if err != nil {
		return nil, err
	}
	return journal.Encode(s.f, rows), nil
}

func (s *seance) shut() {
	if s != nil && s.store != nil {
		s.store.Shut()
	}
}
