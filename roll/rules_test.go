package roll_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/crypto/transcript"
	"isoloir/roll"
	"isoloir/roll/rolltest"
)

// TestSignatures tries to reserve for an elector without being him, here and now. (S004-01a)
func TestSignatures(t *testing.T) {
	f := rolltest.New(t, 2, 6)
	r := f.Rules[0]
	good := f.Request(t, 0, 2).Signed
	sign := func(s roll.Statement, x group.Scalar) [roll.SignatureSize]byte {
		signed, err := s.Sign(x)
		if err != nil {
			t.Fatal(err)
		}
		return signed.Signature
	}
	of := func(edit func(*roll.Statement)) [roll.SignatureSize]byte {
		s := f.Statement(0, 2)
		edit(&s)
		return sign(s, f.Secrets[0][2])
	}
	changed := func(at int) (s [roll.SignatureSize]byte) {
		s = good.Signature
		s[at] ^= 1
		return s
	}
	account, err := sigma.Account(transcript.Context{Manifest: r.Manifest, Opening: r.Opening, Urn: r.Name}, f.Statement(0, 2).Key, "2").Prove(f.Secrets[0][2])
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		signed roll.Signed
		want   error
	}{
		"his own":           {good, nil},
		"another elector's": {roll.Signed{Elector: 2, Signature: f.Request(t, 0, 3).Signature}, roll.ErrSignature},
		"another elector's key, his number": {roll.Signed{Elector: 2, Signature: func() [roll.SignatureSize]byte {
			s := f.Statement(0, 3)
			s.Elector = 2
			return sign(s, f.Secrets[0][3])
		}()}, roll.ErrSignature},
		"his own, as another elector": {roll.Signed{Elector: 3, Signature: good.Signature}, roll.ErrSignature},
		"of another urn":              {roll.Signed{Elector: 2, Signature: of(func(s *roll.Statement) { s.Urn = "urn-2" })}, roll.ErrSignature},
		"of another manifest":         {roll.Signed{Elector: 2, Signature: of(func(s *roll.Statement) { s.Manifest[0] ^= 1 })}, roll.ErrSignature},
		"of another opening record":   {roll.Signed{Elector: 2, Signature: of(func(s *roll.Statement) { s.Opening[0] ^= 1 })}, roll.ErrSignature},
		"of another number":           {roll.Signed{Elector: 2, Signature: of(func(s *roll.Statement) { s.Elector = 4 })}, roll.ErrSignature},
		"for another purpose":         {roll.Signed{Elector: 2, Signature: account.Bytes()}, roll.ErrSignature},
		"its response changed":        {roll.Signed{Elector: 2, Signature: changed(32)}, roll.ErrSignature},
		"its commitment changed":      {roll.Signed{Elector: 2, Signature: changed(5)}, nil},
		"no such elector":             {roll.Signed{Elector: 6, Signature: good.Signature}, roll.ErrElector},
		"the identity as commitment":  {roll.Signed{Elector: 2, Signature: [roll.SignatureSize]byte{}}, roll.ErrFormat},
		"a response above the order":  {roll.Signed{Elector: 2, Signature: [roll.SignatureSize]byte(append(slices.Clone(good.Signature[:32]), slices.Repeat([]byte{0xff}, 32)...))}, roll.ErrFormat},
	}
	var batch []roll.Signed
	var wants []error
	for name, c := range cases {
		err := r.Verify([]roll.Signed{c.signed})[0]
		if name == "its commitment changed" { // no point, or another one
			if c.want = roll.ErrSignature; errors.Is(err, roll.ErrFormat) {
				c.want = roll.ErrFormat
			}
		}
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, not %v", name, err, c.want)
		}
		batch, wants = append(batch, c.signed), append(wants, c.want)
	}
	for i, err := range r.Verify(batch) {
		if !errors.Is(err, wants[i]) {
			t.Errorf("number %d of a batch: %v, not %v", i, err, wants[i])
		}
	}
	if err := f.Statement(0, 2).Verify(good.Signature); err != nil {
		t.Error(err)
	}
	if err := f.Statement(0, 3).Verify(good.Signature); !errors.Is(err, roll.ErrSignature) {
		t.Errorf("another elector's device: %v", err)
	}
}

func marksFile(t *testing.T, signed ...roll.Signed) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, s := range signed {
		b.Write(s.Bytes())
	}
	return b.Bytes()
}

func TestMarksFile(t *testing.T) {
	const n = 1200
	f := rolltest.New(t, 1, n)
	var signed []roll.Signed
	var file bytes.Buffer
	w := roll.NewMarksWriter(&file)
	for i := range n {
		s := f.Request(t, 0, i).Signed
		signed = append(signed, s)
		if err := w.Write(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Write(signed[5]); !errors.Is(err, roll.ErrMarks) {
		t.Errorf("written out of order: %v", err)
	}
	count, digest, err := w.Close()
	if err != nil || count != n || !bytes.Equal(file.Bytes(), marksFile(t, signed...)) {
		t.Fatalf("%d marks, %v", count, err)
	}
	last := 0
	got, err := f.Rules[0].ReadMarks(bytes.NewReader(file.Bytes()), 2, func(done, total int) {
		if done < last || total != n {
			t.Errorf("progress %d of %d", done, total)
		}
		last = done
	})
	if err != nil || got.Count != n || got.File != digest || last != n {
		t.Fatalf("%+v, %v", got, err)
	}
	if got, err := f.Rules[0].ReadMarks(bytes.NewReader(nil), 2, nil); err != nil || got.Count != 0 {
		t.Fatalf("no mark: %+v, %v", got, err)
	}
	forged := signed[7]
	forged.Elector = 8
	phantom := signed[n-1]
	phantom.Elector = n
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"a mark that nobody signed":  {marksFile(t, append(slices.Clone(signed[:8]), append([]roll.Signed{forged}, signed[9:]...)...)...), roll.ErrSignature},
		"an elector that is not":     {marksFile(t, append(slices.Clone(signed), phantom)...), roll.ErrElector},
		"doubled":                    {marksFile(t, signed[0], signed[0]), roll.ErrMarks},
		"out of order":               {marksFile(t, signed[1], signed[0]), roll.ErrMarks},
		"cut":                        {file.Bytes()[:file.Len()-1], roll.ErrMarks},
		"cut within the first chunk": {file.Bytes()[:100], roll.ErrMarks},
	} {
		if _, err := f.Rules[0].ReadMarks(bytes.NewReader(c.file), 2, nil); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, not %v", name, err, c.want)
		}
	}
	other := rolltest.New(t, 1, n)
	var where *roll.MarkError
	if _, err := other.Rules[0].ReadMarks(bytes.NewReader(file.Bytes()), 2, nil); !errors.As(err, &where) || where.Mark != 0 || !errors.Is(err, roll.ErrSignature) {
		t.Errorf("marks of another scrutin: %v", err)
	}
}

func FuzzMessages(f *testing.F) {
	f.Add(byte(0), roll.ReserveRequest{Urn: 258, Signed: roll.Signed{Elector: 7}, Device: [32]byte{1}}.Bytes())
	f.Add(byte(1), roll.ReserveAnswer{Token: [32]byte{1}, Authorisation: []byte("text")}.Bytes())
	f.Add(byte(1), roll.ReserveAnswer{Err: roll.ErrMarked}.Bytes())
	f.Add(byte(2), roll.MarkRequest{ReserveRequest: roll.ReserveRequest{Urn: 1, Signed: roll.Signed{Elector: 2}}, Receipt: []byte("text")}.Bytes())
	f.Add(byte(3), roll.MarkAnswer{Marked: []byte("text")}.Bytes())
	f.Add(byte(3), []byte{200})
	f.Fuzz(func(t *testing.T, kind byte, b []byte) {
		var m interface{ Bytes() []byte }
		var err error
		switch kind % 4 {
		case 0:
			m, err = roll.ParseReserveRequest(b)
		case 1:
			m, err = roll.ParseReserveAnswer(b)
		case 2:
			m, err = roll.ParseMarkRequest(b)
		case 3:
			m, err = roll.ParseMarkAnswer(b)
		}
		if err == nil && !bytes.Equal(m.Bytes(), b) {
			t.Errorf("read %x, which is written %x", b, m.Bytes())
		}
	})
}
