package audit_test

import (
	"os"
	"strings"
	"testing"

	"isoloir/audit"
)

// TestDocumentedTables holds docs/checks.md to the registry.
func TestDocumentedTables(t *testing.T) {
	page, err := os.ReadFile("../docs/checks.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []audit.Language{audit.English, audit.French} {
		var table strings.Builder
		if err := audit.WriteChecks(&table, lang); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(page), table.String()) {
			t.Errorf("docs/checks.md does not hold what audit checks -lang %s prints: put it there", lang)
		}
	}
}
