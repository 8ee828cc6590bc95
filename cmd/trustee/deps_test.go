package main

import (
	"os/exec"
	"strings"
	"testing"
)

// The tool runs on a machine without network, in the hands of somebody whose
// fragment must never leave it, and he must be able to have it read: nothing in
// it can listen, speak HTTP, keep a database or talk to a server of secrets.
func TestDependencies(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	forbidden := []string{
		"net/http", "database/sql", "modernc.org/", "github.com/jackc/", "github.com/hashicorp/", "github.com/a-h/templ",
		"isoloir/roll", "isoloir/urn/sqlite", "isoloir/urn/postgres", "isoloir/portal", "isoloir/bve", "isoloir/cmd/isoloir", "testing",
	}
	for _, dep := range strings.Fields(string(out)) {
		for _, f := range forbidden {
			if dep == f || strings.HasSuffix(f, "/") && strings.HasPrefix(dep, f) || strings.HasPrefix(dep, f+"/") {
				t.Errorf("the tool links %s", dep)
			}
		}
	}
}
