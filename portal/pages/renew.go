package pages

import (
	"fmt"

	"isoloir/scrutin"
)

// renewing is the page for a new code; those of a companion are the leading scrutin's.
func renewing(v *Visit) (View, error) {
	if away := v.Leading("/renouveler"); away != "" {
		return Elsewhere(away), nil
	}
	return View{Title: v.Say("link.renew"), Body: renew(v), TellsOrigin: true}, nil
}

// remote says whether an issuer can send a new code to who is not there.
func remote(i scrutin.Issuer) bool { return i.Channel == "email" || i.Channel == "sms" }

// codeKey is the key of what an elector calls the code of an issuer: the first sends
// the identifier, the second the password (docs/online.md, section 1).
func codeKey(issuer int) string { return fmt.Sprintf("renew.code-%d", issuer+1) }
