package voters

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"isoloir/account"
	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/crypto/transcript"
	"isoloir/roll"
	"isoloir/roll/login"
	"isoloir/urn"
	"isoloir/voter"
)

// An Elector is somebody who has both codes, stretched.
type Elector struct {
	roll.Place
	codes [2]account.Stretched // by issuer
}

// An End is how a voter's path ended.
type End struct {
	roll.Place
	Receipt urn.Hash
	At      time.Time
	Err     error // nil: he holds promise, mark and receipt
}

// A path is one voter's way through the vote.
type path struct {
	*Election
	*Browser
	elector Elector
	session login.Secret
	state   login.State
}

// errAgain says that the session is over: the voter logs in again.
var errAgain = errors.New("log in again")

// Vote goes all the way, or until a stage of the device, where the voter closes the
// page; 0 for all the way. think is how long the person looks at the lists.
func (e *Election) Vote(ctx context.Context, who Elector, b *Browser, think time.Duration, until voter.Stage) (*voter.Device, error) {
	p := &path{Election: e, Browser: b, elector: who}
	if err := p.arrive(ctx); err != nil {
		return nil, err
	}
	start := time.Now()
	x, err := p.enter(ctx)
	if err != nil {
		return nil, err
	}
	entered := time.Since(start)
	if err := Sleep(ctx, think); err != nil {
		return nil, err
	}
	start = time.Now()
	d, err := p.make(ctx, x)
	if err != nil {
		return nil, err
	}
	if until > 0 {
		return d, p.cast(ctx, d, until)
	}
	if err := p.finish(ctx, d); err != nil {
		return d, err
	}
	b.times.Add("the vote, all steps", entered+time.Since(start))
	return d, nil
}

// Resume goes on with what the page has kept of a ballot, when it is opened again.
func (e *Election) Resume(ctx context.Context, who Elector, b *Browser, d *voter.Device) error {
	p := &path{Election: e, Browser: b, elector: who}
	if err := p.arrive(ctx); err != nil {
		return err
	}
	return p.finish(ctx, d)
}

// State is how far an elector is, as the roll tells him when he logs in.
func (e *Election) State(ctx context.Context, who Elector, b *Browser) (login.State, error) {
	p := &path{Election: e, Browser: b, elector: who}
	_, err := p.enter(ctx)
	return p.state, err
}

// finish has the vote recorded, and its receipt checked.
func (p *path) finish(ctx context.Context, d *voter.Device) error {
	start := time.Now()
	if err := p.cast(ctx, d, voter.Marked); err != nil {
		return err
	}
	p.times.Add("reserve to mark", time.Since(start))
	return p.check(ctx, d.Receipt())
}

// arrive opens the page of the vote, with all that belongs to it, and the records.
func (p *path) arrive(ctx context.Context) error {
	if _, err := p.Get(ctx, "page", p.portal+"/fr/urne/"+p.Rules[p.elector.Urn].Name+"/voter"); err != nil {
		return err
	}
	for _, name := range p.scripts {
		if _, err := p.Get(ctx, "script or style", p.portal+"/client/"+name); err != nil {
			return err
		}
	}
	for name, want := range map[string][]byte{"manifest.json": p.manifest, "opening.note": p.opening} {
		got, err := p.Get(ctx, "record", p.portal+"/record/"+name)
		if err != nil {
			return err
		}
		if packed, ok := p.packed.Load(name); ok && bytes.Equal(got, packed.([]byte)) {
			continue
		}
		plain, err := Unzip(got)
		if err != nil {
			return err
		}
		if !bytes.Equal(plain, want) {
			return fmt.Errorf("another %s than the one that was verified", name)
		}
		p.packed.Store(name, got)
	}
	return nil
}

// enter logs in and opens the masked halves: it gives the secret of the voting key.
func (p *path) enter(ctx context.Context) (x group.Scalar, err error) {
	for {
		if err = p.login(ctx); err != nil {
			return x, err
		}
		answer, err := p.ask(ctx, "open", p.Origins.Roll, "open", p.session[:])
		if errors.Is(err, errAgain) {
			continue
		}
		if err != nil {
			return x, err
		}
		a, err := login.ParseOpenAnswer(answer)
		if err != nil {
			return x, err
		}
		if a.Step != login.Nothing {
			return x, fmt.Errorf("step %d is asked for, and this generator does none", a.Step)
		}
		p.state = a.State
		for i, masked := range a.Masked {
			m, err := group.DecodeScalar(masked[:])
			if err != nil {
				return x, err
			}
			half := p.elector.codes[i].Open(m)
			if i == 0 {
				x = half
			} else {
				x = x.Add(half)
			}
		}
		return x, nil
	}
}

func (p *path) login(ctx context.Context) error {
	who := p.elector
	secret := who.codes[0].Login.Add(who.codes[1].Login)
	for {
		hello, err := p.ask(ctx, "hello", p.Origins.Roll, "hello", login.HelloRequest{Place: who.Place}.Bytes())
		if err != nil {
			return err
		}
		if len(hello) != login.ChallengeSize {
			return errors.New("a challenge of another length")
		}
		r := p.Rules[who.Urn]
		claim := sigma.Login(transcript.Context{Manifest: r.Manifest, Opening: r.Opening, Urn: r.Name}, sigma.NewElement(group.MulBase(secret)), who.Elector, [login.ChallengeSize]byte(hello))
		proof, err := claim.Prove(secret)
		if err != nil {
			return err
		}
		answer, err := p.ask(ctx, "login", p.Origins.Roll, "login", login.LoginRequest{Place: who.Place, Challenge: login.Challenge(hello), Proof: proof.Bytes()}.Bytes())
		if errors.Is(err, errAgain) { // the answer to this challenge was lost
			continue
		}
		if err != nil {
			return err
		}
		a, err := login.ParseLoginAnswer(answer)
		if err != nil {
			return err
		}
		if a.Step != login.Nothing {
			return fmt.Errorf("factor %d is asked for, and this generator has none", a.Step)
		}
		p.session = a.Secret
		return nil
	}
}

// ask sends a message until it is answered otherwise than by busy, and gives the
// answer without its first byte.
func (p *path) ask(ctx context.Context, step, origin, name string, message []byte) ([]byte, error) {
	for {
		answer, err := p.post(ctx, step, origin+"/v1/"+name, message)
		if err != nil {
			return nil, err
		}
		refusal, refused, err := roll.ParseRefusal(answer)
		switch {
		case err != nil:
			return nil, err
		case !refused:
			return answer[1:], nil
		}
		p.fails.Add(step + ": " + refusal.Error())
		switch {
		case errors.Is(refusal, roll.ErrSession):
			return nil, errAgain
		case !errors.Is(refusal, roll.ErrBusy):
			return nil, refusal
		}
		if err := Sleep(ctx, pause); err != nil {
			return nil, err
		}
	}
}

// make makes the ballot, and asks for the account's place.
func (p *path) make(ctx context.Context, x group.Scalar) (*voter.Device, error) {
	r := p.Rules[p.elector.Urn]
	var options []group.Point
	for q, all := range p.options[p.elector.Urn] {
		options = append(options, all[(int(p.elector.Elector)+q)%len(all)])
	}
	d, err := voter.New(r, p.rollKey, p.UrnKey, p.elector.Elector, x, options)
	if err != nil {
		return nil, err
	}
	key := r.Base.Mul(x).Bytes()
	answer, err := p.post(ctx, "account", p.Origins.Urn+"/v1/account", urn.AccountRequest{Urn: r.Number, Key: key}.Bytes())
	if err != nil {
		return nil, err
	}
	place, err := urn.ParseAccountAnswer(answer)
	if err == nil {
		err = errors.Join(place.Err, place.Verify(key, r.Accounts.Root(), r.Accounts.Len()))
	}
	if err != nil {
		return nil, fmt.Errorf("account: %w", err)
	}
	return d, nil
}

// cast goes through reserve, append and mark, until a stage.
func (p *path) cast(ctx context.Context, d *voter.Device, until voter.Stage) error {
	for d.Stage() < until {
		err := d.Step(ctx, services{p}, services{p})
		if err == nil {
			continue
		}
		p.fails.Add(fmt.Sprintf("casting, after stage %d: %v", d.Stage(), err))
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, roll.ErrSession):
			if _, err := p.enter(ctx); err != nil {
				return err
			}
		case !errors.Is(err, roll.ErrBusy) && !errors.Is(err, urn.ErrBusy):
			return err
		}
		if err := Sleep(ctx, pause); err != nil {
			return err
		}
	}
	return nil
}

// services are roll and urn as the device speaks to them.
type services struct{ *path }

var (
	_ voter.Roll = services{}
	_ voter.Urn  = services{}
)

// ServeReserve implements voter.Roll.
func (s services) ServeReserve(ctx context.Context, request []byte) []byte {
	return s.answer(ctx, "reserve", s.Origins.Roll, append(s.session[:len(s.session):len(s.session)], request...))
}

// ServeMark implements voter.Roll.
func (s services) ServeMark(ctx context.Context, request []byte) []byte {
	return s.answer(ctx, "mark", s.Origins.Roll, request)
}

// ServeAppend implements voter.Urn.
func (s services) ServeAppend(ctx context.Context, request []byte) []byte {
	return s.answer(ctx, "append", s.Origins.Urn, request)
}

func (s services) answer(ctx context.Context, name, origin string, request []byte) []byte {
	answer, err := s.post(ctx, name, origin+"/v1/"+name, request)
	if err != nil {
		return nil // which is no answer of the protocol
	}
	return answer
}

// check asks the urn for the ballot by its receipt code, and verifies what it proves.
func (p *path) check(ctx context.Context, receipt urn.Hash) error {
	answer, err := p.post(ctx, "receipt", p.Origins.Urn+"/v1/receipt", receipt[:])
	if err != nil {
		return err
	}
	a, err := urn.ParseReceiptAnswer(answer)
	switch {
	case err != nil:
		return err
	case a.Err != nil:
		return fmt.Errorf("receipt: %w", a.Err)
	case a.State == urn.Received:
		return nil
	case a.State == urn.Absent:
		return errors.New("the urn promised a ballot, and has it not")
	}
	_, err = a.Verify(receipt, p.Rules[p.elector.Urn], p.UrnKey)
	return err
}

// optionsOf are the codes of what can be chosen in an urn, by question.
func (e *Election) optionsOf(number int) (all [][]group.Point) {
	for _, q := range e.Manifest.QuestionsOf(e.Manifest.Urns[number].ID) {
		var codes []group.Point
		for _, choice := range q.Choices() {
			codes = append(codes, elgamal.Option(e.fingerprint, q.ID, choice))
		}
		all = append(all, codes)
	}
	return all
}
