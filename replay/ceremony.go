package replay

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"isoloir/keyceremony"
	"isoloir/keyceremony/device"
	"isoloir/scrutin"
	"isoloir/trustee"
)

// A holder is a member of the bureau with his device, whose two media are two directories here.
type holder struct {
	id         string
	passphrase device.Passphrase
	media      []string
	device     *device.Device
}

// String and GoString are the member's name: printing a holder never shows his passphrase.
func (h *holder) String() string   { return h.id }
func (h *holder) GoString() string { return h.id }

// makeHolders lets every member make his keys, as `trustee init` does, on two media under dir.
func makeHolders(o Options, dir string) ([]*holder, map[string]holderCard, error) {
	cards := map[string]holderCard{}
	var holders []*holder
	for i := 1; i <= o.Holders; i++ {
		id := holderID(i)
		h := &holder{id: id, passphrase: device.Suggest(), media: []string{filepath.Join(dir, id, "usb-key"), filepath.Join(dir, id, "memory-card")}}
		for _, m := range h.media {
			if err := os.MkdirAll(m, 0o700); err != nil {
				return nil, nil, err
			}
		}
		d, err := device.Create(id, h.passphrase, o.WorkFactor, h.media...)
		if err != nil {
			return nil, nil, fmt.Errorf("keys of %s: %w", id, err)
		}
		h.device = d
		cards[id] = holderCard{key: d.Card().Key, reception: d.Card().Reception}
		holders = append(holders, h)
	}
	return holders, cards, nil
}

// reopen reads the device again from its media, as on another day.
func (h *holder) reopen(workFactor int) (err error) {
	h.device, err = device.Open(h.passphrase, workFactor, h.media...)
	return err
}

// ceremony holds the key ceremony: every holder takes each step with the messages that lie on the table, as `trustee` does.
func (r *run) ceremony() (*keyceremony.Keys, error) {
	steps := []keyceremony.Step{keyceremony.CommitStep, keyceremony.RevealStep, keyceremony.CheckStep, keyceremony.SealStep}
	tell := r.progress("key ceremony")
	for i, step := range steps {
		board, err := trustee.ReadBoard(&r.record.Reader)
		if err != nil {
			return nil, err
		}
		for j, h := range r.holders {
			_, complaints, err := board.Speak(h.device, step, 0, r.record)
			if err == nil && len(complaints) > 0 {
				err = fmt.Errorf("%d shares are wrong", len(complaints))
			}
			if err != nil {
				return nil, fmt.Errorf("%s, step %s: %w", h.id, step, err)
			}
			tell(i*len(r.holders)+j+1, len(steps)*len(r.holders))
		}
	}
	board, err := trustee.ReadBoard(&r.record.Reader)
	if err != nil {
		return nil, err
	}
	return board.Ceremony.Verify(board.Messages)
}

// rehearse lets every holder open the test text from each of his media, read anew, and checks that it opens. It returns the messages' paths.
func (r *run) rehearse(keys *keyceremony.Keys) ([]string, error) {
	board, err := trustee.ReadBoard(&r.record.Reader)
	if err != nil {
		return nil, err
	}
	tell := r.progress("rehearsal")
	var paths []string
	for i, h := range r.holders {
		if err := h.reopen(r.opts.WorkFactor); err != nil {
			return nil, fmt.Errorf("%s: %w", h.id, err)
		}
		messages, err := board.Rehearse(h.device, r.record)
		if err != nil {
			return nil, fmt.Errorf("rehearsal of %s: %w", h.id, err)
		}
		for _, m := range messages {
			paths = append(paths, m.Path())
		}
		tell(i+1, len(r.holders))
	}
	slices.Sort(paths)
	if board, err = trustee.ReadBoard(&r.record.Reader); err != nil {
		return nil, err
	}
	return paths, board.Ceremony.VerifyRehearsals(keys, board.Messages)
}

// clauseKeys are the keys of the ceremony as the opening record has them.
func clauseKeys(keys *keyceremony.Keys) []scrutin.ClauseKey {
	var clauses []scrutin.ClauseKey
	for _, c := range keys.Clauses {
		k := scrutin.ClauseKey{Clause: c.Clause, Key: scrutin.PointOf(c.Key)}
		for _, h := range c.Holders {
			k.Holders = append(k.Holders, scrutin.HolderKey{Holder: h.Holder, Key: scrutin.PointOf(h.Key)})
		}
		clauses = append(clauses, k)
	}
	return clauses
}
