package device

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"

	"isoloir/crypto/group"
	"isoloir/keyceremony"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
)

// Device holds the secrets of one person in memory and keeps them on one or
// two media. It is not safe for concurrent use.
type Device struct {
	state      contents
	passphrase Passphrase
	workFactor int
	renewed    string // the file that Open brought up to date
	media
}

// Create makes new keys under the name of a member of the bureau or a mixer and
// writes them on the media, given by their directories: one, or two of
// different kinds. Nothing is written where a device's file stands already
// (ErrExists). workFactor is that of scrypt, usually [WorkFactor].
func Create(name string, p Passphrase, workFactor int, dirs ...string) (*Device, error) {
	if len(p) < MinPassphrase {
		return nil, ErrShort
	}
	key, err := note.GenerateKey(name)
	if err != nil {
		return nil, err
	}
	d := &Device{
		state:      contents{Record: kind, Name: name, Signing: signingKey{key}, Reception: secret{group.RandomScalar()}},
		passphrase: p, workFactor: workFactor,
	}
	if len(dirs) < 1 || len(dirs) > 2 {
		return nil, fmt.Errorf("%d media: give one or two", len(dirs))
	}
	for _, dir := range dirs {
		path := filepath.Join(dir, name+Suffix)
		if err := absent(path); err != nil {
			return nil, err
		}
		d.paths = append(d.paths, path)
	}
	if len(dirs) == 2 && sameFile(dirs[0], dirs[1]) {
		return nil, fmt.Errorf("%w: %s is given twice", ErrMedia, dirs[0])
	}
	return d, d.save()
}

// Open reads the device from its media, one or two directories. If an
// interruption left one medium behind the other, it is brought up to date.
// Errors: ErrPassphrase, ErrNotFragment, ErrMedia, or that of the file system.
func Open(p Passphrase, workFactor int, dirs ...string) (*Device, error) {
	if len(dirs) < 1 || len(dirs) > 2 {
		return nil, fmt.Errorf("%d media: give one or two", len(dirs))
	}
	d := &Device{passphrase: p, workFactor: workFactor}
	var versions []*contents
	var texts [][]byte
	for _, dir := range dirs {
		path, err := find(dir)
		if err != nil {
			return nil, err
		}
		c, text, err := load(path, p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		d.paths, versions, texts = append(d.paths, path), append(versions, c), append(texts, text)
	}
	d.state = *versions[0]
	if len(dirs) == 1 {
		return d, nil
	}
	if sameFile(d.paths[0], d.paths[1]) {
		return nil, fmt.Errorf("%w: %s is given twice", ErrMedia, d.paths[0])
	}
	older, newer := versions[0], versions[1]
	if older.Serial > newer.Serial {
		older, newer = newer, older
	}
	switch {
	case bytes.Equal(texts[0], texts[1]):
		return d, nil
	case older.Signing.Encode() != newer.Signing.Encode():
		return nil, fmt.Errorf("%w: they are of two devices, %s and %s", ErrMedia, versions[0].Name, versions[1].Name)
	case older.Serial == newer.Serial, newer.forks(older):
		return nil, fmt.Errorf("%w: each was used without the other: keep both and tell the bureau", ErrMedia)
	}
	d.state, d.renewed = *newer, d.paths[0]
	if older == versions[1] {
		d.renewed = d.paths[1]
	}
	return d, d.write()
}

// Renewed is the file that was behind the other medium's when the device was opened, and was brought up to date; empty where none was.
func (d *Device) Renewed() string { return d.renewed }

// load returns the contents of a file and their text.
func load(path string, p Passphrase) (*contents, []byte, error) {
	data, err := read(path)
	if err != nil {
		return nil, nil, err
	}
	text, err := decrypt(data, p)
	if err != nil {
		return nil, nil, err
	}
	c, err := decodeContents(text)
	return c, text, err
}

// save makes a change durable on every medium.
func (d *Device) save() error {
	d.state.Serial++
	return d.write()
}

// write encrypts the device, makes sure that it can be deciphered, and puts it
// on each medium in turn.
func (d *Device) write() error {
	data, err := d.encrypted()
	if err != nil {
		return err
	}
	for _, path := range d.paths {
		if err := d.replace(path, data); err != nil {
			return err
		}
	}
	return nil
}

func (d *Device) encrypted() ([]byte, error) {
	text, err := canon.Marshal(d.state)
	if err != nil {
		return nil, errors.New("the device's secrets cannot be written")
	}
	data, err := encrypt(text, d.passphrase, d.workFactor)
	if err != nil {
		return nil, err
	}
	back, err := decrypt(data, d.passphrase)
	if err != nil || !bytes.Equal(back, text) {
		return nil, errors.New("what was encrypted cannot be deciphered again: nothing was written; this computer is unsound, take another")
	}
	return data, nil
}

// both refuses what needs the two media.
func (d *Device) both() error {
	if len(d.paths) != 2 {
		return ErrTwoMedia
	}
	return nil
}

// Name returns the identifier of the holder or mixer.
func (d *Device) Name() string { return d.state.Name }

// Signer returns the device's signing key.
func (d *Device) Signer() note.Signer { return d.state.Signing.PrivateKey }

// Card returns what the device shows of itself.
func (d *Device) Card() Card {
	return Card{
		Record: cardKind, Name: d.state.Name, Key: d.state.Signing.Verifier().String(),
		Reception: scrutin.PointOf(group.MulBase(d.state.Reception.Scalar)),
	}
}

// Summary is what a device holds, without any secret.
type Summary struct {
	Card     Card
	Manifest scrutin.Digest // zero before the first run
	Run      int            // 0 before the first run
	Steps    []string       // of the messages signed in that run
	Clauses  []string       // in which there is a fragment
	Ceremony scrutin.Digest // zero until the ceremony is complete
	Opened   []Opened       // none until shares were made
	Media    []string       // paths of the files read
}

// Opened is a scrutin that a device has opened.
type Opened struct {
	Scrutin scrutin.Digest // its fingerprint
	Seal    scrutin.Digest
	Clauses []string // whose shares were stated
}

// Show returns what the device holds.
func (d *Device) Show() Summary {
	s := Summary{
		Card: d.Card(), Manifest: d.state.Manifest, Run: d.state.Run,
		Ceremony: d.state.Ceremony, Media: append([]string(nil), d.paths...),
	}
	for _, m := range d.state.Sent {
		s.Steps = append(s.Steps, m.Step)
	}
	for _, f := range d.state.Fragments {
		s.Clauses = append(s.Clauses, f.Clause)
	}
	for _, o := range d.state.Opened {
		shown := Opened{Scrutin: o.Scrutin, Seal: o.Seal}
		for _, st := range o.Shares {
			shown.Clauses = append(shown.Clauses, st.Clause)
		}
		s.Opened = append(s.Opened, shown)
	}
	return s
}

func (c *contents) fragments() []keyceremony.Fragment {
	var out []keyceremony.Fragment
	for _, f := range c.Fragments {
		out = append(out, keyceremony.Fragment{Clause: f.Clause, Index: f.Index, Value: f.Value.Scalar})
	}
	return out
}
