package sqlite_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"isoloir/bve/journal"
	"isoloir/bve/journal/journaltest"
	"isoloir/bve/journal/sqlite"
	"isoloir/scrutin"
	"isoloir/sqlfile"
)

var ctx = context.Background()

func TestStore(t *testing.T) {
	dir := t.TempDir()
	journaltest.Exercise(t, func(t testing.TB, name string) journal.Store {
		s, err := sqlite.Open(ctx, filepath.Join(dir, name+".db"))
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}

// TestInsertOnly tries to change and to delete, beside the store.
func TestInsertOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bureau.db")
	s, err := sqlite.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Shut()
	f := scrutin.DigestOf([]byte("f"))
	if err := s.Append(ctx, f, journal.Row{Number: 1, Note: []byte("note")}); err != nil {
		t.Fatal(err)
	}
	if err := s.Keep(ctx, f, journal.Fact{Kind: "k", Name: "n"}); err != nil {
		t.Fatal(err)
	}
	file, err := sqlfile.Open(ctx, path, "", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, statement := range []string{"DELETE FROM entry", "UPDATE entry SET seconds = 1", "INSERT OR REPLACE INTO entry SELECT manifest, number, 1, text, head, note FROM entry",
		"DELETE FROM fact", "UPDATE fact SET value = x'00'"} {
		if err := file.Write(ctx, func(t *sqlfile.Tx) error { _, err := t.Exec(statement); return err }); err == nil || !strings.Contains(err.Error(), "insert-only") {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

// TestKill kills a process that writes, at any moment: what it had answered for is there, in one chain, and it goes on.
func TestKill(t *testing.T) {
	if path := os.Getenv("ISOLOIR_KILL"); path != "" {
		write(t, path)
	}
	path := filepath.Join(t.TempDir(), "bureau.db")
	f := scrutin.DigestOf([]byte("f"))
	for round := range 4 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestKill$")
		cmd.Env = append(os.Environ(), "ISOLOIR_KILL="+path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		buffer := make([]byte, 1<<16)
		said := ""
		for strings.Count(said, "\n") < 5+3*round {
			n, err := out.Read(buffer)
			if said += string(buffer[:n]); err != nil {
				t.Fatal(err, said)
			}
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		lines := strings.Split(strings.TrimSuffix(said, "\n"), "\n")
		answered, err := strconv.Atoi(lines[len(lines)-1])
		if err != nil {
			t.Fatal(err)
		}
		s, err := sqlite.Open(ctx, path)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := s.Rows(ctx, f, 0)
		if err != nil || len(rows) < answered {
			t.Fatalf("%d rows where %d were answered for: %v", len(rows), answered, err)
		}
		for i, r := range rows {
			if r.Number != i+1 {
				t.Fatalf("row %d stands at %d", r.Number, i+1)
			}
		}
		if err := s.Shut(); err != nil {
			t.Fatal(err)
		}
	}
}

// write adds rows and says so, until it is killed.
func write(t *testing.T, path string) {
	s, err := sqlite.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	f := scrutin.DigestOf([]byte("f"))
	rows, err := s.Rows(ctx, f, 0)
	if err != nil {
		t.Fatal(err)
	}
	for end, n := time.Now().Add(20*time.Second), len(rows)+1; time.Now().Before(end); n++ {
		if err := s.Append(ctx, f, journal.Row{Number: n, Text: scrutin.DigestOf([]byte(strconv.Itoa(n))), Note: []byte("note")}); err != nil {
			t.Fatal(err)
		}
		os.Stdout.WriteString(strconv.Itoa(n) + "\n")
	}
	os.Exit(3)
}
