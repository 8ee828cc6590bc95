package voter_test

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"isoloir/urn"
)

// attacker has the evidence and all that is public: the log with its batches, and,
// from the roll, who was marked in which order.
type attacker struct {
	*evidence
	marks   []uint32 // electors in the order of their marks
	ballots []urn.Envelope
	batch   []int // of each ballot
	spent   map[urn.Hash]bool
	tables  map[string]*sql.DB // copies of the stores, to query
}

func newAttacker(t *testing.T, e *evidence) *attacker {
	t.Helper()
	a := &attacker{evidence: e, spent: map[urn.Hash]bool{}, tables: map[string]*sql.DB{}}
	dir := t.TempDir()
	for name, b := range e.files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, ".db") {
			a.tables[name] = side(t, path)
		}
	}
	query(t, a.tables["roll/roll.db"], "SELECT number FROM mark ORDER BY sequence", func(scan func(...any)) {
		var n uint32
		scan(&n)
		a.marks = append(a.marks, n)
	})
	var sizes []int
	query(t, a.tables["urn/urn.db"], "SELECT size FROM head ORDER BY number", func(scan func(...any)) {
		var n int
		scan(&n)
		sizes = append(sizes, n)
	})
	query(t, a.tables["urn/urn.db"], "SELECT leaf FROM leaf ORDER BY position", func(scan func(...any)) {
		var leaf []byte
		scan(&leaf)
		b, err := urn.ReadEnvelope(leaf[1:])
		if err != nil {
			t.Fatal(err)
		}
		batch, _ := slices.BinarySearch(sizes, len(a.ballots)+1)
		a.ballots, a.batch = append(a.ballots, b), append(a.batch, batch)
	})
	query(t, a.tables["urn/urn.db"], "SELECT token FROM spent", func(scan func(...any)) {
		var token []byte
		scan(&token)
		a.spent[urn.Hash(token)] = true
	})
	return a
}

func query(t *testing.T, db *sql.DB, q string, row func(scan func(...any))) {
	t.Helper()
	rows, err := db.QueryContext(ctx, q)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		row(func(dest ...any) {
			if err := rows.Scan(dest...); err != nil {
				t.Fatal(err)
			}
		})
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

// needles are the bytes by which a ballot can be recognised.
func needles(b urn.Envelope) map[string][]byte {
	h, account := b.Hash(), b.Account()
	return map[string][]byte{
		"ballot": b.Bytes()[35:160], "hash": h[:], "account": account[:], "c1": b.Ciphertexts()[:32], "c2": b.Ciphertexts()[32:64],
		"proof": b.Bytes()[len(b.Bytes())-40:], "hexadecimal": fmt.Appendf(nil, "%x", h),
	}
}

// guess is one idea of the order in which ballots came: a number for each, NaN for
// none; or directly of whose they are.
type guess struct {
	order []float64
	owner map[uint32]urn.Hash
}

// guesses tries everything that it knows of.
func (a *attacker) guesses(t *testing.T) map[string]guess {
	out := map[string]guess{"position in the log": {order: a.by(func(i int) float64 { return float64(i) })}}
	sources := map[string][]byte{"the log file": a.log}
	for name, raw := range a.files {
		sources[name] = raw
	}
	for source, raw := range sources {
		for kind, seen := range a.sightings(raw) {
			for which, pick := range picks {
				order := a.by(func(i int) float64 { return pick(raw, seen[i]) })
				if known(order) < 2 {
					continue
				}
				name := fmt.Sprintf("%s of %s in %s", which, kind, source)
				out["offset, "+name] = guess{order: order}
				// Cells of a page are written from its end.
				out["page and offset from its end, "+name] = guess{order: a.by(func(i int) float64 {
					return math.Floor(order[i]/4096)*4096 - math.Mod(order[i], 4096)
				})}
				out["row number before, "+name] = guess{order: a.by(func(i int) float64 { return rowNumber(raw, order[i]) })}
				out["number after, "+name] = guess{order: a.by(func(i int) float64 { return number(raw, order[i], len(needles(a.ballots[i])[kind])) })}
			}
		}
	}
	a.rows(t, out)
	out["τ and H(τ)"] = guess{owner: a.byToken()}
	return out
}

// sightings are the offsets at which each ballot's needles stand, by kind.
func (a *attacker) sightings(raw []byte) map[string][][]int {
	type which struct {
		kind   string
		ballot int
		needle []byte
	}
	out, index := map[string][][]int{}, map[[8]byte][]which{}
	for i, b := range a.ballots {
		for kind, needle := range needles(b) {
			index[[8]byte(needle)] = append(index[[8]byte(needle)], which{kind, i, needle})
			if out[kind] == nil {
				out[kind] = make([][]int, len(a.ballots))
			}
		}
	}
	for at := 0; at+8 <= len(raw); at++ {
		for _, w := range index[[8]byte(raw[at:])] {
			if bytes.HasPrefix(raw[at:], w.needle) {
				out[w.kind][w.ballot] = append(out[w.kind][w.ballot], at)
			}
		}
	}
	return out
}

// picks choose among the places of one ballot.
var picks = map[string]func(raw []byte, at []int) float64{
	"first": func(_ []byte, at []int) float64 { return first(at) },
	"last":  func(_ []byte, at []int) float64 { return first(at[len(at)-min(len(at), 1):]) },
	// Where it is not within a leaf, which begins 36 bytes before its account.
	"unlogged": func(raw []byte, at []int) float64 {
		at = slices.DeleteFunc(slices.Clone(at), func(x int) bool { return x >= 36 && raw[x-36] == byte(urn.Cast) && raw[x-35] == urn.BallotVersion })
		return first(at)
	},
}

func first(at []int) float64 {
	if len(at) == 0 {
		return math.NaN()
	}
	return float64(at[0])
}

func (a *attacker) by(f func(int) float64) []float64 {
	order := make([]float64, len(a.ballots))
	for i := range order {
		order[i] = f(i)
	}
	return order
}

func known(order []float64) (n int) {
	for _, x := range order {
		if !math.IsNaN(x) {
			n++
		}
	}
	return n
}

// number reads the integer that follows a needle, as SQLite stores one of six
// bytes: a time in milliseconds, say.
func number(raw []byte, at float64, length int) float64 {
	if math.IsNaN(at) || int(at)+length+6 > len(raw) {
		return math.NaN()
	}
	return float64(binary.BigEndian.Uint64(append([]byte{0, 0}, raw[int(at)+length:][:6]...)))
}

// rowNumber reads the row number of a cell (token, ballot), where at is that of the
// ballot's account: two serial types and a size of header stand between.
func rowNumber(raw []byte, at float64) float64 {
	end := int(at) - 35 - 32 - 4
	if math.IsNaN(at) || end < 2 {
		return math.NaN()
	}
	n := float64(raw[end-1] & 0x7f)
	if raw[end-2]&0x80 != 0 {
		n += float64(raw[end-2]&0x7f) * 128
	}
	return n
}

// rows asks SQLite itself: the natural order, the row numbers, and every number, of
// each table in which it finds something of a ballot.
func (a *attacker) rows(t *testing.T, out map[string]guess) {
	for file, db := range a.tables {
		var tables []string
		query(t, db, "SELECT name FROM sqlite_schema WHERE type = 'table'", func(scan func(...any)) {
			var name string
			scan(&name)
			tables = append(tables, name)
		})
		for _, table := range tables {
			all, columns := tableRows(t, db, "SELECT rowid, * FROM "+table)
			if columns == nil { // no row numbers here
				all, columns = tableRows(t, db, "SELECT NULL, * FROM "+table)
			}
			var flat [][]byte
			for _, values := range all {
				var row []byte
				for _, v := range values {
					if b, is := v.([]byte); is {
						row = append(row, b...)
					}
				}
				flat = append(flat, row)
			}
			for kind, seen := range a.inRows(flat) {
				name := fmt.Sprintf("%s in %s, table %s", kind, file, table)
				out["natural order, "+name] = guess{order: a.by(func(i int) float64 { return seen[i] })}
				for c := range columns {
					order := a.by(func(i int) float64 {
						if math.IsNaN(seen[i]) {
							return seen[i]
						}
						if n, is := all[int(seen[i])][c].(int64); is {
							return float64(n)
						}
						return math.NaN()
					})
					if known(order) > 1 {
						out[columns[c]+", "+name] = guess{order: order}
					}
				}
			}
		}
	}
}

// inRows says, for each kind of needle found, in which row each ballot's stands.
func (a *attacker) inRows(rows [][]byte) map[string][]float64 {
	joined, starts := []byte(nil), []int(nil)
	for _, r := range rows {
		starts = append(starts, len(joined))
		joined = append(append(joined, r...), make([]byte, 64)...)
	}
	out := map[string][]float64{}
	for kind, seen := range a.sightings(joined) {
		order := a.by(func(i int) float64 {
			if len(seen[i]) == 0 {
				return math.NaN()
			}
			row, exact := slices.BinarySearch(starts, seen[i][0])
			if !exact {
				row--
			}
			return float64(row)
		})
		if known(order) > 1 {
			out[kind] = order
		}
	}
	return out
}

// tableRows gives all values of a query, or no columns if it cannot be asked.
func tableRows(t *testing.T, db *sql.DB, q string) (all [][]any, columns []string) {
	t.Helper()
	rows, err := db.QueryContext(ctx, q)
	if err != nil {
		return nil, nil
	}
	defer rows.Close()
	if columns, err = rows.Columns(); err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		values, dest := make([]any, len(columns)), make([]any, len(columns))
		for i := range dest {
			dest[i] = &values[i]
		}
		if err := rows.Scan(dest...); err != nil {
			t.Fatal(err)
		}
		all = append(all, values)
	}
	return all, columns
}

// tokens finds, in the roll's files, each τ whose hash the urn has seen, and reads
// the elector's number beside it.
func (a *attacker) tokens() map[urn.Hash]uint32 {
	out := map[urn.Hash]uint32{}
	const before = "conseil-2026"
	for name, raw := range a.files {
		if !strings.HasPrefix(name, "roll/") {
			continue
		}
		for at := 0; at+32 <= len(raw); at++ {
			h := urn.Hash(sha256.Sum256(raw[at : at+32]))
			if !a.spent[h] {
				continue
			}
			from := bytes.LastIndex(raw[:at], []byte(before)) + len(before)
			elector := uint32(0)
			for _, b := range raw[max(from, at-4):at] {
				elector = elector<<8 | uint32(b)
			}
			out[h] = elector
		}
	}
	return out
}

// byToken joins electors and ballots through τ: roll to H(τ), and H(τ) to the
// ballot that stands beside it in the urn's files.
func (a *attacker) byToken() map[uint32]urn.Hash {
	owner := map[uint32]urn.Hash{}
	electors := a.tokens()
	for name, raw := range a.files {
		if !strings.HasPrefix(name, "urn/") {
			continue
		}
		for i, places := range a.sightings(raw)["ballot"] {
			for _, at := range places {
				for _, gap := range []int{35, 36} { // a ballot's or a leaf's beginning
					if at < 32+gap {
						continue
					}
					if elector, found := electors[urn.Hash(raw[at-32-gap:])]; found {
						owner[elector] = a.ballots[i].Hash()
					}
				}
			}
		}
	}
	return owner
}
