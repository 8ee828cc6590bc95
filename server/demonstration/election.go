package demonstration

import (
	"embed"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"isoloir/record"
	"isoloir/replay/parties"
	"isoloir/roll"
	"isoloir/scrutin"
)

//go:embed documents
var documents embed.FS

// Options say how large a demonstration is.
type Options struct {
	Electors  int // in each of the three urns
	Lasts     time.Duration
	MemoryKiB uint32 // that the stretching of a code takes, in one pass
	parties.Shape
	Workers int                     // computations at once; 0 or less: as many as processors
	Edit    func(*scrutin.Manifest) // what is to be otherwise than here; may be nil
	Seat    func(*scrutin.Manifest) // the same of who takes part; may be nil
	// Board takes the acts of the bureau, beside a record in the directory record of the demonstration that is on its way; nil for the members in this
	// process. Then the vote is left to be opened, once roles are served.
	Board func(m *scrutin.Manifest, f scrutin.Digest, rec *record.Writer) (parties.Board, error)
	// Companion adds a scrutin in which two electors of three vote by the same login, with parties and roles of its own. EditCompanion is as Edit.
	Companion     bool
	EditCompanion func(*scrutin.Manifest)
}

// Default is what `isoloir run` prepares. Codes are stretched at a cost that a phone bears.
func Default() Options {
	return Options{Electors: 60, Lasts: 5 * 24 * time.Hour, MemoryKiB: 19 << 10, Companion: true,
		Shape: parties.Shape{Holders: 6, Threshold: 4, ClassHolders: 2, ClassThreshold: 1, Mixers: 3, Witnesses: 3, Authorities: 2, WorkFactor: 12}}
}

// manifest is that of an invented local election, all but who takes part: a list for the district council where one lives, and a question to
// some. Its kind is a rehearsal: no key made here ever serves real voters.
func (o Options) manifest(open time.Time) (*scrutin.Manifest, error) {
	council, consultation, err := questions()
	if err != nil {
		return nil, err
	}
	minutes, err := documents.ReadFile("documents/tirage-au-sort.txt")
	if err != nil {
		return nil, err
	}
	codes := []scrutin.Factor{{Kind: "identifier", Channel: "email"}, {Kind: "password", Channel: "sms"}}
	m := &scrutin.Manifest{
		Record:       scrutin.KindManifest,
		Organisation: scrutin.Organisation{ID: "montclair", Label: "Commune de Montclair-les-Étangs"},
		Scrutin: scrutin.Scrutin{ID: "demonstration", Title: "Conseil de quartier et place du Marché", Kind: scrutin.Rehearsal,
			Profile: scrutin.Consultation, Level: 2},
		Territories: []scrutin.Territory{{ID: "montclair", Label: "Montclair-les-Étangs"},
			{ID: "centre", Label: "Quartier du Centre", Parent: "montclair"}, {ID: "rives", Label: "Quartier des Rives", Parent: "montclair"}},
		Colleges: []scrutin.College{
			{ID: "habitants", Label: "Habitants", Factors: codes, Validation: scrutin.Validation{Kind: "code", Channel: "email"}},
			{ID: "agents", Label: "Agents de la commune", Factors: codes, Validation: scrutin.Validation{Kind: "none", Channel: "none"}},
		},
		Urns: []scrutin.Urn{
			{ID: "centre", Label: "Quartier du Centre", Territory: "centre", College: "habitants", Electors: o.Electors},
			{ID: "rives", Label: "Quartier des Rives", Territory: "rives", College: "habitants", Electors: o.Electors},
			{ID: "agents", Label: "Agents de la commune", Territory: "montclair", College: "agents", Electors: o.Electors},
		},
		Questions: []scrutin.Question{council, consultation},
		Draw:      scrutin.Draw{Method: "lot", Date: scrutin.Date(open.AddDate(0, 0, -7).Format(time.DateOnly)), Minutes: scrutin.DigestOf(minutes)},
		Schedule: scrutin.Schedule{Zone: zone, Open: scrutin.TimeOf(open), Close: scrutin.TimeOf(open.Add(o.Lasts)),
			SlotMinutes: 60, FlushMinutes: 1},
		Finality:    scrutin.Finality{Mode: scrutin.Final},
		Publication: scrutin.Publication{Rule: "evidence", Board: "public", Release: "proclamation", EmailAfterVote: "mark-only"},
		Decision:    scrutin.Decision{Rule: "counts", Tie: "none", Turnout: scrutin.Fraction{Denominator: 1}},
		Weight:      scrutin.Weight{Rule: "equal", Absent: "none", Several: "none"},
		Leaves:      []string{"cast", "void"},
		MinimumSize: 2,
		Addenda:     scrutin.Addenda{Allowed: []string{"suspend", "extend", "append", "roll"}},
		Codes: scrutin.Codes{Length: 12, Alphabet: "ABCDEFGHJKLMNPQRSTUVWXYZ23456789", Algorithm: "argon2id",
			Passes: 1, MemoryKiB: o.MemoryKiB, Lanes: 1},
		Protocol: scrutin.Version,
	}
	if o.Edit != nil {
		o.Edit(m)
	}
	return m, nil
}

// zone is the legal time of the commune.
const zone = "Europe/Paris"

// lists stand for the council, in the order of the draw. A list's documents are named after it.
var lists = []struct {
	id, label  string
	candidates []string
}{
	{"vivre-au-bord-de-l-eau", "Vivre au bord de l’eau", []string{"Hélène Marchetti", "Youssef Benali", "Odile Kervran", "Thomas Lacombe", "Awa Diop", "Julien Fabre"}},
	{"montclair-en-commun", "Montclair en commun", []string{"Rémi Castagnet", "Lucie Ferreira", "Karim Oualid", "Solène Le Goff", "Bastien Roux", "Mai Nguyen"}},
	{"le-quartier-d-abord", "Le quartier d’abord", []string{"Bernadette Vasseur", "Émile Jourdan", "Clara Antunes", "Patrick Weiss", "Nora Haddad", "Gaël Simonnet"}},
}

func questions() (council, consultation scrutin.Question, err error) {
	council = scrutin.Question{ID: "conseil", Title: "Élection du conseil de quartier", Urns: []string{"centre", "rives"}, Seats: 5}
	for _, l := range lists {
		o := scrutin.Option{ID: l.id, Label: l.label, Candidates: l.candidates}
		if o.Documents, err = describe("Profession de foi", l.id); err != nil {
			return
		}
		council.Options = append(council.Options, o)
	}
	consultation = scrutin.Question{ID: "place", Urns: []string{"rives", "agents"},
		Title:   "Êtes-vous favorable à ce que la place du Marché soit fermée aux voitures ?",
		Options: []scrutin.Option{{ID: "oui", Label: "Oui"}, {ID: "non", Label: "Non"}}}
	consultation.Documents, err = describe("Notice de la consultation", "place-du-marche")
	return
}

// describe names the PDF and the text of a document.
func describe(title, name string) (all []scrutin.Document, err error) {
	for _, form := range []struct{ suffix, media string }{{".pdf", "application/pdf"}, {".txt", "text/plain"}} {
		data, err := documents.ReadFile("documents/" + name + form.suffix)
		if err != nil {
			return nil, err
		}
		all = append(all, scrutin.Document{Title: title, Media: form.media, Size: int64(len(data)), SHA256: scrutin.DigestOf(data)})
	}
	return all, nil
}

// christen calls the parties by names that are invented like all the rest; who is not named here is called by number.
func christen(m *scrutin.Manifest) {
	members := []string{"Élise Vauquelin", "Rachid Amrani", "Monique Tessier", "Gilles Prigent", "Sofia Belmonte", "Armand Nkosi"}
	for i := range m.Bureau.Members[:min(len(members), len(m.Bureau.Members))] {
		m.Bureau.Members[i].Label = members[i]
	}
	mixers := []string{"Université des Étangs", "Ligue des électeurs", "Observatoire du vote"}
	for i := range m.Mixers[:min(len(mixers), len(m.Mixers))] {
		m.Mixers[i].Label = mixers[i]
	}
	witnesses := []string{"Archives départementales", "Le Courrier des Étangs", "Tribunal de Montclair"}
	for i := range m.Witnesses[:min(len(witnesses), len(m.Witnesses))] {
		m.Witnesses[i].Label = witnesses[i]
	}
	m.Issuers[0].Label, m.Issuers[1].Label = "Messagerie des Rives", "Télécom du Lac"
}

var (
	given  = []string{"Camille", "Nadia", "Paul", "Inès", "Mathis", "Jeanne", "Omar", "Louise", "Victor", "Aïcha", "Simon", "Chloé", "Denis", "Fatou", "Hugo", "Maëlle", "Ivan", "Rose", "Adrien", "Linh"}
	family = []string{"Moreau", "Benoît", "Caron", "Dumas", "Etchevery", "Fontaine", "Garnier", "Hamidi", "Imbert", "Jacquin", "Kaplan", "Lemoine", "Martinez", "Noël", "Okoye", "Perrin", "Quentin", "Renaud", "Sanchez", "Traoré", "Urbain", "Vidal", "Weber"}
)

// A Person is an elector as the commune knows him, in the order of its own file.
type Person struct {
	Reference, Urn, College, Given, Family, Email, Telephone, Language string
}

// people are invented, and so are their addresses: .example is nobody's, the telephone numbers are those kept for fiction.
func people(m *scrutin.Manifest) []Person {
	var all []Person
	for _, u := range m.Urns {
		for range u.Electors {
			n := len(all)
			p := Person{Reference: fmt.Sprintf("M%05d", n+1), Urn: u.ID, College: u.College, Given: given[n%len(given)],
				Family: family[n%len(family)], Telephone: fmt.Sprintf("+3363998%04d", n+1), Language: "fr"}
			p.Email = fmt.Sprintf("elector.%d@montclair.example", n+1)
			if n%10 == 9 {
				p.Language = "en"
			}
			all = append(all, p)
		}
	}
	return all
}

// rollFile is the roll file of these people (docs/manifest.md).
func rollFile(people []Person) io.Reader {
	var out strings.Builder
	out.WriteString(strings.Join(roll.Columns, ",") + "\n")
	for _, p := range people {
		i, _ := strconv.Atoi(p.Reference[1:]) // a person has one birthday, in whichever roll
		born := time.Date(1940+i%66, time.Month(1+i%12), 1+i%28, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		fmt.Fprintf(&out, "%s,%s,,%s,FR,%s,email sms,%s,%s,%s\n", p.Reference, p.Urn, p.College, p.Language, born, p.Family, p.Given)
	}
	return strings.NewReader(out.String())
}

// book is the address book of a channel.
func book(people []Person, address func(Person) string) io.Reader {
	var out strings.Builder
	out.WriteString("reference,address,language\n")
	for _, p := range people {
		fmt.Fprintf(&out, "%s,%s,%s\n", p.Reference, address(p), p.Language)
	}
	return strings.NewReader(out.String())
}

// files are the documents of the manifest by their digests.
func files(m *scrutin.Manifest) (map[scrutin.Digest][]byte, error) {
	entries, err := documents.ReadDir("documents")
	if err != nil {
		return nil, err
	}
	all := map[scrutin.Digest][]byte{}
	for _, e := range entries {
		data, err := documents.ReadFile("documents/" + e.Name())
		if err != nil {
			return nil, err
		}
		all[scrutin.DigestOf(data)] = data
	}
	named := map[scrutin.Digest][]byte{}
	for _, q := range m.Questions {
		list := slices.Clone(q.Documents)
		for _, o := range q.Options {
			list = append(list, o.Documents...)
		}
		for _, d := range list {
			named[d.SHA256] = all[d.SHA256]
		}
	}
	return named, nil
}
