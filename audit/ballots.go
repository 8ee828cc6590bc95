package audit

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/parallel"
	"isoloir/scrutin"
	"isoloir/urn"
)

// ballotJudge checks the leaves of one urn that carry ballots.
type ballotJudge struct {
	v        *verification
	u        *urnState
	proofs   *sigma.Ballots
	allowed  map[urn.LeafType]bool
	accounts map[[group.PointSize]byte]struct{}
	read     int // leaves so far
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

func newBallotJudge(v *verification, u *urnState) (*ballotJudge, error) {
	proofs, err := sigma.NewBallots(v.context(v.o, u.name()), sigma.NewElement(u.base), sigma.NewElement(v.key))
	if err != nil {
		return nil, err
	}
	j := &ballotJudge{v: v, u: u, proofs: proofs, allowed: make(map[urn.LeafType]bool),
		accounts: make(map[[group.PointSize]byte]struct{}, u.accounts.Len()), choices: make([][]byte, len(u.questions))}
	for _, t := range []urn.LeafType{urn.Cast, urn.Challenged, urn.Quarantined, urn.Void} {
		j.allowed[t] = slices.Contains(v.m.Leaves, t.String())
	}
	for key := range slices.Chunk(u.accounts.Bytes(), group.PointSize) {
		j.accounts[[group.PointSize]byte(key)] = struct{}{}
	}
	return j, nil
}

// judged is what a leaf turned out to be.
type judged struct {
	kind   urn.LeafType
	ballot urn.Envelope
	claim  sigma.BallotClaim
	proof  sigma.BallotProof
	whole  bool // it carries a ballot, and all of it was read
	err    error
}

// leaves checks a chunk: forms at once, then each rule leaf by leaf, then all
// proofs together.
func (j *ballotJudge) leaves(leaves [][]byte) {
	found := make([]judged, len(leaves))
	parallel.Each(len(leaves), j.v.workers(), func(i int) { found[i] = j.parse(leaves[i]) })
	var claims []sigma.BallotClaim
	var proofs []sigma.BallotProof
	for i := range found {
		number := j.read
		j.read++
		f := &found[i]
		if f.err != nil {
			j.v.enter(606, j.u.name(), fmt.Errorf("leaf %d: %w", number, f.err))
		}
		if f.kind != urn.Void {
			j.v.figures.expect(figBallots, 1)
		}
		if !f.whole {
			continue
		}
		claims, proofs = append(claims, f.claim), append(proofs, f.proof)
		j.judge(number, f)
	}
	if err := sigma.VerifyBallots(claims, proofs, j.v.opt.Workers); err != nil {
		j.v.enter(613, j.u.name(), fmt.Errorf("among the ballots before leaf %d: %w", j.read, err))
	}
	j.v.figures.add(figBallots, len(claims))
}

func (j *ballotJudge) parse(leaf []byte) (f judged) {
	kind, data, err := urn.SplitLeaf(leaf, len(j.u.questions))
	if err != nil {
		f.err = err
		return f
	}
	f.kind = kind
	if !j.allowed[kind] {
		f.err = fmt.Errorf("a %s leaf, which the manifest does not allow", kind)
	}
	if kind == urn.Void {
		return f
	}
	if f.ballot, err = urn.ReadEnvelope(data); err != nil {
		f.err = err
		return f
	}
	if err := j.decode(&f); err != nil {
		f.err = err
		return f
	}
	f.whole = true
	return f
}

// decode reads the points and scalars of a ballot, canonical or not at all.
func (j *ballotJudge) decode(f *judged) error {
	b, w := f.ballot, len(j.u.questions)
	if b.Questions() != w {
		return fmt.Errorf("a ballot of %d questions, %d are asked", b.Questions(), w)
	}
	key := b.Account()
	account, err := sigma.DecodeElement(key[:])
	if err != nil {
		return fmt.Errorf("account key: %w", err)
	}
	ciphertexts, err := elgamal.DecodeList(b.Ciphertexts(), 1)
	if err != nil {
		return err
	}
	if f.proof, err = sigma.DecodeBallotProof(b.Bytes()[len(b.Bytes())-sigma.BallotProofSize(w):], w); err != nil {
		return err
	}
	f.claim, err = j.proofs.Claim(account, b.Counter(), b.Previous(), ciphertexts)
	return err
}

// judge applies the rules of one ballot and keeps what the rules over several
// need.
func (j *ballotJudge) judge(number int, f *judged) {
	b := f.ballot
	if b.Opening() != urn.Hash(j.v.o) || int(b.Urn()) != j.u.number {
		j.v.enter(611, j.u.name(), fmt.Errorf("leaf %d: the ballot is bound to another opening record or urn", number))
	}
	account := b.Account()
	if _, ok := j.accounts[account]; !ok {
		j.v.enter(612, j.u.name(), fmt.Errorf("leaf %d: %x is no account key of this urn", number, account))
	}
	for q := range j.u.questions {
		ciphertext := b.Ciphertexts()[q*elgamal.Size : (q+1)*elgamal.Size]
		for half := range j.v.halves {
			j.v.halves[half].add([group.PointSize]byte(ciphertext[half*group.PointSize:]), j.u.number)
		}
		if f.kind == urn.Cast {
			j.choices[q] = append(j.choices[q], ciphertext...)
		}
	}
	if f.kind == urn.Cast {
		byAct := scrutin.Adopted{Path: "log/" + j.u.name(), SHA256: scrutin.Digest(b.Hash())}
		appended := j.v.appended[byAct]
		delete(j.v.appended, byAct)
		j.cast = append(j.cast, castBallot{account, b.Counter(), b.Previous(), b.Hash(), len(j.cast), appended})
	}
}

// finish applies the rule of one vote for each account and fixes what is
// counted.
func (j *ballotJudge) finish() {
	for _, n := range []int{606, 611, 612, 613} {
		j.v.enter(n, j.u.name(), nil)
	}
	var err error
	if j.v.m.RevoteAllowed() {
		err = j.countLast()
	} else {
		err = j.countAll()
	}
	j.v.enter(614, j.u.name(), err)
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

// countLast counts the last ballot of each account, whose ballots must be one
// chain by counter and hash.
func (j *ballotJudge) countLast() (err error) {
	slices.SortStableFunc(j.cast, func(a, b castBallot) int {
		return cmp.Or(bytes.Compare(a.account[:], b.account[:]), cmp.Compare(a.counter, b.counter))
	})
	var last []int
	before := false // the account had a ballot at close
	for i, c := range j.cast {
		first := i == 0 || j.cast[i-1].account != c.account
		before = !c.appended || before && !first
		switch {
		case first && (c.counter != 0 || c.previous != urn.Hash{}):
			err = fmt.Errorf("the chain of %x lacks its first ballot", c.account)
		case !first && (c.counter != j.cast[i-1].counter+1 || c.previous != j.cast[i-1].hash):
			err = fmt.Errorf("the chain of %x has a gap or a fork", c.account)
		}
		if c.counter > j.v.m.Finality.HighestCounter {
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
