package replay

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"isoloir/crypto/group"
	"isoloir/parallel"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/urn"
	urnsqlite "isoloir/urn/sqlite"
)

// manifest makes the manifest of the consultation, all but who takes part, its snapshot and its terminal.
func (r *consultationRun) manifest(register note.Verifier) *scrutin.Manifest {
	m := r.opts.manifest(opening(r.clock.Now()))
	m.Scrutin.ID = "consultation"
	m.Colleges[0].Factors = []scrutin.Factor{{Kind: "card", Channel: "none"}}
	m.Publication.EmailAfterVote, m.Codes, m.Leaves = "none", scrutin.Codes{}, []string{"cast"}
	if r.c.Revotes > 0 {
		m.Finality = scrutin.Finality{Mode: scrutin.Revote, HighestCounter: r.c.Revotes}
	}
	if r.c.Weight != (scrutin.Weight{}) {
		m.Weight = r.c.Weight
	}
	m.Platform.Roll = scrutin.Party{ID: registerID, Label: "Registre des comptes", Affiliation: "organisation", Key: register.String()}
	m.Register = []scrutin.AccountRegister{{Register: r.rho}}
	q := scrutin.Question{ID: "question", Title: r.c.Title}
	for i, label := range r.c.Options {
		q.Options = append(q.Options, scrutin.Option{ID: fmt.Sprintf("o%d", i+1), Label: label})
	}
	alike := map[[2]int][]string{}
	for _, u := range r.c.Urns {
		m.Urns = append(m.Urns, scrutin.Urn{ID: u.ID, Label: u.Label, Territory: "territory", College: "electors", Electors: u.Accounts, Represented: u.Represented, Members: u.Members})
		q.Urns = append(q.Urns, u.ID)
		weight := [2]int{u.Represented, u.Members}
		alike[weight] = append(alike[weight], u.ID)
	}
	m.Questions = []scrutin.Question{q}
	for _, u := range r.c.Urns {
		if group := alike[[2]int{u.Represented, u.Members}]; r.c.Merge && len(group) > 1 && group[0] == u.ID {
			m.MergeLists = append(m.MergeLists, scrutin.MergeList{ID: "merge-" + u.ID, Urns: slices.Clone(group)})
		}
	}
	return m
}

// openUrns sets up the urn alone, and opens the vote.
func (r *consultationRun) openUrns(ctx context.Context) (err error) {
	s := &r.services
	for _, u := range r.Manifest.Urns {
		keys, err := r.record.Read(record.AnonymisationKeys(u.ID, len(r.Manifest.Mixers)), int64(u.Electors)*group.PointSize)
		if err != nil {
			return err
		}
		rules, err := urn.RulesOf(r.Manifest, r.Fingerprint, r.Opening, r.OpeningDigest, u.ID, keys)
		if err != nil {
			return err
		}
		s.urnRules = append(s.urnRules, rules)
	}
	dir := filepath.Join(r.dir, "urn")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if s.urnStore, err = urnsqlite.Open(ctx, filepath.Join(dir, "urn.db"), filepath.Join(dir, "batch-keys"), urnsqlite.Options{}); err != nil {
		return err
	}
	if s.Urn, err = urn.NewService(ctx, urn.Config{Store: s.urnStore, Scope: urn.Scope{Organisation: r.Manifest.Organisation.ID, Scrutin: r.Manifest.Scrutin.ID}, Rules: s.urnRules,
		Signer: r.Signers[r.Manifest.Platform.Urn.ID], MinimumSize: r.Manifest.MinimumSize, Open: r.voting, Now: r.clock.Now, Workers: r.c.Workers, Waiting: atOnce}); err != nil {
		return err
	}
	found, err := s.Found(ctx, r.Manifest)
	if err != nil {
		return err
	}
	if err := r.Open(found); err != nil {
		return err
	}
	r.clock.Set(r.Manifest.Schedule.Open.Time)
	return nil
}

// A casting is an account in the middle of its vote.
type casting struct {
	urn     int
	account int
	left    []accountBallot
	last    [2]urn.Hash // of its ballots, and of those at the terminal
}

// castAll lets every account cast, one ballot of each at a time. The urns flush after each round.
func (r *consultationRun) castAll(ctx context.Context) (ballots int, err error) {
	var going []*casting
	for i, u := range r.c.Urns {
		for _, v := range u.Votes {
			going = append(going, &casting{urn: i, account: v.Account, left: v.ballots()})
		}
	}
	period := r.Manifest.Schedule.Close.Sub(r.Manifest.Schedule.Open.Time) / (2*1001 + 1) // no chain is longer
	for round := 1; ; round++ {
		going = slices.DeleteFunc(going, func(c *casting) bool { return len(c.left) == 0 })
		if len(going) == 0 {
			return ballots, nil
		}
		tell, done := r.progress(fmt.Sprintf("voting, round %d", round)), 0
		for together := range slices.Chunk(going, atOnce) {
			if err := r.castTogether(ctx, together); err != nil {
				return ballots, err
			}
			done += len(together)
			tell(done, len(going))
		}
		ballots += len(going)
		r.clock.Pass(period)
		if _, err := r.services.Urn.Flush(ctx); err != nil {
			return ballots, err
		}
	}
}

// castTogether lets each of these cast its next ballot, and verifies the promise of the urn.
func (r *consultationRun) castTogether(ctx context.Context, together []*casting) error {
	requests, hashes, errs := make([]urn.AppendRequest, len(together)), make([]urn.Hash, len(together)), make([]error, len(together))
	parallel.Each(len(together), r.c.Workers, func(i int) { requests[i], hashes[i], errs[i] = r.request(together[i]) })
	for i, err := range errs {
		if err != nil {
			return fmt.Errorf("account %d of urn %s: %w", together[i].account, r.c.Urns[together[i].urn].ID, err)
		}
	}
	key := r.Manifest.Platform.Urn.Verifier()
	for i, a := range r.services.Urn.Append(ctx, requests) {
		c := together[i]
		said := scrutin.CastingText{Kind: scrutin.Promise, Opening: r.OpeningDigest, Urn: r.c.Urns[c.urn].ID, Value: scrutin.Digest(hashes[i])}
		if a.Err == nil {
			var n *note.Note
			if n, a.Err = note.Open(a.Promise, key); a.Err == nil && n.Text != said.Text() {
				a.Err = fmt.Errorf("the urn promises something else: %q", n.Text)
			}
		}
		if a.Err != nil {
			return fmt.Errorf("account %d of urn %s: %w", c.account, said.Urn, a.Err)
		}
		c.last[chainOf(c.left[0])], c.left = hashes[i], c.left[1:]
	}
	return nil
}

func chainOf(b accountBallot) int {
	if b.supervised {
		return 1
	}
	return 0
}

// request is the next ballot of an account, as its device or the terminal sends it.
func (r *consultationRun) request(c *casting) (q urn.AppendRequest, hash urn.Hash, err error) {
	next, rules := c.left[0], r.services.urnRules[c.urn]
	counter := next.counter
	if next.supervised {
		counter += urn.SupervisedCounter
	}
	var previous urn.Hash
	if next.counter > 0 {
		previous = c.last[chainOf(next)]
	}
	b, err := urn.NewBallot(rules, r.secrets[c.urn][c.account], counter, previous, []group.Point{rules.Options[0][next.option]})
	if err != nil {
		return q, hash, err
	}
	q = urn.AppendRequest{Urn: uint16(c.urn), Ballot: b.Bytes()}
	if next.supervised {
		v := urn.NewVouch(rules, r.terminal, b.Hash())
		q.Device, q.Signature = v.Terminal, v.Signature
	}
	return q, b.Hash(), nil
}
