package demonstration

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"isoloir/audit"
	"isoloir/observe"
	"isoloir/roll"
	"isoloir/server"
	"isoloir/urn"
)

// child serves a demonstration, and, where the environment says so, takes it to its end, until it is killed.
func child(dir string) {
	err := func() error {
		d, err := Open(dir, 2)
		if err != nil {
			return err
		}
		h := server.NewHouse(d.Config, server.Names, d.Clock.Now, observe.Silent())
		if err := errors.Join(h.Listen(), h.Open(context.Background())); err != nil {
			return err
		}
		if os.Getenv("DEMONSTRATION_FINISHED") != "" {
			go func() {
				err := d.Finish(context.Background(), h.Roles, Watcher{Step: func(name string) { fmt.Println(name) }, Stage: func(string, int, int) {}})
				fmt.Println("finished", err)
			}()
		}
		return h.Run(context.Background())
	}()
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// start begins a child process and waits until it answers.
func start(t *testing.T, dir string, environment ...string) *exec.Cmd {
	t.Helper()
	d, err := Open(dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(os.Args[0])
	c.Env = append(append(os.Environ(), "DEMONSTRATION_SERVED="+dir), environment...)
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { kill(c) })
	for range 200 {
		time.Sleep(20 * time.Millisecond)
		if a, err := http.Get(d.Config.Origins.Portal + "/status"); err == nil {
			a.Body.Close()
			if a.StatusCode == http.StatusOK {
				return c
			}
		}
	}
	t.Fatal("the child does not answer")
	return nil
}

// kill ends a child as a power cut does.
func kill(c *exec.Cmd) {
	c.Process.Kill()
	c.Wait()
}

// All roles are killed again and again while electors vote. Each goes on until he has his mark; then ballots are marks are choices.
func TestKilledWhileVoting(t *testing.T) {
	dir := copied(t)
	c := start(t, dir)
	d, err := Open(dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	public, err := server.OpenPublic(d.Config.Record)
	if err != nil {
		t.Fatal(err)
	}
	defer public.Close()
	all, want := ballots(t, d, public, 18)

	ctx, cancel := context.WithTimeout(context.Background(), 25*time.Second)
	defer cancel()
	var wg sync.WaitGroup
	for i, e := range all {
		wg.Go(func() {
			time.Sleep(time.Duration(i) * 40 * time.Millisecond)
			for {
				err := e.vote(ctx)
				var refused roll.Refusal
				var unsent urn.Refusal
				switch {
				case err == nil:
					return
				case errors.As(err, &refused) && refused != roll.ErrBusy && refused != roll.ErrSession && refused != roll.ErrCode && refused != roll.ErrWait,
					errors.As(err, &unsent) && unsent != urn.ErrBusy, ctx.Err() != nil:
					t.Errorf("%s of urn %s: %v", e.voter.Reference, e.voter.Urn, err)
					return
				}
				time.Sleep(50 * time.Millisecond)
			}
		})
	}
	for range 3 {
		time.Sleep(300 * time.Millisecond)
		kill(c)
		c = start(t, dir)
	}
	wg.Wait()
	kill(c)
	finish(t, serve(t, dir), want)
}

// The end is reached however often it is interrupted on the way.
func TestKilledWhileCounting(t *testing.T) {
	dir := copied(t)
	w := serve(t, dir)
	all, want := ballots(t, w.Demonstration, w.house.Public, 9)
	if err := castAll(context.Background(), all); err != nil {
		t.Fatal(err)
	}
	w.stop()
	for i := range 4 {
		c := start(t, dir, "DEMONSTRATION_FINISHED=1")
		time.Sleep(time.Duration(i) * 90 * time.Millisecond)
		kill(c)
	}
	w = serve(t, dir) // goes on by itself
	for range 200 {
		if w.Verdict(audit.French) != "" {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if w.Verdict(audit.French) == "" {
		t.Error("it does not go on by itself")
	}
	finish(t, w, want)
}
