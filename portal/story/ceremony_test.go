package story

import (
	"os"
	"path/filepath"

	"isoloir/keyceremony"
	"isoloir/record"
	"isoloir/trustee"

	"github.com/chromedp/chromedp"
)

// holding are the steps of the ceremony.
var holding = []keyceremony.Step{keyceremony.CommitStep, keyceremony.RevealStep, keyceremony.CheckStep, keyceremony.SealStep}

// made is a record apart, into which a holder's device writes.
func (s *story) made() *record.Writer {
	s.Helper()
	out, err := record.Create(filepath.Join(s.TempDir(), "made"))
	must(s, err)
	return out
}

// table reads what lies before the holders.
func (s *story) table() *trustee.Board {
	s.Helper()
	r, err := record.Open(s.config.Record)
	must(s, err)
	defer r.Close()
	b, err := trustee.ReadBoard(r)
	must(s, err)
	return b
}

// bring gives the portal a file that a holder's machine has made: by his page, where he has one.
func (s *story) bring(id, page, dir, prefix string) {
	s.Helper()
	at := s.seats[id]
	if at == nil {
		at = s.president() // who takes it over from those without a browser
	}
	h := &holder{TB: s, id: id, origin: at.origin, cookie: at.cookie()}
	if s.seats[id] == nil || prefix == "ceremony" && !*whole {
		h.bring("/en"+page+"/apporter", dir, prefix)
		return
	}
	at.open("/fr" + page)
	file := filepath.Join(s.TempDir(), "brought.tar")
	must(s, os.WriteFile(file, packed(s, dir, prefix), 0o600))
	at.until(`document.querySelector("#brought")`)
	at.do(chromedp.SetUploadFiles("#brought", []string{file}))
	at.click(`form[data-brings] button`)
	at.until(`!document.getElementById("said").hidden`)
	at.says("Vérifié et")
}

// ceremony is held by the holders, each on his own device; the portal carries their messages.
func (s *story) ceremony() {
	s.Helper()
	for i, step := range holding {
		b := s.table()
		for n, id := range holders {
			out := s.made()
			if _, _, err := b.Speak(s.device(id), step, 0, out); err != nil {
				s.Fatalf("%s of %s: %v", step, id, err)
			}
			s.bring(id, "/ceremonie", out.Dir(), "ceremony")
			if i == 1 && n == 2 {
				s.look(s.president(), "ceremony", "/ceremonie", "/salle")
			}
		}
	}
	s.look(s.president(), "ceremony held", "/ceremonie")
}

// rehearse has every holder open the test text from each of his media.
func (s *story) rehearse() {
	s.Helper()
	b := s.table()
	for _, id := range holders {
		out := s.made()
		if _, err := b.Rehearse(s.device(id), out); err != nil {
			s.Fatal(id, err)
		}
		s.bring(id, "/ceremonie", out.Dir(), "ceremony")
	}
}
