package story

import (
	"os"
	"path/filepath"

	"isoloir/bve/journal"
	"isoloir/scrutin"

	"github.com/chromedp/chromedp"
)

// reported has the expert deposit his report by its digest, which his browser computes (S004-08b).
func (s *story) reported() {
	s.Helper()
	file := filepath.Join(s.TempDir(), "rapport.pdf")
	text := []byte("%PDF-1.7 rapport d’expertise")
	must(s, os.WriteFile(file, text, 0o600))
	at := s.seats[expert]
	at.open("/fr" + deposit)
	at.do(chromedp.SetUploadFiles("#report", []string{file}), chromedp.SendKeys("#title", "Rapport d’expertise avant le scrutin"))
	at.until(`document.getElementById("sha256").value.length === 64`)
	s.sign(at, "report")
	s.eventually("the expert's report is not in the journal", func() bool { return len(s.entered("report")) == 1 })
	if said := s.entered("report")[0].Statement.Body.(journal.Report); said.SHA256 != scrutin.DigestOf(text) || said.Size != int64(len(text)) {
		s.Errorf("the report was deposited as %+v", said)
	}
	s.look(at, "expert", deposit)
}

// fragment is a medium on the register.
const fragment = "Fragment de la présidence, premier support"

// tested has the president enter that a medium has opened the test text, of one that is on the register (S004-12d).
func (s *story) tested(scene string) {
	s.Helper()
	p := s.president()
	states := []string{journal.In, journal.Tested}
	if len(s.entered("custody")) > 0 {
		states = states[1:]
	}
	for _, state := range states {
		before := len(s.entered("custody"))
		p.open("/fr/supports")
		p.do(chromedp.SendKeys("#medium-name", fragment), chromedp.SendKeys("#seal", "A 0417"), chromedp.SetValue("#state", state))
		s.sign(p, "custody")
		s.eventually("the medium is not on the register", func() bool { return len(s.entered("custody")) > before })
	}
	s.look(p, scene, "/supports")
}

// waits has the close proposed while a medium was not tested again: it is told which, and asked for its reason.
func (s *story) waits() {
	s.Helper()
	p := s.president()
	p.open("/fr/seance")
	p.send("#act", scrutin.ActClose)
	p.until(`document.readyState === "complete" && location.pathname.endsWith("/proposer")`)
	p.says(fragment)
	s.look(p, "what close needs")
}

// observed has an elector enter an observation for the minutes, without a login (S004-15b).
func (s *story) observed() {
	s.Helper()
	visitor := tab(s.T)
	visitor.id, visitor.origin = "an elector", s.config.Origins.Bureau
	visitor.open("/fr/observations/nouvelle")
	visitor.until(`document.readyState === "complete"`)
	visitor.do(chromedp.SendKeys("#who", "Jeanne Ferrand"), chromedp.SendKeys("#text", "Le code est arrivé avec deux heures de retard."))
	visitor.send("#text", "Le code est arrivé avec deux heures de retard.")
	s.eventually("the observation is not in the journal", func() bool { return len(s.entered("observation")) == 1 })
	s.look(s.president(), "observed", "/observations")
}
