package main

import (
	"errors"
	"os"
	"strings"

	"isoloir/keyceremony"
	"isoloir/record"
	"isoloir/trustee"
)

// files opens the record and the directory that takes what is made.
func (t *tool) files() (*record.Reader, *record.Writer, func(), error) {
	out := t.flags.out
	if out == "" {
		out = t.flags.record
	} else if err := os.MkdirAll(out, 0o755); err != nil {
		return nil, nil, nil, err
	}
	r, err := record.Open(t.flags.record)
	if err != nil {
		return nil, nil, nil, err
	}
	w, err := record.Resume(out)
	if err != nil {
		return nil, nil, nil, errors.Join(err, r.Close())
	}
	return r, w, func() { w.Close(); r.Close() }, nil
}

// speakIn takes part in one step of the ceremony.
func (t *tool) speakIn(step keyceremony.Step) error {
	r, w, done, err := t.files()
	if err != nil {
		return err
	}
	defer done()
	b, err := trustee.ReadBoard(r)
	if err != nil {
		return err
	}
	s, faults, err := b.Progress(t.flags.run)
	if err != nil {
		return err
	}
	d, err := t.open()
	if err != nil {
		return err
	}
	m, complaints, err := b.Speak(d, step, t.flags.run, w)
	if err != nil {
		t.showRun(s, faults)
		return err
	}
	t.faults(faults)
	for _, c := range complaints {
		t.print(complained, c.Dealer, c.Clause)
	}
	t.print(said, t.step(step), m.Run, m.Path(), w.Dir())
	return nil
}

func (t *tool) rehearse() error {
	r, w, done, err := t.files()
	if err != nil {
		return err
	}
	defer done()
	b, err := trustee.ReadBoard(r)
	if err != nil {
		return err
	}
	d, err := t.open()
	if err != nil {
		return err
	}
	messages, err := b.Rehearse(d, w)
	if err != nil {
		return err
	}
	for i, m := range messages {
		t.print(rehearsed, d.Show().Media[i], m.Path())
	}
	return nil
}

// test has both media open the test text again, and writes nothing.
func (t *tool) test() error {
	r, err := record.Open(t.flags.record)
	if err != nil {
		return err
	}
	defer r.Close()
	b, err := trustee.ReadBoard(r)
	if err != nil {
		return err
	}
	d, err := t.open()
	if err != nil {
		return err
	}
	if err := b.Test(d); err != nil {
		return err
	}
	for _, medium := range d.Show().Media {
		t.print(tested, medium)
	}
	return nil
}

// showRun says where a run stands and why those before it are void.
func (t *tool) showRun(s *keyceremony.State, faults []keyceremony.Fault) {
	t.faults(faults)
	t.faults(s.Faults)
	switch {
	case s.Step == keyceremony.Done:
		t.print(ceremonyDone, s.Run, strings.Join(s.Holders(), ", "))
	case s.Void():
		t.print(runVoid, s.Run)
	default:
		t.print(runAwaits, s.Run, t.step(s.Step), strings.Join(s.Pending, ", "))
	}
}

func (t *tool) faults(faults []keyceremony.Fault) {
	for _, f := range faults {
		t.print(faultFound, f.Run, f.Holder, t.step(f.Step), t.reason(f.Reason))
	}
}
