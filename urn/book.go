package urn

import (
	"cmp"
	"slices"
	"sync"

	"isoloir/crypto/group"
)

// A Book remembers every half of a ciphertext that stands on the logs of one
// scrutin, so that none stands there twice. It is safe for concurrent use, and
// holds some 50 bytes for each half.
type Book struct {
	mu   sync.Mutex
	seen [2]map[[group.PointSize]byte]struct{}
}

// NewBook returns an empty book.
func NewBook() *Book {
	return &Book{seen: [2]map[[group.PointSize]byte]struct{}{{}, {}}}
}

// Enter refuses a ballot that has a half in common with one that was entered
// (ErrCopy), else enters it.
func (k *Book) Enter(e Envelope) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	for which := range k.seen {
		for _, h := range e.Halves(which) {
			if _, seen := k.seen[which][h]; seen {
				return ErrCopy
			}
		}
	}
	for which := range k.seen {
		for _, h := range e.Halves(which) {
			k.seen[which][h] = struct{}{}
		}
	}
	return nil
}

// chains follows the cast ballots of every account of an urn. Since a batch is
// sorted by hash, and what a flush takes is drawn, a chain is judged when the
// log is read to its end.
type chains struct {
	rules *Rules
	voted []bool         // final votes: by position of the account among all populations
	links map[int][]link // revotes: by position of the account
}

type link struct {
	counter        uint32
	previous, hash Hash
	rank           int // among the cast ballots of the log
}

func newChains(r *Rules) *chains {
	c := &chains{rules: r}
	if r.HighestCounter == 0 {
		c.voted = make([]bool, r.Size())
	} else {
		c.links = map[int][]link{}
	}
	return c
}

// enter takes the cast ballot of that rank. ErrVoted if votes are final and the
// account has one.
func (c *chains) enter(b Envelope, rank int) error {
	_, at, known := c.rules.populations.find(b.Account())
	if !known {
		return ErrAccount
	}
	if c.links != nil {
		c.links[at] = append(c.links[at], link{b.Counter(), b.Previous(), b.Hash(), rank})
		return nil
	}
	if c.voted[at] {
		return ErrVoted
	}
	c.voted[at] = true
	return nil
}

// last gives, where revotes are allowed, the ranks of each account's last ballot, of
// the supervised ones if it has any, in ascending order; nil where votes are final. ErrCounter for a gap or
// a fork, ErrPrevious for a chain that does not hold.
func (c *chains) last() ([]int, error) {
	if c.links == nil {
		return nil, nil
	}
	ranks := make([]int, 0, len(c.links))
	for _, all := range c.links {
		slices.SortFunc(all, func(a, b link) int { return cmp.Compare(a.counter, b.counter) })
		if err := holds(all); err != nil {
			return nil, err
		}
		ranks = append(ranks, all[len(all)-1].rank) // supervised ones come last
	}
	slices.Sort(ranks)
	return ranks, nil
}

// holds judges an account's ballots in the order of their counters: the chain of those
// that were cast, and then that of supervised ones.
func holds(all []link) error {
	for i, l := range all {
		switch first := l.counter%SupervisedCounter == 0; {
		case first && i > 0 && l.counter == all[i-1].counter, !first && (i == 0 || l.counter != all[i-1].counter+1):
			return ErrCounter
		case !first && l.previous != all[i-1].hash:
			return ErrPrevious
		}
	}
	return nil
}
