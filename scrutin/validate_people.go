package scrutin

import (
	"fmt"
	"slices"
	"strings"

	"isoloir/crypto/signature"
	"isoloir/scrutin/note"
)

func (c *check) bureau() {
	members := c.m.Bureau.Members
	presidents, secretaries := 0, 0
	for i, b := range members {
		path := at("bureau.members", i)
		if b.Rank == Titular {
			c.when(b.Replaces != "", path+".replaces", "titular-replaces")
			if b.Role == President {
				presidents++
			}
			if b.Role == Secretary {
				secretaries++
			}
		} else {
			t, ok := c.m.Member(b.Replaces)
			c.when(!ok || t.Rank != Titular || t.Role != b.Role, path+".replaces", "substitute-replaces", b.ID)
		}
		mute := b.Role == Expert || b.Role == Committee || b.Class == Operator || b.Role == Secretary && c.m.Scrutin.Profile == FrenchAbroad
		c.when(mute && b.Voice == Deliberative, path+".voice", "voice-consultative", b.ID)
		c.when(b.Role == President && b.Voice != Deliberative, path+".voice", "voice-president")
	}
	c.when(presidents != 1, "bureau.members", "one-president", presidents)
	c.when(secretaries > 1, "bureau.members", "one-secretary", secretaries)
}

// quorum requires that the titulars, all present, reach it.
func (c *check) quorum() {
	q := c.m.Bureau.Quorum
	roles, classes := map[string]bool{}, map[string]bool{}
	var titulars []string
	for _, b := range c.m.Bureau.Members {
		roles[b.Role], classes[b.Class] = true, true
		if b.Rank == Titular {
			titulars = append(titulars, b.ID)
		}
	}
	for i, clause := range q.Clauses {
		path := at("bureau.quorum.clauses", i)
		c.when(len(clause.Roles)+len(clause.Classes) == 0, path, "quorum-clause-empty")
		for _, class := range clause.Classes {
			c.when(!classes[class], path+".classes", "unknown", class)
		}
	}
	c.when(c.m.Scrutin.Profile == FrenchAbroad && q.Count < 4, "bureau.quorum.count", "quorum-four")
	if s, err := c.m.Sitting(titulars); err == nil {
		if err := s.Adopted(titulars); err != nil {
			c.add("bureau.quorum", "quorum-unreachable", err)
		}
	}
}

func (c *check) holders() {
	m := c.m
	c.unique("holders", len(m.Holders), func(i int) string { return m.Holders[i].Member })
	reception := map[Point]bool{}
	for i, h := range m.Holders {
		path := at("holders", i)
		b, ok := m.Member(h.Member)
		c.when(!ok, path+".member", "unknown", h.Member)
		c.when(ok && b.Class == Operator, path+".member", "holder-operator", h.Member)
		_, err := h.Reception.Decode()
		c.when(err != nil, path+".reception", "reception", h.Member)
		c.when(ok && m.Scrutin.Profile == PublicService && b.Role == President && i > 0 && !president(m, m.Holders[i-1]), path, "holder-order", h.Member)
		c.when(reception[h.Reception], path+".reception", "same-key", h.Member)
		reception[h.Reception] = true
		c.when(len(m.ClausesOf(h.Member)) == 0, path, "holder-without-clause", h.Member)
		c.when(strings.HasSuffix(strings.ToLower(h.Member), "-again"), path+".member", "holder-again", h.Member)
	}
}

// president says whether a holder is one: in the public service they hold the first
// fragments (arrêté du 25 août 2020, art. 25).
func president(m *Manifest, h Holder) bool {
	b, ok := m.Member(h.Member)
	return ok && b.Role == President
}

func (c *check) clauses() {
	m := c.m
	c.unique("clauses", len(m.Clauses), func(i int) string { return m.Clauses[i].ID })
	alone := map[string]int{}
	four := false
	for i, k := range m.Clauses {
		path := at("clauses", i)
		c.unique(path+".holders", len(k.Holders), func(j int) string { return k.Holders[j] })
		for j, h := range k.Holders {
			_, ok := m.Holder(h)
			c.when(!ok, fmt.Sprintf("%s.holders[%d]", path, j), "unknown", h)
			if k.Threshold == 1 {
				alone[h]++
			}
		}
		c.when(!m.ThresholdAllowed(k.Threshold, len(k.Holders)), path+".threshold", "threshold", k.Threshold, len(k.Holders))
		four = four || k.Threshold >= 4
	}
	for _, h := range m.Holders {
		c.when(alone[h.Member] == len(m.Clauses), "clauses", "one-person", h.Member)
	}
	c.when(m.Scrutin.Profile == FrenchAbroad && !four, "clauses", "clause-four")
}

// ThresholdAllowed says whether a clause may have this threshold among n holders:
// fewer than n, so that one may be lost; or 1 of 1 beside other clauses.
func (m *Manifest) ThresholdAllowed(threshold, n int) bool {
	return threshold >= 1 && (threshold < n || threshold == 1 && n == 1 && len(m.Clauses) > 1)
}

func (c *check) parties() {
	m := c.m
	regulated := m.Scrutin.Regulated()
	affiliations := map[string]bool{}
	for _, x := range m.Mixers {
		affiliations[x.Affiliation] = true
	}
	c.when(regulated && len(affiliations) < 3, "mixers", "mixers-three", len(affiliations))
	var channels []string
	for _, i := range m.Issuers {
		channels = append(channels, i.Channel)
	}
	if len(m.Issuers) == 2 {
		c.when(channels[0] == channels[1], "issuers", "issuers-channel", channels[0])
		c.when(regulated && m.Issuers[0].Affiliation == m.Issuers[1].Affiliation, "issuers", "issuers-distinct")
	}
	for i, college := range m.Colleges {
		v := college.Validation
		c.when(v.Kind == "code" && v.Channel != "none" && !slices.Contains(channels, v.Channel), at("colleges", i)+".validation", "validation-issuer", v.Channel)
	}
	c.when(m.Publication.EmailAfterVote != "none" && !slices.Contains(channels, "email"), "publication.email_after_vote", "email-issuer")
	for i, w := range m.Witnesses {
		c.when(regulated && w.Affiliation == Operator, at("witnesses", i), "witness-operator", w.ID)
	}
}

// keys requires that every party has a name of its own, and a key of its own
// under that name. A member of the bureau and the holder that he is are one.
func (c *check) keys() {
	type entry struct {
		path, id, key string
		alg           byte
	}
	var all []entry
	m := c.m
	for i, b := range m.Bureau.Members {
		all = append(all, entry{at("bureau.members", i), b.ID, b.Key, note.Ed25519})
	}
	for i, x := range m.Mixers {
		all = append(all, entry{at("mixers", i), x.ID, x.Key, note.Ed25519})
	}
	for i, x := range m.Issuers {
		all = append(all, entry{at("issuers", i), x.ID, x.Key, note.Ed25519})
	}
	for i, x := range m.Witnesses {
		all = append(all, entry{at("witnesses", i), x.ID, x.Key, note.Cosigning})
	}
	if a := m.Accounts(); a != nil {
		for i, x := range a.Terminals {
			all = append(all, entry{at("register[0].terminals", i), x.ID, x.Key, note.Ed25519})
		}
	}
	if m.Scrutin.Profile != StandingKey {
		all = append(all, entry{"platform.roll", m.Platform.Roll.ID, m.Platform.Roll.Key, note.Ed25519},
			entry{"platform.urn", m.Platform.Urn.ID, m.Platform.Urn.Key, note.Ed25519},
			entry{"platform.contents", m.Platform.Contents.ID, m.Platform.Contents.Key, note.Ed25519})
	}
	ids := make([]string, 0, len(all)+len(m.Timestamps))
	for _, e := range all {
		ids = append(ids, e.id)
	}
	for _, a := range m.Timestamps {
		ids = append(ids, a.ID)
	}
	c.unique("parties", len(ids), func(i int) string { return ids[i] })
	for i, h := range m.Holders {
		all = append(all, entry{at("holders", i), h.Member, h.Key, note.Ed25519})
	}
	owner := map[[32]byte]string{}
	for _, e := range all {
		v := verifier(e.key)
		c.when(v.Name() != e.id, e.path+".key", "key-name", v.Name(), e.id)
		c.when(v.Algorithm() != e.alg, e.path+".key", "key-kind", e.id)
		c.when(signature.CheckKey(v.PublicKey()) != nil, e.path+".key", "weak-key", e.id)
		first, taken := owner[v.PublicKey()]
		c.when(taken && first != e.id, e.path+".key", "same-key", e.id)
		if !taken {
			owner[v.PublicKey()] = e.id
		}
	}
}
