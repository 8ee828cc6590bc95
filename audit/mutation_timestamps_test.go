package audit_test

import (
	"bytes"
	"math/big"
	"strings"
	"testing"
	"time"

	"isoloir/audit"
	"isoloir/audit/audittest"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/timestamp/local"
)

// stamps changes what authorities say of the texts of one type of act, or of the
// contents.
func stamps(of string, change func(s *audittest.Stamp)) func(w *audittest.World) {
	return func(w *audittest.World) {
		w.EditStamp = func(s *audittest.Stamp) {
			if strings.Contains(s.Of, of) {
				change(s)
			}
		}
	}
}

// stranger is an authority that no manifest names.
var stranger = must(local.New("Stranger"))

var timestampMutations = []mutation{
	{name: "timestamp by a stranger", check: 1301, alone: true, after: audittest.Anonymised,
		change: stamps("-open.", func(s *audittest.Stamp) { s.Authority = stranger })},
	{name: "timestamp of another authority of the manifest", check: 1301, alone: true, after: audittest.Counted,
		change: func(w *audittest.World) {
			stamps("-proclaim.", func(s *audittest.Stamp) { s.Authority = w.Authorities[0] })(w)
		}},
	{name: "timestamp cut", check: 1301, after: audittest.Adopted,
		change: func(w *audittest.World) {
			path := record.Timestamp(6, scrutin.ActOpen, "tsa-1")
			w.Files[path] = bytes.Clone(w.Files[path][:len(w.Files[path])-1])
		}},
	{name: "timestamp over another text", check: 1302, with: "authority", alone: true, after: audittest.Logged,
		change: stamps("-close.", func(s *audittest.Stamp) { s.Digest[0] ^= 1 })},
	{name: "timestamp over another list", check: 1302, alone: true, after: audittest.Adopted,
		change: stamps(record.Contents, func(s *audittest.Stamp) { s.Digest[31] ^= 1 })},
	{name: "timestamp before the act", check: 1303, with: "authority", alone: true, after: audittest.Counted,
		change: stamps("-proclaim.", func(s *audittest.Stamp) { s.Time = s.Time.Add(-6 * time.Minute) })},
	{name: "seal dated after the mix", check: 1303, alone: true, after: audittest.Logged,
		change: func(w *audittest.World) {
			stamps("-seal.", func(s *audittest.Stamp) {
				if s.Authority == w.Authorities[0] {
					s.Time = s.Time.Add(time.Hour + 6*time.Minute)
				}
			})(w)
		}},
	{name: "list dated before the proclamation", check: 1303, with: "authority", alone: true, after: audittest.Adopted,
		change: stamps(record.Contents, func(s *audittest.Stamp) { s.Time = s.Time.Add(-6 * time.Minute) })},
	{name: "seal that nobody dated", check: 1304, alone: true, after: audittest.Logged,
		change: stamps("-seal.", func(s *audittest.Stamp) { s.Missing = true })},
	{name: "one nonce for all", check: 1305, with: "authority", alone: true, after: audittest.Anonymised,
		change: stamps("-open.", func(s *audittest.Stamp) { s.Nonce = big.NewInt(7) })},
	{name: "no nonce", check: 1305, alone: true, after: audittest.Adopted,
		change: stamps(record.Contents, func(s *audittest.Stamp) { s.Nonce = nil })},
	{name: "timestamp of a list by an authority that the manifest does not name", check: 104, alone: true, after: audittest.Listed,
		change: func(w *audittest.World) {
			w.Files[record.ContentsTimestamp("tsa-3")] = w.Files[record.ContentsTimestamp("tsa-1")]
		}},
	{name: "timestamp of an act that is not dated", check: 105, alone: true, after: audittest.Adopted,
		change: func(w *audittest.World) {
			w.Files[record.Timestamp(1, scrutin.ActConstitute, "tsa-1")] = w.Files[record.Timestamp(6, scrutin.ActOpen, "tsa-1")]
		}},
}

// FP-9: what authorities did not answer is told, and no fault; of the seal one is enough.
func TestMissingTimestamps(t *testing.T) {
	w, err := audittest.New(shapes[0], 3)
	if err != nil {
		t.Fatal(err)
	}
	w.EditStamp = func(s *audittest.Stamp) {
		s.Missing = strings.HasSuffix(s.Path, "tsa-1.tsr") || !strings.Contains(s.Of, "-seal.") && s.Of != record.Contents
	}
	r := verify(t, w.Advance(audittest.Listed), audit.Options{})
	if r.Verdict != audit.Consistent {
		t.Fatal(findings(r))
	}
	if len(r.Timestamps) != 5 {
		t.Fatalf("%+v", r.Timestamps)
	}
	for i, given := range []int{0, 0, 1, 0, 1} {
		s := r.Timestamps[i]
		if len(s.Given) != given || len(s.Missing) != 2-given || given > 0 && (s.Given[0].Authority != "tsa-2" || !s.Given[0].Rooted) {
			t.Errorf("%+v", s)
		}
	}
	var b strings.Builder
	if err := r.WriteText(&b, audit.French); err != nil {
		t.Fatal(err)
	}
	if text := b.String(); !strings.Contains(text, "aucun, manque: tsa-1, manque: tsa-2") || !strings.Contains(text, "(tsa-2), manque: tsa-1") {
		t.Error(text)
	}
}
