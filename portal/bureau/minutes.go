package bureau

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"isoloir/bve"
	"isoloir/bve/journal"
	"isoloir/bve/minutes"
	"isoloir/portal/paper"
	"isoloir/scrutin"
)

// A minutesView is the minutes, or an annex, as a page shows them.
type minutesView struct {
	*minutes.Minutes            // nil where who visits may not see the draft yet, or has to ask for it
	drawn            *bve.Drawn // nil for a draft
	open             bool       // paraphs may be put on it
}

// minutes shows what was drawn up to be signed, and a draft of the minutes before that, or where it is asked for.
func (s *site) minutes(v *visit) (view, error) {
	p, shows := working(v, "minutes.title", 0), minutesView{}
	var err error
	if n := len(v.state.Drawn); n > 0 && v.r.FormValue("projet") == "" {
		i := n - 1
		if text := v.r.FormValue("annexe"); text != "" {
			if i = slices.IndexFunc(v.state.Drawn, func(d *bve.Drawn) bool { return number(d.Annex) == text }); i < 0 {
				return view{}, errNoPage
			}
		}
		papers, err := s.Office.Papers(v.r.Context())
		if err != nil {
			return view{}, err
		}
		if len(papers) != n {
			return view{}, fmt.Errorf("%d papers of %d that were drawn up", len(papers), n)
		}
		shows = minutesView{papers[i], v.state.Drawn[i], i == n-1}
	} else if v.state.Procedure.Ended() {
		if shows.Minutes, err = s.Office.DraftMinutes(v.r.Context(), string(v.language)); err != nil {
			return view{}, err
		}
	}
	p.body = minutesPage(v, shows)
	return p, nil
}

// draftRead shows a seat the draft before the vote has ended: it tells of turnout, so that the reading is entered first.
func (s *site) draftRead(v *visit) (view, error) {
	if _, err := s.Office.Say(v.r.Context(), journal.Read{Member: v.who.ID, What: journal.ReadTurnout}); err != nil {
		return view{}, err
	}
	draft, err := s.Office.DraftMinutes(v.r.Context(), string(v.language))
	if err != nil {
		return view{}, err
	}
	p := working(v, "minutes.title", 0)
	p.body = minutesPage(v, minutesView{Minutes: draft})
	return p, nil
}

// drawUp draws the minutes up to be signed, or their next annex.
func (s *site) drawUp(v *visit) (view, error) {
	if _, err := s.Office.DrawUp(v.r.Context(), v.who.ID, cmp.Or(v.r.PostFormValue("language"), minutes.Languages[0])); err != nil {
		return view{}, err
	}
	return view{redirect: v.href("/proces-verbal?fait=drawn")}, nil
}

// paraphers are the members who put their paraph on the pages: all who sit, and the delegates.
func (v *visit) paraphers() (all []*scrutin.Member) {
	for i := range v.m.Bureau.Members {
		if m := &v.m.Bureau.Members[i]; sits(m) {
			all = append(all, m)
		}
	}
	return all
}

// parapher says whether who visits is one of them.
func (v *visit) parapher() bool { return v.who != nil && sits(v.who) }

// unread are the pages without the paraph of who visits, from 1.
func (v *visit) unread(d *bve.Drawn) (pages []int) {
	for i := range d.Pages {
		if !d.Paraphed(v.who.ID, i+1) {
			pages = append(pages, i+1)
		}
	}
	return pages
}

// behind says whether the minutes that were drawn up do not tell of all that has happened, and are not signed.
func (v *visit) behind(d *bve.Drawn) bool {
	acts := v.state.Acts()
	return d.Annex == 0 && len(v.state.Procedure.Minutes) == 0 && (v.state.Untold() > 0 || len(acts) > 0 && acts[len(acts)-1].Text != d.Act)
}

// annexable says whether there are observations for an annex.
func (v *visit) annexable() bool { return v.state.Adopted() && v.state.Untold() > 0 }

// paperName is what the file of minutes or an annex is called, without its ending.
func paperName(annex int) string {
	if annex > 0 {
		return strings.TrimSuffix(minutes.AnnexFile(annex), ".json")
	}
	return strings.TrimSuffix(minutes.File, ".json")
}

// paperLabel is what people call it.
func (v *visit) paperLabel(annex int) string {
	if annex > 0 {
		return v.Say("minutes.annex", "Number", annex)
	}
	return v.Say("minutes.whole")
}

// A press prints one paper at a time, and each once.
type press struct {
	sync.Mutex
	printed map[scrutin.Digest][]byte
}

func (p *press) print(ctx context.Context, browser string, name scrutin.Digest, html []byte, pages int) ([]byte, error) {
	p.Lock()
	defer p.Unlock()
	if pdf, known := p.printed[name]; known {
		return pdf, nil
	}
	pdf, err := paper.Print(ctx, browser, html, pages)
	if err != nil {
		return nil, err
	}
	if p.printed == nil {
		p.printed = map[scrutin.Digest][]byte{}
	}
	p.printed[name] = pdf
	return pdf, nil
}

// minutesFile is what was drawn up, as a file: the data, the HTML that is drawn from them, and the PDF that is printed from that.
func (s *site) minutesFile(v *visit) (view, error) {
	name, ending, _ := strings.Cut(v.r.PathValue("file"), ".")
	i := slices.IndexFunc(v.state.Drawn, func(d *bve.Drawn) bool { return paperName(d.Annex) == name })
	if i < 0 || !slices.Contains([]string{"json", "html", "pdf"}, ending) || ending == "pdf" && s.Browser == "" {
		return view{}, errNoPage
	}
	papers, err := s.Office.Papers(v.r.Context())
	if err != nil {
		return view{}, err
	}
	text, err := scrutin.Text(papers[i])
	data, kind := []byte(text), "application/json"
	if err == nil && ending != "json" {
		data, err = paper.Draw(&papers[i].Sheets)
		kind = "text/html; charset=utf-8"
	}
	if err == nil && ending == "pdf" {
		data, err = s.press.print(v.r.Context(), s.Browser, scrutin.TextDigest(text), data, len(papers[i].Pages))
		kind = "application/pdf"
	}
	if err != nil {
		return view{}, err
	}
	return view{serve: func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).SetWriteDeadline(time.Now().Add(time.Minute))
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Content-Disposition", `attachment; filename="`+name+"."+ending+`"`)
		w.Write(data)
	}}, nil
}
