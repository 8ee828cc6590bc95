// Package custodytest holds every engine of custody to what it promises.
package custodytest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"isoloir/custody"
	"isoloir/scrutin/note"
)

// A Bench is an engine with the means to fill it, as those do who set it up. Names are what the engine makes of short ones.
type Bench struct {
	custody.Keeper
	Key    func(t testing.TB, name string) note.Verifier // makes a signing key and returns its public half, under that name
	Put    func(t testing.TB, name, line string)         // keeps a line as a secret, whatever it is
	Sealer func(t testing.TB, name string)               // makes a key for Seal and Open
	Name   func(name string) string                      // how the Keeper is asked for it
}

const bearer = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

// Run runs the suite on a bench of each test's own.
func Run(t *testing.T, open func(t *testing.T) Bench) {
	for name, test := range map[string]func(*testing.T, Bench){"signs": signs, "secrets": secrets, "seals": seals, "together": together} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// signs: a note signed through the custody is one of the party, and no other key passes for its own.
func signs(t *testing.T, b Bench) {
	ctx := context.Background()
	v := b.Key(t, "urn")
	if err := b.Check(ctx); err != nil {
		t.Error(err)
	}
	s, err := b.Signer(ctx, b.Name("urn"), v)
	if err != nil {
		t.Fatal(err)
	}
	if s.Verifier() != v {
		t.Errorf("signs for %s", s.Verifier())
	}
	for _, text := range []string{"isoloir/v1/promise\nx\n", strings.Repeat("a", 100_000) + "\n", "é\n"} {
		signed, err := note.Sign(text, s)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := note.Open(signed, v); err != nil || n.Text != text {
			t.Error(err)
		}
	}
	first, err := s.Sign([]byte("a"))
	if err != nil {
		t.Fatal(err)
	}
	if again, err := s.Sign([]byte("a")); err != nil || !bytes.Equal(first, again) {
		t.Errorf("another signature of the same text: %v", err)
	}
	other, err := note.GenerateKey("urn")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Signer(ctx, b.Name("urn"), other.Verifier()); !errors.Is(err, custody.ErrSecret) {
		t.Errorf("signs as a key that it is not: %v", err)
	}
	if _, err := b.Signer(ctx, b.Name("roll"), v); !errors.Is(err, custody.ErrAbsent) {
		t.Errorf("a key that is not there: %v", err)
	}
}

// secrets: a line is given as it was kept, and nothing else passes for one.
func secrets(t *testing.T, b Bench) {
	ctx := context.Background()
	for _, line := range []string{bearer, "p", "mot de passe: é \"'\\", strings.Repeat("x", custody.MaxSecret)} {
		name := fmt.Sprintf("kept%d", len(line))
		b.Put(t, name, line)
		if got, err := b.Secret(ctx, b.Name(name)); err != nil || got != line {
			t.Errorf("%d bytes: %v", len(line), err)
		}
	}
	if got, err := custody.Bearer(ctx, b, b.Name(fmt.Sprintf("kept%d", len(bearer)))); err != nil || got[1] != 0x11 {
		t.Errorf("%x, %v", got, err)
	}
	for name, line := range map[string]string{"empty": "", "two": "secret-a\nsecret-b", "windows": "secret-a\r", "large": strings.Repeat("s", custody.MaxSecret+1)} {
		b.Put(t, name, line)
		_, err := b.Secret(ctx, b.Name(name))
		if !errors.Is(err, custody.ErrSecret) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && (strings.Contains(err.Error(), "secret-a") || strings.Contains(err.Error(), "sss")) {
			t.Errorf("%s: the error shows the secret: %v", name, err)
		}
	}
	for name, line := range map[string]string{"capitals": strings.ToUpper(bearer), "short": bearer[2:], "long": bearer + "00", "words": "correct horse battery staple"} {
		b.Put(t, name, line)
		if _, err := custody.Bearer(ctx, b, b.Name(name)); !errors.Is(err, custody.ErrSecret) || strings.Contains(err.Error(), line[:8]) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, absent := range []string{b.Name("none"), b.Name("none/none")} {
		if _, err := b.Secret(ctx, absent); !errors.Is(err, custody.ErrAbsent) {
			t.Errorf("%s: %v", absent, err)
		}
	}
	if _, err := b.Signer(ctx, b.Name(fmt.Sprintf("kept%d", len(bearer))), b.Key(t, "issuer")); err == nil {
		t.Error("a secret is read as a key")
	}
}

// seals: what is sealed is opened under the same key for the same use alone.
func seals(t *testing.T, b Bench) {
	ctx := context.Background()
	b.Sealer(t, "cards")
	b.Sealer(t, "others")
	text, about := []byte("jeton 0123456789"), []byte("urne-1 carte 7")
	sealed, err := b.Seal(ctx, b.Name("cards"), text, about)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := b.Seal(ctx, b.Name("cards"), text, about); err != nil || bytes.Equal(again, sealed) || bytes.Contains(sealed, text) {
		t.Errorf("what is sealed shows the text: %v", err)
	}
	if got, err := b.Open(ctx, b.Name("cards"), sealed, about); err != nil || !bytes.Equal(got, text) {
		t.Fatal(err)
	}
	if empty, err := b.Seal(ctx, b.Name("cards"), nil, about); err != nil {
		t.Error(err)
	} else if got, err := b.Open(ctx, b.Name("cards"), empty, about); err != nil || len(got) != 0 {
		t.Errorf("%q, %v", got, err)
	}
	changed := bytes.Clone(sealed)
	changed[len(changed)-6] ^= 1
	for name, c := range map[string]struct {
		key           string
		sealed, about []byte
	}{
		"another use": {"cards", sealed, []byte("urne-1 carte 8")},
		"no use":      {"cards", sealed, nil},
		"another key": {"others", sealed, about},
		"changed":     {"cards", changed, about},
		"cut":         {"cards", sealed[:len(sealed)/2], about},
		"empty":       {"cards", nil, about},
		"the text":    {"cards", text, about},
	} {
		if got, err := b.Open(ctx, b.Name(c.key), c.sealed, c.about); !errors.Is(err, custody.ErrSealed) || got != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if _, err := b.Seal(ctx, b.Name("cards"), make([]byte, custody.MaxText+1), about); err == nil {
		t.Error("too much was sealed")
	}
}

// together: many use it at once.
func together(t *testing.T, b Bench) {
	ctx := context.Background()
	v := b.Key(t, "roll")
	s, err := b.Signer(ctx, b.Name("roll"), v)
	if err != nil {
		t.Fatal(err)
	}
	b.Put(t, "challenges", bearer)
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			text := fmt.Sprintf("text %d\n", i)
			for range 5 {
				signed, err := note.Sign(text, s)
				if err == nil {
					_, err = note.Open(signed, v)
				}
				line, failed := b.Secret(ctx, b.Name("challenges"))
				if err := errors.Join(err, failed); err != nil || line != bearer {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}
