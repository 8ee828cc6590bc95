package roll

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"io"
	"iter"
	mathrand "math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"isoloir/scrutin"
)

// Columns are those of the roll file, in their order (docs/manifest.md, "Roll
// file").
var Columns = []string{"reference", "urn", "station", "college", "country", "language", "channels", "birth_date", "family_name", "given_names"}

// An Elector is a line of the roll file, with the number that was drawn for it.
type Elector struct {
	Urn       uint16 // number of the urn in the manifest
	Number    uint32 // within the urn, from 0; says nothing of who it is
	Reference string // the organisation's own name for the elector, unique
	Station   string // identifier in the manifest, or empty
	College   string
	Country   string   // ISO 3166-1 alpha-2, or empty
	Language  string   // of messages to the elector: fr, en …
	Channels  []string // by which codes can reach him
	Born      scrutin.Date
	Family    string
	Given     string
}

var (
	referencePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$`)
	countryPattern   = regexp.MustCompile(`^([A-Z]{2})?$`)
	languagePattern  = regexp.MustCompile(`^[a-z]{2,3}(-[A-Z]{2})?$`)
	channelOrder     = []string{"email", "sms", "post", "hand"}
)

// ReadElectors reads the roll file, CSV as in RFC 4180 with the header Columns,
// line by line, and gives each elector with a number drawn at random within his
// urn. A pair with an error names a mistake by its line; who goes on hears the next
// one. A file that does not fit the manifest, where a reference stands twice, or
// whose urns have not exactly the electors that it says, has mistakes. Of each
// reference 16 bytes are remembered.
func ReadElectors(file io.Reader, m *scrutin.Manifest) iter.Seq2[Elector, error] {
	return func(yield func(Elector, error) bool) {
		numbers, whole := make([][]uint32, len(m.Urns)), true
		for i, u := range m.Urns {
			numbers[i] = draw(u.Electors)
		}
		for l, err := range readLines(file, m) {
			e := l.Elector
			if err == nil && len(numbers[e.Urn]) == 0 {
				err = mistake(l.line, "many", m.Urns[e.Urn].ID, m.Urns[e.Urn].Electors)
			}
			if err == nil {
				e.Number, numbers[e.Urn] = numbers[e.Urn][0], numbers[e.Urn][1:]
			}
			whole = !l.last
			if !yield(e, err) {
				return
			}
		}
		for i, left := range numbers {
			if whole && len(left) > 0 && !yield(Elector{}, mistake(0, "few", m.Urns[i].ID, len(left), m.Urns[i].Electors)) {
				return
			}
		}
	}
}

// electorLine is a line of a roll file, without a number.
type electorLine struct {
	Elector
	line int
	last bool // with an error: the file cannot be read on
}

// readLines reads a roll file line by line, and judges each beside the manifest. A pair
// with an error names a mistake by its line.
func readLines(file io.Reader, m *scrutin.Manifest) iter.Seq2[electorLine, error] {
	return func(yield func(electorLine, error) bool) {
		r := csv.NewReader(file)
		r.FieldsPerRecord = len(Columns)
		r.ReuseRecord = true
		header, err := r.Read()
		if err != nil || !slices.Equal(header, Columns) {
			yield(electorLine{last: true}, mistake(1, "header", strings.Join(Columns, ",")))
			return
		}
		urns := map[string]int{}
		for i, u := range m.Urns {
			urns[u.ID] = i
		}
		seen := map[[16]byte]int{} // by the reference's digest, its line
		for {
			record, err := r.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				var form *csv.ParseError
				if !errors.As(err, &form) {
					yield(electorLine{last: true}, mistake(0, "read", err))
					return
				}
				if !yield(electorLine{}, mistake(form.StartLine, "csv", form.Err)) {
					return
				}
				continue
			}
			line, _ := r.FieldPos(0)
			e, wrong := readElector(line, record, m, urns)
			if wrong == nil {
				digest := sha256.Sum256([]byte(e.Reference))
				first, twice := seen[[16]byte(digest[:])]
				if seen[[16]byte(digest[:])] = line; twice {
					wrong, seen[[16]byte(digest[:])] = mistake(line, "twice", e.Reference, first), first
				}
			}
			if wrong != nil {
				if !yield(electorLine{}, wrong) {
					return
				}
				continue
			}
			if !yield(electorLine{Elector: e, line: line}, nil) {
				return
			}
		}
	}
}

// draw returns 0 … n−1 in random order, by the system's generator.
func draw(n int) []uint32 {
	var seed [32]byte
	rand.Read(seed[:])
	numbers := make([]uint32, n)
	for i := range numbers {
		numbers[i] = uint32(i)
	}
	mathrand.New(mathrand.NewChaCha8(seed)).Shuffle(n, func(i, j int) { numbers[i], numbers[j] = numbers[j], numbers[i] })
	return numbers
}

func readElector(line int, f []string, m *scrutin.Manifest, urns map[string]int) (e Elector, wrong *Mistake) {
	number, known := urns[f[1]]
	if !known {
		return e, mistake(line, "urn", f[1])
	}
	e = Elector{Urn: uint16(number), Reference: f[0], Station: f[2], College: f[3], Country: f[4], Language: f[5],
		Born: scrutin.Date(f[7]), Family: f[8], Given: f[9]}
	if f[6] != "" {
		e.Channels = strings.Split(f[6], " ")
	}
	switch {
	case !referencePattern.MatchString(e.Reference):
		return e, mistake(line, "reference", e.Reference)
	case e.College != m.Urns[number].College:
		return e, mistake(line, "college", f[1], m.Urns[number].College, e.College)
	case e.Station != "" && !stationHas(m, e.Station, f[1]):
		return e, mistake(line, "station", e.Station, f[1])
	case !countryPattern.MatchString(e.Country):
		return e, mistake(line, "country", e.Country)
	case !languagePattern.MatchString(e.Language):
		return e, mistake(line, "language", e.Language)
	case !ascending(e.Channels):
		return e, mistake(line, "channels", f[6], strings.Join(channelOrder, " "))
	case !e.Born.Valid():
		return e, mistake(line, "born", f[7])
	case !printable(e.Family) || !printable(e.Given) && e.Given != "":
		return e, mistake(line, "name")
	}
	return e, nil
}

func stationHas(m *scrutin.Manifest, station, urn string) bool {
	i := slices.IndexFunc(m.Stations, func(s scrutin.Station) bool { return s.ID == station })
	return i >= 0 && slices.Contains(m.Stations[i].Urns, urn)
}

// ascending says whether channels are known ones in their order, at least one.
func ascending(channels []string) bool {
	last := -1
	for _, c := range channels {
		at := slices.Index(channelOrder, c)
		if at <= last {
			return false
		}
		last = at
	}
	return last >= 0
}

func printable(s string) bool {
	return s != "" && utf8.ValidString(s) && utf8.RuneCountInString(s) <= 200 && strings.TrimSpace(s) == s &&
		!strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsGraphic(r) })
}
