package postgres

import (
	"isoloir/batchkey"
	"isoloir/rowmac"
	"isoloir/urn"
	"isoloir/urn/pending"
)

type spent struct {
	urn   uint16
	token urn.Hash
}

// place is that of a ballot among those of its account.
type place struct {
	urn     uint16
	account [32]byte
	counter uint32
}

// ledger is all that entries are judged by, read before and kept up to date while
// they are judged. It implements pending.Ledger.
type ledger struct {
	open   map[uint16]bool
	fates  map[spent]urn.Fate
	boxes  map[pending.Tag][]byte
	used   map[pending.Tag]bool
	logged map[place]urn.Hash
	known  map[string]bool

	tokens  []spent // to be written
	rows    []pending.Row
	changes *rowmac.Changes
}

func (l *ledger) Fate(urn uint16, token urn.Hash) (urn.Fate, error) {
	return l.fates[spent{urn, token}], nil
}

func (l *ledger) Box(name pending.Tag) ([]byte, error) { return l.boxes[name], nil }

func (l *ledger) Used(tags ...pending.Tag) (bool, error) {
	for _, tag := range tags {
		if l.used[tag] {
			return true, nil
		}
	}
	return false, nil
}

func (l *ledger) Logged(urn uint16, account [32]byte, counter uint32) (urn.Hash, bool, error) {
	hash, found := l.logged[place{urn, account, counter}]
	return hash, found, nil
}

func (l *ledger) Known(halves ...[]byte) (bool, error) {
	for _, half := range halves {
		if l.known[string(half)] {
			return true, nil
		}
	}
	return false, nil
}

// look reads what entries are judged by, each row by its key (LATERAL and LIMIT),
// however little the server knows yet of the tables.
func (t *tx) look(key *batchkey.Key, entries []urn.Entry) (*ledger, error) {
	l := &ledger{open: map[uint16]bool{}, fates: map[spent]urn.Fate{}, boxes: map[pending.Tag][]byte{},
		used: map[pending.Tag]bool{}, logged: map[place]urn.Hash{}, known: map[string]bool{}, changes: &t.changes}
	var urns, of []int32
	var tokens, names, uses, accounts, halves [][]byte
	var counters []int64
	for _, e := range entries {
		b := e.Ballot
		urns, tokens = append(urns, int32(b.Urn())), append(tokens, e.Token[:])
		name, account := pending.TagOf(key, b.Hash()), b.Account()
		names, halves = append(names, name[:]), append(halves, pending.Halves(b)...)
		for _, use := range pending.Looks(key, b) {
			uses = append(uses, use[:])
		}
		for back := range min(b.Place(), 1) + 1 {
			of, accounts, counters = append(of, int32(b.Urn())), append(accounts, account[:]), append(counters, int64(b.Counter()-back))
		}
	}
	var number uint16
	var counter uint32
	var fate int16
	var raw, more []byte
	return l, t.Rows(
		t.Query(`SELECT urn FROM opened WHERE organisation = $1 AND scrutin = $2 EXCEPT SELECT urn FROM closed WHERE organisation = $1 AND scrutin = $2`).
			Each(func() { l.open[number] = true }, &number),
		t.Query(`SELECT asked.urn, asked.token, fate FROM unnest($3::int4[], $4::bytea[]) AS asked (urn, token)
			CROSS JOIN LATERAL (SELECT fate FROM spent WHERE organisation = $1 AND scrutin = $2 AND urn = asked.urn AND token = asked.token LIMIT 1) AS found`, urns, tokens).
			Each(func() { l.fates[spent{number, urn.Hash(raw)}] = urn.Fate(fate) }, &number, &raw, &fate),
		t.Query(`SELECT asked.tag, box FROM unnest($3::bytea[]) AS asked (tag)
			CROSS JOIN LATERAL (SELECT box FROM pending WHERE organisation = $1 AND scrutin = $2 AND tag = asked.tag LIMIT 1) AS found`, names).
			Each(func() { l.boxes[pending.Tag(raw)] = more }, &raw, &more),
		t.Query(`SELECT asked.tag FROM unnest($3::bytea[]) AS asked (tag)
			CROSS JOIN LATERAL (SELECT true FROM pending_tag WHERE organisation = $1 AND scrutin = $2 AND tag = asked.tag LIMIT 1) AS found`, uses).
			Each(func() { l.used[pending.Tag(raw)] = true }, &raw),
		t.Query(`SELECT asked.urn, asked.account, asked.counter, hash FROM unnest($3::int4[], $4::bytea[], $5::int8[]) AS asked (urn, account, counter)
			CROSS JOIN LATERAL (SELECT hash FROM ballot WHERE organisation = $1 AND scrutin = $2 AND urn = asked.urn AND account = asked.account AND counter = asked.counter LIMIT 1) AS found`, of, accounts, counters).
			Each(func() { l.logged[place{number, [32]byte(raw), counter}] = urn.Hash(more) }, &number, &raw, &counter, &more),
		t.Query(`SELECT asked.half FROM unnest($3::bytea[]) AS asked (half)
			CROSS JOIN LATERAL (SELECT true FROM half WHERE organisation = $1 AND scrutin = $2 AND half.half = asked.half LIMIT 1) AS found`, halves).
			Each(func() { l.known[string(raw)] = true }, &raw),
	)
}
