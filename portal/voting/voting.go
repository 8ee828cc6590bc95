// Package voting is the four pages on which the voter's device works: the vote, the
// check of a receipt, the check of a device by a ballot that it opened, and the question
// whether one was marked (docs/online.md, section 4). Each is one document that holds all its steps; the scripts of
// web/client/pages show one at a time.
//
// What it promises. The document holds the words, the frame and where the roles are
// reached, and nothing that a voter chooses from or trusts: names of lists and
// candidates, the urn's key, the fingerprint are written into it by the script, from
// the records that it verified. So who changes the document shows nobody another
// choice than the sealed one. Without a script it says what to do instead.
//
// Scripts and tests find their way by identifiers, which stay:
//
//   - #device carries data-step, the step that shows; a step NAME is section
//     #step-NAME with an h1, and stands in stage data-stage of #stages;
//   - the vote goes through the steps start, codes, factor, choice, confirm,
//     validate, ready, sending, receipt; or ends in voted, problem or stop. #device
//     then has data-problem, the name of what is in the way, or data-check, the
//     device's check that failed;
//   - codes: form #codes with #identifier, #password, #show, #codes-go, what is said
//     in #codes-said, #identifier-error, #password-error; #fingerprint, and
//     #fingerprint-same where a link brought it;
//   - factor and validate: forms #factor and #validate with #factor-text,
//     #factor-again, #factor-said, #factor-text-error, and the same for validate;
//   - choice: form #choice with one fieldset #question-ID for each question, radio
//     buttons named q-ID whose value is the option's identifier or blank, #choice-go;
//   - confirm: #chosen, #confirm-yes, #confirm-back; ready: #ready-code, #ready-send,
//     #ready-back, #ready-challenge; challenge: #challenge-open, #challenge-back; then
//     challenged: #challenged-choice, #challenged-code, #challenged-again; sending: #leg-reserve, #leg-append, #leg-mark with data-state
//     waiting, current or done, #sending-state, #sending-now;
//   - receipt: #receipt-code, #receipt-download, #receipt-copy, #receipt-print;
//     stop: #stop-text, #stop-check, #stop-download; problem: #problem-title,
//     #problem-text, #problem-again; the warning #expiry with #expiry-extend,
//     #expiry-leave;
//   - where the codes open several scrutins: the step scrutins with #scrutins, a card
//     for each with data-state, .act and .file, #scrutins-text, #scrutins-said,
//     #scrutins-leave, #scrutins-codes; #which says of which scrutin a step is, and
//     .to-scrutins leads back; the mark page then ends in the step marks;
//   - the check page has the steps start, ask, search, found: form #check with #code,
//     #file, #way-ask, #way-list, #urn, #check-go; then #found-title, #found-text,
//     #found-facts, and data-found on #device: recorded, received, absent, broken, and
//     where one may change his vote recorded-last and counted-last;
//   - the page of opened ballots has the steps start, ask, search, found, contest,
//     contested: form #check with #urn, #code; #found-choice, #found-differs,
//     #found-file, and data-found on #device: opened, false, none;
//   - the mark page has the steps start, codes, factor, marked, unmarked;
//   - the page of a scrutin of accounts has the steps start, terminal, about, open,
//     standing, choice, confirm, ready, sending, receipt: #about-go; form #open-form with
//     #number, #by-passphrase, #by-scratch, #passphrase, #scratch, #open-go, #use-passkey,
//     what is said in #open-said; #standing-text, #standing-code, #standing-change; and on a
//     terminal (?borne) #kiosk, with #kiosk-left and #kiosk-end, and #terminal for its key.
package voting

import (
	"encoding/json"
	"strings"

	"isoloir/portal/pages"
	"isoloir/scrutin"

	"github.com/a-h/templ"
)

// Add adds the four pages to a site.
func Add(s *pages.Site) {
	s.Page("/urne/{urn}/voter", func(v *pages.Visit) (pages.View, error) {
		urn, _, err := v.Urn()
		if err != nil {
			return pages.View{}, err
		}
		if away := v.Leading("/"); away != "" {
			return pages.Elsewhere(away), nil
		}
		if ofAccounts(v) {
			return consultation(v), nil
		}
		return view(v.Say("vote.title"), "vote.js", vote(v, urn), several(v, "codes.say.", "vote.say.")...), nil
	})
	s.Page("/voter", func(v *pages.Visit) (pages.View, error) {
		if !ofAccounts(v) {
			return pages.View{}, pages.ErrNoPage
		}
		return consultation(v), nil
	})
	s.Page("/verifier", func(v *pages.Visit) (pages.View, error) {
		return view(v.Say("link.verify"), "check.js", check(v), "check.say."), nil
	})
	s.Page("/controler", func(v *pages.Visit) (pages.View, error) {
		return view(v.Say("link.device"), "opened.js", opened(v), "opened.say.", "vote.say."), nil
	})
	s.Page("/emargement", func(v *pages.Visit) (pages.View, error) {
		if ofAccounts(v) { // nobody is marked
			return pages.View{}, pages.ErrNoPage
		}
		if away := v.Leading("/emargement"); away != "" {
			return pages.Elsewhere(away), nil
		}
		return view(v.Say("link.mark"), "mark.js", mark(v), several(v, "codes.say.", "mark.say.")...), nil
	})
}

// several adds what is said of several scrutins, where the codes open others.
func several(v *pages.Visit, sentences ...string) []string {
	if leads(v) {
		return append(sentences, "scrutins.say.")
	}
	return sentences
}

func view(title, script string, body templ.Component, sentences ...string) pages.View {
	return pages.View{Title: title, Body: body, Scripts: []string{script}, Sentences: append(sentences, "device.say."), Bare: true}
}

// device is what a script reads of where it is: the vote as this document has it,
// which it then verifies, and where the roles are.
func device(v *pages.Visit, urn *scrutin.Urn) templ.Attributes {
	o := v.Origins
	a := templ.Attributes{
		"data-origins": encoded(served{v.Fingerprint, o.Portal, o.Roll, o.Urn, append([]string{}, o.Issuers...)}),
		"data-phase":   string(v.Phase),
		"data-opens":   v.When(v.Manifest.Schedule.Open.Time),
		"data-closes":  v.When(v.Closes()),
	}
	if o.Register != "" {
		a["data-register"] = o.Register
	}
	if urn != nil {
		a["data-urn"] = urn.ID
	}
	if leads(v) {
		var companions []served
		for _, c := range o.Companions {
			companions = append(companions, served{c.Fingerprint, c.Portal, c.Roll, c.Urn, c.Issuers})
		}
		a["data-companions"] = encoded(companions)
	}
	return a
}

// served is where a scrutin is served, as the script reads it.
type served struct {
	Fingerprint scrutin.Digest `json:"fingerprint"`
	Portal      string         `json:"portal"`
	Roll        string         `json:"roll"`
	Urn         string         `json:"urns"`
	Issuers     []string       `json:"issuers"`
}

func encoded(value any) string {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err) // of texts alone
	}
	return string(data)
}

// leads says whether the codes of this scrutin open others.
func leads(v *pages.Visit) bool { return len(v.Manifest.Companions) > 0 }

// example is a code as an issuer writes it, of letters that mean nothing.
func example(v *pages.Visit) string {
	var groups []string
	for left := v.Manifest.Codes.Length; left > 0; left -= 4 {
		groups = append(groups, "XXXX"[:min(left, 4)])
	}
	return strings.Join(groups, "-")
}

// caseRule is the sentence on how a code may be typed: capitals matter where the
// alphabet has a letter in both forms.
func caseRule(v *pages.Visit) string {
	alphabet := v.Manifest.Codes.Alphabet
	for _, r := range alphabet {
		if 'A' <= r && r <= 'Z' && strings.ContainsRune(alphabet, r|0x20) {
			return "codes.hyphens.case"
		}
	}
	return "codes.hyphens"
}

func countries(v *pages.Visit) string {
	var names []string
	for _, code := range v.Manifest.RestrictedCountries {
		names = append(names, v.Country(code))
	}
	return strings.Join(names, ", ")
}

// leaving is what ends the session early: of several votes, one may be cast by then.
func leaving(v *pages.Visit) string {
	if leads(v) {
		return "codes.dialog.quit"
	}
	return "codes.dialog.leave"
}

// final is the sentence on what a ballot that is cast still allows.
func final(v *pages.Visit) string {
	if v.Manifest.Finality.Mode == scrutin.Revote {
		return "vote.ready.revote"
	}
	return "vote.ready.final"
}
