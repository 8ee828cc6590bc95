package register

import (
	"fmt"
	"math/big"
	"slices"
	"time"

	"isoloir/scrutin"
	"isoloir/scrutin/canon"
)

// A Distribution is one occasion on which cards are handed out.
type Distribution struct {
	Record         string         `json:"record"`
	Register       scrutin.Digest `json:"register"`
	Number         int            `json:"number"` // from 1
	Title          string         `json:"title"`
	Scope          string         `json:"scope"` // general or addition
	Constituencies []Electorate   `json:"constituencies"`
	Stations       []Station      `json:"stations"`
	Rounds         []Round        `json:"rounds"`
}

// The scopes: a general distribution ends all accounts of earlier ones.
const (
	General  = "general"
	Addition = "addition"
)

// An Electorate is how many cards a constituency has: as many as electors.
type Electorate struct {
	ID       string `json:"id"`
	Electors int    `json:"electors"`
}

// A Station is a polling station with its box.
type Station struct {
	ID           string `json:"id"`
	Label        string `json:"label"`
	Constituency string `json:"constituency"`
	Electors     int    `json:"electors"`
	Cards        int    `json:"cards"`
}

// A Round is when cards can be activated, everywhere but at the stations that have hours
// of their own.
type Round struct {
	Opens      scrutin.Time `json:"opens"`
	Closes     scrutin.Time `json:"closes"`
	Exceptions []Hours      `json:"exceptions"`
}

// Hours are a station's own.
type Hours struct {
	Station string       `json:"station"`
	Opens   scrutin.Time `json:"opens"`
	Closes  scrutin.Time `json:"closes"`
}

const distributionRecord = scrutin.Version + "/distribution"

// ParseDistribution reads the text of a distribution of this register.
func ParseDistribution(text []byte, r *Register, rho scrutin.Digest) (*Distribution, scrutin.Digest, error) {
	d := new(Distribution)
	if err := canon.Unmarshal(text, d); err != nil {
		return nil, scrutin.Digest{}, err
	}
	return d, scrutin.DigestOf(text), d.Validate(r, rho)
}

// Share splits cards over stations in proportion to their electors, by largest
// remainders; of equal ones the station named first. The sum is exact. Without any
// elector nobody has a card.
func Share(cards int, electors []int) []int {
	total := new(big.Int)
	for _, n := range electors {
		total.Add(total, big.NewInt(int64(n)))
	}
	out := make([]int, len(electors))
	if total.Sign() == 0 {
		return out
	}
	order, rest := make([]int, len(electors)), make([]*big.Int, len(electors))
	left := cards
	for i, n := range electors {
		whole, remainder := new(big.Int).QuoRem(new(big.Int).Mul(big.NewInt(int64(cards)), big.NewInt(int64(n))), total, new(big.Int))
		out[i], rest[i], order[i] = int(whole.Int64()), remainder, i
		left -= out[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return rest[b].Cmp(rest[a]) })
	for _, i := range order[:left] {
		out[i]++
	}
	return out
}

// Validate says everything that is wrong with a distribution, each wrapped in ErrInvalid.
func (d *Distribution) Validate(r *Register, rho scrutin.Digest) error {
	var c check
	c.when(d.Record != distributionRecord, "record: this is %q where %q is expected: take the other file", d.Record, distributionRecord)
	c.when(d.Register != rho, "register: the distribution is of another register")
	c.when(d.Number < 1, "number: distributions are numbered from 1")
	c.when(d.Scope != General && d.Scope != Addition, "scope: write general or addition")
	d.electorates(&c, r)
	d.stations(&c)
	d.rounds(&c)
	return c.err()
}

func (d *Distribution) electorates(c *check, r *Register) {
	places, total := make([]Place, len(d.Constituencies)), 0
	for i, e := range d.Constituencies {
		places[i].ID = e.ID
		c.when(!r.Has(e.ID), "constituencies[%d]: the register has no constituency %q", i, e.ID)
		c.when(e.Electors < r.MinimumSize, "constituencies[%d]: %d electors, and fewer than %d are not hidden among each other: hand their cards out with the next distribution", i, e.Electors, r.MinimumSize)
		if 0 < e.Electors && e.Electors <= MaxCards {
			total += e.Electors
		}
		c.when(e.Electors > MaxCards || total > MaxCards, "constituencies[%d]: more than %d cards: divide the distribution", i, MaxCards)
	}
	c.places("constituencies", places)
}

func (d *Distribution) stations(c *check) {
	places := make([]Place, len(d.Stations))
	electors, cards := map[string][]int{}, map[string][]int{}
	for i, s := range d.Stations {
		places[i].ID = s.ID
		c.when(s.Electors < 0 || s.Electors > MaxCards, "stations[%d]: %d electors", i, s.Electors)
		c.when(!slices.ContainsFunc(d.Constituencies, func(e Electorate) bool { return e.ID == s.Constituency }), "stations[%d]: %q is no constituency of this distribution", i, s.Constituency)
		electors[s.Constituency] = append(electors[s.Constituency], s.Electors)
		cards[s.Constituency] = append(cards[s.Constituency], s.Cards)
	}
	c.places("stations", places)
	if len(c.found) > 0 {
		return // sums of what is wrong by itself say nothing
	}
	for _, e := range d.Constituencies {
		sum := 0
		for _, n := range electors[e.ID] {
			sum += n
		}
		c.when(sum != e.Electors, "constituency %s: its stations have %d electors together, and it has %d", e.ID, sum, e.Electors)
		want := Share(e.Electors, electors[e.ID])
		c.when(!slices.Equal(want, cards[e.ID]), "constituency %s: its stations have the cards %v, and by their electors they have %v", e.ID, cards[e.ID], want)
	}
}

func (d *Distribution) rounds(c *check) {
	c.when(len(d.Rounds) < 1 || len(d.Rounds) > 2, "rounds: there are one or two")
	for i, r := range d.Rounds {
		field := fmt.Sprintf("rounds[%d]", i)
		c.when(!r.Opens.Time.Before(r.Closes.Time), "%s: it closes before it opens", field)
		seen := map[string]bool{}
		for _, h := range r.Exceptions {
			c.when(d.station(h.Station) == nil || seen[h.Station], "%s.exceptions: %q is no station, or stands twice", field, h.Station)
			c.when(!h.Opens.Time.Before(h.Closes.Time), "%s.exceptions: %s closes before it opens", field, h.Station)
			seen[h.Station] = true
		}
		if i > 0 && len(c.found) == 0 {
			c.when(d.opens(i).Before(d.closes(i-1)), "%s: it opens before the round before has closed everywhere", field)
		}
	}
}

func (d *Distribution) station(id string) *Station {
	for i := range d.Stations {
		if d.Stations[i].ID == id {
			return &d.Stations[i]
		}
	}
	return nil
}

// Hours are those of a station in a round, from 0.
func (d *Distribution) Hours(round int, station string) (opens, closes time.Time) {
	r := d.Rounds[round]
	for _, h := range r.Exceptions {
		if h.Station == station {
			return h.Opens.Time, h.Closes.Time
		}
	}
	return r.Opens.Time, r.Closes.Time
}

// Open is the round in which a station hands out cards at an instant: from the second at
// which it opens, to the one before it closes.
func (d *Distribution) Open(station string, now time.Time) (round int, open bool) {
	for i := range d.Rounds {
		if opens, closes := d.Hours(i, station); !now.Before(opens) && now.Before(closes) {
			return i, true
		}
	}
	return 0, false
}

// opens is when the first station opens in a round, closes when the last one has closed.
func (d *Distribution) opens(round int) time.Time {
	return slices.MinFunc(d.each(round, true), time.Time.Compare)
}

func (d *Distribution) closes(round int) time.Time {
	return slices.MaxFunc(d.each(round, false), time.Time.Compare)
}

func (d *Distribution) each(round int, first bool) (out []time.Time) {
	for _, s := range d.Stations {
		opens, closes := d.Hours(round, s.ID)
		if first {
			closes = opens
		}
		out = append(out, closes)
	}
	return out
}

// Ends is when the last station has closed for the last time.
func (d *Distribution) Ends() time.Time { return d.closes(len(d.Rounds) - 1) }

// Cards are how many are made.
func (d *Distribution) Cards() (n int) {
	for _, e := range d.Constituencies {
		n += e.Electors
	}
	return n
}
