package citizen

import (
	"time"

	"isoloir/portal/words"
	"isoloir/register"
	"isoloir/scrutin"

	"github.com/a-h/templ"
)

// Preview is what the page of a consultation says, for who prepares it: the same words in the same
// form as citizens read them, its files at addresses of who shows it. It begins with the page's
// own first heading.
func Preview(s *words.Speaker, r *register.Register, c *Consultation, now func() time.Time, file func(scrutin.Digest) string) (templ.Component, error) {
	zone, err := time.LoadLocation(r.Zone)
	if err != nil {
		return nil, err
	}
	return consultation(&view{Speaker: s, site: &site{Config: Config{Register: r, Now: now}, zone: zone}, file: file}, c), nil
}
