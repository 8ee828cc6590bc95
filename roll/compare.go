package roll

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"iter"
	"strings"
)

// differences is how many references Compare names of each kind.
const differences = 100

// A Comparison says how a roll file differs from the roll that was imported; numbers
// are drawn anew at each reading and do not count.
type Comparison struct {
	Same, New, Changed, Gone int
	// References of the first hundred of each, in the order in which they were met.
	NewOnes, ChangedOnes, GoneOnes []string
}

// Equal says whether file and roll are the same.
func (c *Comparison) Equal() bool { return c.New+c.Changed+c.Gone == 0 }

func keep(list []string, reference string) []string {
	if len(list) < differences {
		list = append(list, reference)
	}
	return list
}

// Compare reads a roll file (ReadElectors) beside the roll of so many urns that was
// imported and amended, without those who were struck, and keeps 32 bytes of each elector. The error is the first mistake of the
// file, or the store's.
func Compare(ctx context.Context, store Store, scope Scope, urns int, electors iter.Seq2[Elector, error]) (*Comparison, error) {
	left := map[[16]byte][16]byte{} // of the roll: what the file has not shown yet
	each := func(yield func(e Elector, key, content [16]byte)) error {
		for n := range urns {
			if err := store.Statuses(ctx, scope, uint16(n), func(st Status) error {
				if key, content := digests(st.Elector); !st.Struck {
					yield(st.Elector, key, content)
				}
				return nil
			}); err != nil {
				return err
			}
		}
		return nil
	}
	if err := each(func(_ Elector, key, content [16]byte) { left[key] = content }); err != nil {
		return nil, err
	}
	c := &Comparison{}
	for e, err := range electors {
		if err != nil {
			return nil, err
		}
		key, content := digests(e)
		was, there := left[key]
		switch delete(left, key); {
		case !there:
			c.New++
			c.NewOnes = keep(c.NewOnes, e.Reference)
		case was != content:
			c.Changed++
			c.ChangedOnes = keep(c.ChangedOnes, e.Reference)
		default:
			c.Same++
		}
	}
	if c.Gone = len(left); c.Gone == 0 {
		return c, nil
	}
	return c, each(func(e Elector, key, _ [16]byte) {
		if _, gone := left[key]; gone {
			c.GoneOnes = keep(c.GoneOnes, e.Reference)
		}
	})
}

// digests are those of an elector's reference, and of all the file says of him.
func digests(e Elector) (key, content [16]byte) {
	whole := sha256.New()
	for _, field := range []string{e.Reference, fmt.Sprint(e.Urn), e.Station, e.College, e.Country, e.Language, strings.Join(e.Channels, " "), string(e.Born), e.Family, e.Given} {
		whole.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(field))))
		whole.Write([]byte(field))
	}
	reference := sha256.Sum256([]byte(e.Reference))
	return [16]byte(reference[:]), [16]byte(whole.Sum(nil))
}
