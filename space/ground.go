package space

import (
	"slices"
	"strings"

	"isoloir/account"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
)

// Parties are those beside the bureau whom a consultation's manifest names: who runs the
// installation writes them, as parties.json, canonical JSON.
type Parties struct {
	Record     string              `json:"record"`
	Mixers     []scrutin.Party     `json:"mixers"`
	Witnesses  []scrutin.Party     `json:"witnesses"`
	Timestamps []scrutin.Authority `json:"timestamps"`
	// Platform.Roll is the register, whose key signs the lists of accounts.
	Platform scrutin.Platform `json:"platform"`
	// Terminals are the kiosks of the town hall; empty for none.
	Terminals []scrutin.Party `json:"terminals"`
}

const partiesRecord = scrutin.Version + "/parties"

// ParseParties reads parties.json. What it says is judged by the manifests made of it.
func ParseParties(text []byte) (*Parties, error) {
	p := new(Parties)
	if err := canon.Unmarshal(text, p); err != nil {
		return nil, err
	}
	if p.Record != partiesRecord {
		return nil, ErrInvalid
	}
	return p, nil
}

// Bytes is parties.json.
func (p *Parties) Bytes() ([]byte, error) {
	p.Record = partiesRecord
	return canon.Marshal(p)
}

// A Standing is the standing bureau with how far it is.
type Standing struct {
	Manifest    *scrutin.Manifest
	Text        []byte         // of manifest.json
	Fingerprint scrutin.Digest // f₀
	Ceremony    scrutin.Digest // D, zero before the act ceremony
	Rehearsed   bool           // that the key opens was tried
	Annulled    bool
	Steps       []Step // of the way there, in their order
}

// A Step of the standing bureau's way: done, or whose turn it is.
type Step struct {
	Kind string // an act (constitute, ceremony, rehearse), or what each holder sends (commit, reveal, check, sealed, tried)
	Done bool
	// Who must act for it to be done, by their names in the manifest.
	Who []string
}

// Done says whether a consultation can take up the key.
func (s *Standing) Done() bool {
	return s != nil && !s.Ceremony.IsZero() && s.Rehearsed && !s.Annulled
}

// Parts of a ground, as the fields at which problems with them stand.
const (
	GroundParties  = "ground.parties"
	GroundStanding = "ground.standing"
	GroundList     = "ground.list"
)

// A Ground is what a draft becomes a manifest on. A part that is not there yet is nil, and so is
// one that is there and cannot be used, of which Faults say what to do.
type Ground struct {
	Faults   Problems
	Parties  *Parties
	Standing *Standing
	Snapshot *account.Snapshot
	List     scrutin.Digest // of the snapshot's text
}

// check says what is in the way, of a consultation with this identifier. Members who decide alone
// need no ground: nothing of theirs is secret.
func (g *Ground) check(id string, d *Draft, o *Organisation) (found Problems) {
	when := func(wrong bool, code string, args ...any) {
		if wrong {
			found = append(found, Problem{Field: "ground", Code: code, Args: args})
		}
	}
	if d.Deciders == Assembly {
		return nil
	}
	found = append(found, g.Faults...)
	absent := func(part string) bool { return len(g.Faults.At(part)) == 0 }
	when(g.Parties == nil && absent(GroundParties), "no-parties")
	switch {
	case g.Standing == nil:
		when(absent(GroundStanding), "no-standing")
	case o.Kind == scrutin.Real && g.Standing.Manifest.Scrutin.Kind != scrutin.Real:
		when(true, "demonstration")
	case o.Kind != g.Standing.Manifest.Scrutin.Kind, o.ID != g.Standing.Manifest.Organisation.ID, g.Standing.Manifest.Scrutin.Profile != scrutin.StandingKey:
		when(true, "other-kind")
	default:
		when(g.Standing.Annulled, "annulled")
		when(!g.Standing.Annulled && !g.Standing.Done(), "no-ceremony")
	}
	switch {
	case g.Snapshot == nil:
		when(absent(GroundList), "no-snapshot")
	case g.Snapshot.Register != o.Register || g.Snapshot.Scrutin != id:
		when(true, "other-register")
	default:
		var listed []string
		for _, u := range g.Snapshot.Urns {
			listed = append(listed, u.Constituencies...)
		}
		var differ []string
		for _, c := range o.Constituencies {
			if slices.Contains(listed, c.ID) != slices.Contains(d.Territory, c.ID) {
				differ = append(differ, c.ID)
			}
		}
		when(len(differ) > 0 || len(listed) != len(d.Territory), "other-territory", strings.Join(differ, ", "))
	}
	return found
}
