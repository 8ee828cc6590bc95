package bureau

import (
	"io"
	"net/http"
	"strconv"
	"strings"

	"isoloir/bve/journal"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
)

// signed takes a note that the page's script has made.
func (s *site) signed(v *visit) (view, error) {
	return view{serve: func(w http.ResponseWriter, r *http.Request) {
		data, err := io.ReadAll(r.Body)
		said := ""
		if err == nil {
			said, err = s.submit(v, data)
		}
		if rule := (Refusal)(nil); err != nil && !asRefusal(err, &rule) {
			err = saying{v.Say("signing.not-taken", "Why", err.Error()), err}
		}
		s.tell(w, v, said, err)
	}}, nil
}

// submit brings a note to the journal: the statement of who has logged in, and of nobody
// else, so that a page left open serves no other member.
func (s *site) submit(v *visit, data []byte) (string, error) {
	statement, e, err := s.brought(v.r.Context(), v, data)
	if err != nil {
		return "", err
	}
	return v.Say("signing.entered", "Kind", v.Say("record.kind-"+statement.Body.Kind()), "Number", e.Number), nil
}

// pasted takes notes that were signed elsewhere, one after the other.
func (s *site) pasted(v *visit) (view, error) {
	pasted := unbroken(v.r.PostFormValue("note"))
	texts := v.r.PostForm["text"]
	for _, note := range notes(pasted) {
		if _, err := s.submit(v, []byte(note)); err != nil {
			return refused(shown(v, "signing.title", elsewhere(v, texts, v.because(err)))), nil
		}
	}
	return view{redirect: v.href("/seance?fait=note")}, nil
}

// notes are those of a text that holds some: each begins with the brace of its record, alone on its line.
func notes(text string) (all []string) {
	for line := range strings.Lines(text) {
		if line == "{\n" || len(all) == 0 {
			all = append(all, "")
		}
		all[len(all)-1] += line
	}
	return all
}

// unbroken is a text that a form has sent, with the line ends of a note.
func unbroken(text string) string {
	var out []byte
	for i := range len(text) {
		if text[i] != '\r' {
			out = append(out, text[i])
		}
	}
	if n := len(out); n > 0 && out[n-1] != '\n' {
		out = append(out, '\n')
	}
	return string(out)
}

// elsewhere writes the statement of a form, for who signs it on another machine. A voice
// for a motion needs the act signed first, whose line the statement holds.
func (s *site) elsewhere(v *visit) (view, error) {
	if act := unbroken(v.r.PostFormValue("act")); v.r.PostFormValue("kind") == "support" && v.r.PostFormValue("signed") == "" {
		return shown(v, "signing.title", actElsewhere(v, act)), nil
	}
	texts, err := v.texts()
	if err != nil {
		return refused(shown(v, "signing.title", plainly(v, "signing.incomplete"))), nil
	}
	return shown(v, "signing.title", elsewhere(v, texts, "")), nil
}

// texts are those of the statements that a form makes: one, or one for each page of the minutes that is paraphed.
func (v *visit) texts() (texts []string, err error) {
	bodies, err := v.paraphs()
	if v.r.PostFormValue("kind") != "page" {
		var body journal.Body
		body, err = v.stated()
		bodies = []journal.Body{body}
	}
	if err != nil {
		return nil, err
	}
	for _, body := range bodies {
		session := v.state.Session.Number
		if body.Kind() == "session-open" {
			session = v.state.NextSession()
		}
		statement := journal.Statement{Manifest: v.f, By: v.who.ID, Session: session, Time: scrutin.TimeOf(v.now), Nonce: journal.NewNonce(),
			Seen: v.told.head, Body: body}
		text, err := statement.Text()
		if err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, nil
}

// paraphs are those on the pages that a form names, of what was drawn up last.
func (v *visit) paraphs() (all []journal.Body, err error) {
	for _, text := range v.r.PostForm["page"] {
		n, err := strconv.Atoi(text)
		if err != nil || len(v.state.Drawn) == 0 {
			return nil, journal.ErrKind
		}
		d := v.state.Drawn[len(v.state.Drawn)-1]
		if n < 1 || n > len(d.Pages) {
			return nil, journal.ErrKind
		}
		all = append(all, journal.Page{Page: n, Digest: d.Pages[n-1]})
	}
	if len(all) == 0 {
		return nil, journal.ErrKind
	}
	return all, nil
}

// refused is a page whose form was not taken.
func refused(p view) view {
	p.status = http.StatusUnprocessableEntity
	return p
}

// download is the text that is to be signed, as a file.
func (s *site) download(v *visit) (view, error) {
	return view{serve: func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Content-Disposition", `attachment; filename="a-signer.txt"`)
		io.WriteString(w, unbroken(r.PostFormValue("text")))
	}}, nil
}

// stated is the body that a form states.
func (v *visit) stated() (journal.Body, error) {
	get := func(name string) string { return v.r.PostFormValue("body." + name) }
	digest := func(name string) (d scrutin.Digest, err error) {
		if get(name) != "" {
			err = d.UnmarshalText([]byte(get(name)))
		}
		return d, err
	}
	named, err := digest("motion")
	if err != nil {
		return nil, err
	}
	switch kind := v.r.PostFormValue("kind"); kind {
	case "session-open":
		return journal.SessionOpen{Purpose: oneLine(get("purpose"))}, nil
	case "session-close":
		head, err := digest("head")
		return journal.SessionClose{Head: head}, err
	case "present":
		return journal.Present{}, nil
	case "leave":
		return journal.Leave{}, nil
	case "motion":
		act := new(scrutin.Act)
		err := canon.Unmarshal([]byte(unbroken(get("act"))), act)
		return journal.Motion{Act: *act}, err
	case "support":
		line, err := lineOf([]byte(unbroken(v.r.PostFormValue("signed"))), named, v.who.Verifier())
		return journal.Support{Motion: named, Signature: line}, err
	case "against":
		return journal.Against{Motion: named}, nil
	case "abstain":
		return journal.Abstain{Motion: named}, nil
	case "opinion":
		return journal.Opinion{About: get("about"), Opinion: oneLine(get("opinion"))}, nil
	case "acknowledged":
		alert, err := digest("alert")
		return journal.Acknowledged{Alert: alert}, err
	case "agreement":
		other, err := digest("scrutin")
		return journal.Agreement{Motion: named, Scrutin: other}, err
	case "invited":
		return journal.Invited{Member: get("member")}, nil
	case "revoked":
		key, err := digest("fingerprint")
		return journal.Revoked{Member: get("member"), Fingerprint: key}, err
	case "custody":
		sum, err := digest("sha256")
		return journal.Custody{Medium: oneLine(get("medium")), SHA256: sum, Seal: oneLine(get("seal")), Holder: get("holder"), State: get("state")}, err
	case "observation":
		return journal.Observation{Who: v.who.Label, Quality: quality(v.who), Text: lines(get("text")), Annex: annexed(v.state.State)}, nil
	case "report":
		sum, err := digest("sha256")
		if err != nil {
			return nil, err
		}
		size, err := strconv.ParseInt(get("size"), 10, 64)
		return journal.Report{Title: oneLine(get("title")), SHA256: sum, Size: size}, err
	}
	return nil, journal.ErrKind
}

// lineOf is the line by which a member has signed an act: below its text, as a note.
func lineOf(data []byte, motion scrutin.Digest, key note.Verifier) (string, error) {
	n, err := note.Open(data, key)
	if err != nil {
		return "", err
	}
	if scrutin.TextDigest(n.Text) != motion {
		return "", journal.ErrKind
	}
	line := data[len(n.Text)+1:]
	return string(line[:len(line)-1]), nil
}
