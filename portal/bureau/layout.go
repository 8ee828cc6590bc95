package bureau

import (
	"isoloir/scrutin"

	"github.com/a-h/templ"
)

// A link is a page with the key of its name and who may see it.
type link struct {
	path, key string
	right     right
}

// links are the pages, in the order of the work.
var links = []link{
	{"/", "members.link-home", seeing},
	{"/seance", "members.link-session", seeing},
	{"/alertes", "members.link-alerts", seeing},
	{"/participation", "members.link-turnout", reading},
	{"/liste", "members.link-list", reading},
	{"/envois", "members.link-delivery", seeing},
	{"/controle", "members.link-control", seeing},
	{"/ceremonie", "members.link-ceremony", holding},
	{"/ouverture", "members.link-opening", holding},
	{"/preparation", "prepare.title", seeing},
	{"/membres", "members.link-members", seeing},
	{"/supports", "members.link-media", seeing},
	{"/observations", "members.link-observations", seeing},
	{"/proces-verbal", "members.link-minutes", seeing},
	{"/journal", "members.link-journal", seeing},
	{"/dossier", "dossier.title", seeing},
	{"/temoins", "witness.title", seeing},
	{"/expert", "members.link-expert", reporting},
}

// has says whether a page is one of this scrutin: of accounts there is no roll to be read.
func (v *visit) has(l link) bool { return l.path != "/liste" || v.m.Accounts() == nil }

// real says whether what is decided here counts.
func (v *visit) real() bool { return v.m.Scrutin.Kind != scrutin.Rehearsal }

// kind is the key that says which.
func (v *visit) kind() string {
	if v.real() {
		return "members.real"
	}
	return "members.rehearsal"
}

// asks says whether a page has a script that signs.
func (v view) asks(script string) bool {
	for _, s := range v.scripts {
		if s == script {
			return true
		}
	}
	return false
}

func home(p view) string {
	if p.room {
		return "/salle"
	}
	return "/"
}

// current says where one is, to who cannot see it.
func current(v *visit, l link) string {
	if v.path == l.path {
		return "page"
	}
	return "false"
}

// attributes are those of [visit.author].
func attributes(v *visit) templ.Attributes {
	all := templ.Attributes{}
	for name, value := range v.author() {
		all[name] = value
	}
	return all
}
