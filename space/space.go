package space

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"isoloir/scrutin"
)

// ErrRole says that this is not for who asks to do.
var ErrRole = errors.New("this is not for your role: ask a publisher of the space")

// Works is where a space's records lie: the standing bureau's, the register's lists, and those of
// its consultations.
type Works interface {
	// Ground is what there is now for a consultation.
	Ground(ctx context.Context, id string) (*Ground, error)
	// Prepare writes the beginning of a consultation's record aside, whole: Problems where a part
	// of it is no more what was sealed, or where another record lies in its place.
	Prepare(ctx context.Context, id string, s *Sealed, files []File) error
	// Begin puts what was prepared with this fingerprint in its place, and forgets what else was
	// prepared; done again it is no error.
	Begin(ctx context.Context, id string, f scrutin.Digest) error
}

// A Space is one organisation's. It is safe for concurrent use.
type Space struct {
	Organisation *Organisation
	Store        Store
	Works        Works
	Now          func() time.Time
}

// Open opens the space of an organisation.
func Open(ctx context.Context, store Store, org string, works Works, now func() time.Time) (*Space, error) {
	text, err := store.Organisation(ctx, org)
	if err != nil {
		return nil, err
	}
	o, err := ParseOrganisation(text)
	if err != nil {
		return nil, err
	}
	return &Space{Organisation: o, Store: store, Works: works, Now: now}, nil
}

func (s *Space) org() string { return s.Organisation.ID }

// drawn is an identifier of so many random bytes, in hexadecimal digits.
func drawn(n int) string {
	raw := make([]byte, n)
	rand.Read(raw)
	return hex.EncodeToString(raw)
}

// Name gives a new person an identifier, and enters him: Problems where something is missing.
func (s *Space) Name(ctx context.Context, label, role, constituency string) (Person, error) {
	p := Person{ID: drawn(8), Label: Line(label), Role: role, Constituency: constituency}
	var found Problems
	if !plain(p.Label, 300) {
		found = append(found, Problem{Field: "label", Code: "empty"})
	}
	if !slices.Contains(Roles, role) {
		found = append(found, Problem{Field: "role", Code: "oneof"})
	}
	c := s.Organisation.Constituency(constituency)
	if role == Member && (c == nil || c.Seats == 0) {
		found = append(found, Problem{Field: "constituency", Code: "oneof"})
	}
	if role != Member {
		p.Constituency = ""
	}
	if len(found) > 0 {
		return p, found
	}
	return p, s.Store.AddPerson(ctx, s.org(), p)
}

// Begin makes a draft, and gives its identifier.
func (s *Space) Begin(ctx context.Context) (string, error) {
	return s.begin(ctx, NewDraft(s.Organisation))
}

// Clone makes a draft of all that another consultation has, but its dates, arguments and votes.
func (s *Space) Clone(ctx context.Context, id string) (string, error) {
	c, err := s.Store.Consultation(ctx, s.org(), id)
	if err != nil {
		return "", err
	}
	return s.begin(ctx, c.Draft.Clone())
}

func (s *Space) begin(ctx context.Context, d *Draft) (string, error) {
	text, err := d.Bytes()
	if err != nil {
		return "", err
	}
	id := "c-" + drawn(5)
	return id, s.Store.AddConsultation(ctx, s.org(), id, text)
}

// Save keeps a draft as it is, with whatever is wrong in it: ErrStale.
func (s *Space) Save(ctx context.Context, id string, revision int, d *Draft) error {
	text, err := d.Bytes()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return s.Store.Save(ctx, s.org(), id, revision, text)
}

// Ready is all that keeps a draft from being published now.
func (s *Space) Ready(ctx context.Context, id string, d *Draft) (Problems, error) {
	g, err := s.Works.Ground(ctx, id)
	if err != nil {
		return nil, err
	}
	_, err = d.Seal(id, s.Organisation, g, s.Now())
	var found Problems
	if errors.As(err, &found) {
		return found, nil
	}
	return nil, err
}

// Publish seals a draft: its record begins with the manifest, and what follows is for the bureau's
// acts. The record is written aside, and in its place once the store has taken the publication:
// what the store says is so, and Resume puts a record in its place where this was cut short. The
// error is Problems, ErrRole or ErrStale.
func (s *Space) Publish(ctx context.Context, by Person, id string, revision int) error {
	if by.Role != Publisher {
		return ErrRole
	}
	c, err := s.Store.Consultation(ctx, s.org(), id)
	if err != nil {
		return err
	}
	if c.State != Drafting || c.Revision != revision {
		return ErrStale
	}
	g, err := s.Works.Ground(ctx, id)
	if err != nil {
		return err
	}
	sealed, err := c.Draft.Seal(id, s.Organisation, g, s.Now())
	if err != nil {
		return err
	}
	files := []File{sealed.Presentation}
	for _, d := range c.Draft.Documents {
		f, err := s.Store.File(ctx, s.org(), d.SHA256)
		if err != nil {
			return err
		}
		files = append(files, f)
	}
	if err := s.Works.Prepare(ctx, id, sealed, files); err != nil {
		return err
	}
	if err := s.Store.PutFile(ctx, s.org(), sealed.Presentation); err != nil {
		return err
	}
	if err := s.Store.Publish(ctx, s.org(), id, revision, sealed.Fingerprint, s.act(by, ActPublish, "", sealed.Fingerprint.String())); err != nil {
		return err
	}
	return s.Works.Begin(ctx, id, sealed.Fingerprint)
}

// Resume has the record of everything that is published begin, where that was cut short. What
// fails for one keeps no other from it; the errors come joined.
func (s *Space) Resume(ctx context.Context) error {
	all, err := s.Store.Consultations(ctx, s.org())
	failed := []error{err}
	for _, c := range all {
		if c.State == Published {
			failed = append(failed, s.Works.Begin(ctx, c.ID, c.Fingerprint))
		}
	}
	return errors.Join(failed...)
}

func (s *Space) act(by Person, kind, reason, detail string) Act {
	return Act{At: s.Now(), By: by.Label, Kind: kind, Reason: reason, Detail: detail}
}

// Change replaces what stands of a published consultation: documents that are added, a later
// end, and nothing else. The error is Problems, each with the sentence why; ErrRole or ErrStale.
func (s *Space) Change(ctx context.Context, by Person, id string, revision int, to *Draft, reason string) error {
	if by.Role != Publisher {
		return ErrRole
	}
	c, err := s.Store.Consultation(ctx, s.org(), id)
	if err != nil {
		return err
	}
	if c.State != Published || c.Revision != revision {
		return ErrStale
	}
	reason = Line(reason)
	kind, detail, found := c.Draft.change(to, s.Organisation.Location(), s.Now())
	if !plain(reason, 300) {
		found = append(found, Problem{Field: "reason", Code: "reason"})
	}
	if len(found) > 0 {
		return found
	}
	text, err := to.Bytes()
	if err != nil {
		return err
	}
	return s.Store.Change(ctx, s.org(), id, revision, text, s.act(by, kind, reason, detail))
}

// change says which act takes a published draft to another one, or why none does.
func (d *Draft) change(to *Draft, zone *time.Location, now time.Time) (kind, detail string, found Problems) {
	refuse := func(field, code string) { found = append(found, Problem{Field: field, Code: code}) }
	_, closes, err := d.Schedule(zone)
	if err != nil || !now.Before(closes) {
		refuse("closes", "over")
		return "", "", found
	}
	same := *to
	same.Closes, same.Documents = d.Closes, d.Documents
	a, errA := d.Bytes()
	b, errB := same.Bytes()
	if errA != nil || errB != nil || string(a) != string(b) {
		refuse("title", "meaning")
	}
	if to.Closes != d.Closes {
		kind, detail = ActExtend, to.Closes
		switch later, err := Moment(to.Closes, zone); {
		case err != nil:
			refuse("closes", "moment")
		case !later.After(closes):
			refuse("closes", "earlier")
		}
	}
	n := len(d.Documents)
	if len(to.Documents) < n || !slices.Equal(to.Documents[:n], d.Documents) {
		refuse("documents", "meaning")
	} else if len(to.Documents) > n {
		kind, detail = ActDocument, to.Documents[n].SHA256.String()
		if rules().Struct(to.Documents[n]) != nil || len(to.Documents) > n+1 {
			refuse("documents", "document")
		}
	}
	if kind == "" && len(found) == 0 {
		refuse("title", "meaning")
	}
	return kind, detail, found
}

// AddDocument keeps a file and puts it behind a draft's documents, or, of a published consultation,
// adds it by an act. Media is what the bytes show, whatever the file was called.
func (s *Space) AddDocument(ctx context.Context, by Person, id string, revision int, title string, data []byte, reason string) error {
	c, err := s.Store.Consultation(ctx, s.org(), id)
	if err != nil {
		return err
	}
	media, ok := documentMedia(data)
	var found Problems
	if !ok {
		found = append(found, Problem{Field: "documents", Code: "document"})
	}
	if title = Line(title); !plain(title, 300) {
		found = append(found, Problem{Field: "documents", Code: "document-title"})
	}
	if len(found) > 0 {
		return found
	}
	f := File{Digest: scrutin.DigestOf(data), Media: media, Data: data}
	if err := s.Store.PutFile(ctx, s.org(), f); err != nil {
		return err
	}
	to := *c.Draft
	to.Documents = append(slices.Clone(to.Documents), Document{Title: title, Media: media, Size: int64(len(data)), SHA256: f.Digest})
	if c.State == Published {
		return s.Change(ctx, by, id, revision, &to, reason)
	}
	return s.Save(ctx, id, revision, &to)
}
