package web_test

import "testing"

// Every vector that concerns a voter's device, in a real browser.
func TestVectors(t *testing.T) {
	p := newPage(t, nil)
	for file, least := range map[string]int{"transcript": 8, "elgamal": 12, "ballot": 2, "schnorr": 60, "login": 60, "anonymisation": 1, "codes": 16, "companions": 6, "deputy": 80, "challenge": 12} {
		t.Run(file, func(t *testing.T) {
			got := call[struct {
				Judged int
				Wrong  []string
			}](&page{t, p.ctx, p.url}, "client.judgeVectors($1)", file)
			for _, w := range got.Wrong {
				t.Error(w)
			}
			if got.Judged < least {
				t.Errorf("%d cases, where %d at least are a device's", got.Judged, least)
			}
		})
	}
}
