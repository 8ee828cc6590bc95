package vaulttest

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A Signed is a line of the audit log: a text that somebody had signed, by which key.
type Signed struct{ Key, Text string }

// Audit has the server keep its audit log in a file from now on, in the clear as none in use may, and gives what reads the texts that were signed
// since.
func (s *Server) Audit(t testing.TB) func() []Signed {
	t.Helper()
	path := filepath.Join(t.TempDir(), "audit.log")
	s.Do(t, s.Root, http.MethodPut, "sys/audit/file", map[string]any{"type": "file", "options": map[string]string{"file_path": path, "log_raw": "true"}}, nil)
	return func() (all []Signed) {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var entry struct {
				Type    string
				Request struct {
					Path string
					Data struct{ Input string }
				}
			}
			if err := json.Unmarshal(lines.Bytes(), &entry); err != nil {
				t.Fatal(err)
			}
			_, key, signs := strings.Cut(entry.Request.Path, "/transit/sign/")
			if entry.Type != "request" || !signs {
				continue
			}
			text, err := base64.StdEncoding.DecodeString(entry.Request.Data.Input)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, Signed{key, string(text)})
		}
		return all
	}
}
