package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
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
	ErrLinked    = errors.New("it is a link, or is reached by one, and what it leads to would stay: name in the configuration what it leads to, take the link away, and run this again")
	ErrStale     = errors.New("this is not of this destruction: if it is of a scrutin before, keep it in that one's dossier and take it away; else see who has written it")
	ErrInstances = errors.New("these configurations are not of one role: give those of all its instances, which have one key")
	ErrLate      = errors.New("destroyed after the statement was signed, which does not name it: have the minutes of the destruction say so")
)

// ErrEnding says that the destruction of a role has begun, and has not ended.
var ErrEnding = errors.New("the destruction of this role has begun: nothing is written here any more; run isoloir destroy again until it has ended")

// Files of a role's directory destruction.
const (
	destructionDir = "destruction"
	planFile       = "plan"           // what will be destroyed, before anything is
	statementFile  = "statement.note" // what was
)

// ending refuses a directory whose destruction has begun.
func ending(dir string) error {
	_, err := os.Lstat(filepath.Join(dir, destructionDir, planFile))
	switch {
	case err == nil:
		return fmt.Errorf("%s: %w", dir, ErrEnding)
	case errors.Is(err, fs.ErrNotExist):
		return nil
	}
	return err
}

// A Destruction carries out the act destroy on the machine of a role.
type Destruction struct {
	role      string
	instances []instance // in the order of their directories; the first one's keeps the statement
	public    *Public
	taken     []func() error // what gives back what was taken, in that order
	now       func() time.Time
}

// An instance is one process of the role, as it is configured. All have one key.
type instance struct {
	*config.Config
	place config.Place
}

// OpenDestruction looks whether the bureau has adopted the destruction, by the record, and whether the retention has ended, by the clock too; and
// claims the directories of the role's instances, and the key by which they sign. It refuses by one of the errors above, and ErrTaken while one is served.
func OpenDestruction(role string, now func() time.Time, instances ...*config.Config) (_ *Destruction, err error) {
	d := &Destruction{role: role, now: now}
	for _, c := range instances {
		place, _, err := Place(c, role)
		if err != nil {
			return nil, err
		}
		switch storeKey(c, role) {
		case "":
			return nil, fmt.Errorf("%w: %s", ErrRole, role)
		case storeKey(instances[0], role):
		default:
			return nil, fmt.Errorf("%w: %s", ErrInstances, storeKey(c, role))
		}
		d.instances = append(d.instances, instance{c, place})
	}
	slices.SortFunc(d.instances, func(a, b instance) int { return strings.Compare(a.place.Directory, b.place.Directory) })
	if d.public, err = OpenConstituted(d.instances[0].Record); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.Shut())
		}
	}()
	for _, look := range []func() error{d.allowed, d.apart, d.straight, d.take} {
		if err := look(); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// take claims all directories, and the key: also an instance that was not named holds it while it is served on this machine.
func (d *Destruction) take() error {
	for _, i := range d.instances {
		claim, err := Take(i.place.Directory)
		if err != nil {
			return err
		}
		d.taken = append(d.taken, claim.Release)
	}
	claim, err := hold(d.key(), true)
	if claim != nil {
		d.taken = append(d.taken, claim.Release)
	}
	return err
}

// Shut gives back what was taken.
func (d *Destruction) Shut() error {
	err := d.public.Close()
	for _, t := range slices.Backward(d.taken) {
		err = errors.Join(err, t())
	}
	return err
}

func (d *Destruction) allowed() error { return d.public.Destroys(d.now) }

// Destroys says whether the bureau has adopted the destruction, by the record, and whether the retention has ended, by the clock too. It refuses by one of
// the errors above.
func (u *Public) Destroys(now func() time.Time) error {
	p := u.Procedure()
	until := p.Retained()
	switch {
	case p.Held():
		return ErrHeld
	case until.IsZero():
		return ErrUnsealing
	case now().Before(until):
		return fmt.Errorf("%w: it lasts until %s", ErrRetained, scrutin.TimeOf(until))
	case !p.Destroyed():
		return ErrNoDestroy
	}
	text, err := scrutin.Text(retention.ListOf(u.Fingerprint, p))
	if err != nil {
		return err
	}
	act := u.Progress().Act(scrutin.ActDestroy)
	if len(act.Body.Adopts) != 1 || act.Body.Adopts[0].SHA256 != scrutin.TextDigest(text) {
		return ErrOtherList
	}
	return nil
}

// home is the directory that keeps the statement, and key the name of the key that signs it.
func (d *Destruction) home() string { return d.instances[0].place.Directory }
func (d *Destruction) key() string  { return storeKey(d.instances[0].Config, d.role) }

// Carry destroys what the role has, keys first, and returns the signed statement of it; the same again when all is done. What it finds then it
// destroys too, and returns ErrLate with the statement.
func (d *Destruction) Carry(ctx context.Context) (statement []byte, err error) {
	path := filepath.Join(d.home(), destructionDir, statementFile)
	statement, said, err := d.said(path)
	if err != nil {
		return nil, err
	}
	var signer note.Signer
	if said == nil || d.signs() {
		if signer, err = d.signer(ctx); err != nil {
			return nil, err
		}
	}
	plan, err := d.plan()
	if err != nil {
		return nil, err
	}
	for _, e := range plan.Erased {
		if err := erase(e.Path); err != nil {
			return nil, err
		}
	}
	for _, e := range plan.Erased {
		if _, err := os.Lstat(e.Path); !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%w: %s", ErrUndone, e.Path)
		}
	}
	for i := range plan.Erased {
		plan.Erased[i].Path = d.relative(plan.Erased[i].Path)
	}
	if said != nil {
		return statement, errors.Join(d.last(), late(said, plan))
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

// said is the statement that a run before has signed; nil where there is none. ErrStale for another one.
func (d *Destruction) said(path string) ([]byte, *retention.Statement, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	s, err := d.public.statement(data, d.role)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w: %w", path, ErrStale, err)
	}
	return data, s, nil
}

// late names what was destroyed beside what the statement says.
func late(said, plan *retention.Statement) error {
	var all []string
	for _, e := range plan.Erased {
		if !slices.ContainsFunc(said.Erased, func(s retention.Erased) bool { return s.Path == e.Path }) {
			all = append(all, e.Path)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrLate, strings.Join(all, ", "))
}

// signs says whether the file of the key that signs is still there.
func (d *Destruction) signs() bool {
	if vaulted(d.key()) {
		return false
	}
	_, err := os.Lstat(d.key())
	return err == nil
}

// signer is the role's key, which must be the one of this scrutin.
func (d *Destruction) signer(ctx context.Context) (note.Signer, error) {
	i := d.instances[0]
	keeper, err := OpenKeeper(ctx, Setting{Public: d.public, Age: i.Age, Vault: i.Vault, Now: d.now, Watch: observe.Silent()}, i.place)
	if err != nil {
		return nil, err
	}
	d.taken = append(d.taken, keeper.Close)
	return keeper.Signer(ctx, d.key(), d.public.verifier(d.role))
}

// erase destroys a file, or takes away what is none.
func erase(path string) error {
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return os.Remove(path)
	}
	return batchkey.Destroy(path)
}

// last destroys the key that has signed the statement, what opens it, and the plans.
func (d *Destruction) last() error {
	for _, path := range d.lastly() {
		if err := batchkey.Destroy(path); err != nil {
			return err
		}
	}
	for _, i := range d.instances {
		if err := batchkey.Destroy(filepath.Join(i.place.Directory, destructionDir, planFile)); err != nil {
			return err
		}
	}
	return nil
}
