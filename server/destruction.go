package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"isoloir/batchkey"
	"isoloir/bve/retention"
	"isoloir/observe"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/server/config"
)

// Why nothing is destroyed.
var (
	ErrHeld      = errors.New("a legal hold stands: nothing is destroyed before the bureau has released it")
	ErrUnsealing = errors.New("nothing was put under seal: the bureau archives first")
	ErrRetained  = errors.New("the time of retention has not ended")
	ErrNoDestroy = errors.New("the bureau has not adopted the destruction: its act destroy is not in this copy of the record")
	ErrOtherList = errors.New("the act destroy adopts another list than the one of this scrutin (isoloir retention -list)")
	ErrWithin    = errors.New("the record, the configuration or another role lies in the directory of this role: move it out first, or it would be destroyed too")
	ErrUndone    = errors.New("a file is there again after it was destroyed: see who writes it, and run this again")
)

// Files of a role's directory destruction.
const (
	destructionDir = "destruction"
	planFile       = "plan"           // what will be destroyed, before anything is
	statementFile  = "statement.note" // what was
)

// A Destruction carries out the act destroy on the machine of a role.
type Destruction struct {
	config *config.Config
	role   string
	place  config.Place
	public *Public
	claim  *Claim
	now    func() time.Time
}

// OpenDestruction looks whether the bureau has adopted the destruction, by the record, and whether the retention has ended, by the clock too; and
// claims the role's directory. It refuses by one of the errors above, and ErrTaken while the role is served.
func OpenDestruction(c *config.Config, role string, now func() time.Time) (_ *Destruction, err error) {
	place, _, err := Place(c, role)
	if err != nil {
		return nil, err
	}
	if storeKey(c, role) == "" {
		return nil, fmt.Errorf("%w: %s", ErrRole, role)
	}
	d := &Destruction{config: c, role: role, place: place, now: now}
	if d.public, err = OpenConstituted(c.Record); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.Shut())
		}
	}()
	if err := d.allowed(); err != nil {
		return nil, err
	}
	if err := d.apart(); err != nil {
		return nil, err
	}
	if d.claim, err = Take(place.Directory); err != nil {
		return nil, err
	}
	return d, nil
}

// Shut gives back what was taken.
func (d *Destruction) Shut() error {
	err := d.public.Close()
	if d.claim != nil {
		err = errors.Join(err, d.claim.Release())
	}
	return err
}

func (d *Destruction) allowed() error {
	p := d.public.Procedure()
	until := p.Retained()
	switch {
	case p.Held():
		return ErrHeld
	case until.IsZero():
		return ErrUnsealing
	case d.now().Before(until):
		return fmt.Errorf("%w: it lasts until %s", ErrRetained, scrutin.TimeOf(until))
	case !p.Destroyed():
		return ErrNoDestroy
	}
	text, err := scrutin.Text(retention.ListOf(d.public.Fingerprint, p))
	if err != nil {
		return err
	}
	act := d.act()
	if len(act.Body.Adopts) != 1 || act.Body.Adopts[0].SHA256 != scrutin.TextDigest(text) {
		return ErrOtherList
	}
	return nil
}

// act is the act destroy.
func (d *Destruction) act() *scrutin.Act { return d.public.Progress().Act(scrutin.ActDestroy) }

// Carry destroys what the role has, keys first, and returns the signed statement of it; the same again when all is done.
func (d *Destruction) Carry(ctx context.Context) (statement []byte, err error) {
	dir := filepath.Join(d.place.Directory, destructionDir)
	path := filepath.Join(dir, statementFile)
	if statement, err = os.ReadFile(path); err == nil {
		return statement, d.last()
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	keeper, err := OpenKeeper(ctx, Setting{Public: d.public, Age: d.config.Age, Vault: d.config.Vault, Now: d.now, Watch: observe.Silent()}, d.place)
	if err != nil {
		return nil, err
	}
	defer keeper.Close()
	signer, err := keeper.Signer(ctx, storeKey(d.config, d.role), d.verifier())
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	plan, err := d.plan(filepath.Join(dir, planFile))
	if err != nil {
		return nil, err
	}
	for _, e := range plan.Erased {
		if err := d.erase(d.absolute(e.Path)); err != nil {
			return nil, err
		}
	}
	for _, e := range plan.Erased {
		if _, err := os.Lstat(d.absolute(e.Path)); !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%w: %s", ErrUndone, e.Path)
		}
	}
	plan.Time = scrutin.TimeOf(d.now())
	if statement, err = scrutin.Sign(plan, signer); err != nil {
		return nil, err
	}
	if err := record.WriteWhole(path, statement); err != nil {
		return nil, err
	}
	return statement, d.last()
}

// erase destroys a file, or takes away a link, which is not followed.
func (d *Destruction) erase(path string) error {
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return os.Remove(path)
	}
	return batchkey.Destroy(path)
}

// last destroys the key that has signed the statement, and the plan.
func (d *Destruction) last() error {
	if key := storeKey(d.config, d.role); !vaulted(key) {
		if err := batchkey.Destroy(key); err != nil {
			return err
		}
	}
	return batchkey.Destroy(filepath.Join(d.place.Directory, destructionDir, planFile))
}

// verifier is the key of the role, by the manifest.
func (d *Destruction) verifier() note.Verifier {
	m := d.public.Manifest
	switch d.role {
	case "roll":
		return m.Platform.Roll.Verifier()
	case "urn":
		return m.Platform.Urn.Verifier()
	case "issuer-a":
		return m.Issuers[0].Verifier()
	case "issuer-b":
		return m.Issuers[1].Verifier()
	}
	return m.Platform.Contents.Verifier()
}
