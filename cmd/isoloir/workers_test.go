package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"isoloir/audit"
	"isoloir/audit/audittest"
	"isoloir/pg/postgrestest"
	"isoloir/scrutin/scrutintest"
)

// A cluster is an export, a database for each test, and processes that work on them.
type cluster struct {
	server        *postgrestest.Server
	dir           string
	export, other string
	want          string // the report of one process, as JSON
	databases     int
}

func newCluster(t testing.TB, electors, abstain int) *cluster {
	c := &cluster{server: postgrestest.Start(t), dir: t.TempDir()}
	for i, dir := range []*string{&c.export, &c.other} {
		shape := audittest.Shape{Abstain: abstain, Fixture: scrutintest.Options{Urns: 2, Electors: electors, MinSize: 10}}
		if i == 1 {
			shape.Abstain, shape.Fixture.Electors = 5, 20
		}
		w, err := audittest.New(shape, uint64(i))
		if err != nil {
			t.Fatal(err)
		}
		w.Advance(audittest.Listed)
		*dir = filepath.Join(c.dir, fmt.Sprint("export", i))
		if err := w.Write(*dir); err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			continue
		}
		report, err := audit.Verify(w.Source(), audit.Options{})
		if err != nil || !report.Holds() {
			t.Fatal(report, err)
		}
		text, err := json.MarshalIndent(report, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		c.want = string(text) + "\n"
	}
	return c
}

// database makes one, and gives the file of its connection string.
func (c *cluster) database(t testing.TB) (name, file string) {
	c.databases++
	name = fmt.Sprint("queue", c.databases)
	c.server.Exec(t, "postgres", "CREATE DATABASE "+name)
	file = filepath.Join(c.dir, name)
	if err := os.WriteFile(file, []byte(c.server.Address("postgres", name)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return name, file
}

// worker starts a process that works until the test ends, or is killed.
func (c *cluster) worker(t testing.TB, export, database string) *exec.Cmd {
	p := exec.Command("isoloir", "worker", "-quiet", "-workers", "1", "-record", export, "-database", database)
	stderr, err := os.CreateTemp(c.dir, "worker")
	if err == nil {
		p.Stderr = stderr
		err = p.Start()
	}
	if err != nil {
		t.Error(err)
		return nil
	}
	t.Cleanup(func() {
		_ = p.Process.Signal(os.Interrupt)
		if err := p.Wait(); err != nil && p.ProcessState.ExitCode() > 0 {
			said, _ := os.ReadFile(stderr.Name())
			t.Errorf("a worker ended with %v: %s", err, said)
		}
		stderr.Close()
	})
	return p
}

// ready waits until a worker has read the export.
func ready(t testing.TB, p *exec.Cmd) {
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		said, err := os.ReadFile(p.Stderr.(*os.File).Name())
		if err != nil || time.Now().After(end) {
			t.Fatalf("%s, %v", said, err)
		}
		if bytes.Contains(said, []byte("works on")) {
			return
		}
	}
}

// verify runs the command, and gives what it prints and its exit code.
func (c *cluster) verify(database string, flags ...string) (stdout, stderr string, code int) {
	args := append([]string{"verify", "-quiet", "-json", "-record", c.export, "-piece", "4", "-lease", "1s"}, flags...)
	if database != "" {
		args = append(args, "-database", database)
	}
	p := exec.Command("isoloir", args...)
	var out, err bytes.Buffer
	p.Stdout, p.Stderr = &out, &err
	var failed *exec.ExitError
	if e := p.Run(); e != nil && !errors.As(e, &failed) {
		return "", e.Error(), -1
	}
	return out.String(), err.String(), p.ProcessState.ExitCode()
}

// same wants the report of one process.
func (c *cluster) same(t testing.TB, database string, flags ...string) {
	t.Helper()
	out, err, code := c.verify(database, flags...)
	if code != exitDone || out != c.want {
		t.Errorf("exit code %d, %s\n%s\nnot\n%s", code, err, out, c.want)
	}
	if said := strings.Contains(err, "pieces judged by other processes"); said != (database != "") {
		t.Errorf("who verified is not said, or wrongly: %s", err)
	}
}

// TestWorkers verifies one export by processes of every number, and with some of
// them killed, to the same report.
func TestWorkers(t *testing.T) {
	c := newCluster(t, 80, 40)
	t.Run("alone", func(t *testing.T) { c.same(t, "") })
	for _, n := range []int{1, 2, 4} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			_, database := c.database(t)
			c.worker(t, c.other, database)
			for range n {
				c.worker(t, c.export, database)
			}
			c.same(t, database)
		})
	}
	t.Run("killed", c.killed)
	t.Run("false", c.untrue)
}

// killed kills workers with SIGKILL at random moments, and starts others, until the
// report is there; who asks is killed too, and begins again.
func (c *cluster) killed(t *testing.T) {
	name, database := c.database(t)
	over := make(chan bool)
	var all sync.WaitGroup
	kills := make([]int, 3)
	for i := range kills {
		all.Go(func() {
			for {
				p := c.worker(t, c.export, database)
				select {
				case <-over:
					return
				case <-time.After(time.Duration(800+rand.IntN(1500)) * time.Millisecond):
					_ = p.Process.Kill()
					kills[i]++
				}
			}
		})
	}
	for range 2 {
		asks := exec.Command("isoloir", "verify", "-quiet", "-record", c.export, "-database", database, "-piece", "1")
		if err := asks.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(1000+rand.IntN(2000)) * time.Millisecond)
		_ = asks.Process.Kill()
		_ = asks.Wait()
	}
	c.same(t, database, "-piece", "1", "-lease", "500ms")
	close(over)
	all.Wait()
	t.Logf("workers killed: %v; given out again: %v; jobs: %v", kills, c.server.Query(t, name, "SELECT count(*) FROM river_job WHERE (args->>'round')::int > 0"),
		c.server.Query(t, name, "SELECT count(*) FROM result"))
}

// untrue puts false results among those of a worker.
func (c *cluster) untrue(t *testing.T) {
	name, database := c.database(t)
	c.worker(t, c.export, database)
	c.same(t, database)
	all := c.server.Query(t, name, "SELECT encode(job, 'escape') FROM result WHERE encode(job, 'escape') LIKE '%ballots%' ORDER BY job")
	lie := func(bytes string) {
		c.server.Exec(t, name, fmt.Sprintf("UPDATE result SET worker = E'the-liar\\x1b[2J', bytes = %s WHERE encode(job, 'escape') = '%s'", bytes, all[0]))
	}
	accused := func(what string, flags ...string) {
		t.Helper()
		if out, err, code := c.verify(database, flags...); code != exitProtocol || out != "" || !strings.Contains(err, `"the-liar\x1b[2J"`) || strings.Contains(err, "\x1b") {
			t.Errorf("%s: exit code %d, %s%d bytes", what, code, err, len(out))
		}
	}
	lie(`replace(encode(bytes, 'escape'), E'"figures": [\n    0', E'"figures": [\n    7')::bytea`)
	accused("a figure is another one", "-recheck", "1")
	text := `{\n  "findings": [\n    {\n      "check": 613,\n      "lines": [\n        "leaf 0"\n      ]\n    }\n  ],\n  "reason": "",\n  "figures": [` + strings.Repeat(`\n    0,`, 9) + `\n    0\n  ],\n  "counts": []\n}\n`
	lie(fmt.Sprintf("int4send(length(E'%s')) || convert_to(E'%s', 'UTF8')", text, text))
	accused("something is found that is not there", "-recheck", "0")
	lie("'nonsense'")
	accused("no outcome at all", "-recheck", "0")
	c.same(t, database, "-afresh")
}

// BenchmarkWorkers verifies 3,000 ballots of 4,000 electors by one worker and by two,
// by turns, of one core each, that have read the export: the best time by the clock
// from the first job to the report, and the processor time of all workers together.
func BenchmarkWorkers(b *testing.B) {
	c := newCluster(b, 2000, 500)
	_, database := c.database(b)
	best, processor := map[int]float64{}, map[int]float64{}
	for b.Loop() {
		for _, n := range []int{1, 2} {
			var workers []*exec.Cmd
			for range n {
				workers = append(workers, c.worker(b, c.export, database))
			}
			for _, p := range workers {
				ready(b, p)
			}
			began := time.Now()
			c.same(b, database, "-afresh", "-piece", "256", "-lease", "1m", "-recheck", "0")
			took, used := time.Since(began).Seconds(), 0.0
			for _, p := range workers {
				_ = p.Process.Signal(os.Interrupt)
				_ = p.Wait()
				used += (p.ProcessState.UserTime() + p.ProcessState.SystemTime()).Seconds()
			}
			if best[n] == 0 || took < best[n] {
				best[n] = took
			}
			if processor[n] == 0 || used < processor[n] {
				processor[n] = used
			}
		}
	}
	for _, n := range []int{1, 2} {
		b.ReportMetric(best[n], fmt.Sprintf("s/%d-by-the-clock", n))
		b.ReportMetric(processor[n], fmt.Sprintf("s/%d-processor", n))
	}
}

// TestWorkersUsage tries command lines and files that are not as they must be.
func TestWorkersUsage(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	w, err := audittest.New(audittest.Shape{Fixture: scrutintest.Options{Urns: 1, Electors: 12, MinSize: 10}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	export := filepath.Join(dir, "export")
	if err := w.Advance(audittest.Listed).Write(export); err != nil {
		t.Fatal(err)
	}
	nobody := file("nobody", "host="+dir+" user=a dbname=b\n", 0o600)
	for _, c := range []struct {
		line string
		code int
	}{
		{"verify", exitUsage},
		{"verify -record " + export + " more", exitUsage},
		{"verify -record " + export + " -lease 0s", exitUsage},
		{"verify -record " + export + " -lang de", exitUsage},
		{"worker -record " + export, exitUsage},
		{"worker -record " + export + " -database " + nobody + " -recheck 3", exitUsage},
		{"verify -h", exitDone},
		{"worker -h", exitDone},
		{"verify -record " + dir, exitNoInput},
		{"worker -record " + dir + "/none -database " + nobody, exitNoInput},
		{"verify -record " + export + " -fingerprint 12", exitData},
		{"verify -record " + export + " -witness " + dir + "/none", exitNoInput},
		{"verify -record " + export + " -witness " + nobody, exitData},
		{"verify -record " + export + " -database " + file("empty", "://\n", 0o600), exitData},
		{"verify -record " + export + " -database " + file("open", "host=x\n", 0o644), exitExposed},
		{"worker -quiet -record " + export + " -database " + nobody, exitUnavailable},
		{"verify -quiet -record " + export, exitDone},
		{"verify -quiet -record " + export + " -fingerprint " + strings.Repeat("0", 64), exitRefused},
	} {
		var out, said bytes.Buffer
		if code := run(t.Context(), strings.Fields(c.line), &out, &said); code != c.code {
			t.Errorf("%s: exit code %d, not %d: %s", c.line, code, c.code, &said)
		}
	}
}
