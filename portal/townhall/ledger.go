package townhall

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"

	"isoloir/portal/passkey"
	"isoloir/scrutin"
	"isoloir/space"
)

// Kinds of facts beside those of package passkey.
const (
	kindInvited = "invited " // and the person; by the number of the invitation
	kindOwner   = "owner"    // by the fingerprint of a passkey
)

// An owner is whose passkey one is, and by which invitation he made it: the next one ends it.
type owner struct {
	Person string `json:"person"`
	Entry  int    `json:"entry"`
}

// ledger is the passkey.Ledger of a space.
type ledger struct{ *space.Space }

func (l ledger) org() string { return l.Organisation.ID }

// Refresh has nothing to take up: the store is asked each time.
func (ledger) Refresh(context.Context) error { return nil }

func (l ledger) Guest(ctx context.Context, id string) (string, bool, error) {
	p, err := l.Store.Person(ctx, l.org(), id)
	if errors.Is(err, space.ErrUnknown) {
		return "", false, nil
	}
	return p.Label, err == nil && !p.Ended, err
}

func (l ledger) Invitation(ctx context.Context, id string) (int, error) {
	if _, known, err := l.Guest(ctx, id); err != nil || !known {
		return 0, err
	}
	facts, err := l.Store.Facts(ctx, l.org(), kindInvited+id)
	return len(facts), err
}

// again is a further invitation: from it on the passkeys that somebody had are good no more.
func (l ledger) again(ctx context.Context, id string) error {
	n, err := l.Invitation(ctx, id)
	if err != nil {
		return err
	}
	return l.Store.Keep(ctx, l.org(), space.Fact{Kind: kindInvited + id, Name: strconv.Itoa(n + 1)})
}

func (l ledger) Owner(ctx context.Context, f scrutin.Digest) (string, error) {
	value, known, err := l.Store.Fact(ctx, l.org(), kindOwner, f.String())
	if err != nil || !known {
		return "", err
	}
	return l.good(ctx, value)
}

// good is the owner of a passkey, if he has not been invited again since.
func (l ledger) good(ctx context.Context, value []byte) (string, error) {
	var o owner
	if err := json.Unmarshal(value, &o); err != nil {
		return "", err
	}
	n, err := l.Invitation(ctx, o.Person)
	if err != nil || n != o.Entry {
		return "", err
	}
	return o.Person, nil
}

func (l ledger) Keys(ctx context.Context, id string) (keys []scrutin.Digest, err error) {
	facts, err := l.Store.Facts(ctx, l.org(), kindOwner)
	if err != nil {
		return nil, err
	}
	for _, fact := range facts {
		f, err := scrutin.ParseDigest(fact.Name)
		if err != nil {
			return nil, err
		}
		if who, err := l.good(ctx, fact.Value); err != nil {
			return nil, err
		} else if who == id {
			keys = append(keys, f)
		}
	}
	return keys, nil
}

func (l ledger) Made(ctx context.Context, id string, f scrutin.Digest) error {
	n, err := l.Invitation(ctx, id)
	if err != nil {
		return err
	}
	value, err := json.Marshal(owner{id, n})
	if err != nil {
		return err
	}
	return l.Store.Keep(ctx, l.org(), space.Fact{Kind: kindOwner, Name: f.String(), Value: value})
}

func (l ledger) Keep(ctx context.Context, facts ...passkey.Fact) error {
	kept := make([]space.Fact, len(facts))
	for i, f := range facts {
		kept[i] = space.Fact(f)
	}
	err := l.Store.Keep(ctx, l.org(), kept...)
	if errors.Is(err, space.ErrOther) {
		return passkey.ErrTaken
	}
	return err
}

func (l ledger) Fact(ctx context.Context, kind, name string) ([]byte, bool, error) {
	return l.Store.Fact(ctx, l.org(), kind, name)
}

func (l ledger) Facts(ctx context.Context, kind string) ([]passkey.Fact, error) {
	kept, err := l.Store.Facts(ctx, l.org(), kind)
	facts := make([]passkey.Fact, len(kept))
	for i, f := range kept {
		facts[i] = passkey.Fact(f)
	}
	return facts, err
}
