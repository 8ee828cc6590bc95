package mixte

// Values of Rules.
const (
	// Constituency: a citizen is one among the citizens of his electorate.
	Constituency = "constituency"
	// Territory: a citizen is one among those of all electorates together.
	Territory = "territory"

	// Counted: what citizens take from the seat of an absent member weighs.
	Counted = "counted"
	// Zero: it does not.
	Zero = "zero"

	// Equal: all members of an electorate give up the same part.
	Equal = "equal"
	// List: an electorate is that of one list, whose members alone give up a part.
	List = "list"
)

// What a member can do other than take an option.
const (
	Blank   = "blank"   // votes blank
	Abstain = "abstain" // is present and abstains
	Absent  = "absent"  // takes no part in the vote, or the seat is vacant
	Nul     = "nul"     // never a member's: a citizen's ballot that holds no option
)

// Rules are what is sealed before the vote.
type Rules struct {
	Scale   string `json:"scale"`   // Constituency or Territory
	Absent  string `json:"absent"`  // Counted or Zero
	Several string `json:"several"` // Equal or List
	// MinimumSize is k, from 1: fewer direct ballots, but not none, are merged with others or stay closed.
	MinimumSize int `json:"minimum_size"`
	// Options are the identifiers of what can be chosen, in order.
	Options []string `json:"options"`
}

// An Electorate is the citizens whom the same members represent.
type Electorate struct {
	ID    string `json:"id"`
	Label string `json:"label"`
	// Represented is N, the number of these citizens, fixed when the vote opens.
	Represented int `json:"represented"`
	// Seats is how many members represent them, vacant seats included.
	Seats int `json:"seats"`
	// Closed is how many of them voted directly in vain: too few to be opened.
	Closed int `json:"closed"`
}

// A Member holds one seat. A vacant seat is a member who is Absent.
type Member struct {
	ID         string `json:"id"`
	Label      string `json:"label"`
	Electorate string `json:"electorate"`
	// List is the list on which he was elected, empty where there is none.
	List string `json:"list"`
	// Position is an option, Blank, Abstain or Absent.
	Position string `json:"position"`
}

// A Count is direct ballots that were opened together.
type Count struct {
	// ID names the count: an electorate, a merged cell of the urn, minutes of a polling station.
	ID    string `json:"id"`
	Parts []Part `json:"parts"`
	// Options is the number of ballots for each option, in the order of Rules.
	Options []int `json:"options"`
	Blank   int   `json:"blank"`
	Nul     int   `json:"nul"`
}

// A Part says how many of a count's ballots were cast by citizens of an electorate.
type Part struct {
	Electorate string `json:"electorate"`
	Direct     int    `json:"direct"`
}

// Ballots is the number of ballots opened.
func (c *Count) Ballots() int {
	n := c.Blank + c.Nul
	for _, b := range c.Options {
		n += b
	}
	return n
}

// Groups are the electorates and what their citizens who voted directly have chosen.
type Groups struct {
	Electorates []Electorate `json:"electorates"`
	Counts      []Count      `json:"counts"`
}

// Voters is how many citizens voted directly, with those whose ballots stay closed.
func (g *Groups) Voters() (n int) {
	for i := range g.Counts {
		n += g.Counts[i].Ballots()
	}
	for _, e := range g.Electorates {
		n += e.Closed
	}
	return n
}

// Take adds a count, or leaves it closed where it holds fewer than k ballots: its electorates' members then keep its
// voters' weight, and Closed says how many these are. A count without ballots leaves no trace.
func (g *Groups) Take(r Rules, c Count) {
	switch n := c.Ballots(); {
	case n == 0:
	case n >= r.MinimumSize:
		g.Counts = append(g.Counts, c)
	default:
		for _, p := range c.Parts {
			for i := range g.Electorates {
				if g.Electorates[i].ID == p.Electorate {
					g.Electorates[i].Closed += p.Direct
				}
			}
		}
	}
}
