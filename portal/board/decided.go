package board

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"isoloir/mixte"
	"isoloir/portal/citizen"
	"isoloir/portal/result"
	"isoloir/record"
	"isoloir/space"
)

var (
	_ citizen.Assembly = (*Board)(nil)
	_ result.Source    = (*Board)(nil)
)

// WriteMembers puts on the board of a directory what everybody may read of the members, all but the
// count.
func WriteMembers(dir string, members []citizen.Member) error {
	written := slices.Clone(members)
	for i := range written {
		written[i].Said = slices.Clone(written[i].Said)
		for j := range written[i].Said {
			s := &written[i].Said[j]
			s.Counted, s.Divided, s.Weights = false, nil, ""
		}
	}
	text, err := json.Marshal(written)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	path := filepath.Join(dir, peopleFile)
	if there, err := os.ReadFile(path); err == nil && bytes.Equal(there, text) {
		return nil
	}
	return record.WriteWhole(path, text)
}

// Vote writes where one votes in a consultation that is on the board of a directory: ErrInvalid for
// what is no address, ErrUnknown where there is no such consultation.
func Vote(dir, id, address string) error { return tell(dir, id, votingFile, address) }

// Settle writes where its result is, and what members and citizens have decided on each of its
// questions, in their order; empty for one of which there is no statement.
func Settle(dir, id, address string, statements ...*mixte.Statement) error {
	for i, s := range statements {
		if s == nil {
			continue
		}
		text, err := s.Text()
		if err != nil {
			return err
		}
		if err := put(dir, id, decidedFile(i+1), text); err != nil {
			return err
		}
	}
	return tell(dir, id, resultFile, address)
}

func tell(dir, id, file, address string) error {
	if !reachable(address) {
		return fmt.Errorf("%q: %w: write https://HOST/PATH, or a path of this origin", address, ErrInvalid)
	}
	return put(dir, id, file, address+"\n")
}

func put(dir, id, file, text string) error {
	if _, err := os.Stat(filepath.Join(dir, id, textFile)); !name.MatchString(id) || errors.Is(err, fs.ErrNotExist) {
		return space.ErrUnknown
	}
	return record.WriteWhole(filepath.Join(dir, id, file), []byte(text))
}

// reachable says whether a line is where something can be: https or a path; http on one's own machine.
func reachable(line string) bool {
	u, err := url.Parse(line)
	if err != nil || u.User != nil {
		return false
	}
	local := u.Scheme == "http" && (u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1")
	path := u.Scheme == "" && u.Host == "" && strings.HasPrefix(line, "/")
	return path || local || u.Scheme == "https" && u.Host != ""
}

func decidedFile(question int) string { return space.QuestionID(question-1) + ".json" }

// decided is what was decided on a question of a consultation, from 1: nil before its result is public, and where members
// and citizens do not decide together.
func (b *Board) decided(c *citizen.Consultation, question int) (*mixte.Statement, error) {
	if c.Result == "" || c.Draft.Deciders != space.Both {
		return nil, nil
	}
	path := filepath.Join(c.ID, decidedFile(question))
	text, err := b.read(path, textSize)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	s, err := mixte.Parse(string(text))
	if err == nil && (s.Manifest != c.Fingerprint || s.Question != space.QuestionID(question-1) || len(s.Rules.Options) != len(c.Draft.Questions[question-1].Labels())) {
		err = fmt.Errorf("%w: it is of another question", ErrInvalid)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// Members implements citizen.Assembly.
func (b *Board) Members(ctx context.Context) ([]citizen.Member, error) {
	text, err := b.read(peopleFile, textSize)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	all, err := parseMembers(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", peopleFile, err)
	}
	type asked struct {
		id     string
		number int
	}
	known := map[asked]*mixte.Statement{}
	for i := range all {
		for j := range all[i].Said {
			s := &all[i].Said[j]
			at := asked{s.Consultation, s.Number}
			decided, looked := known[at]
			if !looked {
				c, err := b.Consultation(ctx, s.Consultation)
				if errors.Is(err, space.ErrUnknown) { // it is being written
					continue
				}
				if err == nil && (s.Number < 1 || s.Number > len(c.Draft.Questions)) {
					err = fmt.Errorf("%s: %w: %s has no question %d", peopleFile, ErrInvalid, s.Consultation, s.Number)
				}
				if err == nil {
					decided, err = b.decided(c, s.Number)
				}
				if err != nil {
					return nil, err
				}
				known[at] = decided
			}
			if decided == nil {
				continue
			}
			s.Counted, s.Weights = true, weights(s.Consultation, s.Number)
			if d, any := decided.Divided(s.Electorate); any {
				s.Divided = &d
			}
		}
	}
	return all, nil
}

func parseMembers(text []byte) (all []citizen.Member, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&all); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	again, err := json.Marshal(all)
	if err != nil || !bytes.Equal(again, text) {
		return nil, ErrInvalid
	}
	for _, m := range all {
		for _, s := range m.Said {
			if s.Question == nil || s.Counted || s.Divided != nil || s.Weights != "" {
				return nil, ErrInvalid
			}
		}
	}
	return all, nil
}

// weights names the page of a question: its consultation, a full stop, its number.
func weights(id string, question int) string { return id + "." + strconv.Itoa(question) }

// Decision implements result.Source.
func (b *Board) Decision(ctx context.Context, id string) (*result.Decision, error) {
	name, n, _ := strings.Cut(id, ".")
	number, err := strconv.Atoi(n)
	if err != nil || weights(name, number) != id {
		return nil, result.ErrUnknown
	}
	c, err := b.Consultation(ctx, name)
	if errors.Is(err, space.ErrUnknown) || err == nil && (number < 1 || number > len(c.Draft.Questions)) {
		return nil, result.ErrUnknown
	}
	if err != nil {
		return nil, err
	}
	s, err := b.decided(c, number)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, result.ErrUnknown
	}
	text, err := s.Text()
	if err != nil {
		return nil, err
	}
	q := &c.Draft.Questions[number-1]
	return &result.Decision{ID: id, Title: q.Title, Organisation: c.Draft.Title, Labels: q.Labels(), Statement: s, Text: text}, nil
}
