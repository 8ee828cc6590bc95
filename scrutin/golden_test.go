package scrutin_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	sumdb "golang.org/x/mod/sumdb/note"

	"isoloir/crypto/group"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

var update = flag.Bool("update", false, "write the golden files")

const (
	goldenFile       = "testdata/manifest.json"
	goldenOfAccounts = "testdata/accounts.json"
)

// goldenKey is a signing key that anyone can make again from its name.
func goldenKey(name string) *note.PrivateKey {
	seed := sha256.Sum256([]byte("golden " + name))
	pub := ed25519.NewKeyFromSeed(seed[:]).Public().(ed25519.PublicKey)
	vkey, err := sumdb.NewEd25519VerifierKey(name, pub)
	if err != nil {
		panic(err)
	}
	hash := strings.Split(vkey, "+")[1]
	k, err := note.ParsePrivateKey("PRIVATE+KEY+" + name + "+" + hash + "+" + base64.StdEncoding.EncodeToString(append([]byte{note.Ed25519}, seed[:]...)))
	if err != nil {
		panic(err)
	}
	return k
}

func goldenParty(id, label, affiliation string) scrutin.Party {
	return scrutin.Party{ID: id, Label: label, Affiliation: affiliation, Key: goldenKey(id).Verifier().String()}
}

// goldenManifest is the example of docs/manifest.md: consular elections, with
// every kind of entry.
func goldenManifest(t testing.TB) *scrutin.Manifest {
	instant := func(s string) (at scrutin.Time) {
		if err := at.UnmarshalText([]byte(s)); err != nil {
			t.Fatal(err)
		}
		return at
	}
	digest := func(s string) scrutin.Digest { return scrutin.DigestOf([]byte(s)) }
	m := &scrutin.Manifest{
		Record:       scrutin.KindManifest,
		Organisation: scrutin.Organisation{ID: "meae", Label: "Ministère de l'Europe et des affaires étrangères"},
		Scrutin: scrutin.Scrutin{ID: "consulaires-2032", Title: "Élection des conseillers des Français de l'étranger", Kind: scrutin.Real,
			Profile: scrutin.FrenchAbroad, Level: 3, LegalBasis: []string{"Code électoral, articles R. 176-3 et suivants", "Décret n° 2014-290, articles 14 à 16"}},
		Territories: []scrutin.Territory{{ID: "monde", Label: "Monde"}, {ID: "asie", Label: "Asie", Parent: "monde"},
			{ID: "japon", Label: "Japon – 日本", Parent: "asie"}, {ID: "coree", Label: "Corée – 한국", Parent: "asie"}, {ID: "egypte", Label: "Égypte – مصر", Parent: "monde"}},
		RestrictedCountries: []string{"KP", "SY"},
		Colleges: []scrutin.College{{ID: "electeurs", Label: "Électeurs inscrits",
			Factors:    []scrutin.Factor{{Kind: "identifier", Channel: "email"}, {Kind: "password", Channel: "sms"}},
			Validation: scrutin.Validation{Kind: "code", Channel: "email"}}},
		Stations: []scrutin.Station{{ID: "tokyo", Label: "Ambassade de France à Tokyo", Territory: "japon", Urns: []string{"urne-japon"}},
			{ID: "le-caire", Label: "Consulat général au Caire", Territory: "egypte", Urns: []string{"urne-egypte"},
				Hours: []scrutin.Interval{{Open: instant("2032-05-30T06:00:00Z"), Close: instant("2032-05-30T16:00:00Z")}}}},
		Urns: []scrutin.Urn{{ID: "urne-japon", Label: "Japon", Territory: "japon", College: "electeurs", Electors: 8412},
			{ID: "urne-coree", Label: "Corée", Territory: "coree", College: "electeurs", Electors: 31},
			{ID: "urne-egypte", Label: "Égypte", Territory: "egypte", College: "electeurs", Electors: 5120}},
		Questions: []scrutin.Question{
			{ID: "asie-nord", Title: "Conseillers, Asie du Nord", Urns: []string{"urne-japon", "urne-coree"}, Seats: 3,
				Options: []scrutin.Option{{ID: "liste-a", Label: "Ensemble à l'étranger", Candidates: []string{"Camille Renard", "Jules Aubry", "鈴木 春香"}, Documents: []scrutin.Document{{Title: "Profession de foi", Media: "application/pdf", Size: 182044, SHA256: digest("profession a")}}},
					{ID: "liste-b", Label: "Français du monde – 世界のフランス人"}}},
			{ID: "egypte", Title: "Conseillers, Égypte", Urns: []string{"urne-egypte"}, Seats: 2,
				Options:   []scrutin.Option{{ID: "liste-c", Label: "Union"}, {ID: "liste-d", Label: "معا"}, {ID: "liste-e", Label: "Solidarité"}},
				Documents: []scrutin.Document{{Title: "Liste des candidats", Media: "text/plain", Size: 9120, SHA256: digest("candidats")}}}},
		Draw: scrutin.Draw{Method: "lot", Date: "2032-05-03", Minutes: digest("tirage")},
		Schedule: scrutin.Schedule{Zone: "Europe/Paris", Open: instant("2032-05-21T10:00:00Z"), Close: instant("2032-05-26T10:00:00Z"), Count: instant("2032-05-31T05:00:00Z"), PollingDay: "2032-05-30",
			SlotMinutes: 60, FlushMinutes: 15},
		Finality:    scrutin.Finality{Mode: scrutin.Final},
		Publication: scrutin.Publication{Rule: "evidence", Board: "witnesses", Release: "global-proclamation", EmailAfterVote: "mark-only"},
		Decision:    scrutin.Decision{Rule: "highest-averages", Tie: "eldest", Turnout: scrutin.Fraction{Denominator: 1}},
		Weight:      scrutin.Weight{Rule: "equal", Absent: "none", Several: "none"},
		Leaves:      []string{"cast", "challenged", "quarantined", "void"},
		MinimumSize: 20,
		MergeLists:  []scrutin.MergeList{{ID: "asie-nord", Urns: []string{"urne-japon", "urne-coree"}}},
		Mixers:      []scrutin.Party{goldenParty("melangeur-etat", "Conseil d'État", "conseil-etat"), goldenParty("melangeur-univ", "Université", "universite"), goldenParty("melangeur-anssi", "ANSSI", "anssi")},
		Witnesses:   []scrutin.Party{goldenParty("temoin-a", "Liste A", "liste-a"), goldenParty("temoin-b", "Liste B", "liste-b"), goldenParty("temoin-presse", "Presse", "presse")},
		Timestamps: []scrutin.Authority{{ID: "horodatage-1", Label: "Premier prestataire qualifié", Certificate: digest("tsa 1")},
			{ID: "horodatage-2", Label: "Second prestataire qualifié", Certificate: digest("tsa 2")}},
		Platform: scrutin.Platform{Roll: goldenParty("liste", "Fichier des électeurs", scrutin.Operator), Urn: goldenParty("urne", "Urne électronique", scrutin.Operator),
			Contents: goldenParty("export", "Export scellé", scrutin.Operator)},
		Addenda:  scrutin.Addenda{Allowed: []string{"suspend", "extend", "client", "append"}, Opinion: true},
		Codes:    scrutin.Codes{Length: 12, Alphabet: "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", Algorithm: "argon2id", Passes: 3, MemoryKiB: 65536, Lanes: 4},
		Protocol: scrutin.Version,
	}
	for i := range m.Witnesses {
		m.Witnesses[i].Key = goldenKey(m.Witnesses[i].ID).Verifier().Cosigner().String()
	}
	for _, x := range []struct{ id, affiliation, channel string }{{"emetteur-courriel", "routeur", "email"}, {"emetteur-sms", "telephonie", "sms"}} {
		m.Issuers = append(m.Issuers, scrutin.Issuer{ID: x.id, Label: "Émetteur par " + x.channel, Affiliation: x.affiliation, Channel: x.channel,
			Key: goldenKey(x.id).Verifier().String()})
	}
	goldenBureau(m)
	return m
}

func goldenBureau(m *scrutin.Manifest) {
	all := scrutin.Clause{ID: "bureau", Label: "Quatre des six détenteurs", Threshold: 4}
	afe := scrutin.Clause{ID: "afe", Label: "Un membre de l'AFE", Threshold: 1}
	for i, x := range []struct{ label, role, voice, class, rank, replaces string }{
		{"Conseiller d'État", scrutin.President, scrutin.Deliberative, "conseil-etat", scrutin.Titular, ""},
		{"Directeur des Français à l'étranger", scrutin.Assessor, scrutin.Deliberative, "administration", scrutin.Titular, ""},
		{"Directeur au ministère de l'intérieur", scrutin.Assessor, scrutin.Deliberative, "administration", scrutin.Titular, ""},
		{"Présidente de l'AFE", scrutin.Assessor, scrutin.Deliberative, "afe", scrutin.Titular, ""},
		{"Vice-président de l'AFE", scrutin.Assessor, scrutin.Deliberative, "afe", scrutin.Titular, ""},
		{"Directrice de l'ANSSI", scrutin.Assessor, scrutin.Deliberative, "administration", scrutin.Titular, ""},
		{"Suppléant du directeur", scrutin.Assessor, scrutin.Deliberative, "administration", scrutin.Substitute, "membre-2"},
		{"Secrétaire", scrutin.Secretary, scrutin.Consultative, "administration", scrutin.Titular, ""},
	} {
		id := fmt.Sprintf("membre-%d", i+1)
		k := goldenKey(id).Verifier().String()
		m.Bureau.Members = append(m.Bureau.Members, scrutin.Member{ID: id, Label: x.label, Role: x.role, Voice: x.voice, Class: x.class, Rank: x.rank,
			Replaces: x.replaces, Born: scrutin.Date(fmt.Sprintf("19%d-03-0%d", 56+5*i%30, i+1)), Key: k})
		if i >= 6 {
			continue
		}
		z := group.ScalarFromWide(sha512.Sum512([]byte("golden " + id)))
		m.Holders = append(m.Holders, scrutin.Holder{Member: id, Key: k, Reception: scrutin.PointOf(group.MulBase(z))})
		all.Holders = append(all.Holders, id)
		if x.class == "afe" {
			afe.Holders = append(afe.Holders, id)
		}
	}
	m.Clauses = []scrutin.Clause{all, afe}
	m.Bureau.Quorum = scrutin.Quorum{Count: 4, Clauses: []scrutin.QuorumClause{{Label: "Un membre de l'AFE au moins", Classes: []string{"afe"}, AtLeast: 1}}}
	m.Bureau.CastingVote = true
}

// goldenAccountsManifest is the other example: a consultation of the holders of
// accounts, with a terminal, under the key of a standing bureau.
func goldenAccountsManifest(t testing.TB) *scrutin.Manifest {
	m := goldenManifest(t)
	ofAccounts(m)
	return m
}

func TestGoldenManifests(t *testing.T) {
	for file, m := range map[string]*scrutin.Manifest{goldenFile: goldenManifest(t), goldenOfAccounts: goldenAccountsManifest(t)} {
		data, f, err := m.Bytes()
		if err != nil {
			t.Fatal(file, err)
		}
		if *update {
			if err := os.WriteFile(file, data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		stored, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(stored, data) {
			t.Error(file, "has changed: every fingerprint does; write it again with -update if that is meant")
		}
		read, got, err := scrutin.ParseManifest(stored)
		if err != nil || got != f {
			t.Fatal(file, err)
		}
		if again, _, err := read.Bytes(); err != nil || !bytes.Equal(again, stored) {
			t.Error(file, "read and written, has other bytes: ", err)
		}
		if w := read.Warnings(); len(w) != 0 {
			t.Error(file, w)
		}
	}
}

// Every example in docs/manifest.md stands in one of the golden manifests.
func TestDocumentation(t *testing.T) {
	doc, err := os.ReadFile("../docs/manifest.md")
	if err != nil {
		t.Fatal(err)
	}
	stored, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	ofAccounts, err := os.ReadFile(goldenOfAccounts)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(doc), "```json\n")
	if len(parts) < 5 {
		t.Fatal("too few examples")
	}
	for _, p := range parts[1:] {
		example, _, _ := strings.Cut(p, "```")
		lines := []byte(strings.TrimSuffix(example, "\n"))
		if !bytes.Contains(stored, lines) && !bytes.Contains(ofAccounts, lines) {
			t.Errorf("not in the golden manifests:\n%s", example)
		}
	}
	for _, field := range strings.Split(string(stored), "\n") {
		if name, ok := strings.CutPrefix(field, "  \""); ok {
			name, _, _ = strings.Cut(name, "\"")
			if !bytes.Contains(doc, []byte("`"+name+"`")) {
				t.Errorf("the field %s is not documented", name)
			}
		}
	}
}
