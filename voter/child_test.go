package voter_test

import (
	"context"
	"encoding/gob"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"isoloir/crypto/group"
	"isoloir/roll"
	rollsqlite "isoloir/roll/sqlite"
	"isoloir/scrutin/note"
	"isoloir/urn"
	urnsqlite "isoloir/urn/sqlite"
	"isoloir/voter"
)

// The environment by which this binary becomes one of the two services.
const (
	envRole  = "ISOLOIR_TEST_ROLE" // roll or urn
	envDir   = "ISOLOIR_TEST_DIR"
	envPoint = "ISOLOIR_TEST_KILL"     // where the service kills itself
	envTimes = "ISOLOIR_TEST_KILL_NTH" // at which passage
)

func TestMain(m *testing.M) {
	if role := os.Getenv(envRole); role != "" {
		if err := serve(role, os.Getenv(envDir)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// world is what both services and the voters share, as a file.
type world struct {
	Manifest, Opening, Base, Key [32]byte
	AccountKeys, ElectorKeys     []byte
	RollKey, UrnKey              string
	K                            int
}

func (w *world) urnRules() (*urn.Rules, error) {
	accounts, err := urn.NewAccounts(w.AccountKeys)
	if err != nil {
		return nil, err
	}
	p := urn.Params{Manifest: w.Manifest, Opening: w.Opening, Name: "urn-1", Questions: 1, Accounts: accounts, Leaves: []urn.LeafType{urn.Cast}}
	if p.Base, err = group.Decode(w.Base[:]); err != nil {
		return nil, err
	}
	if p.Key, err = group.Decode(w.Key[:]); err != nil {
		return nil, err
	}
	return urn.NewRules(p)
}

func (w *world) rollRules() *roll.Rules {
	return &roll.Rules{Manifest: w.Manifest, Opening: w.Opening, Name: "urn-1", Keys: w.ElectorKeys}
}

var passages atomic.Int64

// at kills this process the hard way when it passes the point for the nth time.
func at(point string) {
	if point != os.Getenv(envPoint) {
		return
	}
	if n, _ := strconv.Atoi(os.Getenv(envTimes)); passages.Add(1) == int64(n) {
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}

func around[A any](point string, f func() (A, error)) (A, error) {
	at(point + ":before")
	a, err := f()
	at(point + ":after")
	return a, err
}

func around0(point string, f func() error) error {
	_, err := around(point, func() (struct{}, error) { return struct{}{}, f() })
	return err
}

// mortalUrn passes the points around every write.
type mortalUrn struct{ urn.Store }

func (s mortalUrn) Append(ctx context.Context, scope urn.Scope, e []urn.Entry) ([]error, error) {
	return around("append", func() ([]error, error) { return s.Store.Append(ctx, scope, e) })
}
func (s mortalUrn) Void(ctx context.Context, scope urn.Scope, n uint16, tokens []urn.Hash) ([]urn.Fate, error) {
	return around("void", func() ([]urn.Fate, error) { return s.Store.Void(ctx, scope, n, tokens) })
}
func (s mortalUrn) Flush(ctx context.Context, scope urn.Scope, p urn.Plan) (int, error) {
	return around("flush", func() (int, error) { return s.Store.Flush(ctx, scope, p) })
}
func (s mortalUrn) Close(ctx context.Context, scope urn.Scope, urns []uint16) error {
	return around0("close", func() error { return s.Store.Close(ctx, scope, urns) })
}
func (s mortalUrn) Sign(ctx context.Context, scope urn.Scope, n uint16, head uint64, c []byte) error {
	return around0("checkpoint", func() error { return s.Store.Sign(ctx, scope, n, head, c) })
}

// mortalRoll passes the points around every write.
type mortalRoll struct{ roll.Store }

func (s mortalRoll) Reserve(ctx context.Context, scope roll.Scope, r []roll.Reservation) ([]roll.Outcome, error) {
	return around("reserve", func() ([]roll.Outcome, error) { return s.Store.Reserve(ctx, scope, r) })
}
func (s mortalRoll) Mark(ctx context.Context, scope roll.Scope, m []roll.Marking) ([]roll.Outcome, error) {
	return around("mark", func() ([]roll.Outcome, error) { return s.Store.Mark(ctx, scope, m) })
}
func (s mortalRoll) Release(ctx context.Context, scope roll.Scope, m []roll.Marking) error {
	return around0("release", func() error { return s.Store.Release(ctx, scope, m) })
}
func (s mortalRoll) Forget(ctx context.Context) error {
	return around0("forget", func() error { return s.Store.Forget(ctx) })
}

// mortalSigner passes a point before every signature.
type mortalSigner struct {
	note.Signer
	point string
}

func (s mortalSigner) Sign(m []byte) ([]byte, error) {
	at(s.point)
	return s.Signer.Sign(m)
}

func readWorld(dir string) (*world, error) {
	f, err := os.Open(filepath.Join(dir, "world"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	w := new(world)
	return w, gob.NewDecoder(f).Decode(w)
}

var testScope = urn.Scope{Organisation: "ville", Scrutin: "conseil-2026"}

// serve is one service, on a socket in dir, until it is killed.
func serve(role, dir string) error {
	w, err := readWorld(dir)
	if err != nil {
		return err
	}
	var handle func(op byte, q []byte) []byte
	if role == "urn" {
		handle, err = serveUrn(w, dir)
	} else {
		handle, err = serveRoll(w, dir)
	}
	if err != nil {
		return err
	}
	socket := filepath.Join(dir, role+".sock")
	os.Remove(socket)
	l, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer c.Close()
			if q, err := io.ReadAll(c); err == nil && len(q) > 0 {
				c.Write(handle(q[0], q[1:]))
			}
		}()
	}
}

// done answers an operation without bytes of its own.
func done(err error) []byte {
	if err != nil {
		return []byte(err.Error())
	}
	return []byte("done")
}

func always(time.Time) bool { return true }

func urnService(w *world, store urn.Store, wrap func(note.Signer) note.Signer) (*urn.Service, error) {
	rules, err := w.urnRules()
	if err != nil {
		return nil, err
	}
	key, err := note.ParsePrivateKey(w.UrnKey)
	if err != nil {
		return nil, err
	}
	rollKey, err := note.ParsePrivateKey(w.RollKey)
	if err != nil {
		return nil, err
	}
	return urn.NewService(ctx, urn.Config{Store: store, Scope: testScope, Rules: []*urn.Rules{rules}, Signer: wrap(key), Roll: rollKey.Verifier(),
		MinimumSize: w.K, Open: always, Now: time.Now})
}

func serveUrn(w *world, dir string) (func(byte, []byte) []byte, error) {
	store, err := urnsqlite.Open(ctx, filepath.Join(dir, "urn", "urn.db"), filepath.Join(dir, "urn", "keys"), urnsqlite.Options{Step: func(name string) { at("flush:" + name) }})
	if err != nil {
		return nil, err
	}
	s, err := urnService(w, mortalUrn{store}, func(k note.Signer) note.Signer { return mortalSigner{k, "urn:sign"} })
	if err != nil {
		return nil, err
	}
	return func(op byte, q []byte) []byte {
		switch op {
		case 'a':
			return s.ServeAppend(ctx, q)
		case 'f':
			return s.ServeFate(ctx, q)
		case 'F':
			_, err := s.Flush(ctx)
			return done(err)
		case 'C':
			return done(s.Close(ctx))
		}
		return done(fmt.Errorf("no operation %q", op))
	}, nil
}

func rollService(w *world, store roll.Store, wrap func(note.Signer) note.Signer) (*roll.Service, error) {
	key, err := note.ParsePrivateKey(w.RollKey)
	if err != nil {
		return nil, err
	}
	urnKey, err := note.ParsePrivateKey(w.UrnKey)
	if err != nil {
		return nil, err
	}
	return roll.NewService(roll.Config{Store: store, Scope: roll.Scope(testScope), Rules: []*roll.Rules{w.rollRules()}, Signer: wrap(key), Urn: urnKey.Verifier(),
		Open: always, Now: time.Now}), nil
}

func serveRoll(w *world, dir string) (func(byte, []byte) []byte, error) {
	store, err := rollsqlite.Open(ctx, filepath.Join(dir, "roll", "roll.db"), rollsqlite.Options{})
	if err != nil {
		return nil, err
	}
	s, err := rollService(w, mortalRoll{store}, func(k note.Signer) note.Signer { return mortalSigner{k, "roll:sign"} })
	if err != nil {
		return nil, err
	}
	remote := voter.RemoteUrn(func(_ context.Context, q []byte) ([]byte, error) { return call(dir, "urn", 'f', q) })
	return func(op byte, q []byte) []byte {
		switch op {
		case 'r':
			return s.ServeReserve(ctx, q)
		case 'm':
			return s.ServeMark(ctx, q)
		case 'S':
			_, err := s.Settle(ctx, remote, time.Now().Add(time.Hour))
			return done(err)
		case 'T':
			return done(s.Store.Forget(ctx))
		}
		return done(fmt.Errorf("no operation %q", op))
	}, nil
}

// call sends one request to a service. An error says that it was not answered.
func call(dir, role string, op byte, q []byte) ([]byte, error) {
	c, err := net.Dial("unix", filepath.Join(dir, role+".sock"))
	if err != nil {
		return nil, err
	}
	defer c.Close()
	if _, err := c.Write(append([]byte{op}, q...)); err != nil {
		return nil, err
	}
	if err := c.(*net.UnixConn).CloseWrite(); err != nil {
		return nil, err
	}
	a, err := io.ReadAll(c)
	if err == nil && len(a) == 0 {
		err = io.ErrUnexpectedEOF
	}
	return a, err
}
