package replay

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"isoloir/tally"
)

// Limits of a results file. They are far above any real election and keep a mistyped count from filling a disk.
const (
	MaxElectors = 10_000_000 // in all urns together
	MaxUrns     = 20_000
	MaxOptions  = 1_000 // in one urn
	MaxLabel    = 200   // characters in a name
)

// An UrnResult is what one urn of a results file holds: how many electors, and how many ballots for each option.
type UrnResult struct {
	ID, Name string
	Electors int
	Choices  []Choice
	// Answers are what one may approve of, up to Most of them; nil where one takes an option. The choices are then the sets of
	// them, as scrutin.ApprovalOptions has them.
	Answers []string
	Most    int
}

// A Choice is one option of an urn with its number of ballots. Option is the label as the file spells it.
type Choice struct {
	Option  string
	Ballots int
}

// Ballots is the number of ballots of the urn, blank and nul ones included.
func (u UrnResult) Ballots() int {
	n := 0
	for _, c := range u.Choices {
		n += c.Ballots
	}
	return n
}

var (
	columns = []string{"urn", "urn_name", "electors", "option", "ballots"}
	urnID   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$`)
)

// ParseVotes reads a results file: CSV in UTF-8 with the columns urn, urn_name, electors, option, ballots, one line per urn and option.
// It reports every mistake it finds, with its line, not only the first (at most twenty), and then returns no urn.
func ParseVotes(r io.Reader) ([]UrnResult, error) {
	in := csv.NewReader(r)
	in.ReuseRecord = true
	header, err := in.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the file is empty: the first line must be " + strings.Join(columns, ","))
	}
	if err != nil {
		return nil, fmt.Errorf("the file is not CSV: %w", err)
	}
	if !slices.Equal(header, columns) {
		return nil, fmt.Errorf("the columns are %q: the first line must be exactly %s", strings.Join(header, ","), strings.Join(columns, ","))
	}

	p := parser{byID: map[string]int{}}
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("the file is not CSV: %w", err)
		}
		line, _ := in.FieldPos(0)
		p.row(line, row)
		if len(p.faults) >= 20 {
			p.faults = append(p.faults, errors.New("and perhaps more: the reading stops after twenty mistakes"))
			break
		}
	}
	p.whole()
	return p.urns, p.err()
}

type parser struct {
	urns   []UrnResult
	byID   map[string]int
	faults []error
}

func (p *parser) fault(line int, format string, args ...any) {
	p.faults = append(p.faults, fmt.Errorf("line %d: "+format, append([]any{line}, args...)...))
}

func (p *parser) row(line int, row []string) {
	id, name, option := row[0], row[1], row[3]
	electors, err1 := count(row[2])
	ballots, err2 := count(row[4])
	switch {
	case !urnID.MatchString(id):
		p.fault(line, "the urn %q must be 1 to 40 letters, digits, points, dashes or underscores, beginning with a letter or digit", id)
		return
	case err1 != nil:
		p.fault(line, "electors: %v", err1)
		return
	case electors == 0:
		p.fault(line, "the urn %s has no elector: leave it out", id)
		return
	case err2 != nil:
		p.fault(line, "ballots: %v", err2)
		return
	}
	for _, s := range []string{name, option} {
		if err := label(s); err != nil {
			p.fault(line, "%v", err)
			return
		}
	}

	i, known := p.byID[id]
	if !known {
		if len(p.urns) == MaxUrns {
			p.fault(line, "more than %d urns", MaxUrns)
			return
		}
		i = len(p.urns)
		p.byID[id] = i
		p.urns = append(p.urns, UrnResult{ID: id, Name: strings.Clone(name), Electors: electors})
		p.urns[i].ID = strings.Clone(id)
	}
	u := &p.urns[i]
	switch {
	case i != len(p.urns)-1:
		p.fault(line, "the urn %s comes back after another one: put all its lines together, or give the second urn its own identifier", id)
	case u.Name != name || u.Electors != electors:
		p.fault(line, "the urn %s has another name or number of electors than on its first line", id)
	case slices.ContainsFunc(u.Choices, func(c Choice) bool { return c.Option == option }):
		p.fault(line, "the option %q stands twice in urn %s", option, id)
	case len(u.Choices) == MaxOptions:
		p.fault(line, "the urn %s has more than %d options", id, MaxOptions)
	default:
		u.Choices = append(u.Choices, Choice{Option: strings.Clone(option), Ballots: ballots})
	}
}

func (p *parser) whole() {
	if len(p.urns) == 0 && len(p.faults) == 0 {
		p.faults = append(p.faults, errors.New("the file has no urn"))
	}
	electors := 0
	for _, u := range p.urns {
		electors += u.Electors
		if n := u.Ballots(); n > u.Electors {
			p.faults = append(p.faults, fmt.Errorf("the urn %s has %d ballots for %d electors", u.ID, n, u.Electors))
		}
		if !slices.ContainsFunc(u.Choices, func(c Choice) bool { return c.Option != tally.BlankLabel && c.Option != tally.NulLabel }) {
			p.faults = append(p.faults, fmt.Errorf("the urn %s has no option beside blank and nul votes", u.ID))
		}
	}
	if electors > MaxElectors {
		p.faults = append(p.faults, fmt.Errorf("the urns have %d electors together, at most %d are replayed", electors, MaxElectors))
	}
}

func (p *parser) err() error {
	if len(p.faults) == 0 {
		return nil
	}
	p.urns = nil
	return errors.Join(p.faults...)
}

// count reads a number of electors or ballots written in plain digits.
func count(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || strconv.Itoa(n) != s {
		return 0, fmt.Errorf("%q is not a whole number in plain digits", s)
	}
	if n < 0 || n > MaxElectors {
		return 0, fmt.Errorf("%d is not between 0 and %d", n, MaxElectors)
	}
	return n, nil
}

// label accepts a name in any script, and refuses what cannot be shown on one line.
func label(s string) error {
	switch {
	case !utf8.ValidString(s):
		return fmt.Errorf("the name %q is not UTF-8: save the file in that encoding", s)
	case strings.TrimSpace(s) == "":
		return errors.New("a name is empty")
	case strings.TrimSpace(s) != s:
		return fmt.Errorf("the name %q begins or ends with a space", s)
	case utf8.RuneCountInString(s) > MaxLabel:
		return fmt.Errorf("a name is longer than %d characters", MaxLabel)
	case !norm.NFC.IsNormalString(s):
		return fmt.Errorf("the name %q has letters and accents apart: save the file in the normal form NFC", s)
	case strings.ContainsFunc(s, unseen):
		return fmt.Errorf("the name %q holds a control character, or one that turns the direction of writing", s)
	}
	return nil
}

func unseen(r rune) bool {
	return unicode.IsControl(r) || r == utf8.RuneError || r == 0xfeff || 0x2028 <= r && r <= 0x202e || 0x2066 <= r && r <= 0x2069
}
