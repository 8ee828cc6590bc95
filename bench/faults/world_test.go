package faults

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"isoloir/bench/voters"
	"isoloir/pg/postgrestest"
	"isoloir/server"
	"isoloir/server/config"
	"isoloir/server/demonstration"
)

// A world is a demonstration whose roles are processes, with all that stands between them.
type world struct {
	*voters.Election
	dir       string
	clock     clock
	tally     *tally
	processes map[string][]*process
	passages  map[string]*passage // by the role that is asked: portal, roll, urn; fate, of the roll to the urn
	lines     []*line
	wires     map[string][]*wire // by role, on PostgreSQL
	servers   map[string]*postgrestest.Server
}

// apart are the roles that voters meet, each in processes of its own.
var apart = []string{"portal", "roll", "urn"}

// newWorld starts a prepared demonstration's roles, each as many times as is said. Voters
// find them where its configuration says.
func newWorld(t *testing.T, dir string, seed uint64, times map[string]int, servers map[string]*postgrestest.Server, command func(role, config string) []string, at clock) *world {
	t.Helper()
	w := &world{dir: dir, clock: at, tally: newTally(), processes: map[string][]*process{}, passages: map[string]*passage{}, wires: map[string][]*wire{}, servers: servers}
	if servers != nil {
		for role := range servers {
			servers[role].Psql(t, filepath.Join("..", "..", role, "postgres", "setup.sql"))
		}
		database := func(role string) demonstration.Database {
			return demonstration.Database{Owner: servers[role].Address(role+"_owner", role), Service: servers[role].Address(role+"_service", role)}
		}
		if err := demonstration.OnPostgreSQL(context.Background(), dir, database("roll"), database("urn")); err != nil {
			t.Fatal(err)
		}
	}
	e, err := voters.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	w.Election = e
	for _, role := range []string{"urn", "roll", "portal"} { // the roll asks the urn
		var all []behind
		for i := range times[role] {
			all = append(all, w.newProcess(t, role, i, command))
		}
		_, origin, err := server.Place(e.Config, role)
		if err != nil {
			t.Fatal(err)
		}
		w.passages[role] = newPassage(t, strings.TrimPrefix(origin, "http://"), seed, w.tally, all...)
		if role == "urn" {
			var links []behind
			for _, p := range w.processes["urn"] {
				l := newLine(t, "roll and urn", p.listen)
				w.lines = append(w.lines, l)
				links = append(links, behind{l, p})
			}
			w.passages["fate"] = newPassage(t, address(t), seed, w.tally, links...)
		}
	}
	for _, role := range apart {
		for _, p := range w.processes[role] {
			p.start(t)
		}
	}
	return w
}

// newProcess describes the n-th process of a role, with the lines that lead to it and from
// it to its database.
func (w *world) newProcess(t *testing.T, role string, n int, command func(role, config string) []string) behind {
	t.Helper()
	p := &process{name: role, listen: address(t), tally: w.tally}
	c := *w.Config
	c.Roll, c.Urn, c.Portal, c.IssuerA, c.IssuerB = nil, nil, nil, nil, nil
	place := func(at *config.Place) {
		at.Listen, at.Proxies = p.listen, []string{"127.0.0.1"}
		if n > 0 { // a second one has another directory, and the same keys
			at.Directory = filepath.Join(w.dir, "campaign", fmt.Sprint(role, n))
		}
		if err := os.MkdirAll(at.Directory, 0o700); err != nil {
			t.Fatal(err)
		}
		p.dir = at.Directory
	}
	switch role {
	case "portal":
		r := *w.Config.Portal
		place(&r.Place)
		c.Portal = &r
	case "roll":
		r := *w.Config.Roll
		place(&r.Place)
		r.Postgres = w.wired(t, p, r.Postgres, n)
		c.Roll, c.Origins.Urn = &r, w.passages["fate"].at
	case "urn":
		r := *w.Config.Urn
		place(&r.Place)
		r.Postgres = w.wired(t, p, r.Postgres, n)
		c.Urn = &r
	}
	text, err := c.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	base := filepath.Join(w.dir, "campaign", fmt.Sprint(role, n))
	if err := os.MkdirAll(filepath.Dir(base), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(base+".yaml", text, 0o600); err != nil {
		t.Fatal(err)
	}
	if p.log, err = os.OpenFile(base+".log", os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600); err != nil {
		t.Fatal(err)
	}
	p.command = command(role, base+".yaml")
	w.processes[role] = append(w.processes[role], p)
	l := newLine(t, "voters and "+role, p.listen)
	w.lines = append(w.lines, l)
	return behind{l, p}
}

// wired has a process reach its database over a line and a wire, and gives the file that
// says so; nothing where its store is a file.
func (w *world) wired(t *testing.T, p *process, direct string, n int) string {
	t.Helper()
	if direct == "" {
		return ""
	}
	socket := filepath.Join(filepath.Dir(w.servers[p.name].Data()), ".s.PGSQL.5432")
	wire, at := newWire(t, p.name, socket, w.tally)
	wire.victim = p
	l := newLine(t, p.name+" and its database", at)
	w.wires[p.name], w.lines = append(w.wires[p.name], wire), append(w.lines, l)
	host, port, _ := strings.Cut(l.at(), ":")
	file := filepath.Join(w.dir, "campaign", fmt.Sprint(p.name, n, ".address"))
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := server.WriteSecret(file, fmt.Sprintf("host=%s port=%s user=%s_service dbname=%s sslmode=disable", host, port, p.name, p.name)); err != nil {
		t.Fatal(err)
	}
	return file
}
