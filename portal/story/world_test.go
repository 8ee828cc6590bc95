package story

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"isoloir/bve"
	"isoloir/bve/prepare"
	"isoloir/keyceremony/device"
	"isoloir/observe"
	"isoloir/record"
	"isoloir/replay/parties"
	"isoloir/scrutin"
	"isoloir/server"
	"isoloir/server/config"
	"isoloir/server/demonstration"
	"isoloir/server/porttest"
)

// told tells the story with the president alone at a browser, and without what waits for minutes; whole with everybody at one.
var (
	told  = flag.Bool("story", false, "the story, with the president at a browser and the others signing beside")
	whole = flag.Bool("whole", false, "the story, with everybody at a browser, every page looked at, votes at the pages, an alert, and the end of grace")
)

// A story is one election from its first session to its archive.
type story struct {
	*testing.T
	clock       *clock
	dir         string // of the demonstration, on its way or done
	config      *config.Config
	manifest    *scrutin.Manifest
	fingerprint scrutin.Digest
	reading     *bve.Bureau // names what stands in the record
	seats       map[string]*seat
	beside      map[string]*device.Device // who signs without a browser
	houses      map[string]*house
	scene       int
	looked      map[string]bool // pages of the bureau, as its routes name them
}

// committee is who is heard before the vote is touched; expert deposits his report. Neither has media of the ceremony.
const (
	committee = "committee"
	expert    = "expert"
)

// advise gives who advises the bureau a medium with his key.
func (s *story) advise(t *testing.T, id string) *device.Device {
	t.Helper()
	dir := filepath.Join(t.TempDir(), id)
	must(t, os.MkdirAll(dir, 0o700))
	phrase := device.Suggest()
	d, err := device.Create(id, phrase, 1, dir)
	must(t, err)
	s.seats[id] = &seat{T: t, id: id, medium: filepath.Join(dir, id+device.Suffix), passphrase: string(phrase)}
	s.beside[id] = d
	return d
}

// lots are the numbers that were drawn in public for the order of display.
const lots = "17 4 33 8 21"

// shape is that of the board: six holders, four of whom open, and one of two delegates.
func shape() parties.Shape {
	return parties.Shape{Holders: len(holders), Threshold: 4, ClassHolders: 2, ClassThreshold: 1, Mixers: 3, Witnesses: 1, Authorities: 1, WorkFactor: 1}
}

// begin prepares the vote up to where roles are served for it; the bureau's part is done by its members.
func begin(t *testing.T) *story {
	t.Helper()
	s := &story{T: t, clock: &clock{}, dir: filepath.Join(t.TempDir(), "run.unfinished"), seats: map[string]*seat{}, beside: map[string]*device.Device{}, houses: map[string]*house{}, looked: map[string]bool{}}
	adviser, examiner := s.advise(t, committee), s.advise(t, expert)
	o := demonstration.Options{Electors: 10, Lasts: 3 * time.Hour, MemoryKiB: 64, Shape: shape(), Board: s.board,
		Edit: func(m *scrutin.Manifest) {
			for i := range m.Colleges {
				m.Colleges[i].Validation = scrutin.Validation{Kind: "none", Channel: "none"}
			}
			m.Schedule.GraceMinutes, m.Schedule.Count = 15, scrutin.TimeOf(m.Schedule.Close.Add(time.Hour))
			drawn, err := prepare.Drawn(string(m.Draw.Date), lots)
			must(t, err)
			m.Draw.Minutes = drawn.Minutes()
			drawn.Order(m)
			m.Addenda.Opinion, m.Publication.EmailAfterVote = true, "none"
		},
		Seat: func(m *scrutin.Manifest) {
			m.Bureau.Members[4].Role, m.Bureau.Members[5].Role = scrutin.Delegate, scrutin.Delegate
			m.Bureau.Members = append(m.Bureau.Members, scrutin.Member{ID: committee, Label: "Comité technique", Role: scrutin.Committee, Voice: scrutin.Consultative,
				Rank: scrutin.Titular, Class: "technique", Born: "1970-01-01", Key: adviser.Card().Key},
				scrutin.Member{ID: expert, Label: "Expert indépendant", Role: scrutin.Expert, Voice: scrutin.Consultative,
					Rank: scrutin.Titular, Class: "expertise", Born: "1975-01-01", Key: examiner.Card().Key})
		}}
	done := strings.TrimSuffix(s.dir, ".unfinished")
	listen, err := porttest.Row(6)
	must(t, err)
	must(t, demonstration.Prepare(t.Context(), done, o, listen, demonstration.Watcher{Stage: func(string, int, int) {}, Step: func(name string) {
		if name == "opening" { // the directory gets its name
			s.houses["bureau"].stop()
		}
	}}))
	s.dir = done
	s.config, err = config.Read(filepath.Join(s.dir, "config.yaml"))
	must(t, err)
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// demonstration is what was prepared.
func (s *story) demonstration() *demonstration.Demonstration {
	s.Helper()
	d, err := demonstration.Open(s.dir, 2)
	must(s, err)
	return d
}

// media are a holder's two, and passphrase what opens them.
func (s *story) media(id string) []string {
	return parties.Media(filepath.Join(s.dir, "demo", "holders"), id)
}

func (s *story) passphrase(id string) string {
	s.Helper()
	data, err := os.ReadFile(filepath.Join(s.dir, "demo", "holders", id, "passphrase"))
	must(s, err)
	return strings.TrimSpace(string(data))
}

// device reads a holder's media.
func (s *story) device(id string) *device.Device {
	s.Helper()
	d, err := device.Open(device.Passphrase(s.passphrase(id)), 1, s.media(id)...)
	must(s, err)
	return d
}

// A house is one process' roles, in this one.
type house struct {
	*server.House
	stop func()
}

// serve serves roles until they are stopped.
func (s *story) serve(names ...string) {
	s.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	h := server.NewHouse(s.config, names, s.clock.Now, observe.Silent())
	if err := errors.Join(h.Listen(), h.Open(ctx)); err != nil {
		cancel()
		s.Fatal(errors.Join(err, h.Shut()))
	}
	done := make(chan error, 1)
	go func() { done <- h.Run(ctx) }()
	served := &house{h, sync.OnceFunc(func() {
		cancel()
		if err := errors.Join(<-done, h.Shut()); err != nil {
			s.Error(err)
		}
	})}
	s.Cleanup(served.stop)
	for _, name := range names {
		s.houses[name] = served
	}
}

// office is the bureau's.
func (s *story) office() *bve.Office { return s.houses["bureau"].Roles.Bureau.Office }

// board is the bureau whose acts are taken on the members' pages (parties.Board).
func (s *story) board(m *scrutin.Manifest, f scrutin.Digest, rec *record.Writer) (parties.Board, error) {
	s.Helper()
	if s.manifest == nil {
		s.manifest, s.fingerprint = m, f
		var err error
		s.config, err = config.Read(filepath.Join(s.dir, "config.yaml"))
		must(s, err)
		s.serve("bureau")
		s.arrive()
	}
	reading, err := bve.New(m, f, rec, s.clock.Now)
	s.reading = reading
	return desk{s, rec}, err
}

// A desk is where the parties bring what the bureau decides.
type desk struct {
	*story
	rec *record.Writer
}

// Procedure implements parties.Board.
func (d desk) Procedure() *scrutin.Procedure {
	acts, err := d.rec.Acts()
	must(d, err)
	p, err := scrutin.VerifyActs(d.manifest, d.fingerprint, acts)
	must(d, err)
	return p
}

// Adopted implements parties.Board.
func (d desk) Adopted(paths ...string) ([]scrutin.Adopted, error) { return d.reading.Adopted(paths...) }

// Adopt implements parties.Board: what it adopts the service fills in.
func (d desk) Adopt(kind string, paths ...string) (scrutin.Digest, error) {
	return d.Act(kind, scrutin.ActBody{})
}

// Act implements parties.Board.
func (d desk) Act(kind string, given scrutin.ActBody) (scrutin.Digest, error) {
	d.decide(kind, given)
	switch kind {
	case scrutin.ActConstitute:
		d.ceremony()
	case scrutin.ActCeremony:
		d.rehearse()
	}
	return d.Procedure().Last(), nil
}

// browsing are the members who sit at a browser, in the manifest's order.
func (s *story) browsing() (ids []string) {
	for _, m := range s.manifest.Bureau.Members {
		if *whole || m.ID == holders[0] {
			ids = append(ids, m.ID)
		}
	}
	return ids
}
