package audit_test

import (
	"bytes"
	"encoding/binary"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"isoloir/audit"
	"isoloir/audit/audittest"
	"isoloir/record"
)

// smallExports are honest exports, made once for each process of the fuzzer.
var smallExports = sync.OnceValue(func() (worlds []*audittest.World) {
	for i := range 3 {
		shape := shapes[i]
		shape.Fixture.Urns, shape.Fixture.Electors, shape.Abstain, shape.Revoters = 2, 4, 1, min(shape.Revoters, 1)
		worlds = append(worlds, must(audittest.New(shape, uint64(i))).Advance(audittest.Listed))
	}
	return worlds
})

// FuzzExport changes one file of an honest export, and perhaps lists it anew
// under all the signatures. Nothing makes the auditor fail; a file that is not
// what it was is refused, unless it is a note listed anew, which may lose a
// signature that was not needed.
func FuzzExport(f *testing.F) {
	for i := range 30 {
		f.Add(byte(i), uint16(7*i), byte(i/3), uint32(31*i), []byte{byte(i), 0xff}, i%2 == 0)
	}
	f.Fuzz(func(t *testing.T, shape byte, file uint16, how byte, at uint32, data []byte, listed bool) {
		worlds := smallExports()
		honest := worlds[int(shape)%len(worlds)]
		w := honest.Clone()
		paths := slices.Sorted(maps.Keys(w.Files))
		path := paths[int(file)%len(paths)]
		old := w.Files[path]
		w.Files[path] = changed(old, how, at, data, w.Files[paths[int(at)%len(paths)]])
		if how%8 == 7 {
			delete(w.Files, path)
		}
		if listed && !record.Unlisted(path) {
			w.List("contents")
		}
		r, err := audit.Verify(w.Source(), audit.Options{Workers: 1})
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		there, ok := w.Files[path]
		if !ok && strings.HasSuffix(path, ".tsr") && (listed || record.Unlisted(path)) {
			return // a timestamp that is missing is a fact
		}
		same := ok && bytes.Equal(there, old)
		if r.Holds() && !same && !(listed && strings.HasSuffix(path, ".note")) {
			t.Fatalf("%s changed: %s", path, r.Verdict)
		}
		if same && !r.Holds() {
			t.Fatalf("%s unchanged: %s\n%s", path, r.Verdict, findings(r))
		}
	})
}

// changed is data with a piece replaced, put in, taken out, turned or doubled, cut,
// or another file in its place.
func changed(old []byte, how byte, at uint32, data, other []byte) []byte {
	from := int(at) % (len(old) + 1)
	to := min(len(old), from+len(data))
	switch how % 8 {
	case 0:
		return slices.Concat(old[:from], data[:to-from], old[to:])
	case 1:
		return slices.Concat(old[:from], data, old[from:])
	case 2:
		return slices.Concat(old[:from], old[to:])
	case 3:
		out := slices.Clone(old)
		for i := from; i < to; i++ {
			out[i] ^= data[i-from]
		}
		return out
	case 4:
		return slices.Concat(old[:from], old[from:to], old[from:])
	case 5:
		return old[:from]
	case 6:
		if from+8 <= len(old) && len(data) >= 8 {
			out := slices.Clone(old)
			binary.LittleEndian.PutUint64(out[from:], binary.BigEndian.Uint64(data))
			return out
		}
		return data
	default:
		return other
	}
}
