package login_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"isoloir/account"
	"isoloir/account/exchange"
	"isoloir/crypto/group"
	"isoloir/ratelimit"
	"isoloir/roll"
	"isoloir/roll/login"
	"isoloir/roll/rolltest"
	"isoloir/scrutin"
)

// TestLogin goes from both codes to the mark, and asks for it again after the close.
func TestLogin(t *testing.T) {
	v := newVote(t, 3, nil)
	p := at(1, 2)
	a := v.login(p)
	if a.Step != login.Nothing || !a.Expires.Equal(v.now.Add(20*time.Minute)) {
		t.Fatalf("%+v", a)
	}
	open := func(want login.State) {
		t.Helper()
		o, err := v.Open(ctx, a.Secret)
		if err != nil || o.State != want || o.Step != login.Nothing || !o.Expires.Equal(a.Expires) {
			t.Fatalf("%+v, %v", o, err)
		}
		x := group.ScalarFromUint64(0)
		for i, masked := range o.Masked {
			m, err := group.DecodeScalar(masked[:])
			if err != nil {
				t.Fatal(err)
			}
			x = x.Add(v.Stretched(p, i).Open(m))
		}
		if !x.Equal(v.Secrets[1][2]) {
			t.Fatal("the halves are not those of his secret")
		}
	}
	open(login.MayVote)
	r, err := v.Reserve(ctx, a.Secret, v.Request(t, 1, 2))
	if err != nil {
		t.Fatal(err)
	}
	open(login.Reserved)
	if again, err := v.Reserve(ctx, v.login(p).Secret, v.Request(t, 1, 2)); err != nil || again.Token != r.Token {
		t.Fatal("another tab has another authorisation: ", err)
	}
	mark := roll.MarkRequest{ReserveRequest: v.Request(t, 1, 2), Receipt: v.Says(t, scrutin.Appended, 1, rolltest.HashOf(r.Token))}
	first := v.config.Roll.Mark(ctx, []roll.MarkRequest{mark})[0]
	if first.Err != nil {
		t.Fatal(first.Err)
	}
	open(login.Voted)
	want(t, "reserve after the vote", v.reserve(a.Secret, p), roll.ErrMarked)
	v.now = closes.AddDate(0, 1, 0)
	a = v.login(p)
	open(login.Voted)
	if again := v.config.Roll.Mark(ctx, []roll.MarkRequest{{ReserveRequest: v.Request(t, 1, 2)}})[0]; again.Err != nil || again.Signature != first.Signature {
		t.Error("the mark after the close: ", again.Err)
	}
}

// TestRefused logs in with everything but the right thing. (S004-06a)
func TestRefused(t *testing.T) {
	v := newVote(t, 4, nil)
	p := at(0, 1)
	good := func() login.LoginRequest { return v.request(p, p) }
	edited := func(edit func(*login.LoginRequest)) login.LoginRequest { q := good(); edit(&q); return q }
	later := func(d time.Duration) login.LoginRequest {
		c, err := v.Hello(login.HelloRequest{Place: p})
		if err != nil {
			t.Fatal(err)
		}
		v.now = v.now.Add(d)
		return v.Answer(t, p, p, c)
	}
	used := good()
	if _, err := v.Login(ctx, home, used); err != nil {
		t.Fatal(err)
	}
	for i, c := range []struct {
		name string
		q    func() login.LoginRequest
		want error
	}{
		{"as a control", good, nil},
		{"another elector's codes", func() login.LoginRequest { return v.request(at(0, 2), p) }, roll.ErrLogin},
		{"codes of the same number elsewhere", func() login.LoginRequest { return v.request(at(1, 1), p) }, roll.ErrLogin},
		{"one code wrong", func() login.LoginRequest {
			right := v.Codes[0][1][1]
			v.Codes[0][1][1] = account.NewCode(v.Manifest.Codes)
			q := good()
			v.Codes[0][1][1] = right
			return q
		}, roll.ErrLogin},
		{"nobody of this number", func() login.LoginRequest { return v.request(p, at(0, 4)) }, roll.ErrLogin},
		{"nobody of the highest number", func() login.LoginRequest { return v.request(p, at(0, 1<<32-1)) }, roll.ErrLogin},
		{"no such urn", func() login.LoginRequest { return edited(func(q *login.LoginRequest) { q.Urn = 2 }) }, roll.ErrUrn},
		{"another urn", func() login.LoginRequest { return edited(func(q *login.LoginRequest) { q.Urn = 1 }) }, roll.ErrSession},
		{"another elector's challenge", func() login.LoginRequest { return edited(func(q *login.LoginRequest) { q.Elector = 2 }) }, roll.ErrSession},
		{"a challenge of one's own", func() login.LoginRequest {
			return edited(func(q *login.LoginRequest) { q.Challenge = login.Challenge{1} })
		}, roll.ErrSession},
		{"a younger challenge", func() login.LoginRequest { return edited(func(q *login.LoginRequest) { q.Challenge[0]++ }) }, roll.ErrSession},
		{"another proof", func() login.LoginRequest { return edited(func(q *login.LoginRequest) { q.Proof[33] ^= 1 }) }, roll.ErrLogin},
		{"no point as commitment", func() login.LoginRequest {
			return edited(func(q *login.LoginRequest) { copy(q.Proof[:], bytes.Repeat([]byte{0xff}, 32)) })
		}, roll.ErrLogin},
		{"nothing as proof", func() login.LoginRequest { return edited(func(q *login.LoginRequest) { q.Proof = [64]byte{} }) }, roll.ErrLogin},
		{"the same login again", func() login.LoginRequest { return used }, roll.ErrSession},
		{"in the last second", func() login.LoginRequest { return later(2*time.Minute - time.Second) }, nil},
		{"too late", func() login.LoginRequest { return later(2 * time.Minute) }, roll.ErrSession},
		{"before it was given", func() login.LoginRequest { return later(-time.Minute) }, roll.ErrSession},
		{"from a clock a little behind", func() login.LoginRequest { return later(-5 * time.Second) }, nil},
	} {
		a, err := v.Login(ctx, ratelimit.Network{byte(i + 2)}, c.q())
		want(t, c.name, err, c.want)
		if _, err := v.Open(ctx, a.Secret); c.want != nil && err == nil {
			t.Errorf("%s: a session has begun", c.name)
		}
	}
}

// TestStranger compares what is answered about electors who are not there, have no
// codes yet, one code, or other ones: the same byte. (S004-01a)
func TestStranger(t *testing.T) {
	v := newVote(t, 3, nil)
	try := func(what string, p roll.Place) {
		t.Helper()
		challenge, _ := v.Serve(ctx, "hello", home, login.HelloRequest{Place: p}.Bytes())
		if len(challenge) != 57 || challenge[0] != 0 {
			t.Fatalf("%s: hello: %x", what, challenge)
		}
		answer, wait := v.Serve(ctx, "login", home, v.Answer(t, at(1, 1), p, login.Challenge(challenge[1:])).Bytes())
		if !slices.Equal(answer, []byte{11}) || wait != 0 {
			t.Errorf("%s: %x", what, answer)
		}
	}
	try("of other codes", at(0, 0))
	try("who is not there", at(0, 3))
	try("whose number is far away", at(0, 1<<31))
	v.path += "-new"
	v.start(login.ProposedLimits())
	try("without codes", at(0, 0))
	v.deposit(v.Note(t, 0, v.Line(at(0, 0), 0, 0)))
	try("with one code", at(0, 0))
	_, err := v.Login(ctx, home, v.request(at(0, 0), at(0, 0)))
	want(t, "with one code, typing both", err, roll.ErrLogin)
}

// TestDeposits renews a code: the old one and the sessions are dead at once. (S002-07)
func TestDeposits(t *testing.T) {
	v := newVote(t, 3, nil)
	p := at(0, 1)
	a, b := v.login(p), v.login(at(0, 2))
	old := v.Line(p, 1, 0)
	v.Codes[0][1][1] = account.NewCode(v.Manifest.Codes)
	v.deposit(v.Note(t, 1, v.Line(p, 1, 1)))
	_, err := v.Open(ctx, a.Secret)
	want(t, "the old session", err, roll.ErrSession)
	if _, err := v.Open(ctx, b.Secret); err != nil {
		t.Error("another elector's session: ", err)
	}
	a = v.login(p)
	if o, err := v.Open(ctx, a.Secret); err != nil || o.Masked[1] == [32]byte(old.Masked) {
		t.Error("the old masked half is there: ", err)
	}
	v.deposit(v.Note(t, 1, old)) // too late, and without effect
	if _, err := v.Open(ctx, a.Secret); err != nil {
		t.Error("after an old deposit: ", err)
	}
	another := v.Line(p, 1, 1)
	another.Masked = old.Masked
	id := v.Manifest.Issuers[0].ID
	forged, err := (&exchange.Deposits{Manifest: v.Fingerprint(), Issuer: id, Lines: []exchange.Deposit{v.Line(p, 1, 9)}}).Sign(v.config.Roll.Signer)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere, err := (&exchange.Deposits{Issuer: id, Lines: []exchange.Deposit{v.Line(p, 1, 9)}}).Sign(v.Issuers.Signers[id])
	if err != nil {
		t.Fatal(err)
	}
	nobody, far := v.Line(p, 0, 9), v.Line(p, 0, 9)
	nobody.Elector, far.Urn = 3, 2
	for name, c := range map[string]struct {
		note []byte
		want error
	}{
		"of the same generation":   {v.Note(t, 1, another), roll.ErrDeposit},
		"signed by the roll":       {forged, roll.ErrSignature},
		"of another scrutin":       {elsewhere, roll.ErrSignature},
		"not signed":               {[]byte("isoloir/v1/deposits\n"), roll.ErrFormat},
		"nothing":                  {nil, roll.ErrFormat},
		"for who is not there":     {v.Note(t, 0, nobody), roll.ErrElector},
		"for an urn that is none":  {v.Note(t, 0, far), roll.ErrUrn},
		"changed after signing it": {bytes.Replace(v.Note(t, 1, v.Line(p, 1, 9)), []byte("0 1 9"), []byte("0 2 9"), 1), roll.ErrSignature},
	} {
		want(t, name, v.put(c.note), c.want)
	}
	if _, err := v.Open(ctx, a.Secret); err != nil {
		t.Error("after refused deposits: ", err)
	}
}

// TestIdentity has both issuers leave points whose product is the identity.
func TestIdentity(t *testing.T) {
	v := newVote(t, 1, nil)
	p := at(0, 0)
	for issuer, s := range []group.Scalar{group.ScalarFromUint64(5), group.ScalarFromUint64(5).Neg()} {
		line := v.Line(p, issuer, 1)
		line.Login = scrutin.PointOf(group.MulBase(s))
		v.deposit(v.Note(t, issuer, line))
	}
	q := v.request(p, p)
	_, err := v.Login(ctx, home, q)
	want(t, "any proof", err, roll.ErrLogin)
}

// TestManyAtOnce has honest electors and others in one equation.
func TestManyAtOnce(t *testing.T) {
	const n = 60
	v := newVote(t, n, nil)
	var wg sync.WaitGroup
	for i := range uint32(n) {
		q := v.request(at(0, i), at(0, i))
		if i%7 == 0 {
			q = v.request(at(1, i), at(0, i))
		}
		wg.Go(func() {
			_, err := v.Login(ctx, home, q)
			if bad := i%7 == 0; bad != errors.Is(err, roll.ErrLogin) || !bad && err != nil {
				t.Errorf("elector %d: %v", i, err)
			}
		})
	}
	wg.Wait()
}

// TestRestart ends the process in the middle of a session.
func TestRestart(t *testing.T) {
	v := newVote(t, 1, college(byEmail))
	p := at(0, 0)
	a := v.login(p)
	used := v.request(p, p)
	if _, err := v.Login(ctx, home, used); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Send(ctx, a.Secret); err != nil {
		t.Fatal(err)
	}
	v.start(login.Limits{})
	_, err := v.Login(ctx, home, used)
	want(t, "a challenge that was answered before", err, roll.ErrSession)
	if step, err := v.Prove(ctx, login.ProveRequest{Secret: a.Secret, Text: v.outbox.digits()}); err != nil || step != login.Nothing {
		t.Fatal(step, err)
	}
	v.start(login.Limits{})
	want(t, "reserve", v.reserve(a.Secret, p), nil)
}

// TestNothingLeft looks in the files for what would let their reader in. (S004-17)
func TestNothingLeft(t *testing.T) {
	v := newVote(t, 1, college(byEmail))
	p := at(0, 0)
	q := v.request(p, p)
	a, err := v.Login(ctx, home, q)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Send(ctx, a.Secret); err != nil {
		t.Fatal(err)
	}
	half := v.Stretched(p, 0)
	l, mask, digits := half.Login.Bytes(), half.Mask.Bytes(), sha256.Sum256([]byte(v.outbox.digits()))
	for _, suffix := range []string{"", "-wal"} {
		raw, err := os.ReadFile(v.path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if len(raw) == 0 {
			t.Errorf("roll.db%s is empty: this test looks in the wrong place", suffix)
		}
		for name, secret := range map[string][]byte{"session": a.Secret[:], "login half": l[:], "mask": mask[:], "digits": []byte(v.outbox.digits()),
			"hash of the digits": digits[:], "proof": q.Proof[:32], "secret": func() []byte { x := v.Secrets[0][0].Bytes(); return x[:] }()} {
			if bytes.Contains(raw, secret) {
				t.Errorf("roll.db%s holds the %s", suffix, name)
			}
		}
	}
	if err := v.Sweep(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Open(ctx, a.Secret); err != nil {
		t.Error("swept while it lives: ", err)
	}
}

// TestLimit tries one elector too often: he waits where he does, and nowhere else. (S002-s4)
func TestLimit(t *testing.T) {
	v := newVote(t, 2, nil)
	v.start(login.Limits{Login: ratelimit.Limit{Every: 30 * time.Second, Burst: 2}})
	p := at(0, 0)
	for range 2 {
		_, err := v.Login(ctx, home, v.request(at(0, 1), p))
		want(t, "a wrong code", err, roll.ErrLogin)
	}
	v.now = v.now.Add(10 * time.Second)
	_, err := v.Login(ctx, home, v.request(p, p))
	want(t, "the third try", err, roll.ErrWait)
	if w := login.Wait(0); !errors.As(err, &w) || time.Duration(w) != 20*time.Second {
		t.Errorf("waits %v", err)
	}
	answer, wait := v.Serve(ctx, "login", home, v.request(p, p).Bytes())
	if !slices.Equal(answer, []byte{15}) || wait != 20*time.Second {
		t.Errorf("%x, %v", answer, wait)
	}
	if _, err := v.Login(ctx, ratelimit.Network{2}, v.request(p, p)); err != nil {
		t.Error("the elector himself, elsewhere: ", err)
	}
	if _, err := v.Login(ctx, home, v.request(at(0, 1), at(0, 1))); err != nil {
		t.Error("another one at the same place: ", err)
	}
	v.now = v.now.Add(20 * time.Second)
	if _, err := v.Login(ctx, home, v.request(p, p)); err != nil {
		t.Error("after the wait: ", err)
	}
}

// TestHonestClock wants the time of a challenge to be that of the roll.
func TestHonestClock(t *testing.T) {
	v := newVote(t, 1, nil)
	c, err := v.Hello(login.HelloRequest{})
	if err != nil || binary.LittleEndian.Uint64(c[:]) != uint64(v.now.Unix()) {
		t.Fatalf("%x, %v", c, err)
	}
	d, _ := v.Hello(login.HelloRequest{})
	if c == d {
		t.Error("two challenges are the same")
	}
}

func BenchmarkLogin(b *testing.B) {
	v := newVote(b, 200, nil)
	v.start(login.Limits{})
	b.Run("alone", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			b.StopTimer()
			q := v.request(at(0, uint32(i%200)), at(0, uint32(i%200)))
			b.StartTimer()
			if _, err := v.Login(ctx, home, q); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, n := range []int{16, 64, 200} {
		b.Run("together", func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				var requests []login.LoginRequest
				for i := range n {
					requests = append(requests, v.request(at(0, uint32(i)), at(0, uint32(i))))
				}
				var wg sync.WaitGroup
				b.StartTimer()
				for _, q := range requests {
					wg.Go(func() {
						if _, err := v.Login(ctx, home, q); err != nil {
							b.Error(err)
						}
					})
				}
				wg.Wait()
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/login")
		})
	}
}
