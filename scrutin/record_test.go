package scrutin_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"isoloir/crypto/group"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
)

var (
	someHead = scrutin.Head{Manifest: some("f")}
	openHead = scrutin.OpenHead{Head: someHead, Opening: some("o")}
	base     = scrutin.PointOf(group.Base())
	one      = scrutin.ScalarOf(group.ScalarFromUint64(1))
	anne     = goldenKey("anne")
)

// examples returns a well-formed record of each kind.
func examples() map[string]scrutin.Record {
	return map[string]scrutin.Record{
		"opening": &scrutin.Opening{Head: someHead, Ceremony: some("c"), Key: base,
			Clauses:   []scrutin.ClauseKey{{Clause: "quorum", Key: base, Holders: []scrutin.HolderKey{{Holder: "anne", Key: base}}}},
			Urns:      []scrutin.OpenUrn{{Urn: "urn-1", Electors: 3, Generator: base, Accounts: 3, Root: some("r")}},
			Enrolment: []scrutin.Statement{{Party: "issuer-1", Digest: some("e")}}, Anonymisation: []scrutin.Statement{{Party: "mixer-1", Digest: some("a")}},
			RollKey: anne.Verifier().String(), UrnKey: anne.Verifier().String(), Software: some("s"), Specification: some("p"), Client: some("b")},
		"enrolment": &scrutin.Enrolment{Head: someHead, Issuer: "issuer-1",
			Urns: []scrutin.EnrolledUrn{{Urn: "urn-1", Electors: 3, Keys: some("k"), Commitment: base, Response: one}}},
		"anonymisation": &scrutin.Anonymisation{Head: someHead, Mixer: "mixer-1", Stage: 1,
			Urns: []scrutin.AnonymisedUrn{{Urn: "urn-1", Electors: 3, Input: some("i"), Generator: base, Output: some("o"), Proof: some("p")}}},
		"act": &scrutin.Act{Head: someHead, Seq: 1, Type: scrutin.ActConstitute, Time: scrutin.TimeOf(time.Unix(1_900_000_000, 0)), Session: 1,
			Present: []string{"anne"}, Body: adopt("manifest.json")},
		"amendment": &scrutin.Amendment{OpenHead: openHead, Number: 1, Urns: []scrutin.AmendedUrn{{Urn: "urn-1", Before: 3, Added: 10, Generator: base, Root: some("r"), Struck: []int{2}}}},
		"added-enrolment": &scrutin.AddedEnrolment{OpenHead: openHead, Amendment: 1, Issuer: "issuer-1",
			Urns: []scrutin.EnrolledUrn{{Urn: "urn-1", Electors: 10, Keys: some("k"), Commitment: base, Response: one}}},
		"added-anonymisation": &scrutin.AddedAnonymisation{OpenHead: openHead, Amendment: 1, Mixer: "mixer-1", Stage: 1,
			Urns: []scrutin.AnonymisedUrn{{Urn: "urn-1", Electors: 10, Input: some("i"), Generator: base, Output: some("o"), Proof: some("p")}}},
		"roll":       &scrutin.RollStatement{OpenHead: openHead, Urn: "urn-1", Electors: 3, Marks: 2, File: some("m"), Chain: some("h")},
		"challenges": &scrutin.ChallengeStatement{OpenHead: openHead, Urn: "urn-1", Challenges: 3, Contested: 2, Failed: 1, File: some("c")},
		"mix": &scrutin.Mix{OpenHead: openHead, Seal: some("S"), Mixer: "mixer-1", Stage: 2,
			Cells: []scrutin.MixCell{{Cell: "urn-1+urn-2", Questions: []scrutin.MixQuestion{{Question: "q", Ballots: 2, Input: some("i"), Output: some("o"), Proof: some("p")}}}}},
		"shares": &scrutin.Shares{OpenHead: openHead, Seal: some("S"), Mix: some("M"), Clause: "quorum", Holder: "anne",
			Cells: []scrutin.ShareCell{{Cell: "urn-1", Questions: []scrutin.ShareQuestion{{Question: "q", Ballots: 2, List: some("l"), Commitments: [2]scrutin.Point{base, base}, Response: one}}}}},
		"result": &scrutin.Result{OpenHead: openHead, Seal: some("S"),
			Cells: []scrutin.CellResult{{Cell: "urn-1", Urns: []string{"urn-1"}, Electors: 3, Marks: 2, Ballots: 2,
				Questions: []scrutin.QuestionResult{{Question: "q", Options: []scrutin.OptionCount{{Option: "a", Ballots: 1}}, Blank: 1}}}},
			Shares: []scrutin.ShareVerdict{{Clause: "quorum", Holder: "anne", Valid: true}, {Clause: "quorum", Holder: "bob", Reason: "no list"}}},
		"contents": &scrutin.Contents{OpenHead: openHead, Files: []scrutin.File{{Path: "acts/0001-open.note", Size: 3, SHA256: some("a")}, {Path: "manifest.json", SHA256: some("m")}}},
	}
}

// parsers reads a text as each kind and writes it again.
var parsers = map[string]func(string) (string, error){
	"opening": again[scrutin.Opening], "enrolment": again[scrutin.Enrolment], "anonymisation": again[scrutin.Anonymisation], "act": again[scrutin.Act],
	"roll": again[scrutin.RollStatement], "challenges": again[scrutin.ChallengeStatement], "mix": again[scrutin.Mix], "shares": again[scrutin.Shares], "result": again[scrutin.Result], "contents": again[scrutin.Contents],
	"amendment": again[scrutin.Amendment], "added-enrolment": again[scrutin.AddedEnrolment], "added-anonymisation": again[scrutin.AddedAnonymisation],
}

func again[T any, P interface {
	*T
	scrutin.Record
}](text string) (string, error) {
	r, err := scrutin.Parse[T, P](text)
	if err != nil {
		return "", err
	}
	return scrutin.Text(P(r))
}

func TestRecords(t *testing.T) {
	for kind, r := range examples() {
		text, err := scrutin.Text(r)
		if err != nil {
			t.Fatal(err)
		}
		if r.Kind() != "isoloir/v1/"+kind || r.Heading().Record != r.Kind() {
			t.Error(r.Kind())
		}
		if got, err := parsers[kind](text); err != nil || got != text {
			t.Errorf("%s: %v\n%s", kind, err, got)
		}
		for other, parse := range parsers {
			if _, err := parse(text); other != kind && !errors.Is(err, scrutin.ErrMalformed) {
				t.Errorf("a record of kind %s is read as one of kind %s: %v", kind, other, err)
			}
		}
		if _, err := parsers[kind](strings.Replace(text, "/v1/"+kind, "/v2/"+kind, 1)); !errors.Is(err, scrutin.ErrMalformed) {
			t.Errorf("%s: another version is accepted", kind)
		}
	}
}

// Every line of every record is dropped, doubled and emptied of its value: the
// canonical text of a well-formed record is the only one accepted.
func TestRecordLines(t *testing.T) {
	for kind, r := range examples() {
		text, err := scrutin.Text(r)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
		for i, l := range lines {
			before, after := strings.Join(lines[:i], ""), strings.Join(lines[i+1:], "")
			changes := []string{before + after, before + l + l + after, before + " " + l + after}
			if key, _, ok := strings.Cut(l, `": "`); ok && !strings.Contains(l, `""`) && !strings.Contains(l, `"reason"`) {
				end := strings.TrimRight(l[strings.LastIndex(l, `"`)+1:], "")
				changes = append(changes, before+key+`": ""`+end+after, before+key+`": null`+end+after, before+key+`": "\u0000"`+end+after)
			}
			for _, c := range changes {
				if _, err := parsers[kind](c); !errors.Is(err, scrutin.ErrMalformed) {
					t.Errorf("%s, line %d %q: accepted: %v", kind, i+1, l, err)
				}
			}
		}
	}
}

// What the fields of a record may not hold, and what it may not say as a whole.
func TestRecordFields(t *testing.T) {
	for name, edit := range map[string]func(e map[string]scrutin.Record) scrutin.Record{
		"key is the identity": func(e map[string]scrutin.Record) scrutin.Record {
			r := e["opening"].(*scrutin.Opening)
			r.Key = scrutin.Point{}
			return r
		},
		"clause with a dot": func(e map[string]scrutin.Record) scrutin.Record {
			r := e["shares"].(*scrutin.Shares)
			r.Clause = "a.b"
			return r
		},
		"cell of no urn": func(e map[string]scrutin.Record) scrutin.Record {
			r := e["mix"].(*scrutin.Mix)
			r.Cells[0].Cell = "urn-1+"
			return r
		},
		"no such point": func(e map[string]scrutin.Record) scrutin.Record {
			r := e["anonymisation"].(*scrutin.Anonymisation)
			r.Urns[0].Generator[31] = 0xff
			return r
		},
		"stage zero": func(e map[string]scrutin.Record) scrutin.Record {
			r := e["anonymisation"].(*scrutin.Anonymisation)
			r.Stage = 0
			return r
		},
		"more marks than electors": func(e map[string]scrutin.Record) scrutin.Record {
			r := e["roll"].(*scrutin.RollStatement)
			r.Marks = 4
			return r
		},
		"negative count": func(e map[string]scrutin.Record) scrutin.Record {
			r := e["result"].(*scrutin.Result)
			q := &r.Cells[0].Questions[0]
			q.Blank, q.Nul = 2, -1
			return r
		},
		"one ballot more": func(e map[string]scrutin.Record) scrutin.Record {
			r := e["result"].(*scrutin.Result)
			r.Cells[0].Questions[0].Options[0].Ballots++
			return r
		},
		"accounts are not electors": func(e map[string]scrutin.Record) scrutin.Record {
			o := e["opening"].(*scrutin.Opening)
			o.Urns[0].Accounts++
			return o
		},
		"marks are not ballots": func(e map[string]scrutin.Record) scrutin.Record {
			r := e["result"].(*scrutin.Result)
			r.Cells[0].Marks++
			return r
		},
		"refused without reason": func(e map[string]scrutin.Record) scrutin.Record {
			r := e["result"].(*scrutin.Result)
			r.Shares[1].Reason = ""
			return r
		},
		"path upwards": func(e map[string]scrutin.Record) scrutin.Record {
			r := e["contents"].(*scrutin.Contents)
			r.Files[0].Path = "../x"
			return r
		},
		"path twice": func(e map[string]scrutin.Record) scrutin.Record {
			r := e["contents"].(*scrutin.Contents)
			r.Files[1] = r.Files[0]
			return r
		},
		"paths out of order": func(e map[string]scrutin.Record) scrutin.Record {
			r := e["contents"].(*scrutin.Contents)
			r.Files[0], r.Files[1] = r.Files[1], r.Files[0]
			return r
		},
		"no opening": func(e map[string]scrutin.Record) scrutin.Record {
			r := e["mix"].(*scrutin.Mix)
			r.Opening = scrutin.Digest{}
			return r
		},
	} {
		if _, err := scrutin.Text(edit(examples())); !errors.Is(err, scrutin.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOpen(t *testing.T) {
	bob := goldenKey("bob")
	data, err := scrutin.Sign(examples()["mix"], anne, bob)
	if err != nil {
		t.Fatal(err)
	}
	known := []note.Verifier{anne.Verifier(), bob.Verifier()}
	r, n, err := scrutin.Open[scrutin.Mix](data, some("f"), some("o"), known...)
	if err != nil || r.Stage != 2 || len(n.Signers()) != 2 {
		t.Fatal(err)
	}
	if _, _, err := scrutin.Open[scrutin.Mix](data, some("g"), some("o"), known...); !errors.Is(err, scrutin.ErrOtherScrutin) {
		t.Error(err)
	}
	if _, _, err := scrutin.Open[scrutin.Mix](data, some("f"), some("p"), known...); !errors.Is(err, scrutin.ErrOtherOpening) {
		t.Error(err)
	}
	if _, _, err := scrutin.Open[scrutin.Shares](data, some("f"), some("o"), known...); !errors.Is(err, scrutin.ErrMalformed) {
		t.Error(err)
	}
	if _, _, err := scrutin.Open[scrutin.Mix](data, some("f"), some("o"), known[0]); !errors.Is(err, note.ErrUnknownSigner) {
		t.Error(err)
	}
}

func TestCasting(t *testing.T) {
	c := scrutin.CastingText{Kind: scrutin.Promise, Opening: some("o"), Urn: "urn-1", Value: some("b")}
	want := "isoloir/v1/promise\n" + some("o").String() + " urn-1\n" + some("b").String() + "\n"
	if c.Text() != want {
		t.Errorf("%q", c.Text())
	}
	if got, err := scrutin.ParseCastingText(want); err != nil || got != c {
		t.Error(got, err)
	}
	for name, bad := range map[string]string{
		"empty": "", "kind": strings.Replace(want, "promise", "receipt", 1), "urn": strings.Replace(want, "urn-1", "urn 1", 1), "no urn": strings.Replace(want, " urn-1", "", 1),
		"empty urn": strings.Replace(want, "urn-1", "", 1), "capitals": strings.ToUpper(want), "line more": want + "x\n", "unended": strings.TrimSuffix(want, "\n"), "short": want[:len(want)-3] + "\n",
		"capital digits": strings.Replace(want, some("b").String(), strings.ToUpper(some("b").String()), 1),
	} {
		if _, err := scrutin.ParseCastingText(bad); !errors.Is(err, scrutin.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	data, err := scrutin.SignCasting(c, anne)
	if err != nil {
		t.Fatal(err)
	}
	if err := scrutin.OpenCasting(data, c, anne.Verifier()); err != nil {
		t.Error(err)
	}
	for _, other := range []scrutin.CastingText{{scrutin.Appended, c.Opening, c.Urn, c.Value}, {c.Kind, some("x"), c.Urn, c.Value}, {c.Kind, c.Opening, "urn-2", c.Value}, {c.Kind, c.Opening, c.Urn, some("x")}} {
		if scrutin.OpenCasting(data, other, anne.Verifier()) == nil {
			t.Errorf("%+v passes for %+v", c, other)
		}
	}
	if err := scrutin.OpenCasting(data, c, goldenKey("bob").Verifier()); !errors.Is(err, note.ErrUnknownSigner) {
		t.Error(err)
	}
}

func TestValues(t *testing.T) {
	var at scrutin.Time
	for _, bad := range []string{"2026-12-03", "2026-12-03T08:00:00", "2026-12-03T08:00:00+01:00", "2026-12-03T08:00:00.5Z", "2026-12-03T08:00:60Z", "2026-13-03T08:00:00Z", "2026-12-03t08:00:00z", " 2026-12-03T08:00:00Z"} {
		if at.UnmarshalText([]byte(bad)) == nil {
			t.Errorf("%q is an instant", bad)
		}
	}
	if at.UnmarshalText(nil) != nil || !at.IsZero() || at.String() != "" {
		t.Error("the empty instant")
	}
	if err := at.UnmarshalText([]byte("2026-12-03T08:00:00Z")); err != nil || at.String() != "2026-12-03T08:00:00Z" {
		t.Error(at, err)
	}
	var p scrutin.Point
	var s scrutin.Scalar
	for _, bad := range []string{"", strings.Repeat("0", 63), strings.Repeat("f", 64), strings.Repeat("g", 64), "01" + strings.Repeat("0", 62)} {
		if p.UnmarshalText([]byte(bad)) == nil {
			t.Errorf("%q is a point", bad)
		}
		if strings.HasPrefix(bad, "01") {
			continue
		}
		if s.UnmarshalText([]byte(bad)) == nil {
			t.Errorf("%q is a scalar", bad)
		}
	}
	for _, d := range []scrutin.Date{"2026-02-29", "2026-2-3", "", "2026-02-03 "} {
		if d.Valid() {
			t.Errorf("%q is a day", d)
		}
	}
}

// The manifest is read only as it was written: each line dropped, doubled,
// shifted.
func TestManifestLines(t *testing.T) {
	data, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(strings.TrimSuffix(string(data), "\n"), "\n")
	for i, l := range lines {
		before, after := strings.Join(lines[:i], ""), strings.Join(lines[i+1:], "")
		for _, c := range []string{before + after, before + l + l + after, before + " " + l + after} {
			if _, _, err := scrutin.ParseManifest([]byte(c)); err == nil {
				t.Errorf("line %d %q: accepted", i+1, l)
			}
		}
	}
	if _, f, err := scrutin.ParseManifest(data); err != nil || f != scrutin.DigestOf(data) {
		t.Error(err)
	}
}

func FuzzManifest(f *testing.F) {
	data, err := os.ReadFile(goldenFile)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	fixture, err := scrutintest.Make(scrutintest.Options{Urns: 1, Revotes: 2})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(fixture.Bytes)
	f.Fuzz(func(t *testing.T, data []byte) {
		m, _, err := scrutin.ParseManifest(data)
		if err != nil {
			return
		}
		again, _, err := m.Bytes()
		if err != nil || string(again) != string(data) {
			t.Fatalf("accepted, and written otherwise: %v", err)
		}
		m.Warnings()
		m.Cells(make([]int, len(m.Urns)))
	})
}

func fuzzKind(f *testing.F, kind string) {
	for _, r := range examples() {
		text, err := scrutin.Text(r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got, err := parsers[kind](text); err == nil && got != text {
			t.Fatalf("%q is written again as %q", text, got)
		}
	})
}

func FuzzOpening(f *testing.F)       { fuzzKind(f, "opening") }
func FuzzEnrolment(f *testing.F)     { fuzzKind(f, "enrolment") }
func FuzzAnonymisation(f *testing.F) { fuzzKind(f, "anonymisation") }
func FuzzAct(f *testing.F)           { fuzzKind(f, "act") }
func FuzzRoll(f *testing.F)          { fuzzKind(f, "roll") }
func FuzzMix(f *testing.F)           { fuzzKind(f, "mix") }
func FuzzShares(f *testing.F)        { fuzzKind(f, "shares") }
func FuzzResult(f *testing.F)        { fuzzKind(f, "result") }
func FuzzContents(f *testing.F)      { fuzzKind(f, "contents") }

func FuzzCasting(f *testing.F) {
	f.Add(scrutin.CastingText{Kind: scrutin.Voided, Opening: some("o"), Urn: "u", Value: some("v")}.Text())
	f.Fuzz(func(t *testing.T, text string) {
		if c, err := scrutin.ParseCastingText(text); err == nil && c.Text() != text {
			t.Fatalf("%q is read as %q", text, c.Text())
		}
	})
}
