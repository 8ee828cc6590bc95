package issuer_test

import (
	"testing"

	"isoloir/record"
)

func create(t testing.TB, dir string) *record.Writer {
	t.Helper()
	w, err := record.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	return w
}
