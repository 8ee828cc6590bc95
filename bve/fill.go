package bve

import (
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"slices"
	"strings"

	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/trustee"
)

// adopted names the records at these paths as an act does: notes by their texts, other files by their bytes.
func adopted(r *record.Reader, paths ...string) ([]scrutin.Adopted, error) {
	out := make([]scrutin.Adopted, 0, len(paths))
	for _, p := range paths {
		data, err := r.Read(p, note.MaxSize)
		if err != nil {
			return nil, err
		}
		text := string(data)
		if strings.HasSuffix(p, ".note") {
			if text, err = note.Text(data); err != nil {
				return nil, fmt.Errorf("%s: %w", p, err)
			}
		}
		out = append(out, scrutin.Adopted{Path: p, SHA256: scrutin.TextDigest(text)})
	}
	return out, nil
}

// A part is a file of the record that a party gives, and an act adopts.
type part struct{ path, party string }

// parts are those that an act of this type adopts, in its order; nothing where the record does not say them.
func (s *State) parts(kind string) (out []part) {
	m := s.manifest
	stages := func(path func(int) string) {
		for i, x := range m.Mixers {
			out = append(out, part{path(i + 1), x.ID})
		}
	}
	switch kind {
	case scrutin.ActConstitute:
		for _, a := range s.Procedure.Constitutes() {
			out = append(out, part{a.Path, m.Organisation.ID})
		}
	case scrutin.ActEnrol:
		for _, id := range m.Enrollers() {
			out = append(out, part{record.Enrolment(id), id})
		}
	case scrutin.ActAnonymise:
		stages(record.Anonymisation)
	case scrutin.ActOpen:
		out = []part{{record.Opening, m.Platform.Contents.ID}}
	case scrutin.ActSeal:
		for _, u := range m.Urns {
			out = append(out, part{record.Seal(u.ID), m.Platform.Urn.ID})
			if m.Accounts() == nil {
				out = append(out, part{record.Roll(u.ID), m.Platform.Roll.ID})
			}
		}
		for _, role := range []string{"roll", "urn"} {
			if p := "deputies/" + role; s.record != nil && s.record.Exists(p) {
				out = append(out, part{p, role})
			}
		}
		for _, u := range m.Urns {
			if p := record.Challenges(u.ID); s.record != nil && s.record.Exists(p) {
				out = append(out, part{p, m.Platform.Urn.ID})
			}
		}
	case scrutin.ActWithdraw:
		out = s.withdrawals()
	case scrutin.ActMix:
		stages(record.Mix)
		for _, p := range s.decided() {
			out = append(out, part{p, m.Organisation.ID})
		}
	case scrutin.ActDecrypt:
		for _, c := range m.Clauses {
			for _, h := range s.Procedure.Holders(&c) {
				if p := record.Shares(c.ID, h); s.record != nil && s.record.Exists(p) {
					out = append(out, part{p, h})
				}
			}
		}
	case scrutin.ActProclaim:
		out = []part{{record.Result, m.Platform.Contents.ID}}
	}
	return out
}

// decided are the votes on paper and of the members that the act mix adopts: after it the urns are opened.
func (s *State) decided() []string {
	var paths []string
	if s.record != nil {
		paths, _ = s.record.List() // what cannot be listed cannot be adopted either
	}
	return s.manifest.DecidedAt(paths)
}

// withdrawals are the notes of the record by which roll and urn withdraw deputies, each signed by the role's own key, and which no act has adopted yet.
func (s *State) withdrawals() (out []part) {
	if s.record == nil {
		return nil
	}
	paths, err := s.record.List()
	if err != nil {
		return nil
	}
	own := map[string]*scrutin.Party{scrutin.RoleRoll: &s.manifest.Platform.Roll, scrutin.RoleUrn: &s.manifest.Platform.Urn}
	for _, p := range paths {
		if !strings.HasPrefix(p, "withdrawn/") || slices.ContainsFunc(s.Procedure.Withdrawals, func(a scrutin.Adopted) bool { return a.Path == p }) {
			continue
		}
		data, err := s.record.Read(p, note.MaxSize)
		if err != nil {
			continue
		}
		text, err := note.Text(data)
		if err != nil {
			continue
		}
		w, err := scrutin.ParseWithdrawal(text)
		if err != nil || w.Path() != p || w.Opening != s.Procedure.Opening {
			continue
		}
		if _, err := note.Open(data, own[w.Role].Verifier()); err == nil {
			out = append(out, part{p, own[w.Role].ID})
		}
	}
	return out
}

// missing are the parts of an act that the record lacks, with whose they are.
func (s *State) missing(kind string) (out []*Refusal) {
	if s.record == nil {
		return nil
	}
	parts := s.parts(kind)
	if kind == scrutin.ActWithdraw && len(parts) == 0 {
		out = append(out, s.refuse(RuleMissing, []string{s.manifest.Platform.Roll.ID, s.manifest.Platform.Urn.ID}, "no note in the record withdraws a deputy that is not withdrawn yet: the role's own key signs it first (isoloir custody withdraw)"))
	}
	var lacking, parties []string
	for _, p := range parts {
		if s.record.Exists(p.path) {
			continue
		}
		if lacking = append(lacking, p.path); !slices.Contains(parties, p.party) {
			parties = append(parties, p.party)
		}
	}
	if len(lacking) > 0 {
		out = append(out, s.refuse(RuleMissing, parties, "files of this step that the record still lacks, %d: %s", len(lacking), strings.Join(lacking, ", ")))
	}
	if undated(s.record, s.manifest, kind) != nil {
		out = append(out, s.refuse(RuleMissing, nil, "no timestamp authority has dated the seal yet: ask again, before the mixes are adopted"))
	}
	if kind == scrutin.ActDecrypt {
		for _, c := range s.manifest.Clauses {
			holders := s.Procedure.Holders(&c)
			without := slices.DeleteFunc(slices.Clone(holders), func(h string) bool { return s.record.Exists(record.Shares(c.ID, h)) })
			if n := len(holders) - len(without); n < c.Threshold {
				out = append(out, s.refuse(RuleMissing, without, "%d of %d holders of %q have brought their shares, and %d are needed", n, len(holders), c.Label, c.Threshold))
			}
		}
	}
	return out
}

// fill is the body of an act: what a member gives, and what the record and the last figures say in the place of anybody.
func (s *State) fill(kind string, given scrutin.ActBody) (*scrutin.ActBody, error) {
	b := given
	for _, r := range s.missing(kind) {
		return nil, r
	}
	if parts := s.parts(kind); len(parts) > 0 {
		paths := make([]string, len(parts))
		for i, p := range parts {
			paths[i] = p.path
		}
		var err error
		if b.Adopts, err = adopted(s.record, paths...); err != nil {
			return nil, err
		}
	}
	switch kind {
	case scrutin.ActOpen, scrutin.ActClose, scrutin.ActSeal:
		b.Found = slices.Clone(s.Turnout)
	case scrutin.ActCeremony, scrutin.ActRehearse:
		if err := s.fillCeremony(kind, &b); err != nil {
			return nil, err
		}
	}
	for _, list := range []*[]scrutin.Adopted{&b.Adopts, &b.Replaces} {
		if *list == nil {
			*list = []scrutin.Adopted{}
		}
	}
	return &b, nil
}

// fillCeremony adopts what the holders' messages come to, or the rehearsals that no act has adopted.
func (s *State) fillCeremony(kind string, b *scrutin.ActBody) error {
	board, err := trustee.ReadBoard(s.record)
	if err != nil {
		return err
	}
	keys, err := board.Ceremony.Verify(board.Messages)
	if err != nil {
		return s.refuse(RuleMissing, nil, "the key ceremony is not complete: %s", err)
	}
	if kind == scrutin.ActCeremony {
		b.Adopts, b.Excluded = []scrutin.Adopted{{Path: scrutin.AdoptCeremony, SHA256: keys.Digest}}, keys.Excluded()
		return nil
	}
	if err := board.Ceremony.VerifyRehearsals(keys, board.Messages); err != nil {
		return s.refuse(RuleMissing, nil, "the rehearsal of the opening is not complete: %s", err)
	}
	paths, err := s.record.List()
	if err != nil {
		return err
	}
	paths = slices.DeleteFunc(paths, func(p string) bool {
		return !strings.HasPrefix(p, "ceremony/") || !strings.Contains(p, "/rehearsal-") ||
			slices.ContainsFunc(s.Procedure.Rehearsals, func(a scrutin.Adopted) bool { return a.Path == p })
	})
	b.Adopts, err = adopted(s.record, paths...)
	return err
}

// holds says why the act of a motion is not the one that the service would fill in: it adopts other files than the record holds, or finds other
// figures than roll and urn told.
func (s *State) holds(a *scrutin.Act) error {
	if s.record == nil {
		return nil
	}
	want, err := s.fill(a.Type, a.Body)
	if errors.Is(err, fs.ErrNotExist) {
		return s.refuse(RuleMissing, nil, "the record lacks a file: %s", err)
	}
	if err != nil {
		return err
	}
	same := slices.Equal(want.Adopts, a.Body.Adopts) && slices.Equal(want.Excluded, a.Body.Excluded) && slices.Equal(want.Found, a.Body.Found)
	if !same || !reflect.DeepEqual(want.Cells, a.Body.Cells) {
		return s.refuse(RuleFigures, nil, "it does not adopt what the record holds, or finds other figures than roll and urn told: let the service fill it in")
	}
	return nil
}
