package issuer

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"isoloir/courier"
	"isoloir/scrutin"
)

// Columns of an address book and of the roll's extract, in their order.
var (
	BookColumns    = []string{"reference", "address", "language"}
	ExtractColumns = []string{"reference", "urn", "number", "country"}
)

// A File is a named text that is read once.
type File struct {
	Name string
	io.Reader
}

// A Book is a file of addresses of one channel.
type Book struct {
	Channel courier.Channel
	File
}

// A Place is a line of the extract: which elector of which urn has a reference.
type Place struct {
	Reference string
	Urn       string
	Number    uint32
	Country   string // ISO 3166-1 alpha-2, or empty
}

// WriteExtract writes the roll's extract for the issuers.
func WriteExtract(w io.Writer, places func(yield func(Place, error) bool)) error {
	out := csv.NewWriter(w)
	if err := out.Write(ExtractColumns); err != nil {
		return err
	}
	for p, err := range places {
		if err != nil {
			return err
		}
		if err := out.Write([]string{p.Reference, p.Urn, strconv.FormatUint(uint64(p.Number), 10), p.Country}); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

var (
	referencePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$`)
	countryPattern   = regexp.MustCompile(`^([A-Z]{2})?$`)
	languagePattern  = regexp.MustCompile(`^[a-z]{2,3}(-[A-Z]{2})?$`)
)

// A Reconciliation is what an address book came to.
type Reconciliation struct {
	People   []Person // ascending by urn and number
	Channels map[courier.Channel]int
	Shared   int // electors whose address reaches another one too
	// Digitless are those, with the lines where they stand, whom the issuer's own
	// channel does not reach, though their college asks for six digits by it.
	Digitless Problems
}

// ReadBooks reads the roll's extract and the address books and reconciles them: all
// electors of the manifest stand in the extract, each number once, and every
// reference of the extract in exactly one of the books. The error is [Problems],
// all of them up to a hundred; or that of a reader.
func ReadBooks(m *scrutin.Manifest, extract File, books []Book) (Reconciliation, error) {
	return readBooks(reconciler{m: m}, extract, books)
}

func readBooks(r reconciler, extract File, books []Book) (Reconciliation, error) {
	r.entries, r.channels = map[string]*entry{}, map[courier.Channel]bool{}
	if err := r.extract(extract); err != nil {
		return Reconciliation{}, err
	}
	if len(r.problems) > 0 { // the books can be judged by a good extract only
		return Reconciliation{}, r.problems
	}
	for _, b := range books {
		r.channels[b.Channel] = true
		if err := r.book(b); err != nil {
			return Reconciliation{}, err
		}
	}
	return r.result(extract.Name)
}

// An entry is an elector on his way into the book.
type entry struct {
	Person
	line int
	book string // where his address stands
	at   int
}

type reconciler struct {
	m        *scrutin.Manifest
	from     []int // by urn, the first number of the extract, which an amendment adds; nil for a whole roll
	entries  map[string]*entry
	channels map[courier.Channel]bool // of the books
	problems Problems
	unread   bool // some lines could not be read: who is missing cannot be said
}

// each calls f for each record of a file with its columns.
func (r *reconciler) each(file File, columns []string, f func(line int, fields []string)) error {
	in := csv.NewReader(file)
	in.FieldsPerRecord, in.ReuseRecord = len(columns), true
	header, err := in.Read()
	var wrong *csv.ParseError
	switch {
	case err != nil && !errors.Is(err, io.EOF) && !errors.As(err, &wrong):
		return fmt.Errorf("%s: %w", file.Name, err)
	case err != nil || !slices.Equal(header, columns):
		r.unread = true
		r.problems.add(file.Name, 1, "header", strings.Join(columns, ","))
		return nil
	}
	for {
		record, err := in.Read()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &wrong):
			r.unread = true
			r.problems.add(file.Name, wrong.StartLine, "csv", wrong.Err)
			if errors.Is(wrong, csv.ErrFieldCount) {
				continue
			}
			return nil
		case err != nil:
			return fmt.Errorf("%s: %w", file.Name, err)
		}
		line, _ := in.FieldPos(0)
		if !utf8.ValidString(strings.Join(record, "")) {
			r.unread = true
			r.problems.add(file.Name, line, "utf8")
			continue
		}
		f(line, record)
	}
}

func (r *reconciler) extract(file File) error {
	if r.from != nil {
		return r.added(file)
	}
	seen := make([][]bool, len(r.m.Urns))
	for i, u := range r.m.Urns {
		seen[i] = make([]bool, u.Electors)
	}
	err := r.places(file, func(urn int, number uint64) (string, int) {
		switch {
		case number >= uint64(len(seen[urn])):
			return "number", len(seen[urn]) - 1
		case seen[urn][number]:
			return "number-twice", 0
		}
		seen[urn][number] = true
		return "", 0
	})
	if err != nil || len(r.problems) > 0 {
		return err
	}
	for i, u := range r.m.Urns {
		missing := 0
		for _, there := range seen[i] {
			if !there {
				missing++
			}
		}
		if missing > 0 {
			r.problems.add(file.Name, 0, "roll-short", u.ID, missing, u.Electors)
		}
	}
	return nil
}

// places reads the lines of an extract into the entries. take marks a number of an urn as
// given; or says by which sentence it cannot be, and which number would be the bound.
func (r *reconciler) places(file File, take func(urn int, number uint64) (problem string, bound int)) error {
	urns := map[string]int{}
	for i, u := range r.m.Urns {
		urns[u.ID] = i
	}
	return r.each(file, ExtractColumns, func(line int, f []string) {
		urn, known := urns[f[1]]
		number, err := strconv.ParseUint(f[2], 10, 32)
		switch {
		case !referencePattern.MatchString(f[0]):
			r.problems.add(file.Name, line, "reference", f[0])
			return
		case !known:
			r.problems.add(file.Name, line, "urn", f[1])
			return
		case err != nil || strconv.FormatUint(number, 10) != f[2]:
			r.problems.add(file.Name, line, "number-form", f[2])
			return
		}
		problem, bound := take(urn, number)
		switch {
		case problem != "":
			r.problems.add(file.Name, line, problem, f[2], f[1], bound)
		case !countryPattern.MatchString(f[3]):
			r.problems.add(file.Name, line, "country", f[3])
		case r.entries[f[0]] != nil:
			r.problems.add(file.Name, line, "roll-twice", f[0], r.entries[f[0]].line)
		default:
			reference := strings.Clone(f[0])
			r.entries[reference] = &entry{line: line, Person: Person{Urn: uint16(urn), Elector: uint32(number), Reference: reference, Country: strings.Clone(f[3])}}
		}
	})
}

func (r *reconciler) book(b Book) error {
	return r.each(b.File, BookColumns, func(line int, f []string) {
		e := r.entries[f[0]]
		switch {
		case e == nil:
			r.problems.add(b.Name, line, "not-on-roll", f[0])
		case e.book != "":
			r.problems.add(b.Name, line, "book-twice", f[0], e.book, e.at)
		case !validAddress(b.Channel, f[1]):
			r.problems.add(b.Name, line, "address-"+string(b.Channel), f[1])
		case !languagePattern.MatchString(f[2]):
			r.problems.add(b.Name, line, "language", f[2])
		default:
			e.Channel, e.Address, e.Language = b.Channel, strings.Clone(f[1]), strings.Clone(f[2])
			e.book, e.at = b.Name, line
			return
		}
		if e != nil && e.book == "" { // it is named once, not as missing too
			e.book, e.at = b.Name, line
		}
	})
}

func (r *reconciler) result(extract string) (Reconciliation, error) {
	out := Reconciliation{Channels: map[courier.Channel]int{}}
	reached := map[string]int{}
	digits := make([]courier.Channel, len(r.m.Urns))
	for i, u := range r.m.Urns {
		for _, channel := range asksDigits(r.m, u) {
			if r.channels[channel] {
				digits[i] = channel
			}
		}
	}
	for _, e := range r.entries {
		if e.book == "" {
			if !r.unread {
				r.problems.add(extract, e.line, "missing", e.Reference)
			}
			continue
		}
		out.People = append(out.People, e.Person)
		out.Channels[e.Channel]++
		reached[LookUp(e.Channel, e.Address, "")]++
		if by := digits[e.Urn]; by != "" && by != e.Channel {
			out.Digitless.add(e.book, e.at, "digitless", e.Reference, r.m.Urns[e.Urn].College, string(by))
		}
	}
	if len(r.problems) > 0 {
		r.problems.sort()
		return Reconciliation{}, r.problems
	}
	for _, n := range reached {
		if n > 1 {
			out.Shared += n
		}
	}
	out.Digitless.sort()
	slices.SortFunc(out.People, func(a, b Person) int {
		return cmp.Or(cmp.Compare(a.Urn, b.Urn), cmp.Compare(a.Elector, b.Elector))
	})
	return out, nil
}

// asksDigits are the channels by which the college of an urn has six digits sent while
// somebody votes: as a factor beside his codes, or to validate.
func asksDigits(m *scrutin.Manifest, urn scrutin.Urn) (channels []courier.Channel) {
	college, _ := m.College(urn.College) // every urn of a manifest has one
	for _, f := range college.Factors {
		if f.Kind == "code" {
			channels = append(channels, courier.Channel(f.Channel))
		}
	}
	if college.Validation.Kind == "code" {
		channels = append(channels, courier.Channel(college.Validation.Channel))
	}
	return channels
}
