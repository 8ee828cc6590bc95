package bve

import (
	"slices"
	"testing"

	"isoloir/bve/journal"
	"isoloir/scrutin"
)

// S004-12e: who may reach each processing is entered, and somebody who comes while the vote is open is told as critical until the president and another
// seat have said that they saw it; the seal waits for that, or gives its reason.
func TestS004_12e_Access(t *testing.T) {
	b := world(t)
	reach := func(list ...string) {
		t.Helper()
		if err := b.Reach(ctx, "urn", list); err != nil {
			t.Fatal(err)
		}
		if err := b.EndNoted(ctx); err != nil {
			t.Fatal(err)
		}
	}
	alerts := func() (all []Standing) {
		return slices.DeleteFunc(b.state().Alerts, func(a Standing) bool { return a.What != journal.AlertAccess })
	}
	b.open(four...)
	reach("Paul")
	reach("Paul", "Jeanne")
	if a := b.state().Accesses; len(a) != 1 || !slices.Equal(a[0].Came, []string{"Jeanne"}) || len(alerts()) != 0 {
		t.Fatalf("before the vote: %+v, %+v", a, alerts())
	}
	b.until(scrutin.ActClose)
	entries := b.Office.Journal().Place().Number
	reach("Jeanne", "Paul")
	reach("Jeanne")
	if n := b.Office.Journal().Place().Number; n != entries+1 || len(alerts()) != 0 {
		t.Errorf("who goes is entered, no more: %d entries, %+v", n-entries, alerts())
	}
	b.again()
	reach("Jeanne", "Un inconnu")
	reach("Jeanne", "Un inconnu")
	all := alerts()
	if len(all) != 1 || all[0].Severity != journal.Critical || all[0].Detail != "Un inconnu" || all[0].Source != "urn" {
		t.Fatalf("%+v", all)
	}
	_, err := b.Say(ctx, journal.AlertEnd{Alert: all[0].Name})
	refused(t, err, RuleRegister)
	b.told("member-2", journal.Acknowledged{Alert: all[0].Name})
	b.told("member-3", journal.Acknowledged{Alert: all[0].Name})
	b.told("comite", journal.Acknowledged{Alert: all[0].Name})
	if reach("Jeanne", "Un inconnu"); len(alerts()) != 1 {
		t.Error("it is over before the president has seen it")
	}
	b.step(scrutin.ActClose)
	b.says(journal.Checked{Verdict: journal.Well})
	_, err = b.Draft(ctx, scrutin.ActSeal, scrutin.ActBody{})
	refused(t, err, RuleIntegrity)
	b.told("member-1", journal.Acknowledged{Alert: all[0].Name})
	if reach("Jeanne", "Un inconnu"); len(alerts()) != 0 {
		t.Error("it stands after the bureau has taken note of it")
	}
	b.step(scrutin.ActSeal)
}

// A journal that is begun while the vote is open takes the first list of each processing as it is; who comes then is told.
func TestAccessBegunLater(t *testing.T) {
	b := world(t)
	b.open(four...)
	b.until(scrutin.ActClose)
	reach := func(processing string, want int, list ...string) {
		t.Helper()
		if err := b.Reach(ctx, processing, list); err != nil {
			t.Fatal(err)
		}
		if all := slices.DeleteFunc(b.state().Alerts, func(a Standing) bool { return a.What != journal.AlertAccess }); len(all) != want {
			t.Errorf("%s %v: %+v", processing, list, all)
		}
	}
	reach("roll", 0, "Paul")
	reach("urn", 0, "Paul")
	reach("roll", 1, "Paul", "Jeanne")
}
