package archive

import (
	"bytes"
	_ "embed"
	"html/template"
	"slices"
	"strings"

	"isoloir/audit"
	"isoloir/mixte"
	"isoloir/scrutin"
)

//go:embed index.html
var pageSource string

var pageTemplate = template.Must(template.New(Index).Parse(pageSource))

// A reading is what the index page shows.
type reading struct {
	Manifest    *scrutin.Manifest
	Real        bool
	Fingerprint string // in groups of four digits
	Digits      string
	Opening     *scrutin.Opening
	Result      *scrutin.Result
	Together    []readTogether // members and citizens
	Cells       []readCell
	Last        *scrutin.Act
	LastDigest  scrutin.Digest
	Annulled    string // why, where the bureau did so
	Folders     []folder
	Checks      []audit.Check
}

// A readCell is what one cell gave, with the labels of the manifest.
type readCell struct {
	Label                    string
	Electors, Marks, Ballots int
	Questions                []readQuestion
}

type readQuestion struct {
	Title string
	Rows  []readRow
	Blank int
	Nul   int
}

type readRow struct {
	Label   string
	Ballots int
}

// A readTogether is what members and citizens have decided on a question: of each answer the members, the citizens and the
// weight of both, and its part of what was expressed.
type readTogether struct {
	Title       string
	Provisional bool
	Rows        []readWeight
}

type readWeight struct{ Label, Members, Citizens, Mixed, Part string }

// A folder is a file of an archive, or all files under one prefix.
type folder struct {
	Name, Link      string
	Files           int
	Size            int64
	French, English string
}

// folders are what an archive can hold, in the order in which a reader looks at it.
var folders = []folder{
	{Name: "export/manifest.json", French: "le manifeste : ce qu’est ce vote, fixé avant tout ; son empreinte est celle du vote", English: "the manifest: what this vote is, fixed before all else; its digest is the fingerprint of the vote"},
	{Name: "export/standing.json", French: "le manifeste sous lequel la clé a été faite, une fois pour plusieurs votes", English: "the manifest under which the key was made, once for several votes"},
	{Name: "export/opening.note", French: "l’acte d’ouverture : clé de l’élection, électeurs inscrits, logiciels scellés", English: "the opening record: election key, electors, sealed software"},
	{Name: "export/result.note", French: "le résultat, signé par le bureau", English: "the result, signed by the bureau"},
	{Name: "export/result.csv", French: "les mêmes nombres, en tableau", English: "the same numbers, as a table"},
	{Name: "export/contents.note", French: "la liste de tous les fichiers de l’export, signée", English: "the list of all files of the export, signed"},
	{Name: "export/mixte/", French: "ce que les élus et les citoyens ont décidé ensemble, avec le poids de chacun", English: "what members and citizens have decided together, with the weight of each"},
	{Name: "export/paper/", French: "les votes sur papier, par bureau de vote, sans aucun nom", English: "votes on paper, by polling station, without any name"},
	{Name: "export/acts/", French: "les actes du bureau, l’un après l’autre, chacun signé par ses membres", English: "the bureau's acts, one after the other, each signed by its members"},
	{Name: "export/after/", French: "les actes qui ont suivi la proclamation", English: "the acts that followed the proclamation"},
	{Name: "export/timestamps/", French: "les dates données par des autorités extérieures", English: "dates given by authorities outside"},
	{Name: "export/ceremony/", French: "la cérémonie des clés, message par message", English: "the key ceremony, message by message"},
	{Name: "export/enrolment/", French: "les clés des électeurs, par numéro, sans aucun nom", English: "the electors' keys, by number, without any name"},
	{Name: "export/anonymisation/", French: "les mêmes, rendues méconnaissables, avec les preuves", English: "the same, made unrecognisable, with the proofs"},
	{Name: "export/addenda/", French: "les modifications de la liste électorale, sans aucun nom", English: "amendments of the roll, without any name"},
	{Name: "export/log/", French: "les urnes : chaque bulletin chiffré, sans date, et leurs sceaux", English: "the urns: every ballot, encrypted and undated, and their seals"},
	{Name: "export/roll/", French: "les émargements, par numéro, chacun signé par l’appareil de l’électeur", English: "the marks, by number, each signed by the elector's device"},
	{Name: "export/challenges/", French: "les bulletins ouverts pour vérifier un appareil, qui ne comptent pas", English: "ballots that were opened to check a device, which do not count"},
	{Name: "export/deputies/", French: "les clés d’un jour des services", English: "the services' keys of a day"},
	{Name: "export/withdrawn/", French: "celles qui ont été retirées", English: "those that were withdrawn"},
	{Name: "export/mix/", French: "les mélanges des bulletins, avec leurs preuves", English: "the mixes of the ballots, with their proofs"},
	{Name: "export/shares/", French: "les parts des détenteurs, qui ont ouvert les urnes", English: "the holders' shares, which opened the urns"},
	{Name: "dossier/", French: "les papiers du bureau : procès-verbal, journal, listes, rapports", English: "the bureau's papers: minutes, journal, lists, reports"},
	{Name: Specification, French: "la spécification : de quoi écrire un vérificateur", English: "the specification: enough to write a verifier"},
	{Name: Software, French: "les empreintes des logiciels scellés", English: "the digests of the sealed software"},
	{Name: certificateDir, French: "les certificats des autorités d’horodatage", English: "the certificates of the timestamp authorities"},
	{Name: KeptList, French: "la liste de ce qui est gardé sous scellés, qu’adopte l’acte « archive »", English: "the list of what is kept under seal, which the act archive adopts"},
	{Name: Sums, French: "l’empreinte de chaque fichier, que lit « sha256sum -c »", English: "the digest of every file, as sha256sum -c reads it"},
}

// page draws the index page.
func (p *Parcel) page() ([]byte, error) {
	r := reading{Manifest: p.manifest, Real: p.manifest.Scrutin.Kind == scrutin.Real, Fingerprint: groups(p.acts.manifest.String()),
		Digits: p.acts.manifest.String(), Opening: p.opening, Result: p.result, LastDigest: p.acts.last, Checks: audit.Checks()}
	if n := len(p.acts.acts); n > 0 {
		r.Last = p.acts.acts[n-1]
	}
	for _, a := range p.acts.acts {
		if a.Type == scrutin.ActAnnul {
			r.Annulled = a.Body.Reason
		}
	}
	for _, f := range folders {
		for _, i := range p.items {
			if i.file.Path == f.Name || strings.HasSuffix(f.Name, "/") && strings.HasPrefix(i.file.Path, f.Name) {
				f.Files, f.Size = f.Files+1, f.Size+i.file.Size
			}
		}
		f.Link = f.Name
		if f.Files > 0 || f.Name == KeptList || f.Name == Sums {
			r.Folders = append(r.Folders, f)
		}
	}
	for _, s := range p.together {
		r.Together = append(r.Together, p.weights(s))
	}
	if p.result != nil {
		for _, c := range p.result.Cells {
			r.Cells = append(r.Cells, readCell{p.labels(c.Urns), c.Electors, c.Marks, c.Ballots, p.questions(c.Questions)})
		}
	}
	var out bytes.Buffer
	if err := pageTemplate.Execute(&out, r); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// weights are the figures of a statement, for the eye.
func (p *Parcel) weights(s *mixte.Statement) readTogether {
	t := readTogether{Title: s.Decision, Provisional: s.Status == mixte.Provisional}
	labels := map[string]string{}
	if q, known := p.manifest.Question(s.Question); known {
		for _, o := range q.Options {
			labels[o.ID] = o.Label
		}
	}
	whole := s.Result.Mixed.Expressed()
	for i, o := range s.Rules.Options {
		if i >= min(len(s.Result.Members.Options), len(s.Result.Citizens.Options), len(s.Result.Mixed.Options)) {
			break // a statement that does not follow from its votes: the auditor says so
		}
		mixed := s.Result.Mixed.Options[i]
		t.Rows = append(t.Rows, readWeight{labels[o], s.Result.Members.Options[i].Decimal(0), s.Result.Citizens.Options[i].Decimal(0), mixed.Decimal(3), mixed.Percent(&whole, 2)})
	}
	return t
}

// labels are those of urns.
func (p *Parcel) labels(ids []string) string {
	var all []string
	for _, u := range p.manifest.Urns {
		if slices.Contains(ids, u.ID) {
			all = append(all, u.Label)
		}
	}
	return strings.Join(all, " + ")
}

func (p *Parcel) questions(given []scrutin.QuestionResult) (all []readQuestion) {
	for _, g := range given {
		at := slices.IndexFunc(p.manifest.Questions, func(q scrutin.Question) bool { return q.ID == g.Question })
		if at < 0 {
			continue
		}
		q := readQuestion{Title: p.manifest.Questions[at].Title, Blank: g.Blank, Nul: g.Nul}
		for _, o := range p.manifest.Questions[at].Options {
			for _, c := range g.Options {
				if c.Option == o.ID {
					q.Rows = append(q.Rows, readRow{o.Label, c.Ballots})
				}
			}
		}
		all = append(all, q)
	}
	return all
}

// Title is the scrutin's, as the manifest has it.
func (p *Parcel) Title() string { return p.manifest.Scrutin.Title }

// Adopted is the digest of the list that the act archive adopted; zero while there is none.
func (p *Parcel) Adopted() scrutin.Digest { return p.acts.archive }

// groups are digits in fours, as people compare them.
func groups(digits string) string {
	var out []string
	for four := range slices.Chunk([]byte(digits), 4) {
		out = append(out, string(four))
	}
	return strings.Join(out, " ")
}
