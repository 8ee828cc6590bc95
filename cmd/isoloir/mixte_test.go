package main

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) { testscript.Main(m, map[string]func(){"isoloir": main}) }

// TestMixte runs the command on two ballots of an assembly of three seats, and on the published ones, in $DATA, where
// they are at hand.
func TestMixte(t *testing.T) {
	data, err := filepath.Abs("../../../shared/data/assemblee17")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/mixte",
		RequireExplicitExec: true,
		Setup:               func(env *testscript.Env) error { env.Setenv("DATA", data); return writeSmall(env.WorkDir) },
		Condition: func(cond string) (bool, error) {
			_, err := os.Stat(data)
			return cond == "data" && err == nil, nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"code": exits},
	})
}

// exits runs a command and requires its exit code: code 65 isoloir ….
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		failed, ok := err.(interface{ ExitCode() int })
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = failed.ExitCode()
	}
	if got != want {
		ts.Fatalf("the exit code is %d, not %d", got, want)
	}
}

// writeSmall writes an assembly of three seats: ballot 1 is sound, the summary of ballot 2 contradicts its positions,
// ballot 3 is a motion of censure.
func writeSmall(dir string) error {
	dir = filepath.Join(dir, "small")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	for name, text := range map[string]string{
		"deputes.csv": "acteur_ref,civilite,prenom,nom,dep,circo,origine_circo,titulaire_ref,dernier_groupe_ref,nb_scrutins,premier_scrutin,dernier_scrutin,inscrits_2024,inscrits_tour\n" +
			"PA1,Mme,Ada,Lovelace,01,01,mandat,,PO1,1,2024-10-08,2024-10-08,100,2\n" +
			"PA2,M.,Jean,Borda,2A,01,mandat,,PO1,2,2024-10-08,2024-10-09,50,1\n" +
			"PA3,M.,Charles,Dodgson,ZZ,01,mandat,,PO1,2,2024-10-08,2024-10-09,10,1\n",
		"scrutins_1_2000.csv": "uid,numero,date,type,sort,votants,exprimes,requis,pour,contre,abstentions,non_votants,non_votants_volontaires,titre\n" +
			"V1,1,2024-10-08,SPO,adopté,3,3,2,2,1,0,0,0,une école\n" +
			"V2,2,2024-10-09,SPO,adopté,2,1,1,1,0,1,0,0,un pont\n" +
			"V3,3,2024-10-09,MOC,adopté,2,2,2,2,0,0,0,0,une motion\n",
		"matrice_votes_1_2000.csv":  "numero,date,positions\n1,2024-10-08,PCP\n2,2024-10-09,PAN\n3,2024-10-09,P.P\n",
		"mises_au_point_1_2000.csv": "numero,acteur_ref,position_enregistree,position_souhaitee\n1,PA1,pour,contre\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
