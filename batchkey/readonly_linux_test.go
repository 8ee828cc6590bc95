package batchkey_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"isoloir/batchkey"
)

// A file that its owner may only read is destroyed too, by an owner who is not root.
func TestDestroyReadOnly(t *testing.T) {
	dir, err := os.MkdirTemp("", "isoloir")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "secret")
	if err := os.WriteFile(path, []byte("a secret"), 0o400); err != nil {
		t.Fatal(err)
	}
	second := filepath.Join(dir, "second") // a second name shows that it is overwritten
	if err := os.Link(path, second); err != nil {
		t.Fatal(err)
	}
	destroyed := make(chan error)
	go func() { // a thread of its own, which ends with what it has become
		runtime.LockOSThread()
		if os.Getuid() == 0 {
			const nobody = 65534
			if err := errors.Join(os.Chown(path, nobody, nobody), os.Chown(dir, nobody, nobody), syscall.Setfsuid(nobody)); err != nil {
				destroyed <- err
				return
			}
			if f, err := os.OpenFile(path, os.O_WRONLY, 0); err == nil {
				f.Close()
				destroyed <- errors.New("it can be written before: this proves nothing")
				return
			}
		}
		destroyed <- batchkey.Destroy(path)
	}()
	if err := <-destroyed; err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	if left, err := os.ReadFile(second); err != nil || string(left) == "a secret" {
		t.Errorf("%q, %v", left, err)
	}
}
