package faults

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"isoloir/bench/voters"
	"isoloir/roll"
	"isoloir/roll/login"
	"isoloir/scrutin/note"
	"isoloir/urn"
	"isoloir/voter"
)

// A conduct is what a voter does with the page.
type conduct struct {
	until   voter.Stage // where he closes it; 0 for never
	returns bool        // and opens it again
	device  bool        // on another device, where nothing was kept
}

// conducts, of which one in ten each is drawn; the others stay to the end.
var conducts = []conduct{
	{until: voter.Reserved}, {until: voter.Appended},
	{until: voter.Reserved, returns: true}, {until: voter.Appended, returns: true},
	{until: voter.Reserved, returns: true, device: true}, {until: voter.Appended, returns: true, device: true},
}

// A visit is a voter's, and how it ended.
type visit struct {
	who voters.Elector
	conduct
	first *voter.Device // made by the first visit
	held  *voter.Device // with promise, mark and receipt; nil where he holds none
	told  bool          // that his ballot is in already, on another device
	state login.State   // as the roll tells him in the end, where he holds no receipt
	err   error         // what ended his way otherwise
}

// A crowd is all voters.
type crowd struct {
	*voters.Election
	patience time.Duration
	times    voters.Times
	fails    voters.Counts
	visits   []visit
	done     atomic.Int64

	mu   sync.Mutex
	seen map[uint16]map[string]note.Checkpoint // by urn and text
}

// come has them come in so long a time, calls came when the last one has, and waits until all
// have gone. Nobody of the last third leaves; and they take their time until every kind of
// fault was met.
func (c *crowd) come(ctx context.Context, electors []voters.Elector, length time.Duration, random *rand.Rand, met <-chan struct{}, came func()) {
	c.visits, c.seen = make([]visit, len(electors)), map[uint16]map[string]note.Checkpoint{}
	var all sync.WaitGroup
	start := time.Now()
	for i, who := range electors {
		v := &c.visits[i]
		v.who = who
		if x := random.IntN(10); x < len(conducts) && i < 2*len(electors)/3 {
			v.conduct = conducts[x]
		}
		away, think := time.Duration(random.Int64N(int64(2*time.Second))), time.Duration(random.Int64N(int64(time.Second)))
		pass(ctx, time.Until(start.Add(length*time.Duration(i)/time.Duration(len(electors)))))
		if i > 2*len(electors)/3 {
			select {
			case <-met:
			case <-time.After(slower):
			}
		}
		all.Go(func() {
			defer c.done.Add(1)
			ctx, cancel := context.WithTimeout(ctx, c.patience)
			defer cancel()
			v.err = c.visit(ctx, i, v, think, away)
		})
	}
	came()
	all.Wait()
}

// slower is how long they wait then.
const slower = 2 * time.Second

// visit is one voter's way.
func (c *crowd) visit(ctx context.Context, n int, v *visit, think, away time.Duration) (err error) {
	b := voters.NewBrowser(n, c.Origins.Portal, &c.times, &c.fails)
	defer b.Close()
	if v.first, err = c.Vote(ctx, v.who, b, think, v.until); err != nil {
		return err
	}
	if v.until > 0 {
		b.Close()
		if !v.returns {
			return nil
		}
		pass(ctx, away)
		if !v.device {
			err = c.Resume(ctx, v.who, b, v.first)
		} else if v.held, err = c.Vote(ctx, v.who, b, 0, 0); told(err) {
			v.held, v.told = nil, true
			return nil
		}
		if err != nil {
			return err
		}
	}
	if v.held == nil {
		v.held = v.first
	}
	return c.look(ctx, b, v.who.Urn)
}

// told says whether a refusal tells a voter that a ballot of his is in.
func told(err error) bool {
	return errors.Is(err, roll.ErrMarked) || errors.Is(err, urn.ErrSpent) || errors.Is(err, urn.ErrVoted)
}

// look keeps the urn's checkpoint, as anybody can see it.
func (c *crowd) look(ctx context.Context, b *voters.Browser, number uint16) error {
	r := c.Rules[number]
	signed, err := b.Get(ctx, "checkpoint", c.Origins.Urn+"/v1/"+r.Name+"/checkpoint")
	if err != nil {
		return err
	}
	if signed, err = voters.Unzip(signed); err != nil {
		return err
	}
	checkpoint, err := r.OpenCheckpoint(signed, c.UrnKey)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seen[number] == nil {
		c.seen[number] = map[string]note.Checkpoint{}
	}
	c.seen[number][checkpoint.Text()] = checkpoint
	return nil
}

// state asks the roll how a voter stands, as he would by logging in again.
func (c *crowd) state(ctx context.Context, n int, who voters.Elector) (login.State, error) {
	ctx, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	b := voters.NewBrowser(n, c.Origins.Portal, &c.times, &c.fails)
	defer b.Close()
	return c.State(ctx, who, b)
}
