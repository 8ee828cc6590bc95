package trustee

import (
	"fmt"
	"strings"

	"isoloir/keyceremony"
	"isoloir/keyceremony/device"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
)

// Board is a record with the messages of its ceremony.
type Board struct {
	*record.Reader
	Manifest    *scrutin.Manifest
	Fingerprint scrutin.Digest
	Ceremony    *keyceremony.Ceremony
	Messages    []*keyceremony.Message
}

// ReadBoard reads the manifest and all messages of the ceremony. It accuses
// nobody: a message that cannot be read is an error that names the file.
func ReadBoard(r *record.Reader) (*Board, error) {
	data, err := r.Read(record.Manifest, canon.MaxSize)
	if err != nil {
		return nil, err
	}
	b := &Board{Reader: r}
	if b.Manifest, b.Fingerprint, err = scrutin.ParseManifest(data); err != nil {
		return nil, err
	}
	if len(b.Manifest.Standing) > 0 {
		standing, err := r.Read(record.Standing, canon.MaxSize)
		if err != nil {
			return nil, err
		}
		if err := b.Manifest.CheckStanding(standing); err != nil {
			return nil, err
		}
	}
	if b.Ceremony, err = keyceremony.New(b.Manifest, b.Manifest.KeyManifest(b.Fingerprint)); err != nil {
		return nil, err
	}
	paths, err := r.List()
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		if !strings.HasPrefix(path, "ceremony/") {
			continue
		}
		data, err := r.Read(path, note.MaxSize)
		if err != nil {
			return nil, err
		}
		m, err := b.Ceremony.Open(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if err := m.PutAt(path); err != nil {
			return nil, err
		}
		b.Messages = append(b.Messages, m)
	}
	return b, nil
}

// Progress says where the ceremony stands: see [keyceremony.Ceremony.Progress].
func (b *Board) Progress(run int) (*keyceremony.State, []keyceremony.Fault, error) {
	return b.Ceremony.Progress(run, b.Messages)
}

// Speak lets a device take part in a step of a run (0: the one under way) and
// writes its message. It returns the message, and the complaints if it checked.
func (b *Board) Speak(d *device.Device, step keyceremony.Step, run int, out *record.Writer) (*keyceremony.Message, []keyceremony.Complaint, error) {
	var data []byte
	var complaints []keyceremony.Complaint
	var err error
	switch step {
	case keyceremony.CommitStep:
		data, err = d.Commit(b.Ceremony, run, b.Messages)
	case keyceremony.RevealStep:
		data, err = d.Reveal(b.Ceremony, run, b.Messages)
	case keyceremony.CheckStep:
		data, complaints, err = d.Check(b.Ceremony, run, b.Messages)
	case keyceremony.SealStep:
		data, err = d.Seal(b.Ceremony, run, b.Messages)
	default:
		return nil, nil, fmt.Errorf("%q is not a step of a run", step)
	}
	if err != nil {
		return nil, nil, err
	}
	m, err := b.write(data, out)
	return m, complaints, err
}

// Rehearse lets a device open the ceremony's test text from each of its media,
// and writes the two messages.
func (b *Board) Rehearse(d *device.Device, out *record.Writer) ([]*keyceremony.Message, error) {
	notes, err := d.Rehearse(b.Ceremony, b.Messages)
	if err != nil {
		return nil, err
	}
	var messages []*keyceremony.Message
	for _, data := range notes {
		m, err := b.write(data, out)
		if err != nil {
			return nil, err
		}
		messages = append(messages, m)
	}
	return messages, nil
}

// Test opens the ceremony's test text with what each medium of a device holds now, as a rehearsal does, and judges both answers by the keys of
// the ceremony; it writes nothing, and can be done on any day (S004-12d).
func (b *Board) Test(d *device.Device) error {
	keys, err := b.Ceremony.Verify(b.Messages)
	if err != nil {
		return err
	}
	notes, err := d.Rehearse(b.Ceremony, b.Messages)
	if err != nil {
		return err
	}
	for _, data := range notes {
		m, err := b.Ceremony.Open(data)
		if err != nil {
			return err
		}
		if err := b.Ceremony.VerifyRehearsal(keys, m); err != nil {
			return err
		}
	}
	return nil
}

func (b *Board) write(data []byte, out *record.Writer) (*keyceremony.Message, error) {
	m, err := b.Ceremony.Open(data)
	if err != nil {
		return nil, err
	}
	return m, out.Write(m.Path(), data)
}
