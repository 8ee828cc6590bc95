package record_test

import (
	"testing"

	"isoloir/record"
)

func TestPopulationPaths(t *testing.T) {
	for got, want := range map[string]string{
		record.Amendment(2):                             "addenda/2/roll.note",
		record.Amendment(0):                             "",
		record.Population(0).Enrolment("i"):             "enrolment/i.note",
		record.Population(2).Enrolment("i"):             "addenda/2/enrolment/i.note",
		record.Population(2).EnrolmentKeys("u", "i"):    "addenda/2/enrolment/u/i.keys",
		record.Population(2).Anonymisation(3):           "addenda/2/anonymisation/3.note",
		record.Population(2).AnonymisationKeys("u", 3):  "addenda/2/anonymisation/u/3.keys",
		record.Population(2).AnonymisationProof("u", 3): "addenda/2/anonymisation/u/3.proof",
	} {
		if got != want {
			t.Errorf("%q, expected %q", got, want)
		}
	}
	for _, path := range []string{record.Population(2).Enrolment("../i"), record.Population(10000).Enrolment("i"), record.Population(-1).Anonymisation(1), record.Population(2).Anonymisation(0)} {
		if path != "" {
			t.Errorf("%q is a path", path)
		}
	}
}
