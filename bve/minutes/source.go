package minutes

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"isoloir/bve/journal"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// A Source is what minutes are made from.
type Source struct {
	Manifest    *scrutin.Manifest
	Fingerprint scrutin.Digest
	Opening     *scrutin.Opening         // nil before the act open
	Rolls       []*scrutin.RollStatement // of each urn, from the act seal on
	// Challenges are what the urn signed of the ballots that devices opened, for each urn
	// that has any, from the act seal on.
	Challenges []*scrutin.ChallengeStatement
	Result     *scrutin.Result // nil before the proclamation
	Contents   scrutin.Digest  // of the export; zero where it is not sealed
	Acts       []Act
	Tokens     []string // paths of the timestamps of acts
	Journal    []*journal.Entry
}

// An Act is one of the bureau, with those who signed it.
type Act struct {
	*scrutin.Act
	Text    scrutin.Digest
	Signers []string
}

// Read reads the record of a scrutin, the acts with their signatures verified, beside the bureau's journal, which its owner has verified.
func Read(r *record.Reader, entries []*journal.Entry) (*Source, error) {
	data, err := r.Read(record.Manifest, note.MaxSize)
	if err != nil {
		return nil, err
	}
	s := &Source{Journal: entries}
	if s.Manifest, s.Fingerprint, err = scrutin.ParseManifest(data); err != nil {
		return nil, err
	}
	notes, err := r.Acts()
	if err != nil {
		return nil, err
	}
	procedure, err := scrutin.VerifyActs(s.Manifest, s.Fingerprint, notes)
	if err != nil {
		return nil, err
	}
	for _, data := range notes {
		n, err := note.Open(data, s.Manifest.BureauVerifiers()...)
		if err != nil {
			return nil, err
		}
		a, err := scrutin.Parse[scrutin.Act](n.Text)
		if err != nil {
			return nil, err
		}
		s.Acts = append(s.Acts, Act{a, scrutin.TextDigest(n.Text), n.Signers()})
	}
	if s.Opening, err = adopted[scrutin.Opening](r, record.Opening, procedure.Opening); err != nil {
		return nil, err
	}
	for i, sealed := range procedure.RollSeals {
		roll, err := adopted[scrutin.RollStatement](r, record.Roll(s.Manifest.Urns[i].ID), sealed)
		if err != nil {
			return nil, err
		}
		s.Rolls = append(s.Rolls, roll)
	}
	if s.act(scrutin.ActSeal) != nil {
		if s.Challenges, err = challenges(r, s.Manifest); err != nil {
			return nil, err
		}
	}
	if s.Result, err = adopted[scrutin.Result](r, record.Result, procedure.Result); err != nil {
		return nil, err
	}
	switch text, err := textAt(r, record.Contents); {
	case err == nil:
		s.Contents = scrutin.TextDigest(text)
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	paths, err := r.List()
	if err != nil {
		return nil, err
	}
	s.Tokens = slices.DeleteFunc(paths, func(p string) bool {
		return !strings.HasPrefix(p, "timestamps/") || strings.HasPrefix(p, "timestamps/contents.")
	})
	return s, nil
}

// challenges reads what the urn signed of opened ballots, and verifies its signature: the act
// that seals adopts it, and a draft of the minutes comes before that too.
func challenges(r *record.Reader, m *scrutin.Manifest) (all []*scrutin.ChallengeStatement, err error) {
	for _, u := range m.Urns {
		data, err := r.Read(record.Challenges(u.ID), note.MaxSize)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		n, err := note.Open(data, m.Platform.Urn.Verifier())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", record.Challenges(u.ID), err)
		}
		s, err := scrutin.Parse[scrutin.ChallengeStatement](n.Text)
		if err == nil && s.Urn != u.ID {
			err = fmt.Errorf("it is of urn %s", s.Urn)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", record.Challenges(u.ID), err)
		}
		all = append(all, s)
	}
	return all, nil
}

// adopted reads a record that an act adopted by its digest; nil where none did.
func adopted[T any, P interface {
	*T
	scrutin.Record
}](r *record.Reader, path string, want scrutin.Digest) (*T, error) {
	if want.IsZero() {
		return nil, nil
	}
	text, err := textAt(r, path)
	if err != nil {
		return nil, err
	}
	if scrutin.TextDigest(text) != want {
		return nil, fmt.Errorf("%s is not the one that the bureau adopted", path)
	}
	return scrutin.Parse[T, P](text)
}

func textAt(r *record.Reader, path string) (string, error) {
	data, err := r.Read(path, note.MaxSize)
	if err != nil {
		return "", err
	}
	text, err := note.Text(data)
	if err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return text, nil
}

// ErrOther says that minutes tell of another record or journal.
var ErrOther = errors.New("these minutes are not those of this record and journal")

// Until is what the source was when minutes, or an annex, were made from it. ErrOther if it never was.
func (s *Source) Until(m *Minutes) (*Source, error) {
	then := *s
	acts := slices.IndexFunc(s.Acts, func(a Act) bool { return a.Text == m.Act })
	switch {
	case m.Manifest != s.Fingerprint:
		return nil, fmt.Errorf("%w: they are of the scrutin %s", ErrOther, m.Manifest)
	case !m.Contents.IsZero() && m.Contents != s.Contents:
		return nil, fmt.Errorf("%w: the export is not the one of the digest %s", ErrOther, m.Contents)
	case acts < 0 && !m.Act.IsZero():
		return nil, fmt.Errorf("%w: no act has the digest %s", ErrOther, m.Act)
	case m.Entries > len(s.Journal) || m.Entries > 0 && s.Journal[m.Entries-1].Head != m.Journal:
		return nil, fmt.Errorf("%w: entry %d of the journal has not the head %s", ErrOther, m.Entries, m.Journal)
	}
	then.Acts, then.Journal, then.Contents = s.Acts[:acts+1], s.Journal[:m.Entries], m.Contents
	if then.act(scrutin.ActProclaim) == nil {
		then.Result = nil
	}
	if then.act(scrutin.ActOpen) == nil {
		then.Opening = nil
	}
	if then.act(scrutin.ActSeal) == nil {
		then.Challenges = nil
	}
	return &then, nil
}

// Verify makes minutes again from what they tell of, and compares: ErrOther names the first page that says something else. For an annex, before
// is what it goes on from.
func (s *Source) Verify(m, before *Minutes) error {
	then, err := s.Until(m)
	if err != nil {
		return err
	}
	var again *Minutes
	if m.Annex == 0 {
		again, err = Make(then, m.Language)
	} else {
		again, err = MakeAnnex(then, before, m.Annex)
	}
	if err != nil {
		return err
	}
	for i := range max(len(m.Pages), len(again.Pages)) {
		if i >= len(m.Pages) || i >= len(again.Pages) || m.Pages[i].Digest != again.Pages[i].Digest {
			return fmt.Errorf("%w: page %d says something else than they do", ErrOther, i+1)
		}
	}
	return nil
}

// act is the first of a type; nil where there is none.
func (s *Source) act(kind string) *Act {
	i := slices.IndexFunc(s.Acts, func(a Act) bool { return a.Type == kind })
	if i < 0 {
		return nil
	}
	return &s.Acts[i]
}

// label is how a member is called.
func (s *Source) label(id string) string {
	if m, known := s.Manifest.Member(id); known {
		return m.Label
	}
	return id
}

func (s *Source) labels(ids []string) string {
	all := make([]string, 0, len(ids))
	for _, id := range ids {
		all = append(all, s.label(id))
	}
	return strings.Join(all, ", ")
}

// said are the statements whose bodies are of one kind, with their entries.
func said[B journal.Body](s *Source) (all []told[B]) {
	for _, e := range s.Journal {
		if b, is := e.Statement.Body.(B); is {
			all = append(all, told[B]{e, b})
		}
	}
	return all
}

type told[B journal.Body] struct {
	entry *journal.Entry
	body  B
}
