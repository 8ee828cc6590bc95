package voter_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// deps are the packages that a pattern links, tests included.
func deps(t *testing.T, args ...string) []string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list", "-deps"}, args...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(out))
}

// TestRoomsApart says that roll and urn know nothing of each other, neither
// directly nor through others, and that what the auditor reads with links no
// database.
func TestRoomsApart(t *testing.T) {
	for room, other := range map[string]string{"isoloir/roll": "isoloir/urn", "isoloir/urn": "isoloir/roll"} {
		list := deps(t, "-test", room+"/...")
		if !slices.Contains(list, room) {
			t.Fatalf("%s is not among its own packages", room)
		}
		for _, p := range list {
			if p == other || strings.HasPrefix(p, other+"/") {
				t.Errorf("%s links %s", room, p)
			}
		}
		for _, p := range deps(t, room) {
			if p == "database/sql" || p == "net/http" || strings.HasPrefix(p, "modernc.org/") || p == "isoloir/sqlfile" {
				t.Errorf("the formats of %s link %s", room, p)
			}
		}
	}
}
