package bureau

import (
	"net/http"
	"slices"
	"strings"

	"isoloir/bve/journal"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// dossier is what a member takes with him, by his role and the hour: the record so far, the journal, the signed reports, the minutes.
func (s *site) dossier(v *visit) (view, error) {
	return shown(v, "dossier.title", dossierPage(v)), nil
}

// early are the parts of the record that tell nothing of who voted, or what.
var early = []string{record.Manifest, record.Standing, record.Opening, "acts/", "ceremony/", "enrolment/", "anonymisation/", "addenda/", "timestamps/", "after/"}

// recordCopy is the record as one file: until the result is proclaimed, or the vote has ended otherwise, its public part.
func (s *site) recordCopy(v *visit) (view, error) {
	if s.Record == nil {
		return view{}, errNoPage
	}
	whole := v.whole()
	return view{serve: s.exchange.take("dossier.tar", func(path string) bool {
		return whole || slices.ContainsFunc(early, func(p string) bool {
			return path == p || strings.HasSuffix(p, "/") && strings.HasPrefix(path, p)
		})
	})}, nil
}

// whole says whether members may take the whole record, as it was sealed.
func (v *visit) whole() bool { return v.state.Procedure.Proclaimed() }

// takesJournal says whether who visits may take a copy of the journal: it tells of turnout, which until the end is for the seats.
func (v *visit) takesJournal() bool {
	return v.may(reading) || v.may(signing) && v.state.Procedure.Ended()
}

// report is the last signed report of a role's store, where it is the one that the journal tells of.
func (s *site) report(v *visit) (view, error) {
	role, _ := strings.CutSuffix(v.r.PathValue("role"), ".note")
	if v.told.checked == nil {
		return view{}, errNoPage
	}
	said := checkedOf(v.told.checked).Reports
	i := slices.IndexFunc(said, func(r journal.CheckedRole) bool { return r.Role == role })
	if i < 0 {
		return view{}, errNoPage
	}
	data, err := s.Platform.Report(v.r.Context(), role)
	if err != nil {
		return view{}, v.unanswered(err)
	}
	if text, err := note.Text(data); err != nil || scrutin.TextDigest(text) != said[i].SHA256 {
		return view{}, saying{v.Say("dossier.other-report"), errNoPage}
	}
	return view{serve: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Content-Disposition", `attachment; filename="rapport-`+role+`.note"`)
		w.Write(data)
	}}, nil
}
