package journal

import (
	"fmt"
	"slices"
	"time"

	"isoloir/scrutin"
)

// A Flaw is where a journal does not hold, and what is wrong there. Between is where it was changed, as far as signatures of members tell: after
// the entry Between[0], which a member's later statement stands for, and before Between[1].
type Flaw struct {
	Number  int
	What    error
	Between [2]int
}

// Error says it in a sentence.
func (f Flaw) Error() string {
	return fmt.Sprintf("entry %d: %v", f.Number, f.What)
}

// Verify judges a whole journal, given in the order of its rows, and returns every flaw. Heads are computed anew: so a journal that somebody has
// made whole again after changing it is found by what members signed later. Kept are heads that somebody has from elsewhere, as the minutes or a
// photograph of the room's screen: each must be one of the journal's.
func Verify(m *scrutin.Manifest, f scrutin.Digest, rows []Row, kept ...scrutin.Digest) (place Place, flaws []Flaw) {
	heads, names := map[scrutin.Digest]int{}, map[scrutin.Digest]int{}
	sure := 0 // the last entry that a statement of a member stands for
	for i, r := range rows {
		flaw := func(what error) {
			flaws = append(flaws, Flaw{Number: r.Number, What: what, Between: [2]int{sure, i + 1}})
		}
		at := scrutin.TimeOf(time.Unix(r.Seconds, 0))
		if r.Number != i+1 {
			flaw(ErrPlace)
		}
		if at.Before(place.Time.Time) {
			flaw(ErrOlder)
		}
		head := place.Next(at, r.Note)
		if head != r.Head {
			flaw(ErrHead)
		}
		s, name, err := OpenStatement(r.Note, m, f)
		switch {
		case err != nil:
			flaw(err)
		case name != r.Text:
			flaw(ErrHead)
		case names[name] != 0:
			flaw(ErrTwice)
		default:
			names[name] = i + 1
			if s.Time.After(at.Add(ahead)) {
				flaw(ErrFuture)
			}
			if n, known := heads[s.Seen]; known {
				if s.By != m.Platform.Contents.ID {
					sure = max(sure, n)
				}
			} else if !s.Seen.IsZero() {
				flaw(ErrOtherPast)
			}
		}
		place = Place{i + 1, head, at}
		heads[head] = i + 1
	}
	for _, h := range kept {
		if heads[h] == 0 {
			flaws = append(flaws, Flaw{Number: len(rows), What: fmt.Errorf("%w: %s", ErrNotThisEnd, h), Between: [2]int{sure, len(rows) + 1}})
		}
	}
	return place, slices.Clip(flaws)
}
