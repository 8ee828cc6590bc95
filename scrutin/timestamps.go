package scrutin

import (
	"slices"
	"time"
)

// TimestampTolerance is how far the clocks of the bureau and of an authority may be apart.
const TimestampTolerance = 5 * time.Minute

// timestamped are the types of act that authorities date, each with the one that must not have been decided when they do: it builds on the first.
var timestamped = []struct{ act, before string }{
	{ActOpen, ActClose}, {ActClose, ActSeal}, {ActSeal, ActMix}, {ActProclaim, ""},
}

// Timestamped says whether authorities date acts of this type.
func Timestamped(kind string) bool {
	return slices.ContainsFunc(timestamped, func(t struct{ act, before string }) bool { return t.act == kind })
}

// A Window is when a timestamp can have been given, tolerance included.
type Window struct {
	From  time.Time
	Until time.Time // zero: the record does not say
}

// Holds says whether a time is in the window.
func (w Window) Holds(at time.Time) bool {
	return !at.Before(w.From) && (w.Until.IsZero() || !at.After(w.Until))
}

// TimestampWindow is that of the timestamps over one of these acts: from its time until that of the act that builds on it, where it is there.
func TimestampWindow(acts []*Act, of *Act) Window {
	w := Window{From: of.Time.Add(-TimestampTolerance)}
	for _, t := range timestamped {
		for _, a := range acts {
			if t.act == of.Type && t.before == a.Type && w.Until.IsZero() {
				w.Until = a.Time.Add(TimestampTolerance)
			}
		}
	}
	return w
}

// ActAuthority adopts a further certificate by which an authority of the manifest
// gives timestamps.
const ActAuthority = "authority"

// AdoptAuthority is the path under which an act adopts such a certificate, by the
// SHA-256 of its DER.
func AdoptAuthority(id string) string { return "timestamps/" + id }

// authorised requires further certificates of authorities of the manifest, none
// again, and a reason.
func (p *Procedure) authorised(b *ActBody) error {
	if len(b.Adopts) == 0 || b.Reason == "" {
		return lack(RuleBody, "it adopts no certificate of a timestamp authority, or gives no reason")
	}
	for _, a := range b.Adopts {
		known := slices.ContainsFunc(p.manifest.Timestamps, func(t Authority) bool {
			return AdoptAuthority(t.ID) == a.Path && t.Certificate != a.SHA256
		})
		if !known || slices.Contains(p.Authorities, a) {
			return lack(RuleBody, "%s is no timestamp authority of the manifest, or has that certificate already", a.Path)
		}
		p.Authorities = slices.Concat(p.Authorities, []Adopted{a})
	}
	return nil
}

// Certificates returns those by which an authority of the manifest gives timestamps,
// by SHA-256 of their DER: the manifest's, and what acts adopted, wherever they
// stand.
func (a *Authority) Certificates(acts []*Act) []Digest {
	all := []Digest{a.Certificate}
	for _, act := range acts {
		for _, adopted := range act.Body.Adopts {
			if act.Type == ActAuthority && adopted.Path == AdoptAuthority(a.ID) {
				all = append(all, adopted.SHA256)
			}
		}
	}
	return all
}
