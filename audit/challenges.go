package audit

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/parallel"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/urn"
)

// challenge is one that stands in the list of an urn.
type challenge struct {
	urn    int
	code   urn.Hash // zero unless it is contested
	record urn.Challenge
	opened []byte // its ciphertexts
	fails  bool   // contested, and not verified by its code
}

// checkChallenges reads what the urns say of ballots that were opened instead of cast, as the
// act that seals adopts it. An urn that has none says nothing; what is not adopted nobody reads.
func (v *verification) checkChallenges() {
	var all []challenge
	for _, u := range v.urns {
		if v.seals(record.Challenges(u.name())) {
			all = append(all, v.readChallenges(u)...)
		}
	}
	v.checkOpened(all)
	for _, number := range []int{1501, 1502, 1503, 1504} {
		v.enter(number, "", nil)
	}
}

// seals says whether the act that seals adopts a path.
func (v *verification) seals(path string) bool {
	return slices.ContainsFunc(v.acts, func(a *scrutin.Act) bool {
		return a.Type == scrutin.ActSeal && slices.ContainsFunc(a.Body.Adopts, func(d scrutin.Adopted) bool { return d.Path == path })
	})
}

// readChallenges reads the list of an urn, and compares it with what the urn signed.
func (v *verification) readChallenges(u *urnState) (list []challenge) {
	path := record.Challenges(u.name())
	s, n := readNote[scrutin.ChallengeStatement](v, 1501, "", path, v.m.Platform.Urn.Verifier())
	if s == nil {
		return nil
	}
	v.enter(1501, "", n.Require(v.m.Platform.Urn.Verifier()))
	path = record.ChallengeList(u.name())
	data, err := v.read(path, 1<<30)
	if err != nil {
		v.enter(1501, "", err)
		return nil
	}
	v.sameFile(1501, "", path, s.File)
	size := len(urn.Hash{}) + urn.ChallengeSize(len(u.questions))
	if s.Urn != u.name() || len(data) != s.Challenges*size {
		v.refuse(1501, "", path, fmt.Errorf("%d bytes for the %d challenges of urn %s that the statement says, of %d bytes each", len(data), s.Challenges, s.Urn, size))
	}
	v.figures.expect(figChallenges, s.Challenges)
	rules, err := urn.NewRules(urn.Params{Manifest: urn.Hash(v.f), Opening: urn.Hash(v.o), Number: uint16(u.number), Name: u.name(),
		Questions: len(u.questions), Base: u.populations[0].base, Key: v.key, Options: urn.OptionCodes(v.m, v.f, u.name())})
	if err != nil {
		v.refuse(1502, "", path, err)
		return nil
	}
	var failed []error
	list, failed = judgeChallenges(rules, u, data[:len(data)-len(data)%size], size, v.opt.Workers)
	v.figures.add(figChallenges, len(list))
	contested, fails := 0, 0
	for i, c := range list {
		if failed[i] == nil && i > 0 && bytes.Compare(list[i-1].record.Name[:], c.record.Name[:]) >= 0 {
			failed[i] = errors.New("it does not come after the one before it")
		}
		if failed[i] != nil {
			v.refuse(1502, "", path, fmt.Errorf("challenge %d: %w", i+1, failed[i]))
		}
		if c.code != (urn.Hash{}) {
			contested++
			if urn.NameOf(c.code) != c.record.Name {
				v.refuse(1504, "", path, fmt.Errorf("challenge %d is contested by another code", i+1))
			}
		}
		if c.fails {
			fails++
		}
	}
	if s.Contested != contested || s.Failed != fails {
		v.refuse(1504, "", record.Challenges(u.name()), fmt.Errorf("%d challenges are contested and %d fail, the statement says %d and %d", contested, fails, s.Contested, s.Failed))
	}
	v.out.Challenges = append(v.out.Challenges, Challenged{u.name(), len(list), contested, fails})
	return list
}

// judgeChallenges reads the entries of a list, opens each, and says what is wrong with it.
func judgeChallenges(rules *urn.Rules, u *urnState, data []byte, size, workers int) ([]challenge, []error) {
	list, failed := make([]challenge, len(data)/size), make([]error, len(data)/size)
	parallel.Each(len(list), workers, func(i int) {
		entry := data[i*size : (i+1)*size]
		c := challenge{urn: u.number, code: urn.Hash(entry)}
		copy(c.record.Name[:], entry[len(c.code):])
		var err error
		if c.record, err = urn.ParseChallenge(entry[len(c.code):], rules.Questions); err == nil {
			c.opened, err = rules.Ciphertexts(c.record)
		}
		c.fails = c.code != (urn.Hash{}) && (err != nil || rules.VerifyChallenge(c.record, c.code) != nil)
		list[i], failed[i] = c, err
	})
	return list, failed
}

// checkOpened says whether a half of a ciphertext that was opened stands in another one
// that was, or in a ballot of the logs, whose halves are in order by now.
func (v *verification) checkOpened(all []challenge) {
	for half, name := range []string{"c1", "c2"} {
		seen := map[[group.PointSize]byte]bool{}
		for _, c := range all {
			for ciphertext := range slices.Chunk(c.opened, elgamal.Size) {
				key := [group.PointSize]byte(ciphertext[half*group.PointSize:])
				if seen[key] {
					v.enter(1503, "", fmt.Errorf("the same %s was opened twice, once in urn %s: %x", name, v.m.Urns[c.urn].ID, key))
				}
				seen[key] = true
				if at, there := slices.BinarySearchFunc(v.halves[half], key, func(p placedHalf, key [group.PointSize]byte) int { return bytes.Compare(p.half[:], key[:]) }); there {
					v.enter(1503, "", fmt.Errorf("the %s of a ballot in the log of urn %s was opened: %x", name, v.m.Urns[v.halves[half][at].urn].ID, key))
				}
			}
		}
	}
}
