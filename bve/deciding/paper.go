package deciding

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"isoloir/bve/totals"
	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/crypto/transcript"
	"isoloir/mixte"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/trustee"
	"isoloir/urn"
)

// keySize is the length in bytes of what who votes on paper shows: ŷ ‖ R ‖ s.
const keySize = group.PointSize + sigma.KnowledgeSize

// A Sheet is what a station's assessors have signed, as somebody types it.
type Sheet struct {
	Minutes string // the name of these minutes, which is no urn's
	Urn     string
	Station string // in words
	// Counts is a file of results of one place (totals.Head), nil where fewer voted than are opened together.
	Counts io.Reader
}

// A Clash is a voter on paper, by his place in the list of keys from 1, who is not to be counted. Why is ErrTwice, ErrInUrn, ErrUnknown or ErrProof.
type Clash struct {
	Voter   int
	Account string // hexadecimal
	Minutes string // those in which he voted too; empty where it is an urn, or these
	Why     error
}

// Why a voter on paper is not to be counted.
var (
	ErrTwice   = errors.New("this account voted on paper twice")
	ErrInUrn   = errors.New("this account has a ballot in the urn")
	ErrUnknown = errors.New("this is no account of the urn")
	ErrProof   = errors.New("nothing proves that the account is the voter's")
)

// ErrSheet is wrapped by refusals of a sheet for which no voter can do anything.
var ErrSheet = errors.New("these minutes cannot be entered")

// ReadKeys reads the keys of voters on paper as a station's device writes them: a line of 192 hexadecimal digits for each.
func ReadKeys(text string) (keys [][]byte, err error) {
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		key, err := hex.DecodeString(line)
		if err != nil || len(key) != keySize || hex.EncodeToString(key) != line {
			return nil, fmt.Errorf("%w: line %d of the keys is not %d hexadecimal digits: copy it again", ErrSheet, i+1, 2*keySize)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// Paper draws up minutes of votes on paper, with the file of their keys, once the urns are sealed, as until then an account may still vote there, and before the act that adopts the mixes. Where
// it finds clashes there are no minutes.
func (d *Desk) Paper(sheet Sheet, keys [][]byte) (*mixte.Minutes, []byte, []Clash, error) {
	if err := d.papers(sheet); err != nil {
		return nil, nil, nil, err
	}
	clashes, err := d.clashes(sheet, keys)
	if err != nil || len(clashes) > 0 {
		return nil, nil, clashes, err
	}
	sorted := slices.SortedFunc(slices.Values(keys), bytes.Compare)
	file := bytes.Join(sorted, nil)
	x := &mixte.Minutes{OpenHead: d.head(), Minutes: sheet.Minutes, Urn: sheet.Urn, Station: sheet.Station, Voters: len(keys),
		File: scrutin.DigestOf(file), Questions: []scrutin.QuestionResult{}}
	if sheet.Counts != nil {
		if x.Questions, err = d.answers(sheet, len(keys)); err != nil {
			return nil, nil, nil, err
		}
	}
	if err := x.Agree(d.Manifest); err != nil {
		return nil, nil, nil, fmt.Errorf("%w: %w", ErrSheet, err)
	}
	return x, file, nil, nil
}

// papers says whether minutes can be entered now, under this name.
func (d *Desk) papers(sheet Sheet) error {
	if d.Procedure.Seal.IsZero() {
		return fmt.Errorf("%w: the urns are not sealed, and an account may still vote there", ErrEarly)
	}
	if d.adoptedAll() {
		return fmt.Errorf("%w: the act that adopts the mixes was made, and with it all minutes on paper: the urns may be open", ErrLate)
	}
	if record.Paper(sheet.Minutes) == "" {
		return fmt.Errorf("%w: %q is no name of minutes: take up to 40 letters without accents, digits, dots, hyphens and underscores", ErrSheet, sheet.Minutes)
	}
	if d.in.Exists(record.Paper(sheet.Minutes)) {
		return fmt.Errorf("%w: the record has minutes %s already: take another name", ErrSheet, sheet.Minutes)
	}
	return nil
}

// clashes holds the keys against the accounts of the urn, against its sealed log and against all other minutes.
func (d *Desk) clashes(sheet Sheet, keys [][]byte) ([]Clash, error) {
	if len(keys) == 0 {
		return nil, fmt.Errorf("%w: nobody voted on paper", ErrSheet)
	}
	sealed, err := trustee.ReadSealed(d.in, trustee.Options{})
	if err != nil {
		return nil, err
	}
	number := slices.IndexFunc(d.Manifest.Urns, func(u scrutin.Urn) bool { return u.ID == sheet.Urn })
	if number < 0 {
		return nil, fmt.Errorf("%w: the manifest has no urn %q", ErrSheet, sheet.Urn)
	}
	rules, err := sealed.Rules(number)
	if err != nil {
		return nil, err
	}
	cast, err := d.cast(rules)
	if err != nil {
		return nil, err
	}
	voted, err := d.onPaper()
	if err != nil {
		return nil, err
	}
	ctx := transcript.Context{Manifest: d.Fingerprint, Opening: d.Procedure.Opening, Urn: sheet.Urn}
	var all []Clash
	for i, key := range keys {
		if len(key) != keySize {
			return nil, fmt.Errorf("%w: key %d has %d bytes, not %d", ErrSheet, i+1, len(key), keySize)
		}
		account := [group.PointSize]byte(key)
		minutes, twice := voted[account]
		c := Clash{Voter: i + 1, Account: hex.EncodeToString(account[:]), Minutes: minutes}
		switch {
		case twice:
			c.Why = ErrTwice
		case cast[account]:
			c.Why = ErrInUrn
		default:
			c.Why = proven(ctx, rules, account, key[group.PointSize:], sheet.Minutes)
		}
		if c.Why != nil {
			all = append(all, c)
		}
		voted[account] = minutes
	}
	return all, nil
}

// proven says whether an account is one of the urn's and the proof shows that it is the voter's.
func proven(ctx transcript.Context, rules *urn.Rules, account [group.PointSize]byte, proof []byte, minutes string) error {
	for _, p := range rules.Populations() {
		if _, known := p.Accounts.Position(account); !known {
			continue
		}
		key, err := sigma.DecodeElement(account[:])
		if err != nil {
			return fmt.Errorf("%w: %w", ErrProof, err)
		}
		shown, err := sigma.DecodeKnowledge(proof)
		if err == nil {
			err = sigma.Paper(ctx, sigma.NewElement(p.Base), key, minutes).Verify(shown)
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrProof, err)
		}
		return nil
	}
	return ErrUnknown
}

// cast are the accounts that have a ballot in an urn.
func (d *Desk) cast(rules *urn.Rules) (map[[group.PointSize]byte]bool, error) {
	file, _, err := d.in.Stream(record.Leaves(rules.Name))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	cast := map[[group.PointSize]byte]bool{}
	for leaves := urn.NewLeafReader(file); ; {
		leaf, err := leaves.Next()
		if errors.Is(err, io.EOF) {
			return cast, nil
		}
		if err != nil {
			return nil, err
		}
		account, is, err := urn.Caster(leaf, rules.Questions)
		if err != nil {
			return nil, err
		}
		if is {
			cast[account] = true
		}
	}
}

// onPaper are the accounts of all minutes that the record has.
func (d *Desk) onPaper() (map[[group.PointSize]byte]string, error) {
	all, err := d.minutes()
	if err != nil {
		return nil, err
	}
	voted := map[[group.PointSize]byte]string{}
	for _, x := range all {
		file, err := d.in.Read(record.PaperKeys(x.Minutes), int64(x.Voters)*keySize)
		if err != nil {
			return nil, err
		}
		for key := range slices.Chunk(file, keySize) {
			voted[[group.PointSize]byte(key)] = x.Minutes
		}
	}
	return voted, nil
}

// answers are what the sheet counts of each question, each with as many ballots and marks as there are keys.
func (d *Desk) answers(sheet Sheet, voters int) ([]scrutin.QuestionResult, error) {
	places, err := totals.Read(sheet.Counts, d.Manifest)
	if err != nil {
		return nil, err
	}
	var all []scrutin.QuestionResult
	for _, q := range d.Manifest.QuestionsOf(sheet.Urn) {
		i := slices.IndexFunc(places, func(p *totals.Place) bool { return p.Question == q.ID })
		if i < 0 || places[i].Urn != sheet.Urn || len(places) != len(d.Manifest.QuestionsOf(sheet.Urn)) {
			return nil, fmt.Errorf("%w: the counts are those of each question of the urn %s at one place, and of nothing else", ErrSheet, sheet.Urn)
		}
		p := places[i]
		if p.Marks != voters || p.Ballots() != voters {
			return nil, fmt.Errorf("%w: question %s: %d ballots and %d marks of %d voters who showed an account: count again", ErrSheet, q.ID, p.Ballots(), p.Marks, voters)
		}
		n := len(q.Options)
		answer := scrutin.QuestionResult{Question: q.ID, Blank: p.Counts[n], Nul: p.Counts[n+1]}
		for j, o := range q.Options {
			answer.Options = append(answer.Options, scrutin.OptionCount{Option: o.ID, Ballots: p.Counts[j]})
		}
		all = append(all, answer)
	}
	return all, nil
}
