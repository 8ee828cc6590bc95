package pages

import (
	"fmt"

	"isoloir/scrutin"
)

// remote says whether an issuer can send a new code to who is not there.
func remote(i scrutin.Issuer) bool { return i.Channel == "email" || i.Channel == "sms" }

// codeKey is the key of what an elector calls the code of an issuer: the first sends
// the identifier, the second the password (docs/online.md, section 1).
func codeKey(issuer int) string { return fmt.Sprintf("renew.code-%d", issuer+1) }
