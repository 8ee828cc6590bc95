package office

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"isoloir/batchkey"
	"isoloir/custody/agefile"
	"isoloir/record"
	"isoloir/register"
	"isoloir/register/sqlite"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
)

// Files by which a register is copied, and ends.
const (
	backupIdentity = "backup/identity" // opens the copies; no copy holds it
	backupCopy     = "backup/copy"     // one that is not encrypted yet
	planFile       = "destruction/plan"
	statementFile  = "destruction/statement.note"
	lockFile       = "lock" // of whoever serves it
)

// Why a register does not end.
var (
	ErrHeld     = fmt.Errorf("%w: a hold stands: nothing is destroyed before it is released", register.ErrInvalid)
	ErrFree     = fmt.Errorf("%w: no hold stands", register.ErrInvalid)
	ErrUnderWay = fmt.Errorf("%w: a distribution is not over", register.ErrInvalid)
	ErrLinked   = fmt.Errorf("%w: it is a link, and what it leads to would stay: take it away, and run this again", register.ErrInvalid)
	ErrEnding   = fmt.Errorf("%w: the destruction of this register has begun: run it again until it has ended", register.ErrInvalid)
)

// A Statement is what became of a register, as its key has signed it last.
type Statement struct {
	Record   string         `json:"record"`
	Register scrutin.Digest `json:"register"`
	Acts     []string       `json:"acts"`   // the notes of all acts, in Base64; the last one is the act destroy
	Erased   []string       `json:"erased"` // from the register's directory on
}

const statementRecord = scrutin.Version + "/register-destroyed"

// Backup writes a copy of the store as it is at one moment, served or not, as an age file for the register's backup key, which is drawn where there is none.
// Keys of scans that wait are in no copy: Discard.
func Backup(ctx context.Context, dir string, out io.Writer) (err error) {
	if err := ending(dir); err != nil {
		return err
	}
	identity, plain := filepath.Join(dir, backupIdentity), filepath.Join(dir, backupCopy)
	if err := os.MkdirAll(filepath.Dir(identity), 0o700); err != nil {
		return err
	}
	if _, err := os.Stat(identity); errors.Is(err, fs.ErrNotExist) {
		if _, err := agefile.NewIdentity(identity); err != nil {
			return err
		}
	}
	keeper, err := agefile.Open(identity)
	if err != nil {
		return err
	}
	if err := batchkey.Destroy(plain); err != nil { // what a stopped process has left
		return err
	}
	defer func() { err = errors.Join(err, batchkey.Destroy(plain)) }()
	if err := sqlite.Copy(ctx, filepath.Join(dir, storeFile), plain); err != nil {
		return err
	}
	f, err := os.Open(plain)
	if err != nil {
		return err
	}
	defer f.Close()
	sealed, err := keeper.Sealing(out)
	if err != nil {
		return err
	}
	_, err = io.Copy(sealed, f)
	return errors.Join(err, sealed.Close())
}

// Hold keeps the register from being destroyed until Release: a dispute, a request of a court.
func (d *Office) Hold(ctx context.Context, by, reason string) error {
	return d.decide(ctx, register.ActHold, by, reason)
}

// Release ends a hold.
func (d *Office) Release(ctx context.Context, by, reason string) error {
	return d.decide(ctx, register.ActRelease, by, reason)
}

func (d *Office) decide(ctx context.Context, kind, by, reason string) error {
	acts, _, err := d.Acts(ctx)
	if err != nil {
		return err
	}
	held := false
	for _, a := range acts {
		held = a.Kind == register.ActHold || held && a.Kind != register.ActRelease
	}
	if ended := len(acts) > 0 && acts[len(acts)-1].Kind == register.ActDestroy; ended && kind == register.ActDestroy {
		return nil
	} else if ended {
		return ErrEnding
	}
	switch {
	case held && kind != register.ActRelease:
		return ErrHeld
	case !held && kind == register.ActRelease:
		return ErrFree
	}
	act := register.Act{Kind: kind, By: by, Reason: reason}
	return d.Store.Enact(ctx, func(last []byte) ([]byte, error) { return act.Sign(last, d.Service.Rho, d.Signer) })
}

// Destroy enters the act by which a register ends, and destroys what is in its directory, keys first: those of scans that wait and of cards, the one that opens
// backups, those of sign-on; then the store with its journals; then the rest. register.json stays. The key that signs goes last, after the statement, which is
// returned, and the same again when all is done. A run that was cut goes on. Nobody may serve the register meanwhile. Medium's old blocks, other copies of the
// backup key and what was published are not reached.
func (d *Office) Destroy(ctx context.Context, by, reason string) error {
	for n := 1; n < d.Service.Next(); n++ {
		if finished, err := d.Service.Finished(n); err != nil || !finished {
			return errors.Join(err, fmt.Errorf("%w: %d", ErrUnderWay, n))
		}
	}
	if _, err := found(d.dir); err != nil {
		return err
	}
	if err := d.decide(ctx, register.ActDestroy, by, reason); err != nil {
		return err
	}
	signed, err := d.Store.Acts(ctx)
	if err != nil {
		return err
	}
	s := Statement{Record: statementRecord, Register: d.Service.Rho, Erased: []string{}}
	for _, a := range signed {
		s.Acts = append(s.Acts, base64.StdEncoding.EncodeToString(a))
	}
	return s.plan(d.dir)
}

// Carry goes on with a destruction that Destroy has begun, and returns the statement.
func Carry(ctx context.Context, dir string) ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(dir, registerFile))
	if err != nil {
		return nil, err
	}
	r, rho, err := register.ParseRegister(text)
	if err != nil {
		return nil, err
	}
	verifier, err := r.Verifier()
	if err != nil {
		return nil, err
	}
	statement, err := os.ReadFile(filepath.Join(dir, statementFile))
	if errors.Is(err, fs.ErrNotExist) {
		statement, err = carry(ctx, dir, rho, verifier)
	}
	if err != nil {
		return nil, err
	}
	if _, err := note.Open(statement, verifier); err != nil {
		return nil, fmt.Errorf("%s: %w", statementFile, err)
	}
	return statement, errors.Join(batchkey.Destroy(filepath.Join(dir, signingFile)), batchkey.Destroy(filepath.Join(dir, planFile)))
}

func carry(ctx context.Context, dir string, rho scrutin.Digest, verifier note.Verifier) ([]byte, error) {
	planned, err := os.ReadFile(filepath.Join(dir, planFile))
	if err != nil {
		return nil, err
	}
	var s Statement
	if err := canon.Unmarshal(planned, &s); err != nil || s.Record != statementRecord || s.Register != rho || slices.ContainsFunc(s.Erased, func(name string) bool { return !filepath.IsLocal(name) }) {
		return nil, errors.Join(err, fmt.Errorf("%w: %s is of another register, or was changed", register.ErrInvalid, planFile))
	}
	files, err := agefile.Open("")
	if err != nil {
		return nil, err
	}
	signer, err := files.Signer(ctx, filepath.Join(dir, signingFile), verifier)
	if err != nil {
		return nil, err
	}
	if err := s.plan(dir); err != nil { // with what came since
		return nil, err
	}
	for _, name := range s.Erased {
		if err := batchkey.Destroy(filepath.Join(dir, name)); err != nil {
			return nil, err
		}
	}
	if left, err := found(dir); err != nil || len(left) > 0 {
		return nil, errors.Join(err, fmt.Errorf("%w: %s came meanwhile: see who writes it, and run this again", register.ErrInvalid, strings.Join(left, ", ")))
	}
	text, err := canon.Marshal(&s)
	if err != nil {
		return nil, err
	}
	statement, err := note.Sign(string(text), signer)
	if err != nil {
		return nil, err
	}
	return statement, record.WriteWhole(filepath.Join(dir, statementFile), statement)
}

// plan writes down what will be destroyed, before anything is.
func (s *Statement) plan(dir string) error {
	names, err := found(dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		if !slices.Contains(s.Erased, name) {
			s.Erased = append(s.Erased, name)
		}
	}
	text, err := canon.Marshal(s)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, planFile)
	return errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), record.WriteWhole(path, text))
}

// found are the files that do not stay, those first without which the others are noise.
func found(dir string) (names []string, err error) {
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		name, _ := filepath.Rel(dir, path)
		name = filepath.ToSlash(name)
		switch {
		case err != nil:
			return err
		case e.Type()&fs.ModeSymlink != 0:
			return fmt.Errorf("%s: %w", path, ErrLinked)
		case e.IsDir() || name == registerFile || name == signingFile || name == lockFile || name == planFile || name == statementFile:
			return nil
		}
		names = append(names, name)
		return nil
	})
	key := func(name string) bool { return !strings.HasPrefix(name, storeFile) }
	slices.SortStableFunc(names, func(a, b string) int {
		switch {
		case key(a) == key(b):
			return 0
		case key(a):
			return -1
		}
		return 1
	})
	return names, err
}

// ending refuses a directory whose destruction has begun.
func ending(dir string) error {
	for _, name := range []string{planFile, statementFile} {
		if _, err := os.Lstat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			return errors.Join(err, ErrEnding)
		}
	}
	return nil
}
