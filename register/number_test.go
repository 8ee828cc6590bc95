package register

import (
	"strings"
	"testing"
)

// TestCheckDigit holds the digits of ISO/IEC 7064 MOD 11,10 to the standard's own example
// (0794 has the check digit 5; leading zeros change the sum, so it is taken through the
// same recursion) and finds every wrong digit of some numbers.
func TestCheckDigit(t *testing.T) {
	product := uint64(10)
	for _, digit := range []uint64{0, 7, 9, 4} {
		if product = (product + digit) % 10; product == 0 {
			product = 10
		}
		product = 2 * product % 11
	}
	if got := (11 - product) % 10; got != 5 {
		t.Fatalf("0794 has the check digit 5, not %d", got)
	}
	// German tax numbers have eleven digits with this check digit; this one is the
	// authority's published example.
	if n, err := ParseNumber("36574261809"); err != nil || n.String() != "365 7426 1809" {
		t.Fatalf("%v %v", n, err)
	}
	for range 200 {
		n := DrawNumber()
		text := n.digits()
		for i := range text {
			for d := byte('0'); d <= '9'; d++ {
				if d == text[i] {
					continue
				}
				if _, err := ParseNumber(text[:i] + string(d) + text[i+1:]); err == nil {
					t.Fatalf("%s with %c in place %d is a number", text, d, i)
				}
			}
		}
	}
}

func TestParseNumber(t *testing.T) {
	for typed, good := range map[string]bool{
		"365 7426 1809": true, "365-7426-1809": true, " 36574261809 ": true, "365\u202f7426\u00a01809": true,
		"": false, "3657426180": false, "365742618099": false, "36574261808": false, "3657426180O": false, "٣٦٥٧٤٢٦١٨٠٩": false,
		strings.Repeat("0", 400): false,
	} {
		if _, err := ParseNumber(typed); (err == nil) != good {
			t.Errorf("%q: %v", typed, err)
		}
	}
	var n Number
	for _, text := range []string{"365 7426 1809", "3657426180", ""} {
		if n.UnmarshalText([]byte(text)) == nil {
			t.Errorf("%q is the text of a number", text)
		}
	}
}

func FuzzNumber(f *testing.F) {
	f.Add("365 7426 1809")
	f.Fuzz(func(t *testing.T, typed string) {
		n, err := ParseNumber(typed)
		if err != nil {
			return
		}
		again, err := ParseNumber(n.String())
		if err != nil || again != n || !n.Valid() {
			t.Fatalf("%q: %v %v", typed, n, err)
		}
	})
}
