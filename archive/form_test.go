package archive_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"isoloir/archive"
	"isoloir/archive/ustar"
)

// packed is a tar file of these headers, each before as many bytes as it says.
func packed(t testing.TB, heads ...tar.Header) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, h := range heads {
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if h.Typeflag == tar.TypeReg {
			if _, err := w.Write(bytes.Repeat([]byte("x"), int(h.Size))); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func file(name string) tar.Header {
	return tar.Header{Typeflag: tar.TypeReg, Name: name, Size: 3, Mode: 0o644, ModTime: time.Unix(0, 0), Format: tar.FormatUSTAR}
}

func with(h tar.Header, change func(*tar.Header)) tar.Header {
	change(&h)
	return h
}

// Whatever leads out, points elsewhere or says more than name, size and bytes is refused before anything of it is read.
func TestForms(t *testing.T) {
	if _, err := read(packed(t, file("a"), file("b/c"))); err != nil {
		t.Fatal(err)
	}
	link := func(kind byte, to string) tar.Header {
		return with(file("a"), func(h *tar.Header) { h.Typeflag, h.Linkname, h.Size = kind, to, 0 })
	}
	long := strings.Repeat("n", 101)
	for name, data := range map[string][]byte{
		"nothing":                     nil,
		"no tar file":                 bytes.Repeat([]byte("x"), 4096),
		"an empty tar file":           packed(t),
		"a name that leads out":       packed(t, file("../a")),
		"a name that leads out below": packed(t, file("a/../../b")),
		"an absolute name":            packed(t, file("/etc/passwd")),
		"a hidden name":               packed(t, file(".a")),
		"a name with an empty part":   packed(t, file("a//b")),
		"a name in other letters":     packed(t, with(file("é"), func(h *tar.Header) { h.Format = tar.FormatPAX })),
		"a name with a backslash":     packed(t, file(`a\b`)),
		"a name of seven parts":       packed(t, file("a/b/c/d/e/f/g")),
		"a long part":                 packed(t, with(file(long+"/a"), func(h *tar.Header) {})),
		"a folder":                    packed(t, with(file("a/"), func(h *tar.Header) { h.Typeflag, h.Size = tar.TypeDir, 0 })),
		"a symbolic link":             packed(t, link(tar.TypeSymlink, "/etc/passwd")),
		"a hard link":                 packed(t, link(tar.TypeLink, "b")),
		"a device":                    packed(t, link(tar.TypeChar, "")),
		"a pipe":                      packed(t, link(tar.TypeFifo, "")),
		"a pax header":                packed(t, with(file("a"), func(h *tar.Header) { h.Format, h.PAXRecords = tar.FormatPAX, map[string]string{"comment": "x"} })),
		"a GNU header":                packed(t, with(file("a"), func(h *tar.Header) { h.Format = tar.FormatGNU })),
		"an owner":                    packed(t, with(file("a"), func(h *tar.Header) { h.Uid = 1000 })),
		"an owner's name":             packed(t, with(file("a"), func(h *tar.Header) { h.Uname = "root" })),
		"a date":                      packed(t, with(file("a"), func(h *tar.Header) { h.ModTime = time.Unix(1, 0) })),
		"another mode":                packed(t, with(file("a"), func(h *tar.Header) { h.Mode = 0o755 })),
		"a file twice":                packed(t, file("a"), file("a")),
		"another order":               packed(t, file("b"), file("a")),
		"something behind the end":    append(packed(t, file("a")), make([]byte, 512)...),
		"something in the padding":    changed(packed(t, file("a")), 512+100),
		"something in the end":        changed(packed(t, file("a")), 1024+100),
		"a file cut":                  packed(t, file("a"))[:512+200],
		"a size beyond the end":       sized(packed(t, file("a")), "77777777777"),
		"a size in base 256":          sized(packed(t, file("a")), "\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03"),
	} {
		if _, err := archive.Read(bytes.NewReader(data), int64(len(data))); !errors.Is(err, archive.ErrForm) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func changed(data []byte, at int) []byte { data[at] = 1; return data }

// sized gives the first file another size, and its header the sum that goes with it.
func sized(data []byte, size string) []byte {
	copy(data[124:136], size+"\x00")
	copy(data[148:156], "        ")
	sum := 0
	for _, b := range data[:512] {
		sum += int(b)
	}
	octal := []byte("000000\x00 ")
	for i := 5; i >= 0; i-- {
		octal[i], sum = byte('0'+sum%8), sum/8
	}
	copy(data[148:156], octal)
	return data
}

// What is accepted has the bytes that a Writer gives for what was understood.
func FuzzRead(f *testing.F) {
	f.Add(packed(f, file("a"), file("b/c")))
	f.Add(packed(f, with(file("a"), func(h *tar.Header) { h.Uid = 1000 })))
	f.Add(make([]byte, 1024))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := archive.Read(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		_, _ = r.Check()
		var out bytes.Buffer
		w := ustar.NewWriter(&out)
		for _, name := range r.Names() {
			s, size, err := r.Whole().Stream(name)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Add(name, size, s); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil || !bytes.Equal(out.Bytes(), data) {
			t.Fatalf("accepted, and written otherwise: %v", err)
		}
	})
}
