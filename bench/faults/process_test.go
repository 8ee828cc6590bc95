package faults

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A process serves one role, and is started again whenever it has ended, as a service
// manager does.
type process struct {
	name    string // of the role
	dir     string
	listen  string
	command []string
	log     *os.File
	tally   *tally

	mu       sync.Mutex
	running  *os.Process
	ended    chan struct{} // closed with the running one
	killedAt time.Time     // zero once it serves again
	stopping bool
	over     chan struct{} // closed when none is started any more
}

// startAgain is how long the service manager waits.
const startAgain = 100 * time.Millisecond

// start starts it, and sees to it that it ends with the test.
func (p *process) start(t testing.TB) {
	t.Helper()
	p.over = make(chan struct{})
	go p.supervise()
	t.Cleanup(func() {
		p.end(syscall.SIGKILL)
		p.log.Close()
	})
}

func (p *process) supervise() {
	// The process is to die with the thread that started it, hence with this program.
	runtime.LockOSThread()
	defer close(p.over)
	for {
		c := exec.Command(p.command[0], p.command[1:]...)
		c.Stderr, c.Stdout, c.SysProcAttr = p.log, p.log, mortal()
		c.Env = append(os.Environ(), "FAULTS_SERVED="+p.name)
		p.mu.Lock()
		if p.stopping {
			p.mu.Unlock()
			return
		}
		err := c.Start()
		ended := make(chan struct{})
		if err == nil {
			p.running, p.ended = c.Process, ended
		}
		p.mu.Unlock()
		if err == nil {
			if err = c.Wait(); err != nil && c.ProcessState.ExitCode() >= 0 {
				p.tally.stopped(fmt.Sprintf("%s, exit code %d", p.name, c.ProcessState.ExitCode()))
			}
			close(ended)
		} else {
			p.tally.stopped(p.name + ", not started")
		}
		time.Sleep(startAgain)
	}
}

// kill ends the running process as a power cut does, and returns when it has ended. It
// says whether there was one.
func (p *process) kill() bool {
	p.mu.Lock()
	running, ended := p.running, p.ended
	if running == nil || running.Signal(syscall.SIGKILL) != nil {
		p.mu.Unlock()
		return false
	}
	if p.killedAt.IsZero() {
		p.killedAt = time.Now()
		go p.measure()
	}
	p.mu.Unlock()
	<-ended
	return true
}

// measure notes when it serves again.
func (p *process) measure() {
	for !p.serves() {
		select {
		case <-p.over:
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tally.returned(time.Since(p.killedAt))
	p.killedAt = time.Time{}
}

// serves says whether it answers otherwise than that it starts.
func (p *process) serves() bool {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.listen+"/", nil)
	if err != nil {
		return false
	}
	a, err := alone.Do(q)
	if err != nil {
		return false
	}
	a.Body.Close()
	return a.StatusCode != http.StatusServiceUnavailable
}

// alone asks by a connection for each request, and follows nothing.
var alone = &http.Client{
	Transport:     &http.Transport{DisableKeepAlives: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// await waits until it serves.
func (p *process) await(patience time.Duration) error {
	for end := time.Now().Add(patience); !p.serves(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			return fmt.Errorf("%s does not serve: see %s", p.name, p.log.Name())
		}
	}
	return nil
}

// end ends it for good.
func (p *process) end(how syscall.Signal) {
	p.mu.Lock()
	p.stopping = true
	if p.running != nil {
		if err := p.running.Signal(how); err != nil && !errors.Is(err, os.ErrProcessDone) {
			fmt.Fprintln(p.log, err)
		}
	}
	p.mu.Unlock()
	<-p.over
}
