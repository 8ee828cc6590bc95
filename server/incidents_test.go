package server

import (
	"strings"
	"testing"
	"time"

	"isoloir/bve/journal"
	"isoloir/portal/lookout"
)

// An intervention is told with all that was announced, in both languages; a text message has its ticket and who works.
func TestInterventionTexts(t *testing.T) {
	work := &journal.Maintenance{Ticket: "T-17", Who: "Ada", Why: "disque plein", Measures: "l'agrandir", Data: "aucune"}
	at := time.Date(2026, 6, 1, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		over  bool
		short string
	}{
		{false, "Conseil : 2026-06-01T08:00:00Z  intervention T-17 : Ada commence à travailler sur la plateforme / 2026-06-01T08:00:00Z  intervention T-17: Ada begins to work on the platform"},
		{true, "Conseil : 2026-06-01T08:00:00Z  intervention T-17 : Ada a fini de travailler sur la plateforme / 2026-06-01T08:00:00Z  intervention T-17: Ada has ended work on the platform"},
	} {
		_, body, short := incidentTexts("Conseil", []lookout.Incident{{Work: work, At: at, Over: c.over}})
		if short != c.short {
			t.Errorf("%s", short)
		}
		for _, want := range []string{"disque plein", "l'agrandir", "data within reach: aucune"} {
			if !strings.Contains(body, want) {
				t.Errorf("%q is not in %s", want, body)
			}
		}
	}
	mixed := []lookout.Incident{{Alert: journal.Alert{What: journal.AlertDisk, Source: "urn", Detail: "directory"}, At: at}, {Work: work, At: at}}
	if _, body, _ := incidentTexts("Conseil", mixed); !strings.Contains(body, "urn has a disk that is more than nine tenths full (directory)") || !strings.Contains(body, "T-17") {
		t.Errorf("%s", body)
	}
}
