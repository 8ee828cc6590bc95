package story

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"isoloir/bve"
	"isoloir/bve/journal"
	"isoloir/keyceremony/device"
	"isoloir/scrutin"
	"isoloir/scrutin/note"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// arrive lets all members in by their invitations, those at a browser each with an authenticator of his own.
func (s *story) arrive() {
	s.Helper()
	b := s.houses["bureau"].Roles.Bureau
	for _, m := range s.manifest.Bureau.Members {
		if !slices.Contains(s.browsing(), m.ID) {
			if s.beside[m.ID] == nil {
				s.beside[m.ID] = s.device(m.ID)
			}
			continue
		}
		code, err := b.Passkeys.Invite(s.Context(), m.ID)
		must(s, err)
		at := s.seats[m.ID]
		if at == nil {
			at = &seat{T: s.T, id: m.ID, passphrase: s.passphrase(m.ID)}
			s.seats[m.ID] = at
		}
		at.name, at.origin, at.tab = m.Label, s.config.Origins.Bureau, tab(s.T).tab
		if m.ID == holders[0] {
			at.open("/fr/entrer")
			s.look(at, "login", entrance...)
		}
		at.arrive(code)
	}
	s.president().leaves()
}

func (s *story) president() *seat { return s.seats[holders[0]] }

// leaves logs out, and comes in again by the passkey, with the keyboard alone.
func (s *seat) leaves() {
	s.Helper()
	s.keys(`form[data-leave] button`)
	s.until(`location.pathname === "/fr/entrer"`)
	s.keys(`form[data-ask="/passkey/v1/login"] button`)
	s.until(`location.pathname === "/fr/"`)
}

// keys goes to an element by the tabulator, and presses it.
func (s *seat) keys(selector string) {
	s.Helper()
	s.until(`document.readyState === "complete" && document.querySelector('` + selector + `')`)
	for range 80 {
		on, err := chromedp.Run(s.tab, chromedp.Evaluate[bool](`document.activeElement === document.querySelector('`+selector+`')`))
		must(s, err)
		if on {
			s.do(chromedp.KeyEvent(kb.Enter))
			return
		}
		s.do(chromedp.KeyEvent(kb.Tab))
	}
	s.lost("the keyboard does not reach " + selector)
}

// sit opens a session, after the one that is open is closed, in which all are present.
func (s *story) sit(purpose string) {
	s.Helper()
	p := s.president()
	p.open("/fr/seance")
	if s.state().Session.Number > 0 {
		s.sign(p, "session-close")
		p.until(`document.querySelector("#purpose")`)
	}
	p.do(chromedp.SendKeys("#purpose", purpose))
	s.sign(p, "session-open")
	for _, id := range holders {
		at := s.seats[id]
		if at == nil {
			s.tell(id, journal.Present{})
			continue
		}
		if at != p {
			at.open("/fr/seance")
		}
		s.sign(at, "present")
		at.until(`document.querySelector('form[data-kind="leave"]')`)
	}
}

// sign has a member state what a form of his page holds.
func (s *story) sign(at *seat, kind string) {
	s.Helper()
	if at.id != committee && at.id != expert { // the directory of the others has got another name meanwhile
		at.medium = filepath.Join(s.media(at.id)[0], at.id+device.Suffix)
	}
	at.state(kind)
}

func (s *story) state() *bve.State {
	s.Helper()
	state, err := s.office().State(s.Context())
	must(s, err)
	return state
}

// tell enters the statement of who has no browser.
func (s *story) tell(by string, body journal.Body) {
	s.Helper()
	state := s.state()
	statement := journal.Statement{Manifest: s.fingerprint, By: by, Session: state.Session.Number, Time: scrutin.TimeOf(s.clock.Now()), Nonce: journal.NewNonce(),
		Seen: s.office().Journal().Place().Head, Body: body}
	data, err := statement.Sign(s.beside[by].Signer())
	must(s, err)
	_, err = s.office().Submit(s.Context(), data)
	must(s, err)
}

// decide takes an act: the president proposes it, those who decide sign it where they read it, and it is written.
func (s *story) decide(kind string, given scrutin.ActBody) {
	s.Helper()
	if s.state().Session.Number == 0 {
		s.sit(purposes[kind])
	}
	p := s.president()
	p.open("/fr/seance")
	p.send("#act", kind)
	p.until(`document.readyState === "complete" && location.pathname.endsWith("/proposer")`)
	if given.Reason == "" {
		given.Reason = "Le bureau en a décidé ainsi, après en avoir débattu."
	}
	for field, text := range map[string]string{"#reason": given.Reason, "#adopts": adopted(given)} {
		asked, err := chromedp.Run(p.tab, chromedp.Evaluate[bool](`document.querySelector("`+field+`") !== null`))
		must(s, err)
		if !asked {
			continue
		}
		if kind == scrutin.ActSuspend {
			s.look(p, "what "+kind+" needs")
		}
		p.send(field, text)
		break
	}
	p.until(`document.querySelector('form[data-kind="motion"]')`)
	s.sign(p, "motion")
	s.carry(kind)
}

// adopted are the records that a member names himself, as the form takes them.
func adopted(given scrutin.ActBody) string {
	var lines strings.Builder
	for _, a := range given.Adopts {
		fmt.Fprintf(&lines, "%s  %s\n", a.SHA256, a.Path)
	}
	return lines.String()
}

// carry has the motion that stands before the session signed, and written.
func (s *story) carry(kind string) {
	s.Helper()
	p := s.president()
	p.until(`location.pathname === "/fr/seance" && document.querySelector('form[data-kind="support"]')`)
	state := s.state()
	i := slices.IndexFunc(state.Motions, func(m *bve.Motion) bool { return m.Outcome == bve.Pending })
	if i < 0 || state.Motions[i].Act.Type != kind {
		s.Fatalf("no motion %s is before the session", kind)
	}
	m := state.Motions[i]
	for n, id := range []string{holders[0], holders[1], holders[2], holders[4], holders[5]} {
		at := s.seats[id]
		if at == nil {
			signed, err := note.Sign(m.Text, s.beside[id].Signer())
			must(s, err)
			s.tell(id, journal.Support{Motion: m.Name, Signature: strings.TrimSuffix(strings.TrimPrefix(string(signed), m.Text+"\n"), "\n")})
			continue
		}
		if here, err := chromedp.Run(at.tab, chromedp.Evaluate[bool](`location.pathname === "/fr/seance"`)); err != nil || !here {
			at.open("/fr/seance")
		}
		if n == 1 && kind == scrutin.ActConstitute {
			at.says("Constitution du bureau")
			at.keys(`form[data-kind="support"] button:not([data-elsewhere])`)
			at.until(`document.getElementById("sign").open`)
			at.do(chromedp.Focus("#sign-do"), chromedp.KeyEvent(kb.Enter))
			at.until(`!document.getElementById("sign").open`)
		} else {
			s.sign(at, "support")
		}
		at.says("Vous avez signé cet acte.")
	}
	s.Logf("%s %s", time.Now().Format(time.TimeOnly), kind)
	p.click(`form[action$="/ecrire"] button`)
	p.says("L’acte est écrit au dossier.")
}

// purposes are those of the sessions that begin with an act.
var purposes = map[string]string{scrutin.ActConstitute: "Constitution du bureau, cérémonie des clés"}

// eventually waits for what a role does at its hours.
func (s *story) eventually(what string, done func() bool) {
	s.Helper()
	for end := time.Now().Add(90 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if done() {
			return
		}
	}
	s.Fatal(what)
}

// entered are the entries of a kind.
func (s *story) entered(kind string) (all []*journal.Entry) {
	for _, e := range s.office().Journal().Entries(0) {
		if e.Statement.Body.Kind() == kind {
			all = append(all, e)
		}
	}
	return all
}
