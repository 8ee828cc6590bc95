package story

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"syscall"
	"testing"
	"time"

	"isoloir/record"
	"isoloir/scrutin/note"
	"isoloir/server"
	"isoloir/server/config"
	"isoloir/web/chrome"
)

func TestMain(m *testing.M) {
	code := m.Run()
	ended()
	if dir, err := built(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

// built is the directory of both programs, as they are given to people.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "story-")
	if err != nil {
		return "", err
	}
	if out, err := exec.Command("go", "build", "-ldflags", "-s -w", "-o", dir, "isoloir/cmd/isoloir", "isoloir/cmd/trustee").CombinedOutput(); err != nil {
		return dir, fmt.Errorf("%w: %s", err, out)
	}
	return dir, nil
})

// program is the path of one.
func program(t testing.TB, name string) string {
	t.Helper()
	dir, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, name)
}

// A relay stands at a role's origin and keeps all bytes that pass, in both directions.
type relay struct {
	origin string
	mu     sync.Mutex
	passed map[string]*bytes.Buffer // by connection and direction
}

// listen opens a relay to an address.
func listen(t testing.TB, host, to string) *relay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	_, port, _ := net.SplitHostPort(l.Addr().String())
	r := &relay{origin: "http://" + host + ":" + port, passed: map[string]*bytes.Buffer{}}
	go func() {
		for {
			from, err := l.Accept()
			if err != nil {
				return
			}
			go r.pass(from, to)
		}
	}()
	return r
}

// pass carries one connection to its end.
func (r *relay) pass(from net.Conn, to string) {
	defer from.Close()
	there, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer there.Close()
	var both sync.WaitGroup
	for direction, ends := range map[string][2]net.Conn{"to ": {from, there}, "from ": {there, from}} {
		kept := new(bytes.Buffer)
		r.mu.Lock()
		r.passed[fmt.Sprintf("what went %s%s over connection %d", direction, to, len(r.passed)/2+1)] = kept
		r.mu.Unlock()
		both.Go(func() {
			io.Copy(io.MultiWriter(ends[1], locked{&r.mu, kept}), ends[0])
			ends[1].(*net.TCPConn).CloseWrite()
		})
	}
	both.Wait()
}

type locked struct {
	mu *sync.Mutex
	b  *bytes.Buffer
}

func (l locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// A process is one that serves roles.
type process struct {
	command *exec.Cmd
	origin  string
	stop    func()
}

// serve starts roles of a configuration, whose log goes to a file, and waits until the first of them answers.
func serve(t testing.TB, configuration, log, address string, roles string) *process {
	t.Helper()
	out, err := os.Create(log)
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(program(t, "isoloir"), "serve", "-role", roles, "-config", configuration)
	c.Stderr, c.Stdout = out, out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{command: c, stop: sync.OnceFunc(func() {
		c.Process.Signal(syscall.SIGTERM)
		if err := c.Wait(); err != nil {
			t.Errorf("%s: %v", roles, err)
		}
		out.Close()
	})}
	t.Cleanup(p.stop)
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if a, err := http.Get("http://" + address + "/nothing"); err == nil {
			a.Body.Close()
			if a.StatusCode != http.StatusServiceUnavailable {
				return p
			}
		}
	}
	said, _ := os.ReadFile(log)
	t.Fatalf("%s does not answer:\n%s", roles, said)
	return nil
}

// free is an address of this machine.
func free(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// configure describes the bureau, alone on its record, in a directory.
func configure(t testing.TB, dir, rec, origin, listens string, contents *note.PrivateKey) string {
	t.Helper()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := os.MkdirAll(at("links"), 0o700); err != nil {
		t.Fatal(err)
	}
	away := func() string { return "http://" + free(t) }
	b := &config.Bureau{Place: config.Place{Directory: dir, Listen: listens}, Key: at("contents.key"), Database: at("bureau.db"),
		Links: config.BureauLinks{Roll: at("links/roll"), Urn: at("links/urn"), IssuerA: at("links/issuer-a"), IssuerB: at("links/issuer-b")}}
	c := &config.Config{Record: rec, Bureau: b, Origins: config.Origins{Portal: away(), Roll: away(), Urn: away(), IssuerA: away(), IssuerB: away(), Bureau: origin}}
	secrets := map[string]string{b.Key: contents.Encode()}
	for i, path := range []string{b.Links.Roll, b.Links.Urn, b.Links.IssuerA, b.Links.IssuerB} {
		secrets[path] = fmt.Sprintf("%064x", i+1)
	}
	for path, secret := range secrets {
		if err := server.WriteSecret(path, secret); err != nil {
			t.Fatal(err)
		}
	}
	data, err := c.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	path := at("config.yaml")
	if err := record.WriteWhole(path, data); err != nil {
		t.Fatal(err)
	}
	return path
}

var invitation = regexp.MustCompile(`(member-[0-9]+)\W[^\n]*?([A-Z0-9]{4}(?:-[A-Z0-9]{4})+)`)

// invited are the members' codes, as the command prints them.
func invited(t testing.TB, configuration string) map[string]string {
	t.Helper()
	out, err := exec.Command(program(t, "isoloir"), "bureau", "init", "-config", configuration, "-lang", "en").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	codes := map[string]string{}
	for _, found := range invitation.FindAllSubmatch(out, -1) {
		codes[string(found[1])] = string(found[2])
	}
	if len(codes) == 0 {
		t.Fatalf("no codes: %s", out)
	}
	return codes
}

var browser = sync.OnceValues(func() (*chrome.Browser, error) {
	b, end, err := chrome.Open()
	ended = end
	return b, err
})

var ended = func() {}
