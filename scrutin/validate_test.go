package scrutin_test

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// golden returns a fresh copy of the golden manifest.
func golden(t testing.TB) *scrutin.Manifest {
	t.Helper()
	data, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	m, _, err := scrutin.ParseManifest(data)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// consult turns the golden manifest into one of an unregulated consultation.
func consult(m *scrutin.Manifest) {
	m.Scrutin.Profile = scrutin.Consultation
	m.Schedule.PollingDay = ""
}

// An edit breaks one rule.
type edit struct {
	code string
	path string // at which the problem must be found
	edit func(m *scrutin.Manifest)
}

var fieldEdits = []edit{
	{"field-eq", "record", func(m *scrutin.Manifest) { m.Record = "isoloir/v2/manifest" }},
	{"field-eq", "protocol", func(m *scrutin.Manifest) { m.Protocol = "isoloir/v2" }},
	{"field-name", "organisation.id", func(m *scrutin.Manifest) { m.Organisation.ID = "../meae" }},
	{"field-name", "scrutin.id", func(m *scrutin.Manifest) { m.Scrutin.ID = "été" }},
	{"field-label", "scrutin.title", func(m *scrutin.Manifest) { m.Scrutin.Title = "" }},
	{"field-label", "organisation.label", func(m *scrutin.Manifest) { m.Organisation.Label = "liste\u202egauche" }},
	{"field-label", "urns[0].label", func(m *scrutin.Manifest) { m.Urns[0].Label = "E\u0301gypte" }},
	{"field-label", "questions[0].title", func(m *scrutin.Manifest) { m.Questions[0].Title = " question" }},
	{"field-label", "questions[0].options[0].label", func(m *scrutin.Manifest) { m.Questions[0].Options[0].Label = strings.Repeat("x", 301) }},
	{"field-label", "questions[0].options[0].documents[0].title", func(m *scrutin.Manifest) { m.Questions[0].Options[0].Documents[0].Title = "a\nb" }},
	{"field-oneof", "scrutin.kind", func(m *scrutin.Manifest) { m.Scrutin.Kind = "test" }},
	{"field-oneof", "scrutin.profile", func(m *scrutin.Manifest) { m.Scrutin.Profile = "any" }},
	{"field-oneof", "finality.mode", func(m *scrutin.Manifest) { m.Finality.Mode = "" }},
	{"field-oneof", "schedule.grace_minutes", func(m *scrutin.Manifest) { m.Schedule.GraceMinutes = 20 }},
	{"field-oneof", "colleges[0].factors[0].kind", func(m *scrutin.Manifest) { m.Colleges[0].Factors[0].Kind = "face" }},
	{"field-oneof", "bureau.members[0].role", func(m *scrutin.Manifest) { m.Bureau.Members[0].Role = "chair" }},
	{"field-oneof", "codes.algorithm", func(m *scrutin.Manifest) { m.Codes.Algorithm = "md5" }},
	{"field-oneof", "addenda.allowed[0]", func(m *scrutin.Manifest) { m.Addenda.Allowed[0] = "result" }},
	{"field-max", "scrutin.level", func(m *scrutin.Manifest) { m.Scrutin.Level = 4 }},
	{"field-min", "urns[1].electors", func(m *scrutin.Manifest) { m.Urns[1].Electors = 0 }},
	{"field-min", "urns[1].electors", func(m *scrutin.Manifest) { m.Urns[1].Electors = -5 }},
	{"field-min", "minimum_size", func(m *scrutin.Manifest) { m.MinimumSize = 1 }},
	{"field-min", "clauses[0].threshold", func(m *scrutin.Manifest) { m.Clauses[0].Threshold = 0 }},
	{"field-min", "urns", func(m *scrutin.Manifest) { m.Urns = nil }},
	{"field-min", "witnesses", func(m *scrutin.Manifest) { m.Witnesses = nil }},
	{"field-min", "questions[1].options", func(m *scrutin.Manifest) { m.Questions[1].Options = nil }},
	{"field-max", "companions", func(m *scrutin.Manifest) {
		for i := range byte(9) {
			m.Companions = append(m.Companions, scrutin.Digest{i + 1})
		}
	}},
	{"field-required", "companions[0]", func(m *scrutin.Manifest) { m.Companions = make([]scrutin.Digest, 1) }},
	{"issuers-two", "issuers", func(m *scrutin.Manifest) { m.Issuers = m.Issuers[:1] }},
	{"field-urn", "urns[0].id", func(m *scrutin.Manifest) { m.Urns[0].ID = "1.note" }},
	{"field-urn", "urns[0].id", func(m *scrutin.Manifest) { m.Urns[0].ID = "rehearsal" }},
	{"field-urn", "questions[0].id", func(m *scrutin.Manifest) { m.Questions[0].ID = "COM1.x" }},
	{"field-clause", "clauses[0].id", func(m *scrutin.Manifest) { m.Clauses[0].ID = "a.b" }},
	{"field-date", "bureau.members[0].born", func(m *scrutin.Manifest) { m.Bureau.Members[0].Born = "1956-02-30" }},
	{"field-date", "draw.date", func(m *scrutin.Manifest) { m.Draw.Date = "3 mai" }},
	{"field-country", "restricted_countries[0]", func(m *scrutin.Manifest) { m.RestrictedCountries[0] = "kp" }},
	{"field-zone", "schedule.zone", func(m *scrutin.Manifest) { m.Schedule.Zone = "Paris" }},
	{"field-key", "mixers[0].key", func(m *scrutin.Manifest) { m.Mixers[0].Key = m.Mixers[0].Key[1:] }},
	{"field-key", "platform.urn.key", func(m *scrutin.Manifest) { m.Platform.Urn.Key = "" }},
	{"field-required", "timestamps[0].certificate", func(m *scrutin.Manifest) { m.Timestamps[0].Certificate = scrutin.Digest{} }},
	{"field-required", "schedule.open", func(m *scrutin.Manifest) { m.Schedule.Open = scrutin.Time{} }},
	{"field-printascii", "codes.alphabet", func(m *scrutin.Manifest) { m.Codes.Alphabet = "éàùABCDEFGHIJ" }},
}

var ruleEdits = []edit{
	{"duplicate", "territories[1]", func(m *scrutin.Manifest) { m.Territories[1].ID = "MONDE" }},
	{"duplicate", "urns[1]", func(m *scrutin.Manifest) { m.Urns[1].ID = m.Urns[0].ID }},
	{"duplicate", "questions[0].options[1]", func(m *scrutin.Manifest) { m.Questions[0].Options[1].ID = m.Questions[0].Options[0].ID }},
	{"duplicate", "parties[8]", func(m *scrutin.Manifest) { m.Mixers[0].ID = "membre-1" }},
	{"duplicate", "clauses[0].holders[1]", func(m *scrutin.Manifest) { m.Clauses[0].Holders[1] = m.Clauses[0].Holders[0] }},
	{"duplicate", "addenda.allowed[1]", func(m *scrutin.Manifest) { m.Addenda.Allowed[1] = m.Addenda.Allowed[0] }},
	{"duplicate", "colleges[0].factors[1]", func(m *scrutin.Manifest) { m.Colleges[0].Factors[1] = m.Colleges[0].Factors[0] }},
	{"parent", "territories[1].parent", func(m *scrutin.Manifest) { m.Territories[1].Parent = "japon" }},
	{"parent", "territories[0].parent", func(m *scrutin.Manifest) { m.Territories[0].Parent = "monde" }},
	{"sorted", "restricted_countries", func(m *scrutin.Manifest) { m.RestrictedCountries = []string{"SY", "KP"} }},
	{"sorted", "restricted_countries", func(m *scrutin.Manifest) { m.RestrictedCountries = []string{"KP", "KP"} }},
	{"factor-channel", "colleges[0].factors[0]", func(m *scrutin.Manifest) { m.Colleges[0].Factors[0].Channel = "none" }},
	{"two-factors", "colleges[0].factors", func(m *scrutin.Manifest) { m.Colleges[0].Factors[1].Channel = "email" }},
	{"two-factors", "colleges[0].factors", func(m *scrutin.Manifest) {
		m.Colleges[0].Factors[1] = scrutin.Factor{Kind: "question", Channel: "none"}
	}},
	{"validation-channel", "colleges[0].validation", func(m *scrutin.Manifest) { m.Colleges[0].Validation.Channel = "none" }},
	{"validation-code", "colleges[0].validation", func(m *scrutin.Manifest) {
		m.Colleges[0].Validation = scrutin.Validation{Kind: "question", Channel: "none"}
	}},
	{"unknown", "urns[0].territory", func(m *scrutin.Manifest) { m.Urns[0].Territory = "lune" }},
	{"unknown", "urns[0].college", func(m *scrutin.Manifest) { m.Urns[0].College = "autres" }},
	{"unknown", "stations[0].territory", func(m *scrutin.Manifest) { m.Stations[0].Territory = "lune" }},
	{"unknown", "stations[0].urns[0]", func(m *scrutin.Manifest) { m.Stations[0].Urns[0] = "lune" }},
	{"unknown", "questions[0].urns[0]", func(m *scrutin.Manifest) { m.Questions[0].Urns[0] = "lune" }},
	{"unknown", "holders[0].member", func(m *scrutin.Manifest) { m.Holders[0].Member = "lune" }},
	{"unknown", "clauses[1].holders[0]", func(m *scrutin.Manifest) { m.Clauses[1].Holders[0] = "membre-8" }},
	{"unknown", "bureau.quorum.clauses[0].classes", func(m *scrutin.Manifest) { m.Bureau.Quorum.Clauses[0].Classes[0] = "lune" }},
	{"urn-without-question", "urns[1]", func(m *scrutin.Manifest) { m.Questions[0].Urns = m.Questions[0].Urns[:1] }},
	{"urn-questions", "urns[2]", func(m *scrutin.Manifest) {
		for i := range 64 {
			q := m.Questions[1]
			q.ID = fmt.Sprintf("q%d", i)
			m.Questions = append(m.Questions, q)
		}
	}},
	{"urn-order", "questions[0].urns[1]", func(m *scrutin.Manifest) { slices.Reverse(m.Questions[0].Urns) }},
	{"urn-order", "questions[0].urns[1]", func(m *scrutin.Manifest) { m.Questions[0].Urns[1] = m.Questions[0].Urns[0] }},
	{"weight-urn-equal", "urns[0]", func(m *scrutin.Manifest) { m.Urns[0].Represented = 5 }},
	{"weight-urn", "urns[0]", func(m *scrutin.Manifest) {
		consult(m)
		m.Weight = scrutin.Weight{Rule: "mixed", Absent: "counted", Several: "equal"}
	}},
	{"weight-reserved", "questions[0].options[0].id", func(m *scrutin.Manifest) { mixed(m); m.Questions[0].Options[0].ID = "Absent" }},
	{"weight-options", "questions[0].options", func(m *scrutin.Manifest) {
		mixed(m)
		m.Questions[0].Options = slices.Repeat(m.Questions[0].Options, scrutin.MixedOptions)
	}},
	{"weight-addenda", "addenda.allowed", func(m *scrutin.Manifest) { mixed(m); m.Addenda.Allowed = []string{"roll"} }},
	{"weight-mixed", "weight", func(m *scrutin.Manifest) { m.Weight.Rule = "mixed" }},
	{"weight-territory", "weight", func(m *scrutin.Manifest) {
		m.Weight = scrutin.Weight{Rule: "mixed-territory", Absent: "zero", Several: "list"}
	}},
	{"weight-regulated", "weight.rule", func(m *scrutin.Manifest) { m.Weight.Rule = "mixed" }},
	{"weight-equal", "weight", func(m *scrutin.Manifest) { m.Weight.Several = "list" }},
	{"hours", "stations[1].hours[0]", func(m *scrutin.Manifest) { m.Stations[1].Hours[0].Close = m.Stations[1].Hours[0].Open }},
	{"hours", "stations[1].hours[1]", func(m *scrutin.Manifest) { m.Stations[1].Hours = append(m.Stations[1].Hours, m.Stations[1].Hours[0]) }},
	{"reserved", "questions[0].options[0].id", func(m *scrutin.Manifest) { m.Questions[0].Options[0].ID = "blank" }},
	{"reserved", "questions[0].options[0].id", func(m *scrutin.Manifest) { m.Questions[0].Options[0].ID = "NUL" }},
	{"none-label", "questions[1].options[1].label", func(m *scrutin.Manifest) { m.Questions[1].Options[1].Label = "Blanc" }},
	{"none-label", "questions[1].options[1].label", func(m *scrutin.Manifest) { m.Questions[1].Options[1].Label = "« VOTE\u00a0BLANC »" }},
	{"none-label", "questions[1].options[1].label", func(m *scrutin.Manifest) { m.Questions[1].Options[1].Label = "Ｎｕｌ" }},
	{"none-label", "questions[1].options[1].label", func(m *scrutin.Manifest) { m.Questions[1].Options[1].Label = "null ballots" }},
	{"same-label", "questions[1].options[1].label", func(m *scrutin.Manifest) { m.Questions[1].Options[1].Label = "ＵＮＩＯＮ" }},
	{"field-decision", "decision.rule", func(m *scrutin.Manifest) { m.Decision.Rule = "majority-1/2" }},
	{"approval", "questions[0].options", func(m *scrutin.Manifest) { m.Decision.Rule, m.Questions[0].Seats = "counts", 0 }},
	{"approval-mixed", "questions[0].options", func(m *scrutin.Manifest) {
		m.Decision.Rule, m.Questions[0].Seats = "counts", 0
		m.Questions[0].Options = scrutin.ApprovalOptions([]string{"Arbres", "Bancs"}, 2)
		m.Weight = scrutin.Weight{Rule: scrutin.Mixed, Absent: "counted", Several: "equal"}
	}},
	{"seats", "questions[0].seats", func(m *scrutin.Manifest) { m.Questions[0].Seats = 0 }},
	{"draw-minutes", "draw", func(m *scrutin.Manifest) { m.Draw.Date = "" }},
	{"draw-minutes", "draw", func(m *scrutin.Manifest) { m.Draw.Minutes = scrutin.Digest{} }},
	{"draw-none", "draw", func(m *scrutin.Manifest) { m.Draw.Method = "alphabetical" }},
	{"leaf-order", "leaves[1]", func(m *scrutin.Manifest) { m.Leaves = []string{"void", "cast"} }},
	{"leaf-order", "leaves[1]", func(m *scrutin.Manifest) { m.Leaves[1] = m.Leaves[0] }},
	{"leaf-needed", "leaves", func(m *scrutin.Manifest) { m.Leaves = m.Leaves[:3] }},
	{"minimum-size", "minimum_size", func(m *scrutin.Manifest) { m.MinimumSize = 9 }},
	{"merged-twice", "merge_lists[1].urns[0]", func(m *scrutin.Manifest) {
		m.MergeLists = append(m.MergeLists, scrutin.MergeList{ID: "b", Urns: []string{"urne-coree", "urne-egypte"}})
	}},
	{"merge-options", "merge_lists[0].urns[2]", func(m *scrutin.Manifest) { m.MergeLists[0].Urns = append(m.MergeLists[0].Urns, "urne-egypte") }},
	{"merge-weights", "merge_lists[0].urns[1]", func(m *scrutin.Manifest) { m.Urns[0].Members = 1 }},
	{"close-after-open", "schedule.close", func(m *scrutin.Manifest) { m.Schedule.Close = m.Schedule.Open }},
	{"count-needed", "schedule.count", func(m *scrutin.Manifest) { m.Schedule.Count = scrutin.Time{} }},
	{"count-after-polls", "schedule.count", func(m *scrutin.Manifest) { m.Schedule.Count = scrutin.TimeOf(m.Schedule.Close.Add(time.Hour)) }},
	{"count-after-close", "schedule.count", func(m *scrutin.Manifest) { m.Schedule.Count = scrutin.TimeOf(m.Schedule.Close.Add(-time.Second)) }},
	{"grace-none", "schedule.grace_minutes", func(m *scrutin.Manifest) { m.Schedule.GraceMinutes = 15 }},
	{"polling-day", "schedule.polling_day", func(m *scrutin.Manifest) { m.Schedule.PollingDay = "" }},
	{"revote-regulated", "finality.mode", func(m *scrutin.Manifest) { m.Finality = scrutin.Finality{Mode: scrutin.Revote, HighestCounter: 3} }},
	{"counter-revote", "finality.highest_counter", func(m *scrutin.Manifest) { consult(m); m.Finality.Mode = scrutin.Revote }},
	{"counter-final", "finality.highest_counter", func(m *scrutin.Manifest) { m.Finality.HighestCounter = 1 }},
	{"by-code-none", "publication.rule", func(m *scrutin.Manifest) { consult(m); m.Publication.Rule = "by-code" }},
	{"by-code-regulated", "publication.rule", func(m *scrutin.Manifest) { m.Publication.Rule = "by-code" }},
	{"board-regulated", "publication.board", func(m *scrutin.Manifest) { m.Publication.Board = "public" }},
	{"email-abroad", "publication.email_after_vote", func(m *scrutin.Manifest) { m.Publication.EmailAfterVote = "none" }},
	{"release-abroad", "publication.release", func(m *scrutin.Manifest) { m.Publication.Release = "proclamation" }},
	{"fraction", "decision.turnout", func(m *scrutin.Manifest) { m.Decision.Turnout = scrutin.Fraction{Numerator: 2, Denominator: 4} }},
	{"fraction", "decision.turnout", func(m *scrutin.Manifest) { m.Decision.Turnout = scrutin.Fraction{Numerator: 3, Denominator: 2} }},
	{"alphabet", "codes.alphabet", func(m *scrutin.Manifest) { m.Codes.Alphabet += "A" }},
	{"code-bits", "codes.length", func(m *scrutin.Manifest) { m.Codes.Length = 11 }},
	{"code-memory", "codes.memory_kib", func(m *scrutin.Manifest) { m.Codes.MemoryKiB = 31 }},
	{"scratch", "codes.scratch_length", func(m *scrutin.Manifest) { m.Codes.ScratchLength = 8 }},
	{"titular-replaces", "bureau.members[1].replaces", func(m *scrutin.Manifest) { m.Bureau.Members[1].Replaces = "membre-3" }},
	{"substitute-replaces", "bureau.members[6].replaces", func(m *scrutin.Manifest) { m.Bureau.Members[6].Replaces = "" }},
	{"substitute-replaces", "bureau.members[6].replaces", func(m *scrutin.Manifest) { m.Bureau.Members[6].Replaces = "membre-1" }},
	{"substitute-replaces", "bureau.members[6].replaces", func(m *scrutin.Manifest) { m.Bureau.Members[6].Replaces = "membre-7" }},
	{"voice-consultative", "bureau.members[7].voice", func(m *scrutin.Manifest) { m.Bureau.Members[7].Voice = scrutin.Deliberative }},
	{"voice-president", "bureau.members[0].voice", func(m *scrutin.Manifest) { m.Bureau.Members[0].Voice = scrutin.Consultative }},
	{"one-president", "bureau.members", func(m *scrutin.Manifest) { m.Bureau.Members[1].Role = scrutin.President }},
	{"one-president", "bureau.members", func(m *scrutin.Manifest) { m.Bureau.Members[0].Role = scrutin.Assessor }},
	{"one-secretary", "bureau.members", func(m *scrutin.Manifest) {
		m.Bureau.Members[5].Role, m.Bureau.Members[5].Voice = scrutin.Secretary, scrutin.Consultative
	}},
	{"quorum-clause-empty", "bureau.quorum.clauses[0]", func(m *scrutin.Manifest) { m.Bureau.Quorum.Clauses[0].Classes = nil }},
	{"quorum-four", "bureau.quorum.count", func(m *scrutin.Manifest) { m.Bureau.Quorum.Count = 3 }},
	{"quorum-unreachable", "bureau.quorum", func(m *scrutin.Manifest) { m.Bureau.Quorum.Count = 7 }},
	{"quorum-unreachable", "bureau.quorum", func(m *scrutin.Manifest) { m.Bureau.Quorum.Clauses[0].AtLeast = 3 }},
	{"holder-operator", "holders[5].member", func(m *scrutin.Manifest) { m.Bureau.Members[5].Class = scrutin.Operator }},
	{"reception", "holders[0].reception", func(m *scrutin.Manifest) { m.Holders[0].Reception = scrutin.Point{} }},
	{"reception", "holders[0].reception", func(m *scrutin.Manifest) { m.Holders[0].Reception[31] ^= 0x80 }},
	{"holder-order", "holders[1]", func(m *scrutin.Manifest) {
		m.Scrutin.Profile = scrutin.PublicService
		m.Holders[0], m.Holders[1] = m.Holders[1], m.Holders[0]
	}},
	{"holder-again", "holders[1].member", func(m *scrutin.Manifest) { m.Holders[1].Member = "membre-1-Again" }},
	{"weak-key", "mixers[1].key", func(m *scrutin.Manifest) { m.Mixers[1].Key = weak(m.Mixers[1].ID) }},
	{"same-key", "holders[1].reception", func(m *scrutin.Manifest) { m.Holders[1].Reception = m.Holders[0].Reception }},
	{"same-key", "mixers[1].key", func(m *scrutin.Manifest) { m.Mixers[1].Key = rename(m.Mixers[0].Key, m.Mixers[1].ID) }},
	{"same-key", "platform.urn.key", func(m *scrutin.Manifest) { m.Witnesses[0].Key = rename(m.Platform.Urn.Key, m.Witnesses[0].ID) }},
	{"same-key", "holders[1].key", func(m *scrutin.Manifest) { m.Holders[1].Key = rename(m.Holders[0].Key, m.Holders[1].Member) }},
	{"holder-without-clause", "holders[1]", func(m *scrutin.Manifest) { m.Clauses[0].Holders = slices.Delete(m.Clauses[0].Holders, 1, 2) }},
	{"threshold", "clauses[0].threshold", func(m *scrutin.Manifest) { m.Clauses[0].Threshold = 6 }},
	{"threshold", "clauses[0].threshold", func(m *scrutin.Manifest) { m.Clauses[0].Threshold = 7 }},
	{"threshold", "clauses[1].threshold", func(m *scrutin.Manifest) { m.Clauses[1].Threshold = 2 }},
	{"one-person", "clauses", func(m *scrutin.Manifest) { m.Clauses[0].Threshold = 1 }},
	{"clause-four", "clauses", func(m *scrutin.Manifest) { m.Clauses[0].Threshold = 3 }},
	{"mixers-three", "mixers", func(m *scrutin.Manifest) { m.Mixers[1].Affiliation = m.Mixers[0].Affiliation }},
	{"issuers-channel", "issuers", func(m *scrutin.Manifest) { m.Issuers[1].Channel = m.Issuers[0].Channel }},
	{"validation-issuer", "colleges[0].validation", func(m *scrutin.Manifest) { m.Colleges[0].Validation.Channel = "hand" }},
	{"email-issuer", "publication.email_after_vote", func(m *scrutin.Manifest) {
		m.Issuers[0].Channel, m.Colleges[0].Validation.Channel = "post", "sms"
	}},
	{"issuers-distinct", "issuers", func(m *scrutin.Manifest) { m.Issuers[1].Affiliation = m.Issuers[0].Affiliation }},
	{"witness-operator", "witnesses[0]", func(m *scrutin.Manifest) { m.Witnesses[0].Affiliation = scrutin.Operator }},
	{"companion-twice", "companions[1]", func(m *scrutin.Manifest) { m.Companions = []scrutin.Digest{{1}, {1}} }},
	{"key-name", "mixers[0].key", func(m *scrutin.Manifest) { m.Mixers[0].Key = rename(m.Mixers[0].Key, "autre") }},
	{"key-kind", "mixers[0].key", func(m *scrutin.Manifest) { m.Mixers[0].Key = parse(m.Mixers[0].Key).Cosigner().String() }},
	{"key-kind", "witnesses[0].key", func(m *scrutin.Manifest) { m.Witnesses[0].Key = parse(m.Witnesses[0].Key).Plain().String() }},
}

func parse(key string) note.Verifier {
	v, err := note.ParseVerifier(key)
	if err != nil {
		panic(err)
	}
	return v
}

// rename gives the same key another name, with the right check digits.
func rename(key, name string) string {
	v := parse(key)
	renamed, err := note.NewVerifier(name, v.Algorithm(), v.PublicKey())
	if err != nil {
		panic(err)
	}
	return renamed.String()
}

// weak is a key of small order.
func weak(name string) string {
	v, err := note.NewVerifier(name, note.Ed25519, [32]byte{1})
	if err != nil {
		panic(err)
	}
	return v.String()
}

func TestRefusals(t *testing.T) {
	tested := map[string]bool{"other": true}
	for _, e := range slices.Concat(fieldEdits, ruleEdits, accountEdits) {
		tested[e.code] = true
		m := golden(t)
		e.edit(m)
		err := m.Validate()
		var ps scrutin.Problems
		if !errors.As(err, &ps) || !slices.ContainsFunc(ps, func(p scrutin.Problem) bool { return p.Code == e.code && p.Path == e.path }) {
			t.Errorf("%s at %s is not found: %v", e.code, e.path, err)
			continue
		}
		for _, language := range []string{"en", "fr"} {
			if s := ps.Sentences(language); strings.Contains(s, "%!") || strings.Contains(s, "docs/manifest.md") {
				t.Errorf("%s: %s", e.code, s)
			}
		}
		if _, _, err := m.Bytes(); err == nil {
			t.Errorf("%s: the manifest is written nevertheless", e.code)
		}
	}
	for _, code := range []string{"close-third-day", "warn-options", "warn-small", "warn-timestamps", "warn-witnesses", "warn-two-quorums", "field-point", "field-cell"} {
		tested[code] = true // by tests of their own below, and of other records
	}
	for _, code := range scrutin.SentenceCodes() {
		if !tested[code] {
			t.Errorf("no test reaches the sentence %q", code)
		}
	}
}

// Both languages take the same arguments in the same order.
func TestSentences(t *testing.T) {
	verbs := regexp.MustCompile(`%[a-z]`)
	for _, code := range scrutin.SentenceCodes() {
		en, fr := scrutin.Forms(code)
		if en == "" || fr == "" || !slices.Equal(verbs.FindAllString(en, -1), verbs.FindAllString(fr, -1)) {
			t.Errorf("%s: %q, %q", code, en, fr)
		}
	}
}

// All problems are found at once.
func TestAllProblems(t *testing.T) {
	m := golden(t)
	m.Finality.HighestCounter, m.Clauses[0].Threshold, m.Leaves = 1, 6, m.Leaves[:3]
	var ps scrutin.Problems
	if !errors.As(m.Validate(), &ps) || len(ps) != 3 {
		t.Errorf("%v", ps)
	}
}

// Voting ends at noon of the third day before, legal time, in every season.
func TestThirdDay(t *testing.T) {
	for _, c := range []struct {
		open, close, day string
		ok               bool
	}{
		{"2032-05-21T10:00:00Z", "2032-05-27T10:00:00Z", "2032-05-30", true},
		{"2032-05-21T10:00:00Z", "2032-05-27T10:00:01Z", "2032-05-30", false},
		// winter time begins on 31 October 2032: noon of Friday 29 is still 10:00 UTC, of Monday 1 is 11:00
		{"2032-10-25T10:00:00Z", "2032-10-29T10:00:01Z", "2032-11-01", false},
		{"2032-10-25T10:00:00Z", "2032-10-29T10:00:00Z", "2032-11-01", true},
		{"2032-10-25T10:00:00Z", "2032-11-01T11:00:00Z", "2032-11-04", true},
		{"2032-10-25T10:00:00Z", "2032-11-01T11:00:01Z", "2032-11-04", false},
	} {
		m := golden(t)
		for s, at := range map[string]*scrutin.Time{c.open: &m.Schedule.Open, c.close: &m.Schedule.Close} {
			if err := at.UnmarshalText([]byte(s)); err != nil {
				t.Fatal(err)
			}
		}
		m.Schedule.PollingDay = scrutin.Date(c.day)
		var ps scrutin.Problems
		errors.As(m.Validate(), &ps)
		if ps.Has("close-third-day") == c.ok {
			t.Errorf("%s for %s: %v", c.close, c.day, ps)
		}
	}
}
