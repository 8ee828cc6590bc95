package device_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"isoloir/keyceremony"
	"isoloir/keyceremony/device"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

const (
	pass  = device.Passphrase("gutih-dobol-sarin-motuz")
	other = device.Passphrase("another-passphrase")
	work  = 1
)

// party is the holders of a small scrutin, each with a device on two media.
type party struct {
	testing.TB
	fixture *scrutintest.Fixture
	*keyceremony.Ceremony
	devices  []*device.Device
	messages []*keyceremony.Message
}

func media(t testing.TB) []string { return []string{t.TempDir(), t.TempDir()} }

func newParty(t testing.TB, holders, threshold, workFactor int) *party {
	t.Helper()
	p := &party{TB: t}
	for i := range holders {
		d, err := device.Create(fmt.Sprintf("member-%d", i+1), pass, workFactor, media(t)...)
		if err != nil {
			t.Fatal(err)
		}
		p.devices = append(p.devices, d)
	}
	clause := scrutintest.Clause{ID: "quorum", Threshold: threshold}
	for i := range holders {
		clause.Holders = append(clause.Holders, i+1)
	}
	p.fixture = scrutintest.New(t, scrutintest.Options{Holders: holders, Clauses: []scrutintest.Clause{clause}, Edit: func(m *scrutin.Manifest) {
		for i, d := range p.devices {
			m.Holders[i].Key, m.Holders[i].Reception = d.Card().Key, d.Card().Reception
			m.Bureau.Members[i].Key = d.Card().Key
		}
	}})
	c, err := keyceremony.New(p.fixture.Manifest, p.fixture.Fingerprint)
	if err != nil {
		t.Fatal(err)
	}
	p.Ceremony = c
	return p
}

func (p *party) add(data []byte, err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
	m, err := p.Open(data)
	if err != nil {
		p.Fatal(err)
	}
	p.messages = append(p.messages, m)
}

// round lets the devices speak in one step; absent is left out.
func (p *party) round(step keyceremony.Step, absent int) {
	p.Helper()
	for i, d := range p.devices {
		if i == absent {
			continue
		}
		p.add(p.speak(d, step, 0))
	}
}

func (p *party) speak(d *device.Device, step keyceremony.Step, run int) (data []byte, err error) {
	switch step {
	case keyceremony.CommitStep:
		return d.Commit(p.Ceremony, run, p.messages)
	case keyceremony.RevealStep:
		return d.Reveal(p.Ceremony, run, p.messages)
	case keyceremony.CheckStep:
		data, _, err = d.Check(p.Ceremony, run, p.messages)
		return data, err
	}
	return d.Seal(p.Ceremony, run, p.messages)
}

var rounds = []keyceremony.Step{keyceremony.CommitStep, keyceremony.RevealStep, keyceremony.CheckStep, keyceremony.SealStep}

func (p *party) ceremony() *keyceremony.Keys {
	p.Helper()
	for _, step := range rounds {
		p.round(step, -1)
	}
	for _, d := range p.devices {
		notes, err := d.Rehearse(p.Ceremony, p.messages)
		if err != nil {
			p.Fatal(err)
		}
		for _, n := range notes {
			p.add(n, nil)
		}
	}
	keys, err := p.Verify(p.messages)
	if err != nil {
		p.Fatal(err)
	}
	if err := p.VerifyRehearsals(keys, p.messages); err != nil {
		p.Fatal(err)
	}
	return keys
}

// dirs returns the directories of a device's media.
func dirs(d *device.Device) []string {
	var out []string
	for _, path := range d.Show().Media {
		out = append(out, filepath.Dir(path))
	}
	return out
}
