package account

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"isoloir/crypto/group"
	"isoloir/crypto/shuffle"
	"isoloir/crypto/sigma"
	"isoloir/crypto/transcript"
	"isoloir/scrutin"
)

// Refusals of keys at enrolment.
var (
	// ErrNumber says that a list has not as many keys as the urn has electors.
	ErrNumber = errors.New("not as many keys as electors")
	// ErrUnproven says that a key comes without a proof of knowledge that holds.
	ErrUnproven = errors.New("nobody has proved to know the secrets of these keys")
)

// A Population is the keys of an urn over a generator: at enrolment over g in
// the order of the electors' numbers, after anonymisation over ĝ in no order
// that means anything. Wherever the keys come from, [Halves] and [Cards] make a
// population only of keys whose secrets somebody proved to know: a key that is a
// known function of another one would follow it through every mix.
type Population struct {
	Generator group.Point
	Keys      *shuffle.Keys
}

// Digest is SHA-256 of the generator and the keys, 32 bytes each, by which
// statements chain.
func (p Population) Digest() scrutin.Digest {
	h := sha256.New()
	g := p.Generator.Bytes()
	h.Write(g[:])
	h.Write(p.Keys.Bytes())
	return scrutin.Digest(h.Sum(nil))
}

// A HalfList is what one issuer published for an urn: g raised to each half, in
// elector order, with the proof that the issuer knows them all.
type HalfList struct {
	Issuer string
	Keys   []byte
	Proof  sigma.Knowledge
}

// verify decodes the list of an urn of n electors and checks its proof.
func (l HalfList) verify(ctx transcript.Context, n, workers int) (sigma.List, error) {
	if len(l.Keys) != n*group.PointSize {
		return sigma.List{}, fmt.Errorf("keys of issuer %s for urn %s, %d bytes for %d electors: %w", l.Issuer, ctx.Urn, len(l.Keys), n, ErrNumber)
	}
	keys, err := sigma.DecodeList(l.Keys, workers)
	if err != nil {
		return sigma.List{}, fmt.Errorf("keys of issuer %s for urn %s: %w", l.Issuer, ctx.Urn, err)
	}
	claim, err := sigma.Enrolment(ctx, l.Issuer, keys)
	if err != nil {
		return sigma.List{}, fmt.Errorf("keys of issuer %s for urn %s: %w", l.Issuer, ctx.Urn, err)
	}
	if err := claim.Verify(l.Proof, workers); err != nil {
		return sigma.List{}, fmt.Errorf("keys of issuer %s for urn %s: %w: %w", l.Issuer, ctx.Urn, ErrUnproven, err)
	}
	return keys, nil
}

// Halves makes the population of an urn of n electors from the issuers' lists,
// in the manifest's order: it verifies every proof, and the key of an elector is
// the product of his halves. ctx names the urn. It refuses a list of another
// length (ErrNumber), one whose proof does not hold (ErrUnproven), a half that
// is no key, and an account key that is the identity (shuffle.ErrIdentity).
func Halves(ctx transcript.Context, n int, lists []HalfList, workers int) (Population, error) {
	if len(lists) == 0 {
		return Population{}, fmt.Errorf("urn %s: %w", ctx.Urn, ErrUnproven)
	}
	var sum []group.Point
	for _, l := range lists {
		keys, err := l.verify(ctx, n, workers)
		if err != nil {
			return Population{}, err
		}
		if sum == nil {
			sum = append(sum, keys.Points()...)
			continue
		}
		for i, p := range keys.Points() {
			sum[i] = sum[i].Add(p)
		}
	}
	return newPopulation(ctx, sum, workers)
}

// A Card is a key made on a device, with the public number of its account and
// the proof that the device knows its secret.
type Card struct {
	Holder string
	Key    sigma.Element
	Proof  sigma.Knowledge
}

// Cards makes the population of an urn from cards, in their order. It refuses a
// card whose proof does not hold (ErrUnproven, naming all such), and a key that
// is the identity.
func Cards(ctx transcript.Context, cards []Card, workers int) (Population, error) {
	claims := make([]sigma.Claim, len(cards))
	proofs := make([]sigma.Knowledge, len(cards))
	keys := make([]group.Point, len(cards))
	for i, c := range cards {
		claims[i] = sigma.Account(ctx, c.Key, c.Holder)
		proofs[i], keys[i] = c.Proof, c.Key.Point()
	}
	if err := sigma.VerifyKnowledge(claims, proofs, workers); err != nil {
		return Population{}, fmt.Errorf("cards of urn %s: %w: %w", ctx.Urn, ErrUnproven, err)
	}
	return newPopulation(ctx, keys, workers)
}

// Join puts populations over g one after the other: the electors of the roll,
// then the holders of cards.
func Join(ctx transcript.Context, parts []Population, workers int) (Population, error) {
	var keys []group.Point
	for _, p := range parts {
		if !p.Generator.Equal(group.Base()) {
			return Population{}, fmt.Errorf("urn %s: only enrolled populations can be joined", ctx.Urn)
		}
		keys = append(keys, p.Keys.Points()...)
	}
	return newPopulation(ctx, keys, workers)
}

func newPopulation(ctx transcript.Context, keys []group.Point, workers int) (Population, error) {
	list, err := shuffle.EncodeKeys(keys, workers)
	if err != nil {
		return Population{}, fmt.Errorf("account keys of urn %s: %w", ctx.Urn, err)
	}
	return Population{group.Base(), list}, nil
}
