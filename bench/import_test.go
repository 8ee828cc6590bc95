package bench

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"isoloir/pg/postgrestest"
	"isoloir/roll"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

var importing = flag.Bool("import", false, "import the roll of the Français de l'étranger of 2022, as large as it was, into PostgreSQL")

// national is how many electors the election of make replay-fde had.
const national = 1_447_026

// What an import on two processors may take.
const (
	importTime   = 3 * time.Minute
	importMemory = 500 << 20 // bytes
)

// TestImport has the command import-roll judge, import and compare a national roll, over few urns and over many, and prints what each took.
func TestImport(t *testing.T) {
	if !*importing {
		t.Skip("a campaign: make import")
	}
	program := filepath.Join(t.TempDir(), "isoloir")
	if out, err := exec.Command("go", "build", "-o", program, "isoloir/cmd/isoloir").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	fmt.Printf("%-34s %8s %10s %8s %16s\n", "import-roll, 1,447,026 electors", "seconds", "processor", "MB", "bytes an elector")
	for _, urns := range []int{11, 130} {
		importOver(t, program, urns)
	}
}

func importOver(t *testing.T, program string, urns int) {
	t.Helper()
	s := postgrestest.Start(t)
	s.Psql(t, filepath.Join("..", "roll", "postgres", "setup.sql"))
	dir := t.TempDir()
	m := scrutintest.New(t, scrutintest.Options{Urns: urns, Electors: 1, Edit: func(m *scrutin.Manifest) {
		for i := range m.Urns {
			m.Urns[i].Electors = (i+1)*national/urns - i*national/urns
		}
	}}).Manifest
	manifest, _, err := m.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"manifest.json": string(manifest), "owner": s.Address("roll_owner", "roll") + "\n", "service": s.Address("roll_service", "roll") + "\n",
		"config.yaml": `record: record
origins: {portal: "https://vote.example", roll: "https://liste.example", urn: "https://urne.example", issuer-a: "https://a.example", issuer-b: "https://b.example"}
roll: {directory: roll, listen: "127.0.0.1:8081", key: key, challenges: challenges, postgres: service, batch-keys: keys, links: {fate: f, deposit-a: da, deposit-b: db, notify-a: na, notify-b: nb}}
`} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	writeRoll(t, filepath.Join(dir, "roll.csv"), m)
	run := func(args ...string) *os.ProcessState {
		t.Helper()
		c := exec.Command(program, args...)
		c.Dir = dir
		c.Env = append(os.Environ(), "GOMAXPROCS=2", "LANG=C")
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
		return c.ProcessState
	}
	run("migrate-store", "-roll", "owner")
	before := s.Query(t, "roll", "SELECT pg_database_size('roll')")[0]
	size := func(text string) (n int64) {
		if _, err := fmt.Sscan(text, &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, step := range []struct {
		name string
		args []string
	}{
		{"judged", nil}, {"imported, with the extract", []string{"-commit", "-extract", "extract.csv"}}, {"compared", nil},
	} {
		begun := time.Now()
		p := run(append([]string{"import-roll", "-config", "config.yaml", "-manifest", "manifest.json", "-roll", "roll.csv"}, step.args...)...)
		took, memory, each := time.Since(begun), p.SysUsage().(*syscall.Rusage).Maxrss<<10, ""
		if step.args != nil {
			each = fmt.Sprint((size(s.Query(t, "roll", "SELECT pg_database_size('roll')")[0]) - size(before)) / national)
			if took > importTime || memory > importMemory {
				t.Errorf("%d urns: %v and %d MB", urns, took, memory>>20)
			}
		}
		fmt.Printf("%-34s %8.1f %10.1f %8d %16s\n", fmt.Sprintf("%s, %d urns", step.name, urns), took.Seconds(), (p.UserTime() + p.SystemTime()).Seconds(), memory>>20, each)
	}
	if n := s.Query(t, "roll", "SELECT count(*) FROM elector")[0]; n != fmt.Sprint(national) {
		t.Errorf("%s electors", n)
	}
}

// writeRoll invents electors of every urn, in no order of urns.
func writeRoll(t *testing.T, path string, m *scrutin.Manifest) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	out := bufio.NewWriterSize(f, 1<<20)
	fmt.Fprintln(out, strings.Join(roll.Columns, ","))
	left := make([]int, len(m.Urns))
	for i, u := range m.Urns {
		left[i] = u.Electors
	}
	for n, written := 0, 0; written < national; n++ {
		i := n % len(left)
		if left[i] == 0 {
			continue
		}
		left[i]--
		written++
		fmt.Fprintf(out, "FR-%09d,%s,,%s,FR,fr,email sms,%d-%02d-%02d,Famille%d,Prénom%d Deuxième\n",
			n, m.Urns[i].ID, m.Urns[i].College, 1930+n%75, 1+n%12, 1+n%28, n%40_000, n%5_000)
	}
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
