package assemblee_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"isoloir/mixte/assemblee"
)

const (
	deputes  = "deputes.csv"
	scrutins = "scrutins_1_2000.csv"
	matrice  = "matrice_votes_1_2000.csv"
	mises    = "mises_au_point_1_2000.csv"
)

// small is an Assemblée of two seats, one of which changed hands, and two ballots.
func small() map[string]string {
	return map[string]string{
		deputes: "acteur_ref,civilite,prenom,nom,dep,circo,origine_circo,titulaire_ref,dernier_groupe_ref,nb_scrutins,premier_scrutin,dernier_scrutin,inscrits_2024,inscrits_tour\n" +
			"PA1,Mme,Ada,Lovelace,01,01,mandat,,PO1,1,2024-10-08,2024-10-08,100,2\n" +
			"PA2,,,,01,01,suppleant,PA1,PO1,1,2024-10-09,2024-10-09,100,2\n" +
			"PA3,M.,Jean,Borda,2A,01,mandat,,PO1,2,2024-10-08,2024-10-09,50,1\n",
		scrutins: "uid,numero,date,type,sort,votants,exprimes,requis,pour,contre,abstentions,non_votants,non_votants_volontaires,titre\n" +
			"V1,1,2024-10-08,SPO,rejeté,2,2,2,1,1,0,0,0,un\n" +
			"V2,2,2024-10-09,MOC,rejeté,1,1,2,1,0,0,1,0,deux\n",
		matrice: "numero,date,positions\n1,2024-10-08,P.C\n2,2024-10-09,.PN\n",
		mises:   "numero,acteur_ref,position_enregistree,position_souhaitee\n1,PA3,contre,pour\n",
	}
}

func files(m map[string]string) fs.FS {
	dir := fstest.MapFS{}
	for name, text := range m {
		dir[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return dir
}

func TestSmall(t *testing.T) {
	d, err := assemblee.Load(files(small()))
	if err != nil {
		t.Fatal(err)
	}
	first := d.Members(&d.Ballots[0])
	if first[0].Label != "Ada Lovelace" || first[1].Position != assemblee.Against {
		t.Error(first)
	}
	if second := d.Members(&d.Ballots[1]); second[0].Label != "PA2" || second[1].Position != "absent" {
		t.Error(second)
	}
	if !d.Ballots[0].Corrected() || d.Ballots[1].Corrected() {
		t.Error("corrections")
	}
}

func TestRefused(t *testing.T) {
	for _, x := range []struct{ file, old, new, want string }{
		{deputes, "acteur_ref", "acteur", "deputes.csv must begin with the columns acteur_ref"},
		{deputes, ",50,1", ",5O,1", "deputes.csv, line 4: \"5O\" is no number"},
		{deputes, ",50,1", "", "wrong number of fields"},
		{deputes, "2024-10-09,100", "2024-10-09,101", "constituency 01-01 has 100 electors and 101"},
		{deputes, "PA2", "PA1", "member PA1 stands twice"},
		{scrutins, "V2,2", "V2,3", "ballot \"3\" stands where 2 is expected"},
		{scrutins, "MOC", "XXX", "the type is \"XXX\""},
		{scrutins, "SPO,rejeté", "SPO,ajourné", "the outcome \"ajourné\""},
		{scrutins, "2,2,2,1,1", "2,2,2,1,-1", "line 2: ballot 1: \"-1\" is no number"},
		{matrice, "1,2024", "3,2024", "\"3\" is no ballot"},
		{matrice, "2,2024-10-09", "2,2024-10-08", "ballot 2 stands twice, or on another day"},
		{matrice, "2,2024-10-09,.PN\n", "", "matrice_votes_1_2000.csv has no ballot 2"},
		{matrice, "P.C", "P.CC", "the positions must be 3 of"},
		{matrice, "P.C", "P.X", "the positions must be 3 of"},
		{matrice, "P.C", "PPC", "PA1 and PA2 both speak for 01-01"},
		{mises, "1,PA3", "9,PA3", "\"9\" is no ballot"},
		{mises, "1,PA3", "1,PA9", "PA9 is no member"},
	} {
		m := small()
		m[x.file] = strings.Replace(m[x.file], x.old, x.new, 1)
		if _, err := assemblee.Load(files(m)); !errors.Is(err, assemblee.ErrData) || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s, %s: %v", x.file, x.new, err)
		}
	}
	for name := range small() {
		m := small()
		delete(m, name)
		if _, err := assemblee.Load(files(m)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("without %s: %v", name, err)
		}
	}
}
