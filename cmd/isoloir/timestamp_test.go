package main

import (
	"bytes"
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/record"
	"isoloir/replay"
	"isoloir/timestamp/local"
	"isoloir/timestamp/tsp"
)

// timestamped runs the command, and gives what it says.
func timestamped(t *testing.T, want int, args ...string) string {
	t.Helper()
	var out, failed bytes.Buffer
	if got := run(context.Background(), append([]string{"timestamp"}, args...), &out, &failed); got != want {
		t.Fatalf("%v: exit %d, not %d: %s%s", args, got, want, &out, &failed)
	}
	return out.String() + failed.String()
}

// What a record lacks is asked for over HTTP, told where it cannot be had, and written only if it is by who the manifest names.
func TestTimestampCommand(t *testing.T) {
	dir := t.TempDir()
	o := replay.Default()
	o.Holders, o.Threshold, o.ClassHolders, o.Mixers, o.Witnesses, o.Authorities, o.WorkFactor, o.MinimumSize = 3, 2, 0, 1, 1, 1, 1, 2
	votes, err := replay.ParseVotes(strings.NewReader("urn,urn_name,electors,option,ballots\nA,Alpha,4,x,2\nA,Alpha,4,y,2\n"))
	if err != nil {
		t.Fatal(err)
	}
	o.Votes = votes
	out, err := replay.Run(t.Context(), o, filepath.Join(dir, "out"), time.Now().AddDate(0, 0, -7), replay.Watcher{Stage: func(string, int, int) {}, Step: func(string, replay.Cost) {}})
	if err != nil {
		t.Fatal(err)
	}
	place := filepath.Join(dir, "authorities")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(place, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(out.Export, record.ContentsTimestamp("authority-1"))); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(out.Export, "timestamps", "0007-close.authority-1.tsr")); err != nil {
		t.Fatal(err)
	}
	other, err := local.New("Other")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(tsp.Handler(other))
	defer server.Close()
	write("# who where\n\nauthority-1 " + server.URL + " -\n")
	said := timestamped(t, exitUnavailable, "-record", out.Export, "-authorities", place, "-lang", "fr")
	if !strings.Contains(said, "acts/0007-close.note : manque, de authority-1 : ne peut plus") || !strings.Contains(said, "contents.note : manque, de authority-1 : l'autorité signe par un autre certificat") {
		t.Error(said)
	}
	tried := timestamped(t, exitDone, "-try", server.URL, "-lang", "en")
	if !strings.Contains(tried, "CN=Other unit") || !strings.Contains(tried, "up to a root") || !strings.Contains(tried, local.Policy.String()) {
		t.Error(tried)
	}
	timestamped(t, exitData, "-try", server.URL, "-policy", "1.2.3", "-lang", "fr")
	timestamped(t, exitUsage, "-try", server.URL, "-policy", "x")
	for _, args := range [][]string{{}, {"-record", "x"}, {"-try", "x", "-record", "y", "-authorities", "z"}, {"word"}} {
		timestamped(t, exitUsage, args...)
	}
	secret := filepath.Join(dir, "secret")
	if err := os.WriteFile(secret, []byte("user\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"authority-1", "a http://x\na http://y", "a ftp://x", "a http://x 1.x", "a https://x - " + secret, "a/b http://x"} {
		write(bad)
		timestamped(t, exitData, "-record", out.Export, "-authorities", place)
	}
	files, err := filepath.Glob(filepath.Join(out.Export, "*"))
	if err != nil || slices.ContainsFunc(files, func(f string) bool { return strings.HasSuffix(f, ".tsr") }) {
		t.Error(files, err)
	}
}
