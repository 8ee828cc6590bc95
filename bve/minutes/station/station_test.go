package station_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"isoloir/bve/minutes"
	"isoloir/bve/minutes/station"
	"isoloir/register"
	"isoloir/register/office"
	"isoloir/register/registertest"
)

// all is what minutes say, cell by cell.
func all(m *station.Minutes) string {
	var out strings.Builder
	for _, p := range m.Pages {
		for _, b := range p.Blocks {
			out.WriteString(strings.Join(b.Text, " ") + "\n")
			for _, r := range b.Rows {
				out.WriteString(strings.Join(r.Cells, " | ") + "\n")
			}
		}
	}
	return out.String()
}

// TestMinutes writes those of a station whose box was wrong and which lost a card, and of
// one where all is right, in both languages (S000-08, S000-13).
func TestMinutes(t *testing.T) {
	w := registertest.NewTown(t, "nord")
	d := w.Distribution(1, 40, 10)
	text := registertest.Text(t, d)
	wrong := office.StationReport{Station: d.Stations[0], Over: true, Rest: 12, Box: register.Box{Counted: 39, Left: 11, Allowed: "carte déchirée"},
		Count:   register.Count{Activated: 29, Invalidated: 1, Again: 1, Taken: 2, Proxies: 3, Checked: 11},
		Missing: []register.Number{10, 20},
		Acts:    []register.Act{{Kind: register.ActAllow, By: "Mme Petit, adjointe", Reason: "carte déchirée"}, {Kind: register.ActInvalidate, Account: "00000000010", By: "M. Grand", Reason: "perdue"}}}
	right := office.StationReport{Station: d.Stations[1], Over: true, Rest: 4, Box: register.Box{Counted: 10, Left: 4}, Count: register.Count{Activated: 6, Checked: 4}}
	for _, c := range []struct {
		language string
		report   office.StationReport
		has, not []string
	}{
		{"fr", wrong, []string{"Cartes comptées avant l'ouverture | 39", "déjà en service | 2", "mandataire d'un absent | 3", "il devait rester 12 cartes", "000 0000 0010 | annulée", "000 0000 0020", "était bloqué",
			"peut remettre des cartes | Mme Petit, adjointe | carte déchirée", "compte 000 0000 0010 est annulé | M. Grand"}, []string{"Le compte est juste"}},
		{"en", wrong, []string{"was blocked", "12 cards were to be left", "Mme Petit, adjointe"}, []string{"The count is right"}},
		{"fr", right, []string{"Le compte est juste.", "rien à décider"}, []string{"bloqué", "manqu"}},
		{"en", right, []string{"The count is right."}, []string{"blocked"}},
	} {
		m, err := station.Make(w.Register, w.Rho, text, c.report, c.language)
		if err != nil {
			t.Fatal(err)
		}
		said := all(m)
		for _, s := range c.has {
			if !strings.Contains(said, s) {
				t.Errorf("%s: no %q in\n%s", c.language, s, said)
			}
		}
		for _, s := range append(c.not, "%!") {
			if strings.Contains(said, s) {
				t.Errorf("%s: %q in\n%s", c.language, s, said)
			}
		}
		data, signed, err := m.Sign(w.Signer)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := station.Open(data, signed, w.Signer.Verifier()); err != nil {
			t.Error(err)
		}
		other := registertest.NewTown(t, "nord")
		if _, err := station.Open(data, signed, other.Signer.Verifier()); err == nil {
			t.Error("signed by another register")
		}
		again, err := station.Make(w.Register, w.Rho, text, c.report, c.language)
		if err != nil || !slices.EqualFunc(again.Pages, m.Pages, func(a, b minutes.Page) bool { return a.Digest == b.Digest }) {
			t.Errorf("the same report gives other pages; %v", err)
		}
		if _, err := station.Parse(bytes.Replace(data, []byte(`"10"`), []byte(`"11"`), 1)); c.report.Cards == 10 && err == nil {
			t.Error("an edited count is accepted")
		}
	}
}

// FuzzParse: what is accepted is written again to the same bytes.
func FuzzParse(f *testing.F) {
	w := registertest.NewTown(f, "nord")
	d := w.Distribution(1, 40, 10)
	m, err := station.Make(w.Register, w.Rho, registertest.Text(f, d), office.StationReport{Station: d.Stations[0]}, "fr")
	if err != nil {
		f.Fatal(err)
	}
	data, _, err := m.Sign(w.Signer)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := station.Parse(text)
		if err != nil {
			return
		}
		if again, _, err := m.Sign(w.Signer); err != nil || !bytes.Equal(again, text) {
			t.Errorf("accepted, and written otherwise: %v", err)
		}
	})
}
