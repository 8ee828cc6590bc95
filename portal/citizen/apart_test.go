package citizen_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/ratelimit"
	"isoloir/register/access"
	"isoloir/urn"
	urnsqlite "isoloir/urn/sqlite"
	"isoloir/urn/urntest"
)

// TestNoJoin has somebody try who holds the register's database, with all its ways in, and
// the databases of two scrutins in which the same people voted, with the keys of both: he
// looks for whatever stands in two of them, and computes what could lead from one to
// another. Where he knows an account's secret it leads everywhere, which shows that he
// looks well. (S001-13, S000-9)
func TestNoJoin(t *testing.T) {
	v := newTown(t)
	secrets, strangers := make([]group.Scalar, handed), make([]group.Scalar, handed)
	var known []group.Point    // y, and every login key
	var scalars []group.Scalar // every masked secret
	for i, p := range v.papers[:handed] {
		x := group.RandomScalar()
		secrets[i], strangers[i] = x, group.RandomScalar()
		way := access.FromScratch(v.Register.Codes, v.Rho, p.Number, p.Scratch)
		if i == ofCodes {
			_, way = access.FromHalves(v.Register.Codes, v.Rho, v.codes[0], v.codes[1])
		}
		second := access.NewWay(access.Passphrase, access.FromPassphrase(v.Register.Codes, v.Rho, p.Number, "cheval exact pile agrafe"), x)
		key := sigma.NewElement(group.MulBase(x))
		proof, err := access.KeyClaim(v.Rho, key).Prove(x)
		if err != nil {
			t.Fatal(err)
		}
		c := v.access.Hello(p.Number)
		login, err := access.LoginClaim(v.Rho, p.Number, sigma.NewElement(group.MulBase(way.Login)), c).Prove(way.Login)
		if err != nil {
			t.Fatal(err)
		}
		first := access.NewWay(access.Scratch, way, x)
		if _, err := v.access.First(t.Context(), ratelimit.Network{1}, access.FirstRequest{Number: p.Number, Challenge: c, Login: login, Key: key, Proof: proof, Masked: first.Masked, Way: second}); err != nil {
			t.Fatal(err)
		}
		known = append(known, key.Point(), first.Login, second.Login)
		scalars = append(scalars, first.Masked, second.Masked)
	}
	one, two, others := v.vote(t, secrets), v.vote(t, secrets), v.vote(t, strangers)
	register := contents(t, v.dir)
	for what, pair := range map[string][2][]byte{"the register and a scrutin": {register, one.files}, "the register and another": {register, two.files}, "two scrutins": {one.files, two.files}} {
		if found := shared(pair[0], pair[1], others.files); len(found) > 0 {
			slices.Sort(found)
			t.Errorf("%s have in common %d, as %x", what, len(found), found[0])
		}
	}
	account, kept := one.keys[:group.PointSize], known[0].Bytes()
	for what, pair := range map[string][2][]byte{
		"an account of both scrutins":     {with(one.files, account), with(two.files, account)},
		"a key of the register in an urn": {register, with(one.files, kept[:])},
	} {
		if len(shared(pair[0], pair[1], others.files)) == 0 {
			t.Errorf("%s is not found where it was planted", what)
		}
	}
	for _, s := range []*scrutinOf{one, two} {
		for _, candidate := range leads(known, scalars, s.base) {
			if s.has(candidate) {
				t.Errorf("what the register has leads to the account %x", candidate)
			}
		}
		for _, x := range secrets {
			if !s.has(s.base.Mul(x).Bytes()) {
				t.Error("the owner himself does not find his account")
			}
		}
	}
	for _, key := range one.points(t) {
		for _, ratio := range []group.Point{key.Sub(one.base), key.Sub(two.base), key.Add(two.base)} {
			if two.has(key.Bytes()) || two.has(ratio.Bytes()) {
				t.Error("an account of one scrutin leads to the other")
			}
		}
	}
}

// leads are the accounts that keys and masked secrets of a register would lead to.
func leads(known []group.Point, scalars []group.Scalar, base group.Point) (candidates [][group.PointSize]byte) {
	for i, k := range known {
		candidates = append(candidates, k.Bytes(), k.Add(base).Bytes(), base.Sub(k).Bytes())
		for _, s := range scalars {
			candidates = append(candidates, k.Mul(s).Bytes())
		}
		for _, other := range known[:i] {
			candidates = append(candidates, k.Sub(other).Bytes(), k.Add(other).Bytes())
		}
	}
	for i, s := range scalars {
		candidates = append(candidates, base.Mul(s).Bytes())
		for _, other := range scalars[:i] {
			candidates = append(candidates, base.Mul(s.Sub(other)).Bytes())
		}
	}
	return candidates
}

// A scrutinOf is what an urn leaves: its database, its keys and their base.
type scrutinOf struct {
	files, keys []byte
	base        group.Point
}

func (s *scrutinOf) has(key [group.PointSize]byte) bool {
	for at := 0; at < len(s.keys); at += group.PointSize {
		if bytes.Equal(s.keys[at:at+group.PointSize], key[:]) {
			return true
		}
	}
	return false
}

func (s *scrutinOf) points(t *testing.T) (points []group.Point) {
	for key := range slices.Chunk(s.keys, group.PointSize) {
		p, err := group.DecodeNonIdentity(key)
		if err != nil {
			t.Fatal(err)
		}
		points = append(points, p)
	}
	return points
}

// vote has accounts vote in a scrutin of their own.
func (v *town) vote(t *testing.T, secrets []group.Scalar) *scrutinOf {
	t.Helper()
	mixed := slices.Clone(secrets)
	rand.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	f := urntest.New(t, urntest.Size{Electors: handed, Register: true, Revotes: 1, Secrets: mixed})
	dir := t.TempDir()
	store, err := urnsqlite.Open(t.Context(), filepath.Join(dir, "urn.db"), filepath.Join(t.TempDir(), "keys"), urnsqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	service := f.Service(t, store)
	for i := range mixed {
		if a := service.Append(t.Context(), []urn.AppendRequest{{Ballot: f.Ballot(t, 0, i, i).Bytes()}}); a[0].Err != nil {
			t.Fatal(a[0].Err)
		}
	}
	if err := service.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := store.Shut(); err != nil {
		t.Fatal(err)
	}
	return &scrutinOf{contents(t, dir), f.Keys[0], f.Rules[0].Base}
}

// contents are the files of a directory, one after the other.
func contents(t *testing.T, dir string) (all []byte) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.db*"))
	if err != nil || len(names) == 0 {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, data...)
	}
	return all
}

// window is the length in bytes of what would tell two rows to be of one person: shorter
// than any key or digest here, longer than what the pages of two databases have by chance.
const window = 24

// shared are the windows that two databases have in common, but for those that stand in
// that of strangers too, and for what is mostly words or zeros.
func shared(a, b, others []byte) (found []string) {
	windows := func(data []byte) map[string]bool {
		all := make(map[string]bool, len(data))
		for at := 0; at+window <= len(data); at++ {
			all[string(data[at:at+window])] = true
		}
		return all
	}
	in, form := windows(b), windows(others)
	for w := range windows(a) {
		if in[w] && !form[w] && random(w) {
			found = append(found, w)
		}
	}
	return found
}

// random says whether a window may be part of a key: bytes of many kinds, and no words,
// which have more letters in a row than chance has.
func random(w string) bool {
	seen, letters := map[byte]bool{}, 0
	for i := range len(w) {
		seen[w[i]] = true
		if letters++; w[i] < ' ' || w[i] > '~' {
			letters = 0
		}
		if letters > 8 {
			return false
		}
	}
	return len(seen) > window-7
}

// with is a database with one thing more in it.
func with(files, planted []byte) []byte { return append(slices.Clone(files), planted...) }
