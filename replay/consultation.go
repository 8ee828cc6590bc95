package replay

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"isoloir/account"
	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/parallel"
	"isoloir/record"
	"isoloir/replay/parties"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/trustee"
)

// A Consultation is a scrutin of anonymous accounts to be held in one process: so many accounts in each urn, and what some of them vote.
type Consultation struct {
	Title   string
	Options []string // labels, blank left out
	Urns    []AccountUrn

	parties.Shape
	MinimumSize int            // k, at least 10
	Revotes     uint32         // the highest counter; at least 1 where somebody votes at the terminal
	Weight      scrutin.Weight // zero: equal
	Merge       bool           // urns of the same Represented and Members may be opened together
	Standing    bool           // the key is made under a standing manifest first

	Workers int // 0: all processors
}

// An AccountUrn is an urn with its accounts, numbered from 0 for whoever makes the votes; no number enters the scrutin.
type AccountUrn struct {
	ID, Label            string
	Represented, Members int // zero where weights are equal
	Accounts             int // in the snapshot, at least k
	Votes                []AccountVote
}

// An AccountVote is what one account casts: each place is that of an option, or len(Options) for blank.
type AccountVote struct {
	Account    int
	Choices    []int // one after the other, each replacing the one before; none where it votes at the terminal alone
	Supervised []int // at the terminal of the town hall, which count before all others
}

// ballots are the steps of an account's vote in their order: its first ballot, those at the terminal, its other ones.
func (v AccountVote) ballots() (list []accountBallot) {
	for i, c := range v.Choices {
		list = append(list, accountBallot{option: c, counter: uint32(i)})
		if i == 0 {
			list = append(list, v.supervised()...)
		}
	}
	if len(v.Choices) == 0 {
		list = v.supervised()
	}
	return list
}

func (v AccountVote) supervised() (list []accountBallot) {
	for i, c := range v.Supervised {
		list = append(list, accountBallot{option: c, counter: uint32(i), supervised: true})
	}
	return list
}

// Counted is the place that counts of an account's vote: −1 for none.
func (v AccountVote) Counted() int {
	switch {
	case len(v.Supervised) > 0:
		return v.Supervised[len(v.Supervised)-1]
	case len(v.Choices) > 0:
		return v.Choices[len(v.Choices)-1]
	}
	return -1
}

type accountBallot struct {
	option     int
	counter    uint32
	supervised bool
}

// Check says what is wrong with a consultation that no manifest would say.
func (c *Consultation) Check() error {
	if err := c.Shape.Check(); err != nil {
		return err
	}
	if len(c.Urns) == 0 || len(c.Options) == 0 {
		return errors.New("a consultation has an urn and an option at least")
	}
	for _, u := range c.Urns {
		seen := map[int]bool{}
		for _, v := range u.Votes {
			if v.Account < 0 || v.Account >= u.Accounts || seen[v.Account] {
				return fmt.Errorf("urn %s: account %d is none of its %d, or votes twice in the list", u.ID, v.Account, u.Accounts)
			}
			seen[v.Account] = true
			for _, b := range v.ballots() {
				if b.option < 0 || b.option > len(c.Options) || b.counter > c.Revotes {
					return fmt.Errorf("urn %s, account %d: option %d, ballot %d: the options are 0 to %d, and an account may vote %d times", u.ID, v.Account, b.option, b.counter+1, len(c.Options), c.Revotes+1)
				}
			}
		}
	}
	return nil
}

// supervises says whether anybody votes at the terminal.
func (c *Consultation) supervises() bool {
	for _, u := range c.Urns {
		for _, v := range u.Votes {
			if len(v.Supervised) > 0 {
				return true
			}
		}
	}
	return false
}

// Names under which the register and the terminal of a replayed consultation go.
const (
	registerID = "register"
	terminalID = "terminal-1"
)

// consultationRun is a consultation on its way.
type consultationRun struct {
	*run
	c        *Consultation
	rho      scrutin.Digest
	terminal ed25519.PrivateKey
	secrets  [][]group.Scalar // x, by urn and account
}

// RunConsultation holds a consultation in dir, which must not exist or be empty: the record goes to dir/export, the result to dir/result.csv. begin is
// the time at which the bureau first meets.
func RunConsultation(ctx context.Context, c *Consultation, dir string, begin time.Time, w Watcher) (*Outcome, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	o := Default()
	o.Title, o.Shape, o.MinimumSize, o.Workers = c.Title, c.Shape, c.MinimumSize, c.Workers
	r := &consultationRun{run: newRun(o, dir, begin.Truncate(time.Second), w), c: c, rho: scrutin.DigestOf([]byte("register of a rehearsal"))}
	if err := claim(dir); err != nil {
		return nil, err
	}
	defer r.services.shut()
	var err error
	if r.record, err = record.Create(filepath.Join(dir, exportDir)); err != nil {
		return nil, err
	}
	defer r.record.Close()
	return r.through(ctx)
}

func (r *consultationRun) through(ctx context.Context) (*Outcome, error) {
	var mixed *trustee.Mixed
	ballots := 0
	err := r.take(ctx, []step{
		{"accounts and manifest", r.found},
		{"key ceremony", func() error { return r.Ceremony() }},
		{"rehearsal", func() error { return r.Rehearse() }},
		{"snapshot", func() error { return r.Enrol() }},
		{"anonymisation", func() error { return r.Anonymise() }},
		{"opening record", func() error { return r.makeOpening() }},
		{"opening", func() error { return r.openUrns(ctx) }},
		{"voting", func() (err error) {
			defer r.forget()
			ballots, err = r.castAll(ctx)
			return err
		}},
		{"close and seal", func() error { return r.closeAndSeal(ctx) }},
		{"mix", func() error { return r.Mix() }},
		{"shares", func() (err error) {
			if mixed, err = r.Mixed(); err != nil {
				return err
			}
			return r.Decrypt(mixed)
		}},
		{"count", func() error { return r.Count(mixed) }},
		{"export", r.export},
	})
	if err != nil {
		return nil, err
	}
	return r.outcome(ballots), nil
}

// forget overwrites the accounts' secrets.
func (r *consultationRun) forget() {
	for _, urn := range r.secrets {
		clear(urn)
	}
}

// found makes everyone's keys and the accounts, lets the register sign its snapshot, fixes the manifest, and takes up the standing key if there is one.
func (r *consultationRun) found() (err error) {
	if r.company, err = parties.Assemble(r.c.Shape, filepath.Join(r.dir, holdersDir)); err != nil {
		return err
	}
	register, err := note.GenerateKey(registerID)
	if err != nil {
		return err
	}
	r.company.Signers[registerID] = register
	m := r.manifest(register.Verifier())
	if m.Register[0].Snapshot, err = r.enrolAccounts(m, register); err != nil {
		return err
	}
	if r.c.supervises() {
		public, private, err := ed25519.GenerateKey(nil)
		if err != nil {
			return err
		}
		v, err := note.NewVerifier(terminalID, note.Ed25519, [32]byte(public))
		if err != nil {
			return err
		}
		r.terminal, m.Leaves = private, []string{"cast", "supervised"}
		m.Register[0].Terminals = []scrutin.Party{{ID: terminalID, Label: "Borne", Affiliation: "organisation", Key: v.String()}}
	}
	r.company.Enter(m, r.c.Shape)
	options := parties.Options{Now: r.clock.Now, Workers: r.c.Workers, WorkFactor: r.c.WorkFactor, Stage: r.tell}
	if r.c.Standing {
		if err := r.stand(m, options); err != nil {
			return fmt.Errorf("standing bureau: %w", err)
		}
	}
	r.Scrutin, err = parties.Begin(r.company, m, r.record, options)
	return err
}

// enrolAccounts draws the accounts' secrets, and writes the snapshot of their keys.
func (r *consultationRun) enrolAccounts(m *scrutin.Manifest, register note.Signer) (scrutin.Digest, error) {
	s := &account.Snapshot{Register: r.rho, Scrutin: m.Scrutin.ID}
	accounts := make([][]account.Enrolled, len(r.c.Urns))
	tell := r.progress("accounts")
	for i, u := range r.c.Urns {
		s.Urns = append(s.Urns, account.SnapshotUrn{Urn: u.ID, Constituencies: []string{u.ID}})
		secrets, errs := make([]group.Scalar, u.Accounts), make([]error, u.Accounts)
		accounts[i] = make([]account.Enrolled, u.Accounts)
		parallel.Each(u.Accounts, r.c.Workers, func(j int) {
			secrets[j] = group.RandomScalar()
			key := sigma.NewElement(group.MulBase(secrets[j]))
			var proof sigma.Knowledge
			proof, errs[j] = sigma.Account(account.RegisterContext(r.rho), key, "").Prove(secrets[j])
			accounts[i][j] = account.Enrolled{Key: key.Bytes(), Proof: proof.Bytes()}
		})
		if err := errors.Join(errs...); err != nil {
			return scrutin.Digest{}, err
		}
		r.secrets = append(r.secrets, secrets)
		tell(i+1, len(r.c.Urns))
	}
	return account.WriteSnapshot(r.record, registerID, s, accounts, register)
}

// stand holds the ceremony of a standing manifest in a record of its own, and puts what it made into that of the consultation.
func (r *consultationRun) stand(m *scrutin.Manifest, o parties.Options) error {
	dir := filepath.Join(r.dir, "standing")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	out, err := record.Create(dir)
	if err != nil {
		return err
	}
	defer out.Close()
	s, err := parties.Begin(r.company, parties.StandingOf(m), out, o)
	if err != nil {
		return err
	}
	if err := errors.Join(s.Ceremony(), s.Rehearse()); err != nil {
		return err
	}
	m.Standing = []scrutin.Standing{{Manifest: s.Fingerprint, Ceremony: s.Bureau.Procedure().Ceremony}}
	return parties.TakeUp(&out.Reader, r.record)
}
