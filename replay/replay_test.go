package replay

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/audit"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

var begin = time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)

// small is three urns, two of them of the same options, with blank and nul votes.
const small = header + "A,Alpha,30,x,5\nA,Alpha,30,y,7\nA,Alpha,30,blanc,1\nA,Alpha,30,nul,2\n" +
	"B,Beta,12,x,1\nB,Beta,12,y,2\nB,Beta,12,blanc,0\nC,Gamma,20,z,6\nC,Gamma,20,blanc,1\n"

func parse(t *testing.T, votes string) []UrnResult {
	t.Helper()
	urns, err := ParseVotes(strings.NewReader(votes))
	if err != nil {
		t.Fatal(err)
	}
	return urns
}

// few parties make a replay cheap: the cryptography of each is the same.
func few() Options {
	o := Default()
	o.Holders, o.Threshold, o.ClassHolders, o.Mixers, o.Witnesses, o.WorkFactor = 3, 2, 0, 2, 1, 1
	return o
}

// exact replays the votes of the options, audits the export under anchors from outside, and compares the table on disk with the votes.
func exact(t *testing.T, o Options, w Watcher) *Outcome {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "out")
	var costs strings.Builder
	inner := w.Step
	w.Stage = func(string, int, int) {}
	w.Step = func(name string, c Cost) {
		fmt.Fprintf(&costs, "  %-16s %8.1f s, processor %8.1f s, %5d MB\n", name, c.Took.Seconds(), c.Processor.Seconds(), c.Peak>>20)
		if inner != nil {
			inner(name, c)
		}
	}
	out, err := Run(context.Background(), o, dir, begin, w)
	if err != nil {
		t.Fatal(err)
	}
	export, err := record.Open(out.Export)
	if err != nil {
		t.Fatal(err)
	}
	defer export.Close()
	f := [32]byte(out.Fingerprint)
	var witnesses []note.Verifier
	for _, v := range out.Manifest.WitnessVerifiers() {
		witnesses = append(witnesses, v.Plain())
	}
	var report *audit.Report
	cost, err := Measure(func() (err error) {
		report, err = audit.Verify(export, audit.Options{Fingerprint: &f, Witnesses: witnesses})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	w.Step("audit", cost)
	t.Log("\n" + costs.String())
	if report.Verdict != audit.Verified {
		var text bytes.Buffer
		report.WriteText(&text, audit.English)
		t.Fatalf("verdict %q\n%s", report.Verdict, &text)
	}
	for _, s := range report.Timestamps {
		if len(s.Given) != o.Authorities {
			t.Errorf("of %s the timestamps of %v are missing", s.Of, s.Missing)
		}
	}
	if err := out.Compare(o.Votes); err != nil {
		t.Fatal(err)
	}
	return out
}

// Whoever an amendment adds is counted, and the numbers of electors are those of the results.
func TestAmended(t *testing.T) {
	o := few()
	o.Votes, o.MinimumSize, o.Late = parse(t, small), 4, 8
	out := exact(t, o, Watcher{})
	in, err := record.Open(out.Export)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	read := func(path string) []byte {
		data, err := in.Read(path, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	text, err := note.Text(read(record.Result))
	if err != nil {
		t.Fatal(err)
	}
	result, err := scrutin.Parse[scrutin.Result](text)
	if err != nil {
		t.Fatal(err)
	}
	if result.Cells[0].Electors != 42 || result.Cells[1].Electors != 20 || out.Manifest.Urns[0].Electors != 23 || out.Manifest.Urns[1].Electors != 12 || out.Manifest.Urns[2].Electors != 13 {
		t.Errorf("%+v, %+v", result.Cells, out.Manifest.Urns)
	}
	late := 0
	for _, u := range out.Manifest.Urns {
		for marks := read(record.Marks(u.ID)); len(marks) > 0; marks = marks[68:] {
			if int(binary.LittleEndian.Uint32(marks)) >= u.Electors {
				late++
			}
		}
	}
	if late == 0 {
		t.Error("nobody who was added voted")
	}
}

func TestSmall(t *testing.T) {
	o := Default()
	o.Votes, o.MinimumSize, o.WorkFactor, o.Authorities = parse(t, small), 4, 1, 2
	out := exact(t, o, Watcher{})
	table, err := os.ReadFile(out.Table)
	if err != nil {
		t.Fatal(err)
	}
	if want := "urn,option,ballots\nA+B,x,6\nA+B,y,9\nA+B,blanc,1\nA+B,nul,2\nC,z,6\nC,blanc,1\n"; string(table) != want {
		t.Fatalf("the table is\n%s", table)
	}

	// One row more or less in the table on disk is seen.
	for name, bad := range map[string]string{
		"one ballot more": strings.Replace(string(table), "A+B,x,6", "A+B,x,7", 1),
		"a row less":      strings.TrimSuffix(string(table), "C,blanc,1\n"),
		"nothing":         "",
	} {
		if err := os.WriteFile(out.Table, []byte(bad), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := out.Compare(o.Votes); err == nil {
			t.Errorf("%s: not seen", name)
		}
	}
	if err := os.Remove(out.Table); err != nil {
		t.Fatal(err)
	}
	if err := out.Compare(o.Votes); err == nil {
		t.Error("a table that is not there is not missed")
	}
}

// The seed fixes who chooses what and the order of coming, and no key or coin.
func TestSeed(t *testing.T) {
	votes := parse(t, small)
	o := few()
	o.Votes, o.MinimumSize = votes, 2
	a, b := exact(t, o, Watcher{}), exact(t, o, Watcher{})
	draw := func(seed uint64) []turnout {
		return Options{Votes: votes, Seed: seed}.drawTurnout(a.Manifest, a.Fingerprint)
	}
	same := func(x, y []turnout) bool {
		return slices.EqualFunc(x, y, func(v, w turnout) bool {
			return v.urn == w.urn && v.elector == w.elector && v.choices[0].Equal(w.choices[0])
		})
	}
	if !same(draw(1), draw(1)) || same(draw(1), draw(2)) {
		t.Error("the order of voting does not follow the seed alone")
	}
	if a.Fingerprint == b.Fingerprint {
		t.Error("two replays have the same keys")
	}
	if leaves(t, a) == leaves(t, b) {
		t.Error("two replays have the same ballots")
	}
}

func leaves(t *testing.T, o *Outcome) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(o.Export, filepath.FromSlash(record.Leaves("A"))))
	if err != nil || len(data) == 0 {
		t.Fatal("no leaves", err)
	}
	return string(data)
}

// Nothing that a replay writes, in whatever directory, holds a passphrase, an elector's key or a signing key that is not a holder's own.
func TestNoSecretIsWritten(t *testing.T) {
	o := few()
	o.Votes, o.MinimumSize = parse(t, small), 2
	dir := filepath.Join(t.TempDir(), "out")
	r := newRun(o, dir, begin, Watcher{})
	r.watch.Stage = func(string, int, int) {}
	secrets := map[string][]byte{}
	r.watch.Step = func(name string, _ Cost) {
		if name != "opening" { // the keys are wiped after the vote
			return
		}
		for u, urn := range r.secrets {
			for i, x := range urn {
				b := x.Bytes()
				secrets[fmt.Sprintf("key of elector %d of urn %d", i, u)] = b[:]
			}
		}
	}
	if _, err := r.whole(context.Background()); err != nil {
		t.Fatal(err)
	}
	if len(secrets) != 62 {
		t.Fatalf("%d electors' keys", len(secrets))
	}
	for u, urn := range r.secrets {
		for i, x := range urn {
			if !x.IsZero() {
				t.Fatalf("the key of elector %d of urn %d outlives the vote", i, u)
			}
		}
	}
	for _, h := range r.Holders {
		secrets["passphrase of "+h.ID] = []byte(string(h.Passphrase))
	}
	looked := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		looked++
		for what, s := range secrets {
			for _, form := range [][]byte{s, []byte(hex.EncodeToString(s)), []byte(base64.StdEncoding.EncodeToString(s))} {
				if bytes.Contains(data, form) {
					t.Errorf("%s holds the %s", path, what)
				}
			}
		}
		return nil
	})
	if err != nil || looked < 50 {
		t.Fatalf("%d files looked into: %v", looked, err)
	}
	printed := fmt.Sprintf("%v %+v %#v %v %+v %v %#v", r.Holders, r.Holders, r.Holders, r.secrets, r.secrets, r.Signers, r.Signers)
	for what, s := range secrets {
		if strings.Contains(printed, string(s)) || strings.Contains(printed, hex.EncodeToString(s)) {
			t.Errorf("printing what a replay holds shows the %s", what)
		}
	}
}

// What cannot be a scrutin is refused before anything is made.
func TestRefusedBeforeAnythingIsMade(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"no urn":               func(o *Options) { o.Votes = nil },
		"threshold = n":        func(o *Options) { o.Threshold = o.Holders },
		"threshold > n":        func(o *Options) { o.Threshold = o.Holders + 1 },
		"one opens alone":      func(o *Options) { o.Threshold = 1 },
		"class threshold = n":  func(o *Options) { o.ClassHolders, o.ClassThreshold = 2, 2 },
		"no mixer":             func(o *Options) { o.Mixers = 0 },
		"no witness":           func(o *Options) { o.Witnesses = 0 },
		"k of one":             func(o *Options) { o.MinimumSize = 1 },
		"no title":             func(o *Options) { o.Title = "" },
		"urn twice":            func(o *Options) { o.Votes = append(o.Votes, o.Votes[0]) },
		"name of the manifest": func(o *Options) { o.Votes[0].ID = "a/b" },
	} {
		o := few()
		o.Votes = parse(t, small)
		change(&o)
		dir := filepath.Join(t.TempDir(), "out")
		if _, err := Run(context.Background(), o, dir, begin, Watcher{}); err == nil {
			t.Errorf("%s: accepted", name)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%s: refused, and the directory is there", name)
		}
	}
}

// A replay whose context has ended stops, with nothing that passes for an export.
func TestCancelled(t *testing.T) {
	for _, at := range []string{"manifest", "anonymisation", "opening", "mix"} {
		o := few()
		o.Votes, o.MinimumSize = parse(t, small), 2
		dir := filepath.Join(t.TempDir(), "out")
		ctx, stop := context.WithCancel(context.Background())
		_, err := Run(ctx, o, dir, begin, Watcher{Stage: func(string, int, int) {}, Step: func(name string, _ Cost) {
			if name == at {
				stop()
			}
		}})
		stop()
		if err == nil || ctx.Err() == nil || !strings.Contains(err.Error(), context.Canceled.Error()) {
			t.Errorf("after %s: %v", at, err)
		}
		if _, err := os.Stat(filepath.Join(dir, exportDir, record.Contents)); err == nil {
			t.Errorf("after %s: a list of contents is there", at)
		}
	}
}

// A store that fails during the vote is named, though the voters hear only that the service cannot answer.
func TestFailingStoreIsNamed(t *testing.T) {
	o := few()
	o.Votes, o.MinimumSize = parse(t, small), 2
	r := newRun(o, filepath.Join(t.TempDir(), "out"), begin, Watcher{})
	r.watch.Stage = func(string, int, int) {}
	r.watch.Step = func(name string, _ Cost) {
		if name == "opening" {
			r.services.urnStore.Shut()
		}
	}
	_, err := r.whole(context.Background())
	if err == nil || !strings.Contains(err.Error(), "voting: elector ") || !strings.Contains(err.Error(), "urn store: ") {
		t.Fatalf("error %v, want that of the store", err)
	}
}

// quorum is who opened: the last holders of a clause, as many as its threshold.
func quorum(t *testing.T, o *Outcome, clause scrutin.Clause) (who []string) {
	t.Helper()
	for _, h := range clause.Holders {
		if _, err := os.Stat(filepath.Join(o.Export, filepath.FromSlash(record.Shares(clause.ID, h)))); err == nil {
			who = append(who, h)
		}
	}
	return who
}

func TestTheQuorumIsNotTheFirstOne(t *testing.T) {
	o := Default()
	o.Votes, o.MinimumSize, o.WorkFactor = parse(t, small), 2, 1
	out := exact(t, o, Watcher{})
	if got := quorum(t, out, out.Manifest.Clauses[0]); !slices.Equal(got, []string{"member-3", "member-4", "member-5", "member-6"}) {
		t.Errorf("clause of all: %v", got)
	}
	if got := quorum(t, out, out.Manifest.Clauses[1]); !slices.Equal(got, []string{"member-5", "member-6"}) { // member-5 answers with all that he holds
		t.Errorf("clause of the class: %v", got)
	}
}
