package cell_test

import (
	"strings"
	"testing"

	"isoloir/scrutin/cell"
)

func TestShown(t *testing.T) {
	for text, want := range map[string]string{"": "", "Martin": "Martin", "d'Arc": "d'Arc", "'t Hooft": "'t Hooft", "=1+1": "'=1+1", "+33": "'+33", "-x": "'-x", "@SUM(A1)": "'@SUM(A1)",
		"\tx": "'\tx", "\r=x": "'\r=x", "'=x": "''=x", "''-": "'''-", "a=b": "a=b", "'": "'", "é": "é"} {
		if got := cell.Shown(text); got != want {
			t.Errorf("%q is shown %q, want %q", text, got, want)
		}
	}
	if got := cell.Read("=1+1"); got != "=1+1" {
		t.Errorf("what nobody has shown is read %q", got)
	}
}

func FuzzShown(f *testing.F) {
	f.Add("'=x")
	f.Fuzz(func(t *testing.T, text string) {
		shown := cell.Shown(text)
		if got := cell.Read(shown); got != text {
			t.Errorf("%q is shown %q and read %q", text, shown, got)
		}
		if shown != "" && strings.Contains("=+-@\t\r", shown[:1]) {
			t.Errorf("%q is a formula", shown)
		}
	})
}
