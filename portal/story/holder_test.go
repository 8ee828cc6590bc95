package story

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"isoloir/portal/passkey"
	"isoloir/portal/passkey/passkeytest"
	"isoloir/trustee/trusteetest"
)

// A holder is one at his own machine: logged in by a passkey, with his two media and the tool that works without a network.
type holder struct {
	testing.TB
	id, origin string
	code       string // of his invitation
	cookie     string // once he is in
	media      []string
	home       string // a directory of his
}

// enter lets him in by his invitation.
func (h *holder) enter() {
	h.Helper()
	u, _ := url.Parse(h.origin)
	d := passkeytest.New(h, h.origin, u.Hostname())
	var q passkey.Question
	answer := h.post(passkey.RouteJoin, "application/json", marshalled(h, map[string]string{"code": h.code}))
	if err := json.NewDecoder(answer.Body).Decode(&q); err != nil || answer.StatusCode != http.StatusOK {
		h.Fatalf("%s: %s %v", h.id, answer.Status, err)
	}
	for _, c := range h.post(passkey.RouteJoined, "application/json", marshalled(h, d.Make(h, &q))).Cookies() {
		h.cookie = c.Value
	}
	if h.cookie == "" {
		h.Fatalf("%s is not let in", h.id)
	}
}

func marshalled(t testing.TB, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// post sends what a page of his would.
func (h *holder) post(path, kind string, body []byte) *http.Response {
	h.Helper()
	return h.ask(http.MethodPost, path, kind, body)
}

func (h *holder) ask(method, path, kind string, body []byte) *http.Response {
	h.Helper()
	q, err := http.NewRequest(method, h.origin+path, bytes.NewReader(body))
	if err != nil {
		h.Fatal(err)
	}
	for name, value := range map[string]string{"Content-Type": kind, "Origin": h.origin, "Sec-Fetch-Site": "same-origin", "Cookie": passkey.Cookie + "=" + h.cookie} {
		q.Header.Set(name, value)
	}
	a, err := http.DefaultClient.Do(q)
	if err != nil {
		h.Fatal(err)
	}
	data, err := io.ReadAll(a.Body)
	if err != nil {
		h.Fatal(err)
	}
	a.Body.Close()
	a.Body = io.NopCloser(bytes.NewReader(data))
	return a
}

// fetch takes a tar file of the portal to a directory of his.
func (h *holder) fetch(path, name string) string {
	h.Helper()
	a := h.ask(http.MethodGet, path, "", nil)
	if a.StatusCode != http.StatusOK {
		h.Fatalf("%s: %s", path, a.Status)
	}
	dir := filepath.Join(h.home, name)
	for in := tar.NewReader(a.Body); ; {
		head, err := in.Next()
		if errors.Is(err, io.EOF) {
			return dir
		}
		if err != nil {
			h.Fatal(err)
		}
		data, err := io.ReadAll(in)
		to := filepath.Join(dir, filepath.FromSlash(head.Name))
		if err := errors.Join(err, os.MkdirAll(filepath.Dir(to), 0o700), os.WriteFile(to, data, 0o600)); err != nil {
			h.Fatal(err)
		}
	}
}

// trustee runs the tool with both media over a record, and gives the directory of what it made.
func (h *holder) trustee(command, rec, typed string) string {
	h.Helper()
	out := filepath.Join(h.home, "made-"+command)
	pass := filepath.Join(h.home, "passphrase")
	if err := os.WriteFile(pass, []byte(string(trusteetest.Passphrase)+"\n"), 0o600); err != nil {
		h.Fatal(err)
	}
	c := exec.Command(program(h, "trustee"), command, "-lang", "en", "-record", rec, "-medium", h.media[0], "-second", h.media[1], "-passphrase-file", pass, "-work", "1", "-quiet", "-out", out)
	c.Stdin = strings.NewReader(typed)
	if said, err := c.CombinedOutput(); err != nil {
		h.Fatalf("%s of %s: %v\n%s", command, h.id, err, said)
	}
	return out
}

// packed is a tar file of what stands under a prefix of a directory.
func packed(t testing.TB, dir, prefix string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	err := filepath.WalkDir(filepath.Join(dir, prefix), func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(file)
		name, _ := filepath.Rel(dir, file)
		w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: filepath.ToSlash(name), Size: int64(len(data)), Mode: 0o644})
		w.Write(data)
		return err
	})
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// bring gives the portal what the tool has made.
func (h *holder) bring(path, dir, prefix string) {
	h.Helper()
	brought := packed(h, dir, prefix)
	for range 400 {
		a := h.post(path, "application/octet-stream", brought)
		said, _ := io.ReadAll(a.Body)
		if a.StatusCode == http.StatusOK {
			return
		}
		if !strings.Contains(string(said), "being verified") {
			h.Fatalf("%s of %s: %s %s", path, h.id, a.Status, said)
		}
		time.Sleep(50 * time.Millisecond)
	}
	h.Fatalf("%s of %s is not taken", path, h.id)
}
