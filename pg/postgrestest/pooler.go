package postgrestest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Pooled starts PgBouncer before the server, in transaction mode with so many
// connections for each user and database, until the test ends, and gives a user's
// connection string for a database through it.
func (s *Server) Pooled(t testing.TB, connections int, users ...string) func(user, database string) string {
	t.Helper()
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		if program, err = exec.LookPath("/usr/sbin/pgbouncer"); err != nil {
			t.Fatal("PgBouncer is not installed: on Debian, apt-get install pgbouncer")
		}
	}
	dir, err := os.MkdirTemp(s.dir, "pooler-")
	if err != nil {
		t.Fatal(err)
	}
	known := ""
	for _, u := range users {
		known += fmt.Sprintf("%q \"\"\n", u)
	}
	config := fmt.Sprintf("[databases]\n* = host=%s\n[pgbouncer]\nlisten_addr =\nunix_socket_dir = %s\nlisten_port = 5432\nauth_type = trust\nauth_file = %s/users\npool_mode = transaction\ndefault_pool_size = %d\nserver_login_retry = 1\nignore_startup_parameters = enable_seqscan\nmax_client_conn = 1000\n",
		s.dir, dir, dir, connections)
	for name, text := range map[string]string{"users": known, "config": config} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := give(dir); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	ended := make(chan error, 1)
	pooler := exec.Command(program, filepath.Join(dir, "config"))
	pooler.Dir, pooler.Stdout, pooler.Stderr, pooler.SysProcAttr = dir, &said, &said, unprivileged()
	go func() {
		// It is to die with the thread that started it, hence with the test.
		runtime.LockOSThread()
		ended <- pooler.Run()
	}()
	t.Cleanup(func() {
		_ = pooler.Process.Kill()
		<-ended
		if t.Failed() {
			t.Logf("the pooler says:\n%s", said.String())
		}
	})
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(dir, ".s.PGSQL.5432")); err == nil {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the pooler does not listen")
		}
	}
	return func(user, database string) string {
		return fmt.Sprintf("host=%s user=%s dbname=%s default_query_exec_mode=exec", dir, user, database)
	}
}
