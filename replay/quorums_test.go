package replay_test

import (
	"strings"
	"testing"

	"isoloir/replay"
)

// Two groups of holders without a common member must not be able to open the urns.
func TestQuorumsMeet(t *testing.T) {
	for _, c := range []struct {
		holders, threshold, classHolders, classThreshold int
		refused                                          bool
	}{
		{6, 4, 2, 1, false}, {6, 3, 2, 1, true}, {6, 3, 0, 1, true}, {6, 3, 3, 2, false}, {5, 3, 0, 0, false},
	} {
		o := replay.Default()
		o.Holders, o.Threshold, o.ClassHolders, o.ClassThreshold = c.holders, c.threshold, c.classHolders, c.classThreshold
		if err := o.Check(); (err != nil) != c.refused || c.refused && !strings.Contains(err.Error(), "more than half of -holders") {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
