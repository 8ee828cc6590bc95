package roll

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"errors"
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
// under the same reference. A pair with an error names a [Mistake] by its line; who goes
// on hears the next one. An elector whom the leading roll does not have, or who stands
// in the extract twice, is a mistake; so is an extract that has not every elector of the
// companion's manifest.
func ReadPairs(file io.Reader, companion *scrutin.Manifest, leading func(reference string) (Place, bool)) iter.Seq2[Pair, error] {
	return func(yield func(Pair, error) bool) {
		wrong := func(line int, code string, args ...any) bool {
			return yield(Pair{}, mistakeIn(inExtract, line, code, args...))
		}
		r := csv.NewReader(file)
		r.FieldsPerRecord = len(ExtractColumns)
		r.ReuseRecord = true
		header, err := r.Read()
		if err != nil || !slices.Equal(header, ExtractColumns) {
			wrong(1, "header", strings.Join(ExtractColumns, ","))
			return
		}
		left := companion.Electors()
		lines, taken := map[Place]int{}, map[Place]bool{} // here, and in the companion
		for {
			f, err := r.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			var form *csv.ParseError
			switch {
			case errors.As(err, &form):
				if !wrong(form.Line, "csv", form.Err) {
					return
				}
				continue
			case err != nil:
				wrong(0, "read", err)
				return
			}
			line, _ := r.FieldPos(0)
			p, code, args := readPair(f, companion, leading)
			switch first, twice := lines[p.Place]; {
			case code != "":
			case twice:
				code, args = "twice", []any{f[0], first}
			case taken[p.In]:
				code, args = "taken", []any{p.In.Elector, f[1]}
			}
			if code != "" {
				if !wrong(line, code, args...) {
					return
				}
				continue
			}
			lines[p.Place], taken[p.In] = line, true
			left--
			if !yield(p, nil) {
				return
			}
		}
		if left > 0 {
			wrong(0, "missing", left, companion.Electors())
		}
	}
}

// readPair reads a line, or says by its code what is wrong with it.
func readPair(f []string, companion *scrutin.Manifest, leading func(string) (Place, bool)) (p Pair, code string, args []any) {
	urn, known := companion.UrnNumber(f[1])
	if !known {
		return p, "urn", []any{f[1]}
	}
	electors := companion.Urns[urn].Electors
	number, err := strconv.ParseUint(f[2], 10, 32)
	if err != nil || strconv.FormatUint(number, 10) != f[2] || number >= uint64(electors) {
		return p, "number", []any{f[2], f[1], electors - 1}
	}
	p.In = Place{Urn: uint16(urn), Elector: uint32(number)}
	if p.Place, known = leading(f[0]); !known {
		return p, "leading", []any{f[0]}
	}
	return p, "", nil
}
