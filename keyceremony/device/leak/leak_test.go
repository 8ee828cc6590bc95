package leak_test

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"isoloir/crypto/group"
	"isoloir/keyceremony/device"
	"isoloir/keyceremony/device/leak"
	"isoloir/scrutin"
)

// asked is set where this binary is the process into whose memory secrets are planted.
const asked = "LEAK_HOLDER"

func TestMain(m *testing.M) {
	if os.Getenv(asked) != "" {
		hold()
	}
	os.Exit(m.Run())
}

// hold keeps what comes, each thing with its size before it, and 32 bytes of a scalar at the end as one, until its input ends.
func hold() {
	var kept [][]byte
	for {
		var size uint32
		if binary.Read(os.Stdin, binary.LittleEndian, &size) != nil || size == 0 {
			break
		}
		data := make([]byte, size)
		if _, err := io.ReadFull(os.Stdin, data); err != nil {
			os.Exit(1)
		}
		kept = append(kept, data)
	}
	var b [32]byte
	if _, err := io.ReadFull(os.Stdin, b[:]); err != nil {
		os.Exit(1)
	}
	x, err := group.DecodeScalar(b[:])
	if err != nil {
		os.Exit(1)
	}
	clear(b[:])
	os.Stdout.WriteString("ready\n")
	io.Copy(io.Discard, os.Stdin)
	runtime.KeepAlive(kept)
	runtime.KeepAlive(x)
	os.Exit(0)
}

func drawn() []byte {
	b := make([]byte, 32)
	rand.Read(b)
	return b
}

// forms are the names of the forms in which a secret was found.
func forms(all []leak.Found, secret string) (names []string) {
	for _, f := range all {
		if f.Secret == secret && !slices.Contains(names, f.Form) {
			names = append(names, f.Form)
		}
	}
	return names
}

// TestForms finds a secret in every form, wherever it begins, and cut in two by the end of a line.
func TestForms(t *testing.T) {
	random, phrase := leak.Secret{Name: "random", Bytes: drawn()}, leak.Secret{Name: "phrase", Bytes: []byte("l'île & <été>-gutih-dobol")}
	for _, secret := range []leak.Secret{random, phrase} {
		s := leak.New(secret)
		for _, form := range leak.Forms() {
			for _, data := range form.Of(secret.Bytes) {
				for _, around := range []string{"", "x", "=\n\\u00"} {
					if found := s.Bytes("a text", []byte(around+string(data)+around)); len(found) == 0 {
						t.Errorf("%v as %s is not found: %q", secret, form.Name, data)
					}
				}
				half := len(data) * 9 / 16
				if cut := s.Bytes("a text", slices.Concat(data[:half], []byte("\n"), data[half:])); secret.Name == "random" && len(cut) == 0 {
					t.Errorf("%v as %s is not found when a line ends in it", secret, form.Name)
				}
			}
		}
		if found := s.Bytes("other", bytes.Repeat(drawn(), 1<<12)); len(found) > 0 {
			t.Errorf("what is not there is found: %v", found)
		}
	}
}

// TestStream finds what lies across two windows, once.
func TestStream(t *testing.T) {
	secret := leak.Secret{Name: "secret", Bytes: drawn()}
	s := leak.New(secret)
	for _, before := range []int{0, 1<<20 - 40, 1<<20 - 1, 1 << 20, 1<<20 + 300} {
		data := slices.Concat(make([]byte, before), secret.Bytes, make([]byte, 1<<20))
		found, err := s.Reader("a stream", bytes.NewReader(data))
		if err != nil || len(found) != 2 || found[0].At != int64(before) || found[1].At != int64(before+16) {
			t.Errorf("at %d: %v %v", before, found, err)
		}
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "store.db-wal"), slices.Concat(make([]byte, 5000), secret.Bytes), 0o600); err != nil {
		t.Fatal(err)
	}
	if found, err := s.Directory(dir); err != nil || len(found) != 2 || !strings.Contains(found[0].String(), "store.db-wal") {
		t.Errorf("%v %v", found, err)
	}
}

// TestMemory finds what is planted in the memory of another process, in every form, and a scalar as it is computed with.
func TestMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the memory of a process is read on Linux alone")
	}
	planted, absent := leak.Secret{Name: "planted", Bytes: drawn()}, leak.Secret{Name: "absent", Bytes: drawn()}
	var input bytes.Buffer
	for _, form := range leak.Forms() {
		for _, data := range form.Of(planted.Bytes) {
			binary.Write(&input, binary.LittleEndian, uint32(len(data)))
			input.Write(data)
		}
	}
	binary.Write(&input, binary.LittleEndian, uint32(0))
	x, dir := medium(t)
	input.Write(x)
	holder, err := leak.Read(filepath.Join(dir, "member-1"+device.Suffix), string(phrase))
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), asked+"=yes")
	end, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer c.Wait()
	defer end.Close()
	if _, err := end.Write(input.Bytes()); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(out, make([]byte, 6)); err != nil {
		t.Fatal(err)
	}
	found, size, err := leak.New(append(holder.Secrets(), planted, absent)...).Memory(c.Process.Pid)
	if err != nil || size < 1<<20 {
		t.Fatalf("%d bytes: %v", size, err)
	}
	seen := forms(found, "planted")
	for _, form := range leak.Forms() {
		if len(form.Of(planted.Bytes)) > 0 && !slices.Contains(seen, form.Name) && !same(form, seen, planted.Bytes) {
			t.Errorf("planted as %s, and not found", form.Name)
		}
	}
	if names := forms(found, "absent"); len(names) > 0 {
		t.Errorf("what is not there is found as %v", names)
	}
	if len(forms(found, "the reception key of member-1, as it is computed with")) == 0 {
		t.Error("a scalar is not found as it is computed with")
	}
	if _, _, err := leak.New(planted).Memory(1 << 30); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a process that is none: %v", err)
	}
}

// same says whether another form writes these bytes alike, and was seen.
func same(form leak.Form, seen []string, b []byte) bool {
	for _, other := range leak.Forms() {
		if slices.Contains(seen, other.Name) && slices.EqualFunc(form.Of(b[:16]), other.Of(b[:16]), bytes.Equal) {
			return true
		}
	}
	return false
}

const phrase = device.Passphrase("gutih-dobol-sarin-motuz")

// medium makes a device, and gives the secret of its reception key, which no function of the device gives.
func medium(t *testing.T) (reception []byte, dir string) {
	t.Helper()
	dir = t.TempDir()
	d, err := device.Create("member-1", phrase, 1, dir)
	if err != nil {
		t.Fatal(err)
	}
	h, err := leak.Read(filepath.Join(dir, "member-1"+device.Suffix), string(phrase))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range h.Secrets() {
		if s.Name == "the reception key of member-1" {
			reception = s.Bytes
		}
	}
	x, err := group.DecodeScalar(reception)
	if point := group.MulBase(x).Bytes(); err != nil || scrutin.Point(point) != d.Card().Reception {
		t.Fatalf("the secret is not that of the card: %v", err)
	}
	return reception, dir
}
