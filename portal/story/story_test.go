package story

import (
	"slices"
	"testing"
	"time"

	"isoloir/audit"
	"isoloir/bve/journal"
	"isoloir/portal/bureau"
	"isoloir/record"
	"isoloir/replay/parties"
	"isoloir/scrutin"
	"isoloir/trustee"

	"github.com/chromedp/chromedp"
)

// everything are the pages of a member; entrance those of who has not logged in, and deposit that of the expert.
var (
	everything = []string{"/", "/seance", "/seance/ensemble", "/seance/{motion}", "/alertes", "/envois", "/controle", "/membres", "/supports", "/observations", "/journal",
		"/participation", "/liste", "/ceremonie", "/ouverture", "/preparation", "/apercu", "/tirage", "/temoins", "/dossier", "/proces-verbal", "/salle"}
	entrance = []string{"/entrer", "/observations/nouvelle"}
	deposit  = "/expert"
)

// TestEveryPage has the story leave out no page of the bureau's portal.
func TestEveryPage(t *testing.T) {
	told := slices.Concat(everything, entrance, []string{deposit})
	for _, path := range bureau.Pages() {
		if !slices.Contains(told, path) {
			t.Errorf("the story does not visit %s", path)
		}
	}
	if len(told) != len(bureau.Pages()) {
		t.Errorf("the story visits %d pages, and the portal has %d", len(told), len(bureau.Pages()))
	}
}

// TestStory is one election, from the bureau's first session to its archive, as its members take it there on their pages: each at a browser of his own,
// with an authenticator and his medium (-whole; the president alone, and without what waits for minutes, -story).
func TestStory(t *testing.T) {
	if !*told && !*whole {
		t.Skip("minutes of a browser: make story")
	}
	s := begin(t)
	s.serve("roll", "urn", "issuer-a", "portal")
	s.serve("issuer-b")
	s.serve("bureau")
	s.sit("Ouverture du vote")
	if *whole {
		s.reported()
		s.tested("before the opening")
	}
	s.look(s.president(), "before the opening", everything...)
	s.decide(scrutin.ActOpen, scrutin.ActBody{Reason: "Les codes sont partis avant que les émetteurs ne soient interrogés."})

	s.voting()
	c := s.crowd()
	s.cast(c, 3)
	if *whole {
		people, err := s.demonstration().Voters()
		must(t, err)
		for i, language := range []string{"fr", "en"} {
			s.votes(people[len(people)-1-i], language)
		}
		s.watched()
		s.observed()
	}
	s.interrupted()
	s.look(s.president(), "while people vote", everything...)
	if *whole {
		s.close(c)
	}
	s.clock.forward(s.manifest.Schedule.Ends(s.manifest.Schedule.Close))
	s.ended()
	s.sealed()
	s.opened()
	s.written()
	s.proven()
}

// watched reads turnout and list on the members' pages; each reading is in the journal (S003-28-3).
func (s *story) watched() {
	s.Helper()
	s.clock.forward(s.clock.Now().Add(3 * time.Minute))
	p := s.president()
	for path, what := range map[string]string{"/participation": "turnout", "/liste": "list"} {
		before, tries := len(s.entered("read")), 0
		s.eventually("nobody can read the "+what, func() bool { // before the first slot a role says nothing of numbers
			tries++
			p.open("/fr" + path)
			p.send(`main form[action$="`+path+`"]`, "")
			p.until(`document.readyState === "complete" && document.querySelector("main table, main .notice.danger")`)
			read, err := chromedp.Run(p.tab, chromedp.Evaluate[bool](`document.querySelector("main table") !== null`))
			return err == nil && read
		})
		read := s.entered("read")
		if len(read) != before+tries || read[before].Statement.Body.(journal.Read).Member != p.id {
			s.Errorf("each reading of %s is in the journal: %d entries of %d", what, len(read)-before, tries)
		}
		s.look(p, "read "+what)
	}
}

// interrupted suspends the vote, with the committee's opinion, has a role stop, of which the members' pages tell within a minute, and resumes.
func (s *story) interrupted() {
	s.Helper()
	if at := s.seats[committee]; at.tab != nil {
		at.open("/fr/seance")
		at.do(chromedp.SetValue("#about", scrutin.ActSuspend), chromedp.SendKeys("#opinion", "Une suspension d’une heure suffit."))
		s.sign(at, "opinion")
	} else {
		s.tell(committee, journal.Opinion{About: scrutin.ActSuspend, Opinion: "Une suspension d’une heure suffit."})
	}
	s.decide(scrutin.ActSuspend, scrutin.ActBody{Reason: "Une panne du réseau de la commune."})
	visitor := tab(s.T)
	visitor.id, visitor.origin = "an elector", s.config.Origins.Portal
	s.eventually("the portal does not say that the vote is suspended", func() bool {
		visitor.open("/fr/")
		shown, _ := chromedp.Run(visitor.tab, chromedp.Evaluate[bool](`/suspendu/i.test(document.querySelector("main").innerText)`))
		return shown
	})
	s.look(visitor, "suspended", "/")
	s.look(s.president(), "suspended", "/", "/salle")
	if *whole {
		s.alerted()
	}
	s.decide(scrutin.ActResume, scrutin.ActBody{Reason: "Le réseau est rétabli."})
	s.voting()
}

// alerted stops a role: within a minute an alert is on a page that a member has open.
func (s *story) alerted() {
	s.Helper()
	at := s.seats[holders[1]]
	at.open("/fr/membres")
	begun := time.Now()
	s.houses["issuer-b"].stop()
	at.until(`!document.getElementById("alarm").hidden`)
	if took := time.Since(begun); took > time.Minute {
		s.Errorf("the alert took %v to a member's page", took)
	} else {
		s.Logf("an incident is on a member's page after %v", took.Round(time.Second))
	}
	s.look(at, "alert")
	s.look(at, "alert", "/alertes", "/")
	at.open("/fr/alertes")
	s.sign(at, "acknowledged")
	at.says(at.name)
	s.serve("issuer-b")
	s.eventually("the alert does not end", func() bool { return len(s.entered("alert-end")) > 0 })
}

// ended is the act that closes the vote, once the time of grace is over, and what roles do then.
func (s *story) ended() {
	s.Helper()
	s.sit("Clôture et dépouillement")
	if *whole {
		s.waits()
		s.tested("tested again")
	}
	s.decide(scrutin.ActClose, scrutin.ActBody{})
	urn := s.houses["urn"].Roles.Urn
	s.eventually("the urn does not end", func() bool {
		pending, err := urn.Service.Store.Pending(s.Context(), urn.Service.Scope)
		return err == nil && len(pending) == 0
	})
	before := len(s.entered("checked"))
	p := s.president()
	p.open("/fr/controle")
	p.send(`form[action$="/controle/verifier"]`, "")
	s.eventually("no check is entered", func() bool {
		all := s.entered("checked")
		return len(all) > before && all[len(all)-1].Statement.Body.(journal.Checked).Verdict == journal.Well
	})
	s.look(p, "closed", "/", "/controle", "/salle")
}

// meet brings the other parties together, whose acts the members take.
func (s *story) meet() *parties.Scrutin {
	s.Helper()
	all, err := s.demonstration().Meet(parties.Options{Now: s.clock.Now, WorkFactor: 1, Workers: 2, Stage: func(string, int, int) {}, Board: s.board})
	must(s, err)
	s.Cleanup(func() { all.Record.Close() })
	return all
}

// sealed freezes roll and urn, dates the seal, and mixes.
func (s *story) sealed() {
	s.Helper()
	all := s.meet()
	must(s, all.Freeze(s.Context(), parties.Services{Roll: s.houses["roll"].Roles.Roll.Service, Urn: s.houses["urn"].Roles.Urn.Service}))
	must(s, all.AllowSmall("Aucune autre urne ne peut leur être jointe."))
	must(s, all.Mix())
	must(s, all.Record.Close())
}

// opened has a quorum of holders fetch the sealed export, open it with their devices, and bring their shares; and the result proclaimed.
func (s *story) opened() {
	s.Helper()
	s.clock.forward(s.manifest.Schedule.Count.Time)
	s.look(s.president(), "before the opening of the urn", "/ouverture", "/salle")
	for i, id := range []string{holders[1], holders[2], holders[3], holders[4]} {
		at := s.president()
		h := &holder{TB: s, id: id, origin: at.origin, cookie: at.cookie(), home: s.TempDir()}
		r, err := record.Open(h.fetch("/en/ouverture/export.tar", "export"))
		must(s, err)
		mixed, err := trustee.ReadMixed(r, trustee.Options{Now: s.clock.Now, Workers: 2})
		must(s, err)
		out := s.made()
		_, err = mixed.Decrypt(s.device(id), out)
		must(s, err)
		must(s, r.Close())
		s.bring(id, "/ouverture", out.Dir(), "shares")
		if i == 1 {
			s.look(s.president(), "opening", "/ouverture", "/salle")
		}
	}
	s.decide(scrutin.ActDecrypt, scrutin.ActBody{})
	all := s.meet()
	mixed, err := all.Mixed()
	must(s, err)
	must(s, all.Count(mixed))
	must(s, all.Contents())
	must(s, all.Record.Close())
	s.look(s.president(), "proclaimed", "/", "/salle")
}

// written draws the minutes up, has their pages paraphed, adopts and archives them.
func (s *story) written() {
	s.Helper()
	p := s.president()
	p.open("/fr/proces-verbal")
	p.send("#draw-up", "")
	p.until(`document.querySelector("#paraphs")`)
	s.look(p, "minutes drawn up", "/proces-verbal")
	for _, id := range holders {
		at := s.seats[id]
		if at == nil {
			continue
		}
		at.open("/fr/proces-verbal")
		at.until(`document.readyState === "complete" && document.querySelector("#paraphs")`)
		at.do(chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("input[name=page]").forEach((box) => box.click())`))
		s.sign(at, "page")
		at.until(`!document.querySelector("#paraphs")`)
	}
	s.look(p, "minutes paraphed", "/proces-verbal")
	p.open("/fr/proces-verbal")
	p.send("#adopt", "")
	p.until(`document.querySelector('form[data-kind="motion"]')`)
	s.sign(p, "motion")
	s.carry(scrutin.ActMinutes)
	s.decide(scrutin.ActArchive, scrutin.ActBody{Adopts: []scrutin.Adopted{{Path: "archive", SHA256: scrutin.DigestOf([]byte("the list of what is kept"))}}})
	s.look(p, "archived", "/", "/proces-verbal", "/journal")
	p.open("/fr/seance")
	s.sign(p, "session-close")
	p.until(`document.querySelector("#purpose")`)
}

// proven has the export verified, and the journal.
func (s *story) proven() {
	s.Helper()
	export, err := record.Open(s.config.Record)
	must(s, err)
	defer export.Close()
	fingerprint := [32]byte(s.fingerprint)
	report, err := audit.Verify(export, audit.Options{Fingerprint: &fingerprint, Workers: 2})
	must(s, err)
	if !report.Holds() {
		s.Errorf("the auditor refuses the export: %v", report)
	}
	rows, err := s.houses["bureau"].Roles.Bureau.Store.Rows(s.Context(), s.fingerprint, 0)
	must(s, err)
	if _, flaws := journal.Verify(s.manifest, s.fingerprint, rows); len(flaws) > 0 {
		s.Errorf("the journal does not hold: %v", flaws)
	}
	kinds := map[string]int{}
	for _, e := range s.office().Journal().Entries(0) {
		kinds[e.Statement.Body.Kind()]++
	}
	wanted := []string{"session-open", "session-close", "present", "motion", "support", "adopted", "opinion", "access", "checked", "credential", "page"}
	if *whole {
		wanted = append(wanted, "alert", "alert-end", "acknowledged", "read", "report", "custody", "observation")
		for _, path := range bureau.Pages() {
			if !s.looked[path] {
				s.Errorf("nobody has looked at %s", path)
			}
		}
	}
	for _, kind := range wanted {
		if kinds[kind] == 0 {
			s.Errorf("the journal has no %s", kind)
		}
	}
	if state := s.state(); state.Session.Number != 0 {
		s.Error("a session is open still")
	}
	s.Logf("the journal: %v", kinds)
}
