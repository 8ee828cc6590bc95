package demonstration

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"isoloir/custody/agefile"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/server"
)

// A role's own key withdraws deputies that it certified, and no others; the list of all of them is made from the directories of its processes.
func TestDeputies(t *testing.T) {
	d, err := Open(copied(t), 1)
	if err != nil {
		t.Fatal(err)
	}
	public, err := server.OpenPublic(d.Config.Record)
	if err != nil {
		t.Fatal(err)
	}
	defer public.Close()
	signer := func(name string, v note.Verifier) note.Signer {
		s, err := new(agefile.Keeper).Signer(t.Context(), name, v)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	urn := signer(d.Config.Urn.Key, public.Manifest.Platform.Urn.Verifier())
	var all [][]byte
	kept := func(dir, name string, own note.Signer, role string, o scrutin.Digest) string {
		a, err := scrutin.NewDeputy(own, role, o, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, "deputies", name+".note")
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, a.Certificate, 0o600); err != nil {
			t.Fatal(err)
		}
		all = append(all, a.Certificate)
		return path
	}
	one, two := t.TempDir(), t.TempDir()
	stolen := kept(one, "1", urn, scrutin.RoleUrn, public.OpeningDigest)
	kept(two, "2", urn, scrutin.RoleUrn, public.OpeningDigest)
	want, err := scrutin.ListDeputies(all)
	if err != nil {
		t.Fatal(err)
	}
	path, err := server.ListDeputies(d.Config, scrutin.RoleUrn, one, two)
	if err != nil || path != record.Deputies(scrutin.RoleUrn) {
		t.Fatal(path, err)
	}
	if got, err := public.Record.Read(path, note.MaxSize); err != nil || !bytes.Equal(got, want) {
		t.Error("another list", err)
	}
	paths, err := server.WithdrawDeputies(t.Context(), d.Config, scrutin.RoleUrn, stolen)
	if err != nil || len(paths) != 1 {
		t.Fatal(paths, err)
	}
	data, err := public.Record.Read(paths[0], note.MaxSize)
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open(data, public.Manifest.Platform.Urn.Verifier())
	if err != nil {
		t.Fatal(err)
	}
	if w, err := scrutin.ParseWithdrawal(n.Text); err != nil || w.Path() != paths[0] || w.Opening != public.OpeningDigest {
		t.Error(w, err)
	}
	roll := signer(d.Config.Roll.Key, public.Manifest.Platform.Roll.Verifier())
	for name, file := range map[string]string{"of the roll": kept(t.TempDir(), "1", roll, scrutin.RoleRoll, public.OpeningDigest),
		"of the urn for the roll": kept(t.TempDir(), "1", urn, scrutin.RoleRoll, public.OpeningDigest), "of another scrutin": kept(t.TempDir(), "1", urn, scrutin.RoleUrn, scrutin.Digest{1})} {
		if _, err := server.WithdrawDeputies(t.Context(), d.Config, scrutin.RoleUrn, file); err == nil {
			t.Errorf("a deputy %s is withdrawn by the urn", name)
		}
		if _, err := server.ListDeputies(d.Config, scrutin.RoleUrn, filepath.Dir(filepath.Dir(file))); err == nil {
			t.Errorf("a deputy %s is listed", name)
		}
	}
	for _, role := range []string{"issuer-a", "portal", "nobody"} {
		if _, err := server.WithdrawDeputies(t.Context(), d.Config, role, stolen); err == nil {
			t.Errorf("%s withdraws a deputy", role)
		}
	}
}
