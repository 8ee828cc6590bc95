package inspection

import (
	"bytes"
	"context"
	"errors"

	"isoloir/batchkey"
	"isoloir/integrity"
	"isoloir/rowmac"
	"isoloir/urn"
	"isoloir/urn/pending"
)

// halves is one reading of the halves of ciphertexts, which are of all urns together.
type halves struct {
	*Inspector
	last []byte
}

func (h *halves) scope(more ...any) []any {
	return append([]any{h.Scope.Organisation, h.Scope.Scrutin}, more...)
}

func (h *halves) rows(ctx context.Context, l *integrity.Look) (more bool, err error) {
	last := h.last
	if last == nil {
		last = []byte{}
	}
	err = h.Store.View(ctx, func(v rowmac.View) error {
		var half, mac []byte
		key := h.Store.Ledger().Key
		return v.Read("SELECT half, mac FROM half WHERE organisation = $1 AND scrutin = $2 AND half > $3 ORDER BY half LIMIT $4", h.scope(last, page), []any{&half, &mac}, func() error {
			l.Rows++
			if last = half; !bytes.Equal(mac, Half(key, h.Scope, half)) {
				l.Find("half", "", digits(half[min(1, len(half)):]), integrity.Changed)
			}
			return nil
		})
	})
	if err == nil {
		h.last = bytes.Clone(last)
	}
	return l.Rows == page, err
}

// count compares their number with that of the logs' ciphertexts, and of those opened.
func (h *halves) count(ctx context.Context, l *integrity.Look) (bool, error) {
	return false, h.Store.View(ctx, func(v rowmac.View) error {
		written := uint64(0)
		for _, r := range h.Rules {
			s, ours, err := h.state(v, l, r)
			if err != nil || !ours {
				return err
			}
			opened, err := number(v, "SELECT count(*) FROM challenge WHERE organisation = $1 AND scrutin = $2 AND urn = $3", h.args(r))
			if err != nil {
				return err
			}
			written += (s.Counts[Leaves] + uint64(opened)) * uint64(2*r.Questions)
		}
		there, err := number(v, "SELECT count(*) FROM half WHERE organisation = $1 AND scrutin = $2", h.scope())
		if err == nil {
			l.Count("half", "", uint64(there), written)
		}
		return err
	})
}

// pending opens every ballot that waits, and compares the names under which second uses
// are found with those that follow from it.
func (i *Inspector) pending(ctx context.Context, l *integrity.Look) (bool, error) {
	return false, i.Store.View(ctx, func(v rowmac.View) error {
		key, err := i.Store.Batch(v, i.Scope)
		if err != nil {
			return err // a flush may have destroyed it since: the next look finds another one
		}
		waiting, tags := map[uint16]uint64{}, map[pending.Tag]bool{}
		if err := i.boxes(v, l, key, waiting, tags); err != nil {
			return err
		}
		for _, r := range i.Rules {
			s, ours, err := i.state(v, l, r)
			if err != nil {
				return err
			}
			if ours {
				l.Count("pending", r.Name, waiting[r.Number], s.Counts[Pending])
			}
		}
		var tag []byte
		if err := v.Read("SELECT tag FROM pending_tag WHERE organisation = $1 AND scrutin = $2", []any{i.Scope.Organisation, i.Scope.Scrutin}, []any{&tag}, func() error {
			l.Rows++
			if len(tag) != len(pending.Tag{}) || !tags[pending.Tag(tag)] {
				l.Find("pending_tag", "", digits(tag), integrity.Added)
				return nil
			}
			delete(tags, pending.Tag(tag))
			return nil
		}); err != nil {
			return err
		}
		for tag := range tags {
			l.Find("pending_tag", "", digits(tag[:]), integrity.Missing)
		}
		return nil
	})
}

// boxes opens the rows, counts them by urn, and gathers the names that they use.
func (i *Inspector) boxes(v rowmac.View, l *integrity.Look, key *batchkey.Key, waiting map[uint16]uint64, tags map[pending.Tag]bool) error {
	names := map[uint16]string{}
	for _, r := range i.Rules {
		names[r.Number] = r.Name
	}
	var number int64
	var tag, box []byte
	return v.Read("SELECT urn, tag, box FROM pending WHERE organisation = $1 AND scrutin = $2", []any{i.Scope.Organisation, i.Scope.Scrutin}, []any{&number, &tag, &box}, func() error {
		l.Rows++
		waiting[uint16(number)]++
		e, err := open(key, tag, box)
		if err != nil || int64(e.Ballot.Urn()) != number {
			l.Find("pending", names[uint16(number)], digits(tag), integrity.Changed)
			return nil
		}
		for _, use := range pending.Uses(key, e.Ballot) {
			tags[use] = true
		}
		return nil
	})
}

func open(key *batchkey.Key, tag, box []byte) (urn.Entry, error) {
	if key == nil {
		return urn.Entry{}, errors.New("there is no key")
	}
	return pending.Open(key, tag, box)
}
