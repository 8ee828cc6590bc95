package office_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"isoloir/custody/agefile"
	"isoloir/register"
	"isoloir/register/office"
	"isoloir/register/registertest"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
)

// TestEnd (S000-13, FP-6): a register ends by an act, not under a hold nor in a distribution; then its backups are noise, and wherever the run was cut the next one ends
// it with the same list.
func TestEnd(t *testing.T) {
	ctx, dir, now := t.Context(), filepath.Join(t.TempDir(), "register"), registertest.Opens.Add(-time.Hour)
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := office.Init(dir, template())
	check(err)
	d, err := office.Open(ctx, dir, func() time.Time { return now })
	check(err)
	plan, err := d.Distribution(office.Plan{Title: "Remise", Scope: register.General, Rounds: []register.Round{{Opens: scrutin.TimeOf(registertest.Opens), Closes: scrutin.TimeOf(registertest.Closes)}}},
		strings.NewReader("station,label,constituency,electors\nn1,École,nord,15\n"))
	check(err)
	text, err := canon.Marshal(plan)
	check(err)
	var cards []register.Card
	for range 15 {
		cards = append(cards, register.Card{Number: register.DrawNumber(), Distribution: 1, Constituency: "nord", Station: "n1", Token: register.DrawToken().Hash(), State: register.Made})
	}
	check(d.Store.Open(ctx, text, 1, cards))
	check(d.Service.Load(ctx))
	token := cards[7].Token[:]

	if err := d.Destroy(ctx, "Mme Petit", "fin"); !errors.Is(err, office.ErrUnderWay) {
		t.Errorf("in a distribution: %v", err)
	}
	now = registertest.Closes
	check(d.Service.Tick(ctx))
	check(d.Hold(ctx, "Mme Petit", "un recours"))
	for kind, do := range map[string]func(context.Context, string, string) error{"destroy": d.Destroy, "hold": d.Hold} {
		if err := do(ctx, "Mme Petit", "encore"); !errors.Is(err, office.ErrHeld) {
			t.Errorf("%s under a hold: %v", kind, err)
		}
	}
	check(d.Release(ctx, "Mme Petit", "jugé"))
	if err := d.Release(ctx, "Mme Petit", "encore"); !errors.Is(err, office.ErrFree) {
		t.Errorf("released twice: %v", err)
	}

	var copied bytes.Buffer
	check(office.Backup(ctx, dir, &copied))
	opened := filepath.Join(t.TempDir(), "register.db")
	keeper, err := agefile.Open(filepath.Join(dir, "backup", "identity"))
	check(err)
	clear, err := keeper.Opening(bytes.NewReader(copied.Bytes()))
	check(err)
	var whole bytes.Buffer
	_, err = whole.ReadFrom(clear)
	check(err)
	check(os.WriteFile(opened, whole.Bytes(), 0o600))
	if !holds(t, filepath.Dir(opened), token) || !holds(t, dir, token) || bytes.Contains(copied.Bytes(), token) {
		t.Fatal("what is searched is not where it should be: the search proves nothing")
	}
	link := filepath.Join(dir, "linked")
	check(os.Symlink(opened, link))
	if err := d.Destroy(ctx, "Mme Petit", "fin"); !errors.Is(err, office.ErrLinked) || !holds(t, dir, token) {
		t.Errorf("with a link: %v", err)
	}
	check(os.Remove(link))

	check(d.Destroy(ctx, "Mme Petit", "fin"))
	check(d.Shut())
	if _, err := office.Open(ctx, dir, time.Now); !errors.Is(err, office.ErrEnding) {
		t.Errorf("opened: %v", err)
	}
	if err := office.Backup(ctx, dir, new(bytes.Buffer)); !errors.Is(err, office.ErrEnding) {
		t.Errorf("copied: %v", err)
	}
	begun := filepath.Join(t.TempDir(), "begun")
	check(os.CopyFS(begun, os.DirFS(dir)))
	first, err := office.Carry(ctx, dir)
	check(err)
	n, err := note.Open(first, d.Signer.Verifier())
	check(err)
	var s office.Statement
	check(canon.Unmarshal([]byte(n.Text), &s))
	var signed [][]byte
	for _, a := range s.Acts {
		one, err := base64.StdEncoding.DecodeString(a)
		check(err)
		signed = append(signed, one)
	}
	acts, _, err := register.Chained(signed, d.Service.Rho, d.Signer.Verifier())
	if err != nil || len(acts) != 3 || acts[2].Kind != register.ActDestroy || acts[2].Reason != "fin" {
		t.Errorf("%+v %v", acts, err)
	}
	if again, err := office.Carry(ctx, dir); err != nil || !bytes.Equal(again, first) {
		t.Errorf("again: %v", err)
	}
	for cut := range len(s.Erased) + 1 {
		again := filepath.Join(t.TempDir(), "cut")
		check(os.CopyFS(again, os.DirFS(begun)))
		for _, name := range []string{"signing.key", "backup/identity"} {
			check(os.Chmod(filepath.Join(again, name), 0o600))
		}
		for _, name := range s.Erased[:cut] {
			if err := os.Remove(filepath.Join(again, name)); !errors.Is(err, os.ErrNotExist) { // a journal may be gone
				check(err)
			}
		}
		if ended, err := office.Carry(ctx, again); err != nil || !bytes.Equal(ended, first) || holds(t, again, token) {
			t.Errorf("cut after %d files: %v", cut, err)
		}
	}
	for what, secret := range map[string][]byte{"an account": token, "a key": []byte("PRIVATE+KEY"), "the backup key": []byte("AGE-SECRET-KEY")} {
		if holds(t, dir, secret) {
			t.Errorf("%s is there", what)
		}
	}
	if _, err := agefile.Open(filepath.Join(dir, "backup", "identity")); err == nil || bytes.Contains(copied.Bytes(), token) {
		t.Error("the backup opens")
	}
}

// holds says whether bytes stand in a file below a directory.
func holds(t *testing.T, dir string, what []byte) (found bool) {
	t.Helper()
	if err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		found = found || bytes.Contains(data, what)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return found
}
