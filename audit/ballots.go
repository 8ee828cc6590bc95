package audit

import (
	"bytes"
	"cmp"
	"crypto/ed25519"
	"errors"
	"fmt"
	"iter"
	"slices"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/parallel"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/urn"
)

// ballotJudge applies the rules to the leaves of one urn that carry ballots. Their
// points and proofs are put off.
type ballotJudge struct {
	v        *verification
	u        *urnState
	allowed  map[urn.LeafType]bool
	accounts map[[group.PointSize]byte]struct{} // of the opening record
	cast     []castBallot
	choices  [][]byte // by question, ciphertexts of the cast ballots in log order
}

// castBallot is what the rule of one vote for each account needs.
type castBallot struct {
	account  [group.PointSize]byte
	counter  uint32
	previous urn.Hash
	hash     urn.Hash
	position int  // among the cast ballots of the log
	appended bool // by an act
}

func newBallotJudge(v *verification, u *urnState) *ballotJudge {
	j := &ballotJudge{v: v, u: u, allowed: make(map[urn.LeafType]bool),
		accounts: make(map[[group.PointSize]byte]struct{}, len(u.populations[0].accounts)/group.PointSize), choices: make([][]byte, len(u.questions))}
	for _, t := range []urn.LeafType{urn.Cast, urn.Challenged, urn.Quarantined, urn.Void, urn.Supervised} {
		j.allowed[t] = slices.Contains(v.m.Leaves, t.String())
	}
	for key := range slices.Chunk(u.populations[0].accounts, group.PointSize) {
		j.accounts[[group.PointSize]byte(key)] = struct{}{}
	}
	v.enter(413, u.name(), u.welcome(j.accounts))
	return j
}

// leaf checks the form of a leaf, and the rules of the ballot that it carries.
func (j *ballotJudge) leaf(number int, leaf []byte) {
	kind, ballot, err := readLeaf(leaf, len(j.u.questions))
	if err == nil && !j.allowed[kind] {
		j.v.enter(606, j.u.name(), fmt.Errorf("leaf %d: a %s leaf, which the manifest does not allow", number, kind))
	}
	if kind != urn.Void {
		j.v.figures.expect(figBallots, 1)
	}
	switch {
	case err != nil:
		j.v.enter(606, j.u.name(), fmt.Errorf("leaf %d: %w", number, err))
	case kind != urn.Void:
		j.v.enter(616, j.u.name(), j.supervised(number, kind, leaf, ballot))
		j.judge(number, kind, ballot)
	}
}

// supervised says why a ballot does not stand in the type of leaf that its counter calls
// for, or why no terminal of the manifest vouches for it.
func (j *ballotJudge) supervised(number int, kind urn.LeafType, leaf []byte, b urn.Envelope) error {
	if (kind == urn.Supervised) != (b.Counter() >= urn.SupervisedCounter) {
		return fmt.Errorf("leaf %d: a ballot of the counter %d stands in a %s leaf", number, b.Counter(), kind)
	}
	if kind != urn.Supervised {
		return nil
	}
	_, terminal, signature := urn.SplitSupervised(leaf[1:])
	key, known := j.v.m.Terminal(terminal)
	if !known {
		return fmt.Errorf("leaf %d: the manifest names no terminal of the key %x", number, terminal)
	}
	said := scrutin.CastingText{Kind: scrutin.Supervised, Opening: j.v.o, Urn: j.u.name(), Value: scrutin.Digest(b.Hash())}
	if !ed25519.Verify(terminal[:], []byte(said.Text()), signature[:]) {
		return fmt.Errorf("leaf %d: %s has not signed for this ballot", number, key.Name())
	}
	return nil
}

// readLeaf reads a leaf of an urn of w questions, and the ballot that it carries
// unless it is void, as far as that can be done without decoding a point.
func readLeaf(leaf []byte, w int) (kind urn.LeafType, ballot urn.Envelope, err error) {
	kind, data, err := urn.SplitLeaf(leaf, w)
	if err != nil || kind == urn.Void {
		return kind, ballot, err
	}
	if kind == urn.Supervised {
		data, _, _ = urn.SplitSupervised(data)
	}
	ballot, err = urn.ReadEnvelope(data)
	if err == nil && ballot.Questions() != w {
		err = fmt.Errorf("a ballot of %d questions, %d are asked", ballot.Questions(), w)
	}
	return kind, ballot, err
}

// judgeBallots is the work of a range of leaves: the points of their ballots and,
// all together, the proofs.
func (v *verification) judgeBallots(o *outcome, u *urnState, from, to, workers int) error {
	data, err := v.part(record.Leaves(u.name()), u.offsets[from], u.offsets[to])
	if err != nil {
		return err
	}
	type read struct {
		carries bool
		claim   sigma.BallotClaim
		proof   sigma.BallotProof
		err     error
	}
	ballots := make([]read, to-from)
	parallel.Each(to-from, workers, func(i int) {
		at := u.offsets[from+i] - u.offsets[from]
		end := u.offsets[from+i+1] - u.offsets[from]
		kind, ballot, err := readLeaf(data[at+leafHead:end], len(u.questions))
		if err != nil || kind == urn.Void {
			return // what is wrong with its form is entered already
		}
		b := &ballots[i]
		b.carries = true
		b.claim, b.proof, b.err = u.decode(ballot)
	})
	var claims []sigma.BallotClaim
	var proofs []sigma.BallotProof
	var leaves []int
	for i, b := range ballots {
		switch {
		case b.err != nil:
			o.find(606, fmt.Errorf("leaf %d: %w", from+i, b.err))
		case b.carries:
			claims, proofs, leaves = append(claims, b.claim), append(proofs, b.proof), append(leaves, from+i)
		}
	}
	for i, err := range culprits(sigma.VerifyBallots(claims, proofs, workers)) {
		o.find(613, fmt.Errorf("leaf %d: %w", leaves[i], err))
	}
	o.Figures[figBallots] += len(claims)
	return nil
}

// culprits gives the places of a batch that do not hold, ascending, with their
// error. A batch of one has it alone.
func culprits(err error) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		var c *sigma.Culprits
		switch {
		case errors.As(err, &c):
			for _, i := range c.Indices {
				if !yield(i, c.Reason) {
					return
				}
			}
		case err != nil:
			yield(0, err)
		}
	}
}

// decode reads the points and scalars of a ballot, canonical or not at all.
func (u *urnState) decode(b urn.Envelope) (claim sigma.BallotClaim, proof sigma.BallotProof, err error) {
	w := len(u.questions)
	key := b.Account()
	account, err := sigma.DecodeElement(key[:])
	if err != nil {
		return claim, proof, fmt.Errorf("account key: %w", err)
	}
	ciphertexts, err := elgamal.DecodeList(b.Ciphertexts(), 1)
	if err != nil {
		return claim, proof, err
	}
	if proof, err = sigma.DecodeBallotProof(b.Bytes()[len(b.Bytes())-sigma.BallotProofSize(w):], w); err != nil {
		return claim, proof, err
	}
	claim, err = u.populationOf(key).proofs.Claim(account, b.Counter(), b.Previous(), ciphertexts)
	return claim, proof, err
}

// judge applies the rules of one ballot and keeps what the rules over several
// need.
func (j *ballotJudge) judge(number int, kind urn.LeafType, b urn.Envelope) {
	if b.Opening() != urn.Hash(j.v.o) || int(b.Urn()) != j.u.number {
		j.v.enter(611, j.u.name(), fmt.Errorf("leaf %d: the ballot is bound to another opening record or urn", number))
	}
	account := b.Account()
	if _, ok := j.accounts[account]; !ok && j.u.newcomers[account] == nil {
		j.v.enter(612, j.u.name(), fmt.Errorf("leaf %d: %x is no account key of this urn", number, account))
	}
	for q := range j.u.questions {
		ciphertext := b.Ciphertexts()[q*elgamal.Size : (q+1)*elgamal.Size]
		for half := range j.v.halves {
			j.v.halves[half].add([group.PointSize]byte(ciphertext[half*group.PointSize:]), j.u.number)
		}
		if counts(kind) {
			j.choices[q] = append(j.choices[q], ciphertext...)
		}
	}
	if counts(kind) {
		byAct := scrutin.Adopted{Path: "log/" + j.u.name(), SHA256: scrutin.Digest(b.Hash())}
		appended := j.v.appended[byAct]
		delete(j.v.appended, byAct)
		j.cast = append(j.cast, castBallot{account, b.Counter(), b.Previous(), b.Hash(), len(j.cast), appended})
	}
}

// finish applies the rule of one vote for each account and fixes what is
// counted.
func (j *ballotJudge) finish() {
	for _, n := range []int{606, 611, 612, 613, 616} {
		j.v.enter(n, j.u.name(), nil)
	}
	j.v.inRanges(Piece{Kind: Ballots, Subject: j.u.name()}, j.u.leaves, func(o *outcome) { j.v.enterAll(j.u.name(), o) })
	var err error
	if j.v.m.RevoteAllowed() {
		err = j.countLast()
	} else {
		err = j.countAll()
	}
	j.v.enter(614, j.u.name(), err)
	if len(j.u.minutes) > 0 {
		j.u.cast = make(map[[group.PointSize]byte]bool, len(j.cast))
		for _, c := range j.cast {
			j.u.cast[c.account] = true
		}
	}
}

// countAll counts every cast ballot; each is its account's only one.
func (j *ballotJudge) countAll() (err error) {
	seen := make(map[[group.PointSize]byte]struct{}, len(j.cast))
	for _, c := range j.cast {
		if _, twice := seen[c.account]; twice {
			err = fmt.Errorf("the account %x voted twice", c.account)
		}
		if c.counter != 0 || c.previous != (urn.Hash{}) {
			err = fmt.Errorf("the ballot of %x replaces another one", c.account)
		}
		seen[c.account] = struct{}{}
		if !c.appended {
			j.u.atClose++
		}
	}
	j.u.counted, j.u.voters = j.choices, len(j.cast)
	return err
}

// countLast counts the last ballot of each account, whose ballots must be one chain by
// counter and hash, and its supervised ones another. These come after all others here, so
// that their last one is the account's.
func (j *ballotJudge) countLast() (err error) {
	slices.SortStableFunc(j.cast, func(a, b castBallot) int {
		return cmp.Or(bytes.Compare(a.account[:], b.account[:]), cmp.Compare(a.counter, b.counter))
	})
	var last []int
	before := false // the account had a ballot at close
	for i, c := range j.cast {
		first := i == 0 || j.cast[i-1].account != c.account
		place := c.counter % urn.SupervisedCounter
		begins := first || place != c.counter && j.cast[i-1].counter < urn.SupervisedCounter
		before = !c.appended || before && !first
		switch {
		case begins && (place != 0 || c.previous != urn.Hash{}):
			err = fmt.Errorf("the chain of %x lacks its first ballot", c.account)
		case !begins && (c.counter != j.cast[i-1].counter+1 || c.previous != j.cast[i-1].hash):
			err = fmt.Errorf("the chain of %x has a gap or a fork", c.account)
		}
		if place > j.v.m.Finality.HighestCounter {
			err = fmt.Errorf("the chain of %x is longer than the manifest allows", c.account)
		}
		if i == len(j.cast)-1 || j.cast[i+1].account != c.account {
			last = append(last, c.position)
			if before {
				j.u.atClose++
			}
		}
	}
	slices.Sort(last)
	j.u.counted, j.u.voters = make([][]byte, len(j.choices)), len(last)
	for q, all := range j.choices {
		for _, at := range last {
			j.u.counted[q] = append(j.u.counted[q], all[at*elgamal.Size:(at+1)*elgamal.Size]...)
		}
	}
	return err
}

// halfSet gathers one half of every ciphertext of the scrutin: 36 bytes each.
type halfSet []placedHalf

type placedHalf struct {
	half [group.PointSize]byte
	urn  uint32
}

func (s *halfSet) add(half [group.PointSize]byte, urn int) {
	*s = append(*s, placedHalf{half, uint32(urn)})
}

// checkDistinctHalves says whether a half stands twice in the scrutin.
func (v *verification) checkDistinctHalves() {
	for half, name := range []string{"c1", "c2"} {
		set := v.halves[half]
		slices.SortFunc(set, func(a, b placedHalf) int { return bytes.Compare(a.half[:], b.half[:]) })
		for i := 1; i < len(set); i++ {
			if set[i-1].half == set[i].half {
				a, b := v.m.Urns[set[i-1].urn].ID, v.m.Urns[set[i].urn].ID
				v.enter(615, "", fmt.Errorf("the same %s stands in two ciphertexts, of urns %s and %s: %x", name, a, b, set[i].half))
			}
		}
	}
	v.enter(615, "", nil)
}
