package tally

import (
	"testing"

	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

func TestCSV(t *testing.T) {
	f := scrutintest.New(t, scrutintest.Options{Edit: func(m *scrutin.Manifest) {
		m.Questions[0].Options[0].Label = "Raphaël BRIOT"
		m.Questions[0].Options[1].Label = "Français des Pays-Bas « Ensemble, riches de nos différences »"
		m.Questions[0].Options[2].Label = `Liste "A"`
	}})
	options := []scrutin.OptionCount{{Option: "option-1", Ballots: 12}, {Option: "option-2", Ballots: 0}, {Option: "option-3", Ballots: 3}}
	r := &scrutin.Result{Cells: []scrutin.CellResult{
		{Cell: "urn-1+urn-2", Questions: []scrutin.QuestionResult{{Question: "question-1", Options: options, Blank: 4, Nul: 1}}},
	}}
	got, err := CSV(f.Manifest, r)
	if err != nil {
		t.Fatal(err)
	}
	want := "urn,option,ballots\n" +
		"urn-1+urn-2,Raphaël BRIOT,12\n" +
		"urn-1+urn-2,\"Français des Pays-Bas « Ensemble, riches de nos différences »\",0\n" +
		"urn-1+urn-2,\"Liste \"\"A\"\"\",3\n" +
		"urn-1+urn-2,blanc,4\n" +
		"urn-1+urn-2,nul,1\n"
	if string(got) != want {
		t.Errorf("%s\nnot\n%s", got, want)
	}
	r.Cells[0].Questions = append(r.Cells[0].Questions, scrutin.QuestionResult{Question: "question-2"})
	if got, err = CSV(f.Manifest, r); err != nil || string(got[:29]) != "urn,question,option,ballots\nu" {
		t.Errorf("several questions: %q %v", got[:29], err)
	}
}
