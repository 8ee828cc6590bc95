package observe

import (
	"log/slog"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// kind is what a field of an event may be. All kinds are in this file; none can be made of arbitrary bytes.
type kind interface{ shown() slog.Value }

// A Role is one of docs/online.md, section 0, or of docs/consultations.md, section 11.
type Role uint8

// The roles. Process is for what is no role's.
const (
	Process Role = iota
	Urn
	Roll
	IssuerA
	IssuerB
	Portal
	Bureau
	Hall
	Notices
)

var roleNames = [...]string{"process", "urn", "roll", "issuer-a", "issuer-b", "portal", "bureau", "hall", "notices"}

// RoleOf is the role of a name; Process for any other.
func RoleOf(name string) Role {
	for i, n := range roleNames {
		if n == name {
			return Role(i)
		}
	}
	return Process
}

// String is the role's name.
func (r Role) String() string {
	if int(r) < len(roleNames) {
		return roleNames[r]
	}
	return roleNames[Process]
}

func (r Role) shown() slog.Value { return slog.StringValue(r.String()) }

// A Duty is what a role does at its hours.
type Duty uint8

// The duties.
const (
	Refresh   Duty = iota // new acts are looked for in the public record
	Flush                 // pending ballots enter the logs
	Close                 // the urn is closed, the roll settled
	Reconcile             // the roll asks the urn about those whose device stopped between
	Sweep                 // ended sessions are forgotten
	Tell                  // electors are told that their vote is recorded, and authorisations forgotten
	Inspect               // the store is checked, whole, for what its service did not write
	Dispatch              // messages and deposits leave
	Renew                 // requests for new codes are kept
	Keys                  // the Vault of a role's keys answers
	Amend                 // amendments of the roll that the bureau has adopted are taken up
	Oversee               // at the slots, what the bureau is told of turnout
	Lookout               // the bureau asks every role how it is
	Certify               // a certificate whose files have changed is taken
	Announce              // what is published of spaces is told to who asked for it
)

var dutyNames = [...]string{"refresh", "flush", "close", "reconcile", "sweep", "tell", "inspect", "dispatch", "renew", "keys", "amend", "oversee", "lookout", "certify", "announce"}

// String is the duty's name.
func (d Duty) String() string {
	if int(d) < len(dutyNames) {
		return dutyNames[d]
	}
	return "duty"
}

func (d Duty) shown() slog.Value { return slog.StringValue(d.String()) }

// An Incident is what the bureau's lookout can see (package bve/journal).
type Incident struct{ text string }

var incident = regexp.MustCompile(`^[a-z]{1,10}(-[a-z]{1,10})?$`)

// IncidentOf is what a word says, if it is one.
func IncidentOf(what string) Incident {
	if !incident.MatchString(what) {
		return Incident{"other"}
	}
	return Incident{what}
}

func (i Incident) shown() slog.Value { return slog.StringValue(i.text) }

// A Damage is what a check of a store has found: a table, an urn, a row by its place or by eight digits that say nothing, and what is wrong
// with it (package integrity).
type Damage struct{ text string }

var damage = regexp.MustCompile(`^table [a-z_]{1,20}(, urn [A-Za-z0-9._-]{1,64})?(, (row #[0-9a-f]{2,8}|rows? (after )?[0-9]{1,10}( to [0-9]{1,10})?|[0-9]{1,10} of [0-9]{1,10} rows|[0-9]{1,10} rows more than [0-9]{1,10}|of [0-9]{1,10} leaves|more rows than are named here))?: [a-z]{1,10}$`)

// DamageOf is the damage that a sentence tells, if nothing but that stands in it.
func DamageOf(sentence string) Damage {
	if !damage.MatchString(sentence) {
		return Damage{"something that is not shown here"}
	}
	return Damage{sentence}
}

func (d Damage) shown() slog.Value { return slog.StringValue(d.text) }

// A Route is a pattern that a handler stands under, as http.ServeMux has it.
type Route struct{ pattern string }

var pattern = regexp.MustCompile(`^([A-Z]{3,7} )?/[a-z0-9_.{}$/-]{0,80}$`)

// Longest run of letters and digits, other than words, that a pattern may have.
var long = regexp.MustCompile(`[0-9]{3}|[0-9a-f]{16}`)

// RouteOf is a pattern as the source has it. What does not look like one is "other", nothing is "none".
func RouteOf(s string) Route {
	switch {
	case s == "":
		return Route{"none"}
	case !pattern.MatchString(s) || long.MatchString(s):
		return Route{"other"}
	}
	return Route{s}
}

func (r Route) shown() slog.Value { return slog.StringValue(r.pattern) }

// An Address is where a service is: host:port, or an origin. It comes from the configuration.
type Address struct{ text string }

// AddressOf reads host:port or an origin; everything else is "?".
func AddressOf(s string) Address {
	if u, err := url.Parse(s); err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") && s == u.Scheme+"://"+u.Host {
		return Address{s}
	}
	host, port, found := cutLast(s, ":")
	if _, err := netip.ParseAddrPort("[::]:" + port); !found || err != nil || strings.ContainsAny(host, " /@?#") {
		return Address{"?"}
	}
	return Address{s}
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

func (a Address) shown() slog.Value { return slog.StringValue(a.text) }

// A Drift is how far a clock is before this machine's, in whole seconds.
type Drift int64

// DriftOf rounds a difference.
func DriftOf(d time.Duration) Drift { return Drift(d.Round(time.Second) / time.Second) }

func (d Drift) shown() slog.Value { return slog.Int64Value(int64(d)) }
