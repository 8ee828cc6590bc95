package pages

import (
	"net/http"
	"strings"
	"time"

	"isoloir/portal/words"
	"isoloir/scrutin"
)

// A Visit is one request for a page: all that the page is made from.
type Visit struct {
	*words.Speaker
	Language words.Language
	// Path is that of the page after the language, such as /notice.
	Path        string
	Now         time.Time
	Zone        *time.Location
	Manifest    *scrutin.Manifest
	Fingerprint scrutin.Digest
	Progress    Progress
	Phase       Phase
	Origins     Origins

	site    *Site
	request *http.Request
	lost    bool // no page of this path exists in the other language
}

func (s *Site) visit(r *http.Request, l words.Language) *Visit {
	now, from := s.config.Now(), s.config.Scrutin
	v := &Visit{Speaker: s.words.In(l), Language: l, Now: now, Zone: s.zone, Manifest: from.Manifest(), Fingerprint: from.Fingerprint(),
		Progress: from.Progress(), Origins: from.Origins(), site: s, request: r}
	v.Path = strings.TrimPrefix(r.URL.Path, "/"+string(l))
	v.Phase = v.Progress.Phase(v.Manifest, now)
	return v
}

// Href is the address of a page in the language of the visit.
func (v *Visit) Href(path string) string { return "/" + string(v.Language) + path }

// Leading is the address of a page on the portal of the scrutin that this one is a
// companion of; empty where it is none.
func (v *Visit) Leading(path string) string {
	if v.Origins.Leading == "" {
		return ""
	}
	return v.Origins.Leading + v.Href(path)
}

// still says whether one cannot vote here any more, or for a time, and perhaps still in
// a companion, for which one logs in here.
func (v *Visit) still() bool {
	return len(v.Origins.Companions) > 0 && v.Phase != Before && v.Phase != Open
}

// sealed says what the fingerprint is compared with: that of a companion does not
// stand beside the codes, but in the leading scrutin's manifest.
func (v *Visit) sealed(own, led, accounts string) string {
	switch {
	case v.Manifest.Accounts() != nil:
		return v.Say(accounts)
	case v.Origins.Leading != "":
		return v.Say(led)
	}
	return v.Say(own)
}

// Value is a wildcard of the page's path.
func (v *Visit) Value(name string) string { return v.request.PathValue(name) }

// Urn is the urn that the path names by the wildcard urn, and its number.
func (v *Visit) Urn() (*scrutin.Urn, int, error) {
	urn, known := v.Manifest.Urn(v.Value("urn"))
	if !known {
		return nil, 0, ErrNoPage
	}
	number, _ := v.Manifest.UrnNumber(urn.ID)
	return urn, number, nil
}

// Closes is the end of voting, as extended.
func (v *Visit) Closes() time.Time { return v.Progress.Closes(v.Manifest) }

// When writes a moment in the legal time of the vote.
func (v *Visit) When(t time.Time) string { return v.Instant(t, v.Zone) }
