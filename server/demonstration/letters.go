package demonstration

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"isoloir/courier"
	"isoloir/courier/outbox"
	"isoloir/scrutin"
	"isoloir/server/config"
)

// Letters are the messages that would have left, of both issuers and to the assistance, and those of the companion, the last one first.
func (d *Demonstration) Letters() ([]outbox.Letter, error) {
	var all []outbox.Letter
	boxes := []string{d.Config.Portal.Assistance.Outbox}
	for _, i := range []*config.Issuer{d.Config.IssuerA, d.Config.IssuerB} {
		if i != nil {
			boxes = append(boxes, i.Outbox)
		}
	}
	for _, path := range boxes {
		box, err := outbox.Open(path, d.Clock.Now)
		if err != nil {
			return nil, err
		}
		letters, err := box.Letters()
		if err != nil {
			return nil, err
		}
		all = append(all, letters...)
	}
	if d.Companion != nil {
		letters, err := d.Companion.Letters()
		if err != nil {
			return nil, err
		}
		all = append(all, letters...)
	}
	slices.SortStableFunc(all, func(a, b outbox.Letter) int { return cmp.Or(b.Time.Compare(a.Time), cmp.Compare(a.Name, b.Name)) })
	return all, nil
}

// A Voter is an elector with both of his codes, as he reads them in his messages.
type Voter struct {
	Person
	Identifier, Password string
	Fingerprint          scrutin.Digest
}

// Voters are the electors with the codes of their last messages; those whose messages have not left yet are not there.
func (d *Demonstration) Voters() ([]Voter, error) {
	letters, err := d.Letters()
	if err != nil {
		return nil, err
	}
	said := map[string]url.Values{} // by address, of the last message
	for _, l := range letters {
		if _, newer := said[l.To]; !newer && (l.Kind == courier.Codes || l.Kind == courier.Renewal) {
			said[l.To] = fragment(l.Body)
		}
	}
	var all []Voter
	for _, p := range d.People {
		mail, text := said[p.Email], said[p.Telephone]
		f, err := scrutin.ParseDigest(mail.Get("f"))
		if err != nil || !mail.Has("i") || !text.Has("p") {
			continue
		}
		all = append(all, Voter{p, mail.Get("i"), text.Get("p"), f})
	}
	return all, nil
}

// fragment is that of the link to the vote in a message.
func fragment(body string) url.Values {
	for _, link := range links.FindAllString(body, -1) {
		_, after, found := strings.Cut(link, "#")
		if values, err := url.ParseQuery(after); found && err == nil {
			return values
		}
	}
	return nil
}

// Few are some electors of each urn with their codes, for who wants to try.
func Few(voters []Voter) []Voter {
	var out []Voter
	shown := map[string]int{}
	for _, v := range voters {
		if shown[v.Urn]++; shown[v.Urn] <= 2 {
			out = append(out, v)
		}
	}
	return out
}
