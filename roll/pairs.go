package roll

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"isoloir/scrutin"
)

// ExtractColumns are those of a roll's extract, in their order.
var ExtractColumns = []string{"reference", "urn", "number", "country"}

// References finds the places of a roll's electors by the organisation's references. Of
// each it remembers 16 bytes.
func References(ctx context.Context, store Store, scope Scope, urns int) (func(reference string) (Place, bool), error) {
	places := map[[16]byte]Place{}
	key := func(reference string) [16]byte {
		digest := sha256.Sum256([]byte(reference))
		return [16]byte(digest[:])
	}
	for urn := range urns {
		err := store.Statuses(ctx, scope, uint16(urn), func(s Status) error {
			places[key(s.Elector.Reference)] = Place{Urn: s.Elector.Urn, Elector: s.Elector.Number}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return func(reference string) (Place, bool) {
		p, there := places[key(reference)]
		return p, there
	}, nil
}

// ReadPairs reads the extract of a companion's roll, CSV as in RFC 4180 with the header
// ExtractColumns, and gives each of its electors with where the leading roll has him
// under the same reference. A pair with an error names a mistake by its line; who goes
// on hears the next one. An elector whom the leading roll does not have, or who stands
// in the extract twice, is a mistake; so is an urn that has not exactly the electors of
// the companion's manifest, each by his number.
func ReadPairs(file io.Reader, companion *scrutin.Manifest, leading func(reference string) (Place, bool)) iter.Seq2[Pair, error] {
	return func(yield func(Pair, error) bool) {
		r := csv.NewReader(file)
		r.FieldsPerRecord = len(ExtractColumns)
		r.ReuseRecord = true
		header, err := r.Read()
		if err != nil || !slices.Equal(header, ExtractColumns) {
			yield(Pair{}, fmt.Errorf("extract: the first line must be %s: %w", strings.Join(ExtractColumns, ","), errors.Join(err, ErrFormat)))
			return
		}
		left, lines := companion.Electors(), map[Place]int{}
		taken := map[Place]bool{} // in the companion
		for {
			record, err := r.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				var form *csv.ParseError
				if !yield(Pair{}, fmt.Errorf("extract: %w: %w", err, ErrFormat)) || !errors.As(err, &form) {
					return
				}
				continue
			}
			line, _ := r.FieldPos(0)
			p, err := readPair(record, companion, leading)
			switch first, twice := lines[p.Place]; {
			case err != nil:
			case twice:
				err = fmt.Errorf("the reference %s stands in line %d too", record[0], first)
			case taken[p.In]:
				err = fmt.Errorf("elector %d of urn %s stands there twice", p.In.Elector, record[1])
			default:
				lines[p.Place], taken[p.In] = line, true
				left--
			}
			if err != nil {
				err = fmt.Errorf("extract, line %d: %w: %w", line, err, ErrFormat)
			}
			if !yield(p, err) {
				return
			}
		}
		if left > 0 {
			yield(Pair{}, fmt.Errorf("extract: %d of the companion's %d electors are missing: %w", left, companion.Electors(), ErrFormat))
		}
	}
}

func readPair(f []string, companion *scrutin.Manifest, leading func(string) (Place, bool)) (p Pair, err error) {
	urn, known := companion.UrnNumber(f[1])
	number, wrong := strconv.ParseUint(f[2], 10, 32)
	switch {
	case !known:
		return p, fmt.Errorf("the companion's manifest has no urn %q", f[1])
	case wrong != nil || strconv.FormatUint(number, 10) != f[2] || number >= uint64(companion.Urns[urn].Electors):
		return p, fmt.Errorf("%q is no number of an elector of urn %s", f[2], f[1])
	}
	p.In = Place{Urn: uint16(urn), Elector: uint32(number)}
	if p.Place, known = leading(f[0]); !known {
		return p, fmt.Errorf("the elector of reference %q is not on the leading roll", f[0])
	}
	return p, nil
}
