package api

import (
	"time"

	"isoloir/portal/citizen"
	"isoloir/scrutin"
)

// What the routes answer; openapi.json describes each field.
type (
	townOf struct {
		Digest         scrutin.Digest `json:"digest"`
		Title          string         `json:"title"`
		Organisation   string         `json:"organisation"`
		Kind           string         `json:"kind"`
		Zone           string         `json:"zone"`
		MinimumSize    int            `json:"minimum_size"`
		Constituencies []place        `json:"constituencies"`
		Descriptor     string         `json:"descriptor"`
	}
	place struct {
		ID    string `json:"id"`
		Label string `json:"label"`
	}
	distributions struct {
		Distributions []distribution `json:"distributions"`
	}
	distribution struct {
		Number int  `json:"number"`
		List   file `json:"list"`
		Note   file `json:"note"`
	}
	file struct {
		Title   string         `json:"title,omitempty"`
		Media   string         `json:"media,omitempty"`
		Address string         `json:"address"`
		SHA256  scrutin.Digest `json:"sha256"`
		Size    int64          `json:"size"`
	}
	consultations struct {
		Consultations []summary `json:"consultations"`
		Next          string    `json:"next,omitempty"`
	}
	summary struct {
		ID          string         `json:"id"`
		Address     string         `json:"address"`
		Fingerprint scrutin.Digest `json:"fingerprint"`
		Title       string         `json:"title"`
		Phase       string         `json:"phase"`
		Opens       time.Time      `json:"opens"`
		Closes      time.Time      `json:"closes"`
		Territory   []string       `json:"territory"`
		Deciders    string         `json:"deciders"`
		Voting      string         `json:"voting,omitempty"`
		Result      string         `json:"result,omitempty"`
	}
	consultation struct {
		summary
		Context   []string   `json:"context"`
		Questions []question `json:"questions"`
		Rules     rules      `json:"rules"`
		Documents []file     `json:"documents"`
		Arguments []argument `json:"arguments"`
		Acts      []act      `json:"acts"`
	}
	question struct {
		Title   string   `json:"title"`
		Options []string `json:"options"`
		Most    int      `json:"most"`
	}
	rules struct {
		Absent      string `json:"absent"`
		Scale       string `json:"scale"`
		Rule        string `json:"rule"`
		Turnout     int    `json:"turnout"`
		Majority    int    `json:"majority"`
		Publication string `json:"publication"`
		Finality    string `json:"finality"`
		Smallest    int    `json:"smallest"`
	}
	argument struct {
		Number int      `json:"number"`
		Side   string   `json:"side"`
		Title  string   `json:"title"`
		Text   []string `json:"text"`
		Signed []string `json:"signed"`
	}
	act struct {
		Number int       `json:"number"`
		At     time.Time `json:"at"`
		Kind   string    `json:"kind"`
		Reason string    `json:"reason"`
	}
)

// summary is what the list says of a consultation.
func (s *site) summary(c *citizen.Consultation) summary {
	return summary{ID: c.ID, Address: "/consultations/" + c.ID, Fingerprint: c.Fingerprint, Title: c.Draft.Title, Phase: c.Phase(s.Now()), Opens: c.Opens.UTC(), Closes: c.Closes.UTC(),
		Territory: c.Draft.Territory, Deciders: c.Draft.Deciders, Voting: c.Voting, Result: c.Result}
}

// whole is everything that is public of one.
func (s *site) whole(c *citizen.Consultation) consultation {
	d := c.Draft
	out := consultation{summary: s.summary(c), Context: append([]string{}, d.Context...), Questions: []question{}, Documents: []file{}, Arguments: []argument{}, Acts: []act{},
		Rules: rules{d.Absent, d.Scale, d.Rule, d.Turnout, d.Majority, d.Publication, d.Finality, d.Smallest}}
	for i := range d.Questions {
		q := &d.Questions[i]
		out.Questions = append(out.Questions, question{q.Title, q.Labels(), q.Most})
	}
	for _, f := range d.Documents {
		out.Documents = append(out.Documents, file{f.Title, f.Media, "/consultations/" + c.ID + "/" + f.SHA256.String(), f.SHA256, f.Size})
	}
	for _, a := range c.Arguments {
		out.Arguments = append(out.Arguments, argument{a.Number, a.Side, a.Title, a.Text, append([]string{a.Name}, a.Names()...)})
	}
	for _, a := range c.Acts {
		out.Acts = append(out.Acts, act{a.Number, a.At.UTC(), a.Kind, a.Reason})
	}
	return out
}
