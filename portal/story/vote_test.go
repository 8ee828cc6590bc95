package story

import (
	"context"
	"errors"
	"sync"
	"time"

	"isoloir/bench/voters"
	"isoloir/server/demonstration"

	"github.com/chromedp/chromedp"
)

// A crowd is who votes.
type crowd struct {
	*voters.Election
	all   []voters.Elector
	times voters.Times
	fails voters.Counts
}

func (s *story) crowd() *crowd {
	s.Helper()
	c := &crowd{}
	var err error
	c.Election, err = voters.Open(s.dir)
	must(s, err)
	c.all, err = c.Electors()
	must(s, err)
	return c
}

// vote has an elector of an urn vote, all the way; think is between his login and his ballot.
func (c *crowd) vote(ctx context.Context, urn uint16, nth int, think time.Duration) error {
	for i, e := range c.all {
		if e.Urn != urn {
			continue
		}
		if nth--; nth < 0 {
			b := voters.NewBrowser(i, c.Origins.Portal, &c.times, &c.fails)
			defer b.Close()
			_, err := c.Vote(ctx, e, b, think, 0)
			return err
		}
	}
	return errors.New("there is no such elector")
}

// voting waits until roll and urn have seen that the vote is open.
func (s *story) voting() {
	s.Helper()
	s.eventually("roll and urn do not see that the vote is open", func() bool { return s.houses["roll"].Public.Window().Voting(s.clock.Now()) })
}

// cast has so many electors of each urn vote, side by side.
func (s *story) cast(c *crowd, each int) {
	s.Helper()
	var all sync.WaitGroup
	for number := range s.manifest.Urns {
		for n := range each {
			all.Go(func() {
				if err := c.vote(s.Context(), uint16(number), n, 0); err != nil {
					s.Error(err)
				}
			})
		}
	}
	all.Wait()
}

// votes has an elector vote at the portal's pages.
func (s *story) votes(who demonstration.Voter, language string) {
	s.Helper()
	at := tab(s.T)
	at.id, at.origin = "an elector", s.config.Origins.Portal
	step := func(name string) {
		s.Helper()
		at.until(`document.getElementById("device")?.dataset.step === "` + name + `"`)
		s.look(at, "voter "+language+" "+name)
	}
	at.open("/" + language + "/urne/" + who.Urn + "/voter")
	step("codes")
	at.do(chromedp.SendKeys("#identifier", who.Identifier), chromedp.SendKeys("#password", who.Password), chromedp.Click("#codes-go"))
	step("choice")
	at.do(chromedp.Click(`input[value="oui"]`), chromedp.Click("#choice-go"))
	step("confirm")
	at.do(chromedp.Click("#confirm-yes"))
	at.until(`document.getElementById("device")?.dataset.step === "ready" && !document.getElementById("ready-made").hidden`)
	at.do(chromedp.Click("#ready-send"))
	step("receipt")
}

// close has two electors log in before the end of the vote: who finishes within the last second of grace votes, who is a second later does not (S003-29, CGFP R. 211-570).
func (s *story) close(c *crowd) {
	s.Helper()
	closes := s.manifest.Schedule.Close.Time
	ends := s.manifest.Schedule.Ends(s.manifest.Schedule.Close)
	s.clock.hold(closes.Add(-time.Second))
	var inside, after error
	within, over := make(chan struct{}), make(chan struct{})
	go func() { inside = c.vote(s.Context(), 0, 7, 10*time.Second); close(within) }()
	go func() { after = c.vote(s.Context(), 0, 8, 20*time.Second); close(over) }()
	time.Sleep(8 * time.Second) // both have logged in
	s.clock.hold(closes)
	if err := c.vote(s.Context(), 0, 9, 0); err == nil {
		s.Error("somebody logged in at the hour of the close, and voted")
	}
	s.clock.hold(ends.Add(-time.Second))
	<-within
	s.clock.hold(ends)
	<-over
	if inside != nil {
		s.Errorf("who was connected before the close, and finished within the last second of grace, did not vote: %v", inside)
	}
	if after == nil {
		s.Error("somebody voted in the second in which grace was over")
	}
}
