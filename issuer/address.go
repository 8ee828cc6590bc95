package issuer

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"isoloir/courier"
)

var (
	emailPattern = regexp.MustCompile(`^[A-Za-z0-9!#$%&'*+/=?^_{|}~` + "`" + `-]+(\.[A-Za-z0-9!#$%&'*+/=?^_{|}~` + "`" + `-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}$`)
	phonePattern = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
)

// How long addresses are at most.
const (
	maxEmail     = 254 // RFC 5321
	maxLocal     = 64
	maxPostLines = 7
	maxPostLine  = 60
)

// validAddress says whether an address is one of its channel: an e-mail address in
// ASCII (an internationalised domain in its xn-- form), a telephone number as
// +33612345678 (E.164), two to seven lines of a postal address.
func validAddress(channel courier.Channel, a string) bool {
	switch channel {
	case courier.Email:
		return len(a) <= maxEmail && strings.IndexByte(a, '@') <= maxLocal && emailPattern.MatchString(a)
	case courier.SMS:
		return phonePattern.MatchString(a)
	case courier.Post:
		lines := strings.Split(a, "\n")
		for _, l := range lines {
			if !plainLine(l) {
				return false
			}
		}
		return len(lines) >= 2 && len(lines) <= maxPostLines
	}
	return false
}

func plainLine(l string) bool {
	return l != "" && strings.TrimSpace(l) == l && utf8.ValidString(l) && utf8.RuneCountInString(l) <= maxPostLine &&
		!strings.ContainsFunc(l, func(r rune) bool { return !unicode.IsGraphic(r) })
}

// LookUp is the form in which an address is looked for, so that what people type
// finds it: an e-mail address without capitals; a telephone number without spaces
// and signs, 00 as +, and a single 0 as the calling code home, if that is not empty.
func LookUp(channel courier.Channel, typed, home string) string {
	typed = strings.TrimSpace(typed)
	switch channel {
	case courier.Email:
		return strings.ToLower(typed)
	case courier.SMS:
		digits := strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", ".", "", "-", "", "/", "", "(0)", "", "(", "", ")", "").Replace(typed)
		switch {
		case strings.HasPrefix(digits, "00"):
			return "+" + digits[2:]
		case strings.HasPrefix(digits, "0") && home != "":
			return home + digits[1:]
		}
		return digits
	}
	return typed
}

// hint is an address as it is shown to somebody who may know it: the first
// character of its parts, or the last two digits.
func hint(channel courier.Channel, address string) string {
	switch channel {
	case courier.Email:
		at := strings.LastIndexByte(address, '@')
		return address[:1] + "…@" + address[at+1:at+2] + "…"
	case courier.SMS:
		return "…" + address[len(address)-2:]
	}
	return ""
}
