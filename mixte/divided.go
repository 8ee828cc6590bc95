package mixte

// A Division is how those constituents of a member who voted directly were divided, for his page and the public one.
type Division struct {
	Electorate Electorate
	// Direct is d, and Closed how many voted in vain, being too few to be opened.
	Direct, Closed int
	// Shared says that their choices were opened with those of other electorates, so that only these together are known.
	Shared bool
	// Options, Blank and Nul are the ballots opened: of this electorate, or, where Shared, of all that were opened with it.
	Options    []int
	Blank, Nul int
	// Member is what each of the electorate's members who is present weighs.
	Member Fraction
}

// Divided says how the citizens of an electorate who spoke were divided, once the ballots are counted: a provisional
// statement has nothing of them, and neither has one where they were fewer than k. The second value says whether there
// is anything to show.
func (s *Statement) Divided(electorate string) (Division, bool) {
	if s.Status != Definitive {
		return Division{}, false
	}
	d := Division{Options: make([]int, len(s.Rules.Options))}
	known := false
	for i, e := range s.Electorates {
		if e.ID == electorate {
			known, d.Electorate, d.Closed, d.Member = true, e, e.Closed, s.Result.Rows[i].Weight
		}
	}
	for _, c := range s.Counts {
		for _, p := range c.Parts {
			if p.Electorate != electorate {
				continue
			}
			d.Direct += p.Direct
			d.Shared = d.Shared || len(c.Parts) > 1
			d.Blank += c.Blank
			d.Nul += c.Nul
			for i, n := range c.Options {
				d.Options[i] += n
			}
		}
	}
	return d, known && d.Direct > 0
}
