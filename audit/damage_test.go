package audit_test

import (
	"errors"
	"io/fs"
	"maps"
	"slices"
	"testing"

	"isoloir/audit"
	"isoloir/audit/audittest"
	"isoloir/record"
	"isoloir/scrutin"
)

// damages are what a disk or a clumsy hand does to a file, beside turning bits.
var damages = []struct {
	name string
	do   func(files map[string][]byte, path, other string)
}{
	{"cut", func(f map[string][]byte, path, _ string) { f[path] = f[path][:len(f[path])-1] }},
	{"lost", func(f map[string][]byte, path, _ string) { delete(f, path) }},
	{"swapped", func(f map[string][]byte, path, other string) { f[path], f[other] = f[other], f[path] }},
	{"lengthened", func(f map[string][]byte, path, _ string) { f[path] = append(slices.Clone(f[path]), '\n') }},
	{"moved", func(f map[string][]byte, path, _ string) { f[path+".old"] = f[path]; delete(f, path) }},
	{"emptied", func(f map[string][]byte, path, _ string) { f[path] = nil }},
	{"copied", func(f map[string][]byte, path, _ string) { f[path+".copy"] = f[path] }},
}

// TestDamageIsRefused damages every file of an honest export without making
// anything again: a bit at a random place, and one more damage, another one in
// every run.
func TestDamageIsRefused(t *testing.T) {
	for run := range *mutationRuns {
		honest := climb(t, 0, uint64(7+run))[audittest.Listed]
		paths := slices.Sorted(maps.Keys(honest.Files))
		refused := func(what, path string, damage func(files map[string][]byte)) {
			t.Helper()
			w := honest.Clone()
			damage(w.Files)
			if r := verify(t, w, audit.Options{}); r.Holds() {
				t.Errorf("%s %s: %s", path, what, r.Verdict)
			}
		}
		for i, path := range paths {
			data := honest.Files[path]
			at := honest.Rand.IntN(len(data))
			refused("flipped", path, func(f map[string][]byte) { f[path] = flipped(data, at) })
			d := damages[(i+run)%len(damages)]
			if d.name == "lost" && path != record.Contents && record.Unlisted(path) {
				continue // a timestamp that is missing is a fact
			}
			refused(d.name, path, func(f map[string][]byte) { d.do(f, path, paths[(i+1)%len(paths)]) })
		}
	}
}

// TestEveryFileIsRead leaves the list of contents out of it: a file that is
// changed and listed anew is refused by who signed it or by what is in it.
func TestEveryFileIsRead(t *testing.T) {
	rungs := climb(t, 0, 8)
	for path, data := range rungs[audittest.Adopted].Files {
		if len(data) == 0 {
			continue
		}
		w := rungs[audittest.Adopted].Clone()
		w.Files[path] = flipped(data, w.Rand.IntN(len(data)))
		if r := verify(t, w.Advance(audittest.Listed), audit.Options{}); r.Holds() {
			t.Errorf("%s changed and listed anew: %s", path, r.Verdict)
		}
	}
}

// TestNumbersAgree sees that everything the record holds was checked; that a
// difference refuses the export is in TestVerdictNeedsEveryCheck.
func TestNumbersAgree(t *testing.T) {
	w := climb(t, 0, 9)[audittest.Listed]
	r := verify(t, w, audit.Options{})
	if !r.Holds() {
		t.Fatal(r.Verdict)
	}
	for _, f := range r.Counted {
		if f.Checked == 0 && f.Name != "ballots opened, and not cast" || f.Checked != f.Record { // who opens a ballot is free to
			t.Errorf("%s: %d of %d", f.Name, f.Checked, f.Record)
		}
	}
}

var errDisk = errors.New("input/output error")

func TestAnchors(t *testing.T) {
	w := climb(t, 0, 10)[audittest.Listed]
	f := [32]byte(w.Fingerprint)
	var keys []audit.WitnessKey
	for _, witness := range w.Manifest.Witnesses {
		keys = append(keys, w.Signers[witness.ID].Verifier())
	}
	for _, c := range []struct {
		name string
		opt  audit.Options
		want audit.Verdict
	}{
		{"nothing known", audit.Options{}, audit.Consistent},
		{"fingerprint alone", audit.Options{Fingerprint: &f}, audit.Consistent},
		{"witnesses alone", audit.Options{Witnesses: keys}, audit.Consistent},
		{"both", audit.Options{Fingerprint: &f, Witnesses: keys}, audit.Verified},
		{"one witness, known", audit.Options{Fingerprint: &f, Witnesses: keys[:1]}, audit.Verified},
		{"one worker", audit.Options{Fingerprint: &f, Witnesses: keys, Workers: 1}, audit.Verified},
		{"five workers", audit.Options{Fingerprint: &f, Witnesses: keys, Workers: 5}, audit.Verified},
	} {
		if r := verify(t, w, c.opt); r.Verdict != c.want {
			t.Errorf("%s: %s, not %s\n%s", c.name, r.Verdict, c.want, findings(r))
		}
	}
}

// TestDiskFaultIsNoVerdict makes reads fail: nothing is then known of the export.
func TestDiskFaultIsNoVerdict(t *testing.T) {
	w := climb(t, 0, 11)[audittest.Listed]
	for _, path := range []string{record.Manifest, record.Leaves("urn-1"), record.MixList(1, "question-1", 2), record.Result} {
		if r, err := audit.Verify(failing{w.Source(), path}, audit.Options{}); r != nil || !errors.Is(err, errDisk) {
			t.Errorf("%s cannot be read: %v, %v", path, r, err)
		}
	}
}

// failing is a source on a disk of which one file cannot be read.
type failing struct {
	audit.Source
	path string
}

func (f failing) fault(path string) error {
	if path == f.path {
		return &fs.PathError{Op: "read", Path: path, Err: errDisk}
	}
	return nil
}

func (f failing) Digest(path string) (scrutin.File, error) {
	if err := f.fault(path); err != nil {
		return scrutin.File{}, err
	}
	return f.Source.Digest(path)
}

func (f failing) Read(path string, most int64) ([]byte, error) {
	if err := f.fault(path); err != nil {
		return nil, err
	}
	return f.Source.Read(path, most)
}
