package assemblee

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"isoloir/mixte"
)

// Options of every ballot.
const (
	For     = "pour"
	Against = "contre"
)

// ErrData is wrapped by what Load says of a file that is not what it should be.
var ErrData = errors.New("the files of the Assemblée are not as expected")

// Data is what the files hold.
type Data struct {
	// Electorates are the constituencies, as 75-02 (ZZ: French citizens abroad), in the order of deputes.csv.
	Electorates []mixte.Electorate
	// Ballots are in the order of their numbers, from 1.
	Ballots []Ballot

	deputies []deputy
}

// A deputy is somebody who sat, if only for a time; several can have held one seat, one after the other.
type deputy struct {
	id, name string
	seat     int // number of the electorate
}

// A Ballot is one scrutin public.
type Ballot struct {
	Number int
	// Date is as 2024-10-08; Type is SPO (ordinary), SPS (solemn) or MOC (motion of censure).
	Date, Type, Title string
	// Summary is what was published beside the positions.
	Summary Summary
	// Corrections are what members declared afterwards (mises au point). They change no result.
	Corrections []Correction

	positions string // of each deputy: P, C, A, N (takes no part) or a dot
}

// A Summary is the published count of a ballot.
type Summary struct {
	Adopted                              bool
	Voters, Expressed, Required          int
	For, Against, Abstentions, NonVoters int
}

// A Correction is a position that a member says he meant. Recorded and Wanted are pour, contre, abstention, nonVotant
// or, for who did not vote, empty.
type Correction struct{ Member, Recorded, Wanted string }

// Censure says whether the ballot is a motion of censure: only votes for it are cast, and the number required is the
// majority of all members.
func (b *Ballot) Censure() bool { return b.Type == "MOC" }

// Load reads the files.
func Load(dir fs.FS) (*Data, error) {
	d := &Data{}
	index := map[string]int{}
	seat := map[string]int{}
	err := table(dir, "deputes.csv", "acteur_ref,civilite,prenom,nom,dep,circo,origine_circo,titulaire_ref,dernier_groupe_ref,nb_scrutins,premier_scrutin,dernier_scrutin,inscrits_2024,inscrits_tour", func(f []string) error {
		n, err := number(f[12])
		if err != nil {
			return err
		}
		id := f[4] + "-" + f[5]
		at, known := seat[id]
		if !known {
			at = len(d.Electorates)
			seat[id] = at
			d.Electorates = append(d.Electorates, mixte.Electorate{ID: id, Label: "circonscription " + id, Represented: n, Seats: 1})
		}
		if d.Electorates[at].Represented != n {
			return fmt.Errorf("constituency %s has %d electors and %d", id, d.Electorates[at].Represented, n)
		}
		if _, twice := index[f[0]]; twice {
			return fmt.Errorf("member %s stands twice", f[0])
		}
		index[f[0]] = len(d.deputies)
		name := strings.TrimSpace(f[2] + " " + f[3])
		if name == "" {
			name = f[0]
		}
		d.deputies = append(d.deputies, deputy{f[0], name, at})
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := d.ballots(dir); err != nil {
		return nil, err
	}
	positions := func(f []string) error {
		b, err := d.numbered(f[0])
		if err != nil {
			return err
		}
		if b.positions != "" || b.Date != f[1] {
			return fmt.Errorf("ballot %s stands twice, or on another day than in scrutins", f[0])
		}
		if len(f[2]) != len(d.deputies) || strings.Trim(f[2], "PCAN.") != "" {
			return fmt.Errorf("ballot %s: the positions must be %d of P, C, A, N and dots", f[0], len(d.deputies))
		}
		b.positions = f[2]
		return d.oneForASeat(b)
	}
	if err := table(dir, "matrice_votes_1_2000.csv", "numero,date,positions", positions); err != nil {
		return nil, err
	}
	for i := range d.Ballots {
		if d.Ballots[i].positions == "" {
			return nil, fmt.Errorf("%w: matrice_votes_1_2000.csv has no ballot %d", ErrData, i+1)
		}
	}
	return d, table(dir, "mises_au_point_1_2000.csv", "numero,acteur_ref,position_enregistree,position_souhaitee", func(f []string) error {
		b, err := d.numbered(f[0])
		if err != nil {
			return err
		}
		if _, known := index[f[1]]; !known {
			return fmt.Errorf("%s is no member", f[1])
		}
		b.Corrections = append(b.Corrections, Correction{f[1], f[2], f[3]})
		return nil
	})
}

func (d *Data) ballots(dir fs.FS) error {
	return table(dir, "scrutins_1_2000.csv", "uid,numero,date,type,sort,votants,exprimes,requis,pour,contre,abstentions,non_votants,non_votants_volontaires,titre", func(f []string) error {
		b := Ballot{Number: len(d.Ballots) + 1, Date: f[2], Type: f[3], Title: f[13]}
		if f[1] != strconv.Itoa(b.Number) {
			return fmt.Errorf("ballot %q stands where %d is expected", f[1], b.Number)
		}
		if !slices.Contains([]string{"SPO", "SPS", "MOC"}, b.Type) || f[4] != "adopté" && f[4] != "rejeté" {
			return fmt.Errorf("ballot %d: the type is %q and the outcome %q: expected SPO, SPS or MOC, adopté or rejeté", b.Number, f[3], f[4])
		}
		s := &b.Summary
		s.Adopted = f[4] == "adopté"
		for i, to := range []*int{&s.Voters, &s.Expressed, &s.Required, &s.For, &s.Against, &s.Abstentions, &s.NonVoters} {
			n, err := number(f[5+i])
			if err != nil {
				return fmt.Errorf("ballot %d: %w", b.Number, err)
			}
			*to = n
		}
		d.Ballots = append(d.Ballots, b)
		return nil
	})
}

// numbered returns the ballot of this number.
func (d *Data) numbered(s string) (*Ballot, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > len(d.Ballots) {
		return nil, fmt.Errorf("%q is no ballot", s)
	}
	return &d.Ballots[n-1], nil
}

// oneForASeat refuses a ballot in which two who held one seat both appear.
func (d *Data) oneForASeat(b *Ballot) error {
	who := make([]string, len(d.Electorates))
	for i, p := range []byte(b.positions) {
		if p == '.' {
			continue
		}
		x := d.deputies[i]
		if other := who[x.seat]; other != "" {
			return fmt.Errorf("ballot %d: %s and %s both speak for %s", b.Number, other, x.id, d.Electorates[x.seat].ID)
		}
		who[x.seat] = x.id
	}
	return nil
}

// table reads a CSV file with these columns, row by row.
func table(dir fs.FS, name, columns string, row func([]string) error) error {
	f, err := dir.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	in := csv.NewReader(f)
	header, err := in.Read()
	if err != nil || strings.Join(header, ",") != columns {
		return fmt.Errorf("%w: %s must begin with the columns %s", ErrData, name, columns)
	}
	for {
		fields, err := in.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = row(fields)
		}
		if err != nil {
			line, _ := in.FieldPos(0)
			return fmt.Errorf("%w: %s, line %d: %w", ErrData, name, line, err)
		}
	}
}

func number(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > mixte.MaxRepresented || strconv.Itoa(n) != s {
		return 0, fmt.Errorf("%q is no number", s)
	}
	return n, nil
}
