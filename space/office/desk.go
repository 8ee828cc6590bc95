package office

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/space"
)

// consultationName is what the identifier of a consultation is like.
var consultationName = regexp.MustCompile(`^c-[0-9a-f]{10}$`)

// Name writes who mixes, witnesses and serves for an organisation from now on, and gives the file
// and its digest. What is sealed already stays.
func (f *Office) Name(ctx context.Context, org string, p *space.Parties) (string, scrutin.Digest, error) {
	if _, err := f.Space(ctx, org); err != nil {
		return "", scrutin.Digest{}, err
	}
	text, err := p.Bytes()
	if err != nil {
		return "", scrutin.Digest{}, err
	}
	path := filepath.Join(f.Dir, org, partiesFile)
	return path, scrutin.DigestOf(text), record.WriteWhole(path, text)
}

// Stand names the standing bureau of an organisation by its manifest, and gives the directory of
// its record. The same again is no error; ErrInvalid for a manifest that is none of a standing
// bureau of this organisation and its kind, ErrOther where another bureau stands.
func (f *Office) Stand(ctx context.Context, org string, m *scrutin.Manifest) (string, error) {
	s, err := f.Space(ctx, org)
	if err != nil {
		return "", err
	}
	if m.Scrutin.Profile != scrutin.StandingKey || m.Organisation.ID != org || m.Scrutin.Kind != s.Organisation.Kind {
		return "", space.ErrInvalid
	}
	text, _, err := m.Bytes()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(f.Dir, org, standingDir)
	there, err := os.ReadFile(filepath.Join(dir, record.Manifest))
	switch {
	case err == nil && bytes.Equal(there, text):
		return dir, nil
	case err == nil:
		return "", space.ErrOther
	case !errors.Is(err, fs.ErrNotExist):
		return "", err
	}
	out, err := record.Create(dir)
	if err != nil {
		return "", err
	}
	return dir, errors.Join(out.Write(record.Manifest, text), out.Close())
}

// Lists is the directory into which the register writes the accounts of a consultation, which
// the space has: it is there when the register has written it.
func (f *Office) Lists(ctx context.Context, org, id string) (string, error) {
	if !consultationName.MatchString(id) {
		return "", space.ErrUnknown
	}
	if _, err := f.Store.Consultation(ctx, org, id); err != nil {
		return "", err
	}
	dir := filepath.Join(f.Dir, org, listsDir)
	return filepath.Join(dir, id), os.MkdirAll(dir, 0o755)
}
