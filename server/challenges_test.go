package server

import (
	"testing"
	"time"

	"isoloir/urn"
)

// TestChallengesOfOneNetwork sees that a network cannot keep the list of opened ballots
// full: in no hour does it open as many as the list grows by.
func TestChallengesOfOneNetwork(t *testing.T) {
	if most := urnChallenges.Burst + int(time.Hour/urnChallenges.Every); most >= urn.HourlyChallenges {
		t.Errorf("a network opens %d in an hour, the list grows by %d", most, urn.HourlyChallenges)
	}
}
