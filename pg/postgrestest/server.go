// Package postgrestest starts a real PostgreSQL server for a test: a cluster of its
// own in a temporary directory, on a socket in it, durable as in production, gone
// with the test. No command imports it.
//
// It takes the newest server among those that Debian's packages install, or the one
// on the PATH. Where there is none the test fails. PostgreSQL refuses to run as
// root: under root it runs as the user postgres, else nobody.
package postgrestest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// A Server is a running cluster.
type Server struct {
	bin, dir string
	settings []string
	process  *os.Process
	ended    chan struct{}
	log      *os.File
}

// Start makes a cluster and starts it, with settings (NAME=VALUE) over those of the
// package. It stops when the test ends.
func Start(t testing.TB, settings ...string) *Server {
	t.Helper()
	s := &Server{bin: find(t), settings: settings}
	s.settle(t)
	initdb := exec.Command(filepath.Join(s.bin, "initdb"), "-D", s.Data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-k", "--no-sync")
	s.make(t, initdb)
	s.begin(t)
	return s
}

// settle makes the directory of a cluster.
func (s *Server) settle(t testing.TB) {
	t.Helper()
	var err error
	if s.dir, err = os.MkdirTemp("", "isoloir-postgres-"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(s.dir) })
	if err := give(s.dir); err != nil {
		t.Fatal(err)
	}
}

// make runs a program that makes a cluster, as whom the server runs.
func (s *Server) make(t testing.TB, program *exec.Cmd) {
	t.Helper()
	program.Dir, program.SysProcAttr = s.dir, unprivileged()
	if out, err := program.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", filepath.Base(program.Path), err, out)
	}
}

// begin starts the server of a cluster that was made, until the test ends.
func (s *Server) begin(t testing.TB) {
	t.Helper()
	var err error
	if s.log, err = os.Create(filepath.Join(s.dir, "log")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Stop(t, syscall.SIGQUIT)
		if text, err := os.ReadFile(s.log.Name()); t.Failed() && err == nil {
			t.Logf("the server's log ends with:\n%s", text[max(0, len(text)-4000):])
		}
		s.log.Close()
	})
	s.Run(t)
}

func find(t testing.TB) string {
	t.Helper()
	if found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres"); len(found) > 0 {
		newest := found[len(found)-1]
		return filepath.Dir(newest)
	}
	path, err := exec.LookPath("postgres")
	if err != nil {
		t.Fatal("this test needs a PostgreSQL server of version 15 or newer, and none is installed: on Debian, apt-get install postgresql")
	}
	return filepath.Dir(path)
}

// Data is the cluster's directory.
func (s *Server) Data() string { return filepath.Join(s.dir, "data") }

// Run starts the server, after Stop too, and waits until it answers.
func (s *Server) Run(t testing.TB) {
	t.Helper()
	args := []string{"-D", s.Data(), "-k", s.dir}
	for _, setting := range append([]string{"listen_addresses=", "max_connections=60", "shared_buffers=32MB", "log_error_verbosity=terse"}, s.settings...) {
		args = append(args, "-c", setting)
	}
	started := make(chan error)
	s.ended = make(chan struct{})
	go func(ended chan struct{}) {
		// The server is to die with the thread that started it, hence with the test.
		runtime.LockOSThread()
		defer close(ended)
		server := exec.Command(filepath.Join(s.bin, "postgres"), args...)
		server.Dir, server.Stdout, server.Stderr, server.SysProcAttr = s.dir, s.log, s.log, unprivileged()
		err := server.Start()
		s.process = server.Process
		started <- err
		if err == nil {
			_ = server.Wait()
		}
	}(s.ended)
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		err := s.try("postgres", "SELECT 1")
		if err == nil {
			return
		}
		select {
		case <-s.ended:
			t.Fatalf("the server ended: %v", err)
		default:
		}
		if time.Now().After(end) {
			t.Fatalf("the server does not answer: %v", err)
		}
	}
}

// Stop stops the server, if it runs, by SIGQUIT at once and without a checkpoint, as
// a crash does, by SIGINT in order, and waits for its end.
func (s *Server) Stop(t testing.TB, how syscall.Signal) {
	t.Helper()
	if err := s.process.Signal(how); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Error(err)
	}
	<-s.ended
}

// Address is a user's connection string for a database.
func (s *Server) Address(user, database string) string {
	return fmt.Sprintf("host=%s user=%s dbname=%s", s.dir, user, database)
}

// Exec runs statements, divided by semicolons, as the superuser.
func (s *Server) Exec(t testing.TB, database, statements string) {
	t.Helper()
	if err := s.try(database, statements); err != nil {
		t.Fatalf("%s: %v", bytes.TrimSpace([]byte(statements)), err)
	}
}

func (s *Server) try(database, statements string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	c, err := pgx.Connect(ctx, s.Address("postgres", database))
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	_, err = c.PgConn().Exec(ctx, statements).ReadAll()
	return err
}

// Psql runs a file by PostgreSQL's own client, as the superuser, until the first
// error.
func (s *Server) Psql(t testing.TB, file string) { s.psql(t, "postgres", file) }

func (s *Server) psql(t testing.TB, database, file string) {
	t.Helper()
	psql := exec.Command(filepath.Join(s.bin, "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", s.dir, "-U", "postgres", "-d", database, "-f", file)
	if out, err := psql.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", file, err, out)
	}
}

// Clone copies a database that nobody is connected to, with its owner, and lets
// the same users connect.
func (s *Server) Clone(t testing.TB, from, to, owner, service string) {
	t.Helper()
	for _, statement := range []string{
		"CREATE DATABASE " + to + " TEMPLATE " + from + " OWNER " + owner,
		"REVOKE ALL ON DATABASE " + to + " FROM PUBLIC; GRANT CONNECT ON DATABASE " + to + " TO " + service,
	} {
		s.Exec(t, "postgres", statement)
	}
}

// Dump is a database as pg_dump writes it for its owner.
func (s *Server) Dump(t testing.TB, owner, database string) []byte {
	t.Helper()
	var failed bytes.Buffer
	dump := exec.Command(filepath.Join(s.bin, "pg_dump"), "-h", s.dir, "-U", owner, "-d", database)
	dump.Stderr = &failed
	out, err := dump.Output()
	if err != nil {
		t.Fatalf("pg_dump: %v\n%s", err, &failed)
	}
	return out
}

// Load runs what Dump wrote, in a file, in a database that is empty.
func (s *Server) Load(t testing.TB, database, file string) { s.psql(t, database, file) }
