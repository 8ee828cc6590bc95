// Package halves makes accounts that are opened by two codes, sent by two senders by two
// ways to whom a list names, where no polling station hands out cards (docs/consultations.md,
// section 8). It follows the two issuers of an election (docs/protocol.md, section 5): each
// sender draws codes and gives of each, to whoever puts both together, the login key of its
// half with a proof that it knows all of them, and half of the account's number.
//
// What it promises: neither sender can open an account or say its number; whoever puts the
// halves together learns no code and needs no name; the register is given what it is given
// of cards, in the order of numbers, and nothing of which place on a list that was. The two
// senders together, or the one who put together with a sender, know more: the text says what.
package halves

import (
	"bytes"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"golang.org/x/crypto/chacha20"

	"isoloir/account"
	"isoloir/crypto/group"
	"isoloir/crypto/transcript"
	"isoloir/parallel"
	"isoloir/register"
	"isoloir/register/access"
	"isoloir/scrutin"
)

// Refusals of what a sender gives.
var (
	ErrFile = errors.New("not the halves of this distribution")
	// ErrFull says that too many numbers met each other or cards that exist.
	ErrFull = errors.New("too many numbers are taken: let both senders draw again, each with another secret")
)

// spare is how many more a sender draws for a station than it has cards: of those whose
// numbers are taken, others take the place.
func spare(cards int) int { return cards + 8 + cards/100 }

// A Sender is one of the two, with the secret of 32 bytes from which all its codes follow.
type Sender struct {
	Register *register.Register
	Rho      scrutin.Digest
	Delta    scrutin.Digest // of the distribution
	Which    access.Half
	Secret   [32]byte
}

// DrawSecret draws one.
func DrawSecret() (s [32]byte) {
	rand.Read(s[:])
	return s
}

// Code is the code of a station's place, from 0: the same for ever. It follows from
// HKDF-SHA-256 of the secret, info `isoloir/v1/half-code` ‖ δ ‖ half ‖ LE32(place) ‖ station,
// 32 bytes, the key of the ChaCha20 stream of which package account reads codes.
func (s *Sender) Code(station string, place int) account.Code {
	info := append([]byte(scrutin.Version+"/half-code"), s.Delta[:]...)
	info = append(binary.LittleEndian.AppendUint32(append(info, byte(s.Which)), uint32(place)), station...)
	key, err := hkdf.Key(sha256.New, s.Secret[:], nil, string(info), chacha20.KeySize)
	if err != nil {
		panic("halves: HKDF of 32 bytes: " + err.Error()) // only for more than 255 blocks
	}
	stream, err := chacha20.NewUnauthenticatedCipher(key, make([]byte, chacha20.NonceSize))
	if err != nil {
		panic("halves: a key of 32 bytes: " + err.Error())
	}
	code, err := account.ReadCode(s.Register.Codes, keystream{stream})
	if err != nil {
		panic("halves: a stream does not end: " + err.Error())
	}
	return code
}

type keystream struct{ c *chacha20.Cipher }

func (k keystream) Read(b []byte) (int, error) {
	clear(b)
	k.c.XORKeyStream(b, b)
	return len(b), nil
}

// context is that of a sender's proof.
func context(delta scrutin.Digest, station string) transcript.Context {
	return transcript.Context{Manifest: delta, Urn: station}
}

// A List is what a sender gives for a station: login keys, the proof that it knows their
// exponents, and its parts of the numbers.
type List struct {
	Station string
	account.HalfList
	Parts []uint64
}

// Lists makes those of all stations of a distribution: one stretching for each place, by so
// many workers.
func (s *Sender) Lists(d *register.Distribution, workers int) ([]List, error) {
	var out []List
	for _, station := range d.Stations {
		if station.Cards == 0 {
			continue
		}
		n := spare(station.Cards)
		l := List{Station: station.ID, Parts: make([]uint64, n)}
		exponents := make([]group.Scalar, n)
		parallel.Each(n, workers, func(i int) {
			half := access.FromHalf(s.Register.Codes, s.Rho, s.Which, s.Code(station.ID, i))
			exponents[i], l.Parts[i] = half.Login, access.NumberPart(s.Rho, s.Which, half)
		})
		var err error
		l.HalfList, err = account.Prove(context(s.Delta, station.ID), s.Which.String(), n,
			func(e account.Number) group.Scalar { return exponents[e.Index] }, func(account.Number, group.Scalar) error { return nil }, workers)
		clear(exponents)
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

// Together makes the cards of a distribution of both senders' lists, whose proofs it
// verifies, and says for each station which places were taken, in their order: the first
// one is for the first elector of the station's list, and so on. taken are the numbers of
// cards that exist.
func Together(d *register.Distribution, delta scrutin.Digest, first, second []List, taken map[register.Number]bool, workers int) (cards []register.Card, places map[string][]int, err error) {
	seen := map[register.Number]bool{}
	places = map[string][]int{}
	at := 0
	for _, station := range d.Stations {
		if station.Cards == 0 {
			continue
		}
		n := spare(station.Cards)
		if at >= len(first) || at >= len(second) || first[at].Station != station.ID || second[at].Station != station.ID || len(first[at].Parts) != n || len(second[at].Parts) != n {
			return nil, nil, fmt.Errorf("station %s: %w", station.ID, ErrFile)
		}
		a, b := first[at], second[at]
		at++
		if a.Issuer != access.FirstHalf.String() || b.Issuer != access.SecondHalf.String() {
			return nil, nil, fmt.Errorf("%w: one file of the first sender and one of the second", ErrFile)
		}
		keys, err := account.Halves(context(delta, station.ID), n, []account.HalfList{a.HalfList, b.HalfList}, workers)
		if err != nil {
			return nil, nil, err
		}
		for i := range n {
			number := access.NumberOf(a.Parts[i], b.Parts[i])
			if len(places[station.ID]) == station.Cards || seen[number] || taken[number] {
				continue
			}
			seen[number] = true
			places[station.ID] = append(places[station.ID], i)
			login := scrutin.Point(keys.Keys.Bytes()[i*group.PointSize : (i+1)*group.PointSize])
			cards = append(cards, register.Card{Number: number, Constituency: station.Constituency, Station: station.ID, Token: register.NoToken(number), Login: login})
		}
		if len(places[station.ID]) < station.Cards {
			return nil, nil, fmt.Errorf("station %s: %w", station.ID, ErrFull)
		}
	}
	if at != len(first) || at != len(second) {
		return nil, nil, fmt.Errorf("%w: of stations that are not there", ErrFile)
	}
	return cards, places, nil
}

const listRecord = scrutin.Version + "/halves"

// WriteLists writes what a sender gives: the lines `isoloir/v1/halves`, ρ, δ and the half
// (first or second); then for each station the line STATION N PROOF, and N lines LOGIN PART.
func WriteLists(w io.Writer, rho, delta scrutin.Digest, which access.Half, lists []List) error {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s\n%s\n%s\n%s\n", listRecord, rho, delta, which)
	for _, l := range lists {
		fmt.Fprintf(&out, "%s %d %x\n", l.Station, len(l.Parts), l.Proof.Bytes())
		for i, part := range l.Parts {
			fmt.Fprintf(&out, "%x %010d\n", l.Keys[i*group.PointSize:(i+1)*group.PointSize], part)
		}
	}
	_, err := w.Write(out.Bytes())
	return err
}
