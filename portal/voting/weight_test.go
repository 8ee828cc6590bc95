package voting_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// TestWeight compresses what a browser loads to vote: under 60 kB of scripts, under
// 150 kB in all, in either language.
func TestWeight(t *testing.T) {
	w := newWorld(t, nil)
	get := func(path string) []byte {
		answer, err := http.Get(w.origins.Portal + path)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		data, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s, %v", path, answer.Status, err)
		}
		return data
	}
	compressed := func(data []byte) int {
		var out bytes.Buffer
		z := gzip.NewWriter(&out)
		z.Write(data)
		z.Close()
		return out.Len()
	}
	loads := regexp.MustCompile(`(?:src|href)="(/client/[^"]+|/icon\.svg)"`)
	for _, path := range []string{"/fr/urne/urn-1/voter", "/en/urne/urn-1/voter", "/fr/verifier", "/fr/emargement"} {
		page := get(path)
		total, scripts := compressed(page), 0
		files := []string{"/client/worker.js", "/record/manifest.json", "/record/opening.note"}
		for _, m := range loads.FindAllSubmatch(page, -1) {
			files = append(files, string(m[1]))
		}
		for _, file := range files {
			n := compressed(get(file))
			total += n
			if strings.HasSuffix(file, ".js") {
				scripts += n
			}
		}
		t.Logf("%s: %d bytes compressed, of which scripts %d", path, total, scripts)
		if scripts > 60_000 || total > 150_000 || len(files) < 6 {
			t.Errorf("%s weighs %d bytes compressed, of which scripts %d", path, total, scripts)
		}
	}
}
