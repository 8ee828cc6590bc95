package scrutin

import (
	"math"
	"slices"
	"time"
)

func (c *check) schedule() {
	m, s := c.m, c.m.Schedule
	c.when(!s.Open.Before(s.Close.Time), "schedule.close", "close-after-open")
	c.when(!s.Count.IsZero() && s.Count.Before(s.Ends(s.Close)), "schedule.count", "count-after-close")
	if m.Scrutin.Profile != FrenchAbroad {
		return
	}
	c.when(s.Count.IsZero(), "schedule.count", "count-needed")
	c.when(s.GraceMinutes != 0, "schedule.grace_minutes", "grace-none")
	if s.PollingDay == "" {
		c.add("schedule.polling_day", "polling-day")
		return
	}
	c.when(!s.Count.IsZero() && day(s.Count, s.Zone) < s.PollingDay, "schedule.count", "count-after-polls", s.PollingDay)
	latest, err := latestClose(s)
	c.when(err != nil || s.Close.After(latest), "schedule.close", "close-third-day", s.PollingDay, s.Zone)
}

// day is that of an instant in a zone.
func day(at Time, zone string) Date {
	z, err := time.LoadLocation(zone)
	if err != nil {
		return ""
	}
	return Date(at.In(z).Format(dateForm))
}

// latestClose is noon of the third day before the polling day, legal time: décret
// 2009-525, art. 4.
func latestClose(s Schedule) (time.Time, error) {
	zone, err := time.LoadLocation(s.Zone)
	if err != nil {
		return time.Time{}, err
	}
	day, err := time.ParseInLocation(dateForm, string(s.PollingDay), zone)
	if err != nil {
		return time.Time{}, err
	}
	return time.Date(day.Year(), day.Month(), day.Day()-3, 12, 0, 0, 0, zone), nil
}

func (c *check) finality() {
	m := c.m
	regulated, revote := m.Scrutin.Regulated(), m.Finality.Mode == Revote
	c.when(regulated && revote, "finality.mode", "revote-regulated", m.Scrutin.Profile)
	c.when(revote && m.Finality.HighestCounter == 0, "finality.highest_counter", "counter-revote")
	c.when(!revote && m.Finality.HighestCounter != 0, "finality.highest_counter", "counter-final")
	p := m.Publication
	c.when(regulated && p.Rule == "by-code", "publication.rule", "by-code-regulated", m.Scrutin.Profile)
	c.when(!regulated && p.Rule == "by-code", "publication.rule", "by-code-none")
	c.when(regulated && p.Board == "public", "publication.board", "board-regulated", m.Scrutin.Profile)
	abroad := m.Scrutin.Profile == FrenchAbroad
	c.when(abroad && p.EmailAfterVote == "none", "publication.email_after_vote", "email-abroad")
	c.when(abroad && p.Release != "global-proclamation", "publication.release", "release-abroad")
}

func (c *check) decision() {
	m := c.m
	t := m.Decision.Turnout
	c.when(t.Numerator > t.Denominator || gcd(t.Numerator, t.Denominator) != 1, "decision.turnout", "fraction")
	w := m.Weight
	if w.IsMixed() {
		c.when(w.Absent == "none" || w.Several == "none", "weight", "weight-mixed")
		c.when(w.Rule == MixedTerritory && w.Several == "list", "weight", "weight-territory")
		c.when(m.Scrutin.Regulated(), "weight.rule", "weight-regulated", m.Scrutin.Profile)
		c.when(slices.Contains(m.Addenda.Allowed, "roll"), "addenda.allowed", "weight-addenda")
	} else {
		c.when(w.Absent != "none" || w.Several != "none", "weight", "weight-equal")
	}
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// codeBits is the least entropy of an elector's code, in bits.
const codeBits = 60

func (c *check) codes() {
	m, k := c.m, c.m.Codes
	c.duplicates("addenda.allowed", m.Addenda.Allowed)
	if m.Accounts() != nil {
		return
	}
	letters := map[rune]bool{}
	for _, r := range k.Alphabet {
		c.when(letters[r] || r == ' ', "codes.alphabet", "alphabet", string(r))
		letters[r] = true
	}
	bits := float64(k.Length) * math.Log2(float64(len(letters)))
	c.when(bits < codeBits, "codes.length", "code-bits", int(bits), codeBits)
	c.when(uint64(k.MemoryKiB) < 8*uint64(k.Lanes), "codes.memory_kib", "code-memory", 8*int(k.Lanes))
	cards := false
	for _, college := range m.Colleges {
		for _, f := range college.Factors {
			cards = cards || f.Kind == "card"
		}
	}
	c.when(cards != (k.ScratchLength > 0), "codes.scratch_length", "scratch")
}

func (c *check) duplicates(list string, values []string) {
	for i, v := range values {
		c.when(slices.Contains(values[:i], v), at(list, i), "duplicate", v)
	}
}

func (c *check) companions() {
	for i, f := range c.m.Companions {
		c.when(slices.Contains(c.m.Companions[:i], f), at("companions", i), "companion-twice", f)
	}
}

// Warnings returns what is allowed but deserves a second look.
func (m *Manifest) Warnings() Problems {
	c := &check{m: m}
	for i, u := range m.Urns {
		for _, q := range m.QuestionsOf(u.ID) {
			c.when(len(q.Options)+1 > u.Electors, at("urns", i), "warn-options", q.ID, u.Electors)
		}
		c.when(u.Electors < m.MinimumSize, at("urns", i), "warn-small", u.ID, m.MinimumSize)
	}
	c.when(m.Scrutin.Regulated() && len(m.Timestamps) < 2, "timestamps", "warn-timestamps")
	c.when(len(m.Witnesses) < 3, "witnesses", "warn-witnesses")
	c.when(!slices.ContainsFunc(m.Clauses, Clause.Majority), "clauses", "warn-two-quorums")
	return c.found
}
