package story

import (
	"bytes"
	"crypto/rand"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/keyceremony"
	"isoloir/keyceremony/device"
	"isoloir/keyceremony/device/leak"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
	"isoloir/trustee/trusteetest"
)

// holders are the members who hold a fragment.
var holders = []string{"member-1", "member-2", "member-3", "member-4", "member-5", "member-6"}

// A trial is an election whose servers are processes of their own, watched from outside.
type trial struct {
	*trusteetest.World
	dir, config string
	bureau      *process
	relay       *relay
	seats       map[string]*holder

	secrets []leak.Secret
	search  *leak.Search
	found   []leak.Found
	looked  int64 // bytes of memory
}

// newTrial serves the bureau of an election whose vote is long over by the clock, so that nothing waits for an hour, and which has its manifest alone.
func newTrial(t *testing.T) *trial {
	t.Helper()
	w := &trial{dir: t.TempDir(), seats: map[string]*holder{}}
	w.World = trusteetest.New(t, filepath.Join(w.dir, "people"), scrutintest.Options{Urns: 1, Electors: 20, Holders: len(holders), Open: time.Now().AddDate(0, -2, 0).Truncate(time.Hour),
		Clauses: []scrutintest.Clause{{ID: "quorum", Threshold: 4, Holders: []int{1, 2, 3, 4, 5, 6}}, {ID: "class", Threshold: 2, Holders: []int{2, 4, 6}}}})
	listens := free(t)
	w.relay = listen(t, "localhost", listens)
	w.config = configure(t, filepath.Join(w.dir, "bureau"), w.Dir(), w.relay.origin, listens, w.Signers["contents"])
	codes := invited(t, w.config)
	w.bureau = serve(t, w.config, filepath.Join(w.dir, "bureau", "log"), listens, "bureau")
	for _, id := range holders {
		h := &holder{TB: t, id: id, code: codes[id], origin: w.relay.origin, media: w.Media(id), home: filepath.Join(w.dir, "home", id)}
		if err := os.MkdirAll(h.home, 0o700); err != nil {
			t.Fatal(err)
		}
		w.seats[id] = h
		if id != holders[0] { // who comes by a browser
			h.enter()
		}
	}
	return w
}

// keep reads what all holders have on their media now.
func (w *trial) keep() {
	w.Helper()
	now := map[string]*leak.Holder{}
	for _, id := range holders {
		h, err := leak.Read(filepath.Join(w.Media(id)[0], id+device.Suffix), string(trusteetest.Passphrase))
		if err != nil {
			w.Fatal(err)
		}
		now[id] = h
		w.secrets = append(w.secrets, h.Secrets()...)
	}
	w.secrets = append(w.secrets, leak.Shares(w.Manifest, now)...)
	w.search = leak.New(w.secrets...)
}

// look searches the memory of the servers.
func (w *trial) look() {
	w.Helper()
	if runtime.GOOS != "linux" {
		w.Log("the memory of servers is looked through on Linux alone")
		return
	}
	found, size, err := w.search.Memory(w.bureau.command.Process.Pid)
	if err != nil {
		w.Fatal(err)
	}
	w.found, w.looked = append(w.found, found...), w.looked+size
}

// step has every holder take a step of the ceremony on his machine, and bring what comes of it.
func (w *trial) step(command string) {
	w.Helper()
	for _, id := range holders {
		h := w.seats[id]
		board := h.fetch("/en/ceremonie/tableau.tar", "board-"+command)
		h.bring("/en/ceremonie/apporter", h.trustee(command, board, ""), "ceremony")
	}
}

// adopted are statements of the record as an act adopts them.
func (w *trial) adopted(paths ...string) (all []scrutin.Adopted) {
	w.Helper()
	for _, path := range paths {
		data, err := w.Out.Read(path, note.MaxSize)
		if err != nil {
			w.Fatal(err)
		}
		text, err := note.Text(data)
		if err != nil {
			w.Fatal(err)
		}
		all = append(all, scrutin.Adopted{Path: path, SHA256: scrutin.TextDigest(text)})
	}
	return all
}

// adopt writes the acts of the ceremony that the holders have held.
func (w *trial) adopt() {
	w.Helper()
	b := w.Board()
	keys, err := b.Ceremony.Verify(b.Messages)
	if err != nil {
		w.Fatal(err)
	}
	w.Act(scrutin.ActConstitute, scrutin.ActBody{Adopts: []scrutin.Adopted{{Path: record.Manifest, SHA256: w.Fingerprint}}})
	w.Act(scrutin.ActCeremony, scrutin.ActBody{Adopts: []scrutin.Adopted{{Path: scrutin.AdoptCeremony, SHA256: keys.Digest}}})
	var rehearsals []string
	for _, medium := range []keyceremony.Step{keyceremony.RehearsalStep1, keyceremony.RehearsalStep2} {
		for _, id := range holders {
			rehearsals = append(rehearsals, record.Ceremony(1, string(medium), id))
		}
	}
	w.Act(scrutin.ActRehearse, scrutin.ActBody{Adopts: w.adopted(rehearsals...)})
}

// synthetic is a secret that is nobody's, and which no two forms write alike.
func synthetic() leak.Secret {
	b := make([]byte, 32)
	rand.Read(b)
	for _, half := range [][]byte{b[:16], b[16:]} {
		copy(half[5:], []byte{0xfb, 0xef, 0xbe, 0xff, 0xff, 0xff})
	}
	return leak.Secret{Name: "planted", Bytes: b}
}

// plant brings a secret to the server in every form: as messages that are refused, and the forms of characters as observations too, which are kept.
func (w *trial) plant(secret leak.Secret) {
	w.Helper()
	h := w.seats["member-2"]
	var lines []string
	size := 0
	tell := func() {
		form := url.Values{"who": {"Personne"}, "quality": {"voter"}, "text": {"PLANTED " + strings.Join(lines, "\n")}}
		if a := h.post("/en/observations/nouvelle", "application/x-www-form-urlencoded", []byte(form.Encode())); a.StatusCode != http.StatusOK {
			w.Fatalf("an observation of %d bytes: %s", size, a.Status)
		}
		lines, size = nil, 0
	}
	var message []byte
	for _, form := range leak.Forms() {
		for i, data := range form.Of(secret.Bytes) {
			message = slices.Concat(message, []byte(" PLANTED "), data)
			if i > 0 || !form.Text {
				continue
			}
			if size+len(data) > 3500 || len(lines) == 30 {
				tell()
			}
			lines, size = append(lines, string(data)), size+len(data)+1
		}
	}
	tell()
	if a := h.post("/en/ceremonie/apporter", "application/octet-stream", message); a.StatusCode != http.StatusUnprocessableEntity {
		w.Fatalf("what is no message: %s", a.Status)
	}
}

// planted wants the secret found in each form where it was brought, and takes it out of what was found.
func (w *trial) planted(secret leak.Secret) {
	w.Helper()
	seen := map[string]map[string]bool{}
	places := map[string]string{"what went to ": "traffic", "the memory": "memory", filepath.Join(w.dir, "bureau"): "store"}
	w.found = slices.DeleteFunc(w.found, func(f leak.Found) bool {
		for prefix, place := range places {
			if f.Secret == secret.Name && strings.HasPrefix(f.Where, prefix) {
				if seen[place] == nil {
					seen[place] = map[string]bool{}
				}
				seen[place][f.Form] = true
			}
		}
		return f.Secret == secret.Name
	})
	for _, form := range leak.Forms() {
		data := form.Of(secret.Bytes)
		if len(data) == 0 {
			continue
		}
		escaped := strings.ContainsAny(string(data[0]), `\"`) // once more, in the store
		for place, wanted := range map[string]bool{"traffic": true, "memory": form.Text && w.looked > 0, "store": form.Text && !escaped} {
			if wanted && !seen[place][form.Name] && !slices.ContainsFunc(leak.Forms(), func(other leak.Form) bool {
				return seen[place][other.Name] && slices.EqualFunc(other.Of(secret.Bytes), data, bytes.Equal)
			}) {
				w.Errorf("planted as %s, and not found in the %s", form.Name, place)
			}
		}
	}
}

// TestNoSecretReachesAServer holds a key ceremony and an opening, as members do, each with his media and the tool on his machine, and one of
// them at a browser, where he signs from his medium, while the bureau's server is a process apart: all that passes, all its memory and all its files are searched
// for every secret of every holder, in every form (S003-25b, S004-18a, S004-21a).
func TestNoSecretReachesAServer(t *testing.T) {
	w := newTrial(t)
	nobody := synthetic()
	w.secrets = append(w.secrets, nobody)
	w.keep()
	w.signs(t)
	w.look()
	w.step("commit")
	w.keep()
	for _, command := range []string{"reveal", "check", "seal"} {
		w.step(command)
		if command == "check" {
			w.look()
		}
	}
	w.keep()
	w.step("rehearse")
	w.plant(nobody)
	w.look()
	w.adopt()
	w.Enrol().Anonymise().Vote(11).Seal().Mix().AdoptMix()
	for _, id := range []string{"member-2", "member-3", "member-4", "member-5"} {
		h := w.seats[id]
		h.bring("/en/ouverture/apporter", h.trustee("decrypt", h.fetch("/en/ouverture/export.tar", "export"), "same\nopen\n"), "shares")
	}
	w.keep()
	w.look()
	w.files()
	w.bureau.stop()
	w.files()
	w.passed()
	w.planted(nobody)
	for _, f := range w.found {
		t.Errorf("a secret reached a server: %v", f)
	}
	t.Logf("%d secrets; %d bytes of memory in all", len(w.secrets), w.looked)
}

// files searches what the server wrote, the public record too.
func (w *trial) files() {
	w.Helper()
	for _, dir := range []string{filepath.Join(w.dir, "bureau"), w.Dir()} {
		found, err := w.search.Directory(dir)
		if err != nil {
			w.Fatal(err)
		}
		w.found = append(w.found, found...)
	}
}

// passed searches what went to the server and from it.
func (w *trial) passed() {
	w.Helper()
	w.relay.mu.Lock()
	defer w.relay.mu.Unlock()
	size := 0
	for where, kept := range w.relay.passed {
		size += kept.Len()
		w.found = append(w.found, w.search.Bytes(where, kept.Bytes())...)
	}
	if size < 100_000 {
		w.Errorf("%d bytes passed", size)
	}
}
