package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"isoloir/crypto/group"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
	"isoloir/urn"
)

// Devices is what the check of voters' devices needs to know of a scrutin (docs/protocol.md,
// section 12.1): its manifest and its opening record, which are public from the opening on.
type Devices struct {
	manifest    *scrutin.Manifest
	fingerprint scrutin.Digest
	opening     scrutin.Digest
	key         group.Point
}

// ErrDevices says that a directory does not hold the records of an open scrutin.
var ErrDevices = errors.New("not the public record of a scrutin that was opened")

// ReadDevices reads manifest and opening record, signed by the bureau's quorum and all
// witnesses; of the fingerprint, unless it is nil.
func ReadDevices(source Source, fingerprint *scrutin.Digest) (*Devices, error) {
	fail := func(err error) (*Devices, error) { return nil, fmt.Errorf("%w: %w", ErrDevices, err) }
	data, err := source.Read(record.Manifest, 32<<20)
	if err != nil {
		return fail(err)
	}
	d := new(Devices)
	if d.manifest, d.fingerprint, err = scrutin.ParseManifest(data); err != nil {
		return fail(err)
	}
	if fingerprint != nil && *fingerprint != d.fingerprint {
		return fail(fmt.Errorf("its fingerprint is %s", d.fingerprint))
	}
	if data, err = source.Read(record.Opening, note.MaxSize); err != nil {
		return fail(err)
	}
	known := d.manifest.BureauVerifiers()
	for _, w := range d.manifest.Witnesses {
		known = append(known, w.Verifier().Plain())
	}
	n, err := note.Open(data, known...)
	if err == nil {
		err = errors.Join(d.manifest.AdoptedBy(n), n.Require(known[len(known)-len(d.manifest.Witnesses):]...))
	}
	if err != nil {
		return fail(err)
	}
	opening, err := scrutin.Parse[scrutin.Opening](n.Text)
	if err == nil && opening.Manifest != d.fingerprint {
		err = errors.New("the opening record is of another manifest")
	}
	if err != nil {
		return fail(err)
	}
	d.opening = scrutin.TextDigest(n.Text)
	d.key, err = opening.Key.Decode()
	if err != nil {
		return fail(err)
	}
	return d, nil
}

// An OpenedBallot is what a device opened: the choice that its ballot held, or the name of
// what does not hold.
type OpenedBallot struct {
	Urn     string   `json:"urn"`
	Code    string   `json:"code"`
	Refused string   `json:"refused,omitempty"`
	Choices []Chosen `json:"choices,omitempty"`
}

// Chosen is an option of a question, by the labels of the manifest; empty for blank.
type Chosen struct {
	Question string `json:"question"`
	Option   string `json:"option"`
}

// openedFile is the file that the page of opened ballots gives.
type openedFile struct {
	Record    string         `json:"record"`
	Manifest  scrutin.Digest `json:"manifest"`
	Opening   scrutin.Digest `json:"opening"`
	Urn       string         `json:"urn"`
	Code      scrutin.Digest `json:"code"`
	Challenge string         `json:"challenge"`
}

// File verifies a file that the page of opened ballots gave.
func (d *Devices) File(data []byte) (*OpenedBallot, error) {
	var f openedFile
	err := canon.Unmarshal(data, &f)
	if err == nil && f.Record != scrutin.Version+"/challenge" {
		err = fmt.Errorf("it is a record %q", f.Record)
	}
	if err == nil && (f.Manifest != d.fingerprint || f.Opening != d.opening) {
		err = errors.New("it is of another scrutin")
	}
	raw, decoding := hex.DecodeString(f.Challenge)
	if err == nil {
		err = decoding
	}
	if err != nil {
		return nil, fmt.Errorf("not the file of an opened ballot of this scrutin: %w", err)
	}
	return d.verify(f.Urn, raw, f.Code)
}

// Listed finds the challenge of a code in the lists of an export: nil if it is in none.
func (d *Devices) Listed(source Source, code scrutin.Digest) (*OpenedBallot, error) {
	name := urn.NameOf(urn.Hash(code))
	paths, err := source.List()
	if err != nil {
		return nil, err
	}
	for _, u := range d.manifest.Urns {
		if !slices.Contains(paths, record.ChallengeList(u.ID)) {
			continue
		}
		list, err := source.Read(record.ChallengeList(u.ID), 1<<30)
		if err != nil {
			return nil, err
		}
		for entry := range slices.Chunk(list, sha256.Size+urn.ChallengeSize(len(d.manifest.QuestionsOf(u.ID)))) {
			if len(entry) > 2*sha256.Size && bytes.Equal(entry[sha256.Size:2*sha256.Size], name[:]) {
				return d.verify(u.ID, entry[sha256.Size:], code)
			}
		}
	}
	return nil, nil
}

func (d *Devices) verify(name string, raw []byte, code scrutin.Digest) (*OpenedBallot, error) {
	number, known := d.manifest.UrnNumber(name)
	if !known {
		return nil, fmt.Errorf("there is no urn %s", name)
	}
	questions := d.manifest.QuestionsOf(name)
	rules, err := urn.NewRules(urn.Params{Manifest: urn.Hash(d.fingerprint), Opening: urn.Hash(d.opening), Number: uint16(number), Name: name,
		Questions: len(questions), Base: group.Base(), Key: d.key, Options: urn.OptionCodes(d.manifest, d.fingerprint, name)})
	if err != nil {
		return nil, err
	}
	o := &OpenedBallot{Urn: name, Code: code.String()}
	c, err := urn.ParseChallenge(raw, len(questions))
	if err != nil {
		o.Refused = "format"
		return o, nil
	}
	var refusal urn.ChallengeRefusal
	switch err := rules.VerifyChallenge(c, urn.Hash(code)); {
	case errors.As(err, &refusal):
		o.Refused = string(refusal)
	case err != nil:
		return nil, err
	default:
		o.Choices = chosen(questions, c.Places)
	}
	return o, nil
}

func chosen(questions []*scrutin.Question, places []uint16) (all []Chosen) {
	for i, q := range questions {
		c := Chosen{Question: q.Title}
		if int(places[i]) < len(q.Options) {
			c.Option = q.Options[places[i]].Label
		}
		all = append(all, c)
	}
	return all
}

// A ScriptedCheck is what a delegate asks of a device: at a minute of the day, in an urn, a
// choice.
type ScriptedCheck struct {
	Number  int      `json:"number"` // from 1
	Minute  int      `json:"minute"` // after the beginning
	Urn     string   `json:"urn"`
	Choices []Chosen `json:"choices"`
}

// Script is the checks of a day of so many minutes, as a seed draws them, in the order of the
// minutes; and the digest of the seed, which is said beforehand.
func (d *Devices) Script(seed []byte, checks, minutes int) ([]ScriptedCheck, scrutin.Digest) {
	digest := scrutin.DigestOf(seed)
	draw := func(i, j, n int) int {
		b := append([]byte(scrutin.Version+"/script"), d.fingerprint[:]...)
		b = binary.LittleEndian.AppendUint32(append(b, digest[:]...), uint32(i))
		sum := sha256.Sum256(binary.LittleEndian.AppendUint32(b, uint32(j)))
		return int(binary.LittleEndian.Uint64(sum[:]) % uint64(n))
	}
	var all []ScriptedCheck
	for i := range checks {
		u := d.manifest.Urns[draw(i+1, 1, len(d.manifest.Urns))].ID
		questions := d.manifest.QuestionsOf(u)
		var places []uint16
		for q := range questions {
			places = append(places, uint16(draw(i+1, 2+q, len(questions[q].Options)+1)))
		}
		all = append(all, ScriptedCheck{i + 1, draw(i+1, 0, minutes), u, chosen(questions, places)})
	}
	slices.SortStableFunc(all, func(a, b ScriptedCheck) int { return a.Minute - b.Minute })
	return all, digest
}
