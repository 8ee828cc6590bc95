package space

import (
	"context"
	"fmt"
	"slices"

	"isoloir/space/signature"
)

// published is a consultation that is, and not over where before is true.
func (s *Space) published(ctx context.Context, id string, before bool) (*Consultation, error) {
	c, err := s.Store.Consultation(ctx, s.org(), id)
	if err != nil {
		return nil, err
	}
	if c.State != Published {
		return nil, Problems{{Field: "state", Code: "not-published"}}
	}
	_, closes, err := c.Draft.Schedule(s.Organisation.Location())
	if err != nil {
		return nil, err
	}
	if before && !s.Now().Before(closes) {
		return nil, Problems{{Field: "state", Code: "over"}}
	}
	return &c, nil
}

// Arguing is an argument that members and invited authors may propose, until the end of the vote, with
// the text that its author signs (Validation).
func (s *Space) Arguing(ctx context.Context, by Person, id, side, title, text string) (*Argument, []byte, error) {
	if by.Role != Member && by.Role != Author {
		return nil, nil, ErrRole
	}
	c, err := s.published(ctx, id, true)
	if err != nil {
		return nil, nil, err
	}
	a := Argument{Author: by.ID, Name: by.Label, Side: side, Title: Line(title), Text: Lines(text)}
	var found Problems
	if side != For && side != Against {
		found = append(found, Problem{Field: "side", Code: "oneof"})
	}
	if !plain(a.Title, 300) {
		found = append(found, Problem{Field: "title", Code: "line"})
	}
	if len(a.Text) == 0 || len(a.Text) > 40 || slices.ContainsFunc(a.Text, func(l string) bool { return l != "" && !plain(l, 3000) }) {
		found = append(found, Problem{Field: "text", Code: "paragraph"})
	}
	if len(found) > 0 {
		return nil, nil, found
	}
	signed, err := a.Validation(s.org(), id, c.Fingerprint, by.Label)
	return &a, signed, err
}

// Argue proposes an argument that its author has signed.
func (s *Space) Argue(ctx context.Context, by Person, id, side, title, text string, proof signature.Signature) (int, error) {
	a, signed, err := s.Arguing(ctx, by, id, side, title, text)
	if err != nil {
		return 0, err
	}
	if err := proof.Verify(signed); err != nil {
		return 0, Problems{{Field: "signature", Code: "signature"}}
	}
	a.Signature = proof
	return s.Store.AddArgument(ctx, s.org(), id, *a)
}

// Show shows an argument, and Refuse refuses it, with a reason that its author and everybody
// who reads the acts sees; each by an act, until the end of the vote.
func (s *Space) Show(ctx context.Context, by Person, id string, number int) error {
	return s.judge(ctx, by, id, number, Shown, s.act(by, ActShown, "", fmt.Sprint(number)))
}

// Refuse is the other judgment.
func (s *Space) Refuse(ctx context.Context, by Person, id string, number int, reason string) error {
	if reason = Line(reason); by.Staff() && !plain(reason, 300) {
		return Problems{{Field: "reason", Code: "reason"}}
	}
	return s.judge(ctx, by, id, number, Refused, s.act(by, ActArgument, reason, fmt.Sprint(number)))
}

func (s *Space) judge(ctx context.Context, by Person, id string, number int, state string, a Act) error {
	if !by.Staff() {
		return ErrRole
	}
	if _, err := s.published(ctx, id, true); err != nil {
		return err
	}
	return s.Store.JudgeArgument(ctx, s.org(), id, number, state, a)
}

// Signing is the text that somebody signs who signs an argument of somebody else that is shown.
func (s *Space) Signing(ctx context.Context, by Person, id string, number int) ([]byte, error) {
	if by.Role != Member && by.Role != Author {
		return nil, ErrRole
	}
	c, err := s.published(ctx, id, true)
	if err != nil {
		return nil, err
	}
	all, err := s.Store.Arguments(ctx, s.org(), id)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(a Argument) bool { return a.Number == number && a.State == Shown && a.Author != by.ID })
	if i < 0 {
		return nil, ErrUnknown
	}
	return all[i].Validation(s.org(), id, c.Fingerprint, by.Label)
}

// Sign signs such an argument.
func (s *Space) Sign(ctx context.Context, by Person, id string, number int, proof signature.Signature) error {
	text, err := s.Signing(ctx, by, id, number)
	if err != nil {
		return err
	}
	if err := proof.Verify(text); err != nil {
		return Problems{{Field: "signature", Code: "signature"}}
	}
	return s.Store.SignArgument(ctx, s.org(), id, number, by.ID, Signed{by.Label, proof})
}

// question is one of a consultation's, from 1, in which a member of this constituency has a say.
func (c *Consultation) question(number int, constituency string) (*Question, error) {
	if !c.Votes(constituency) {
		return nil, Problems{{Field: "question", Code: "no-say"}}
	}
	if number < 1 || number > len(c.Draft.Questions) {
		return nil, ErrUnknown
	}
	return &c.Draft.Questions[number-1], nil
}

// TakePosition adds a version of what a member thinks, before the end of the vote.
func (s *Space) TakePosition(ctx context.Context, by Person, id string, question int, position, reasons string) error {
	if by.Role != Member {
		return ErrRole
	}
	c, err := s.published(ctx, id, true)
	if err != nil {
		return err
	}
	q, err := c.question(question, by.Constituency)
	if err != nil {
		return err
	}
	p := Position{Person: by.ID, Question: question, Position: position, Reasons: Lines(reasons), At: s.Now()}
	var found Problems
	if position != Undecided && !slices.Contains(q.Choices(), position) {
		found = append(found, Problem{Field: "position", Code: "oneof"})
	}
	if len(p.Reasons) > 40 || slices.ContainsFunc(p.Reasons, func(l string) bool { return l != "" && !plain(l, 3000) }) {
		found = append(found, Problem{Field: "reasons", Code: "paragraph"})
	}
	if len(found) > 0 {
		return found
	}
	return s.Store.AddPosition(ctx, s.org(), id, p)
}

// EnterVote enters what a member did at the assembly: staff from the minutes, or the member
// himself, as long as staff has not.
func (s *Space) EnterVote(ctx context.Context, by Person, id, member string, question int, vote string) error {
	m, err := s.Store.Person(ctx, s.org(), member)
	if err != nil {
		return err
	}
	if m.Role != Member || !by.Staff() && by.ID != m.ID {
		return ErrRole
	}
	c, err := s.published(ctx, id, false)
	if err != nil {
		return err
	}
	q, err := c.question(question, m.Constituency)
	if err != nil {
		return err
	}
	if !slices.Contains(append(q.Choices(), Abstains, Absent), vote) {
		return Problems{{Field: "vote", Code: "oneof"}}
	}
	if !by.Staff() {
		votes, err := s.Store.Votes(ctx, s.org(), id)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(votes, func(v Vote) bool { return v.Person == m.ID && v.Question == question && v.By != m.Label }) {
			return Problems{{Field: "vote", Code: "from-minutes"}}
		}
	}
	return s.Store.AddVote(ctx, s.org(), id, Vote{Person: m.ID, Question: question, Vote: vote, By: by.Label, At: s.Now()},
		s.act(by, ActVote, "", fmt.Sprintf("%s, question %d: %s", m.Label, question, vote)))
}

// Votes says whether a member of this constituency votes on what a consultation asks.
func (c *Consultation) Votes(constituency string) bool {
	return c.Draft.Deciders != Citizens && slices.Contains(c.Draft.Territory, constituency)
}
