package notice_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"testing"
	"time"
)

var (
	table  = regexp.MustCompile(`CREATE TABLE IF NOT EXISTS (\w+)`)
	column = regexp.MustCompile(`[(,]\s*(\w+) (?:BLOB|TEXT|INTEGER)`)
)

// joined are the tables and columns of a schema by which a subscription could be laid beside what
// stands there: those that stand for one, and those of its own names.
func joined(schema string) (found []string) {
	for _, m := range table.FindAllStringSubmatch(schema, -1) {
		if slices.Contains([]string{"subscription", "announced", "due", "mailbox"}, m[1]) {
			found = append(found, m[1])
		}
	}
	for _, m := range column.FindAllStringSubmatch(schema, -1) {
		if slices.Contains([]string{"subscription", "notice", "mailbox", "territory", "event"}, m[1]) {
			found = append(found, m[1])
		}
	}
	return found
}

// TestApart reads the schemas of all stores: nothing in another one stands for a subscription,
// and here is no account, no elector, and of time nothing but a day that has not come.
func TestApart(t *testing.T) {
	read := func(path string) string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	own := read("sqlite/sqlite.go")
	var columns []string
	for _, m := range column.FindAllStringSubmatch(own, -1) {
		columns = append(columns, m[1])
	}
	if got := fmt.Sprint(columns); got != "[id way address territory language until mailbox questions until event event id]" {
		t.Errorf("other columns than are described: %s", got)
	}
	if got := fmt.Sprint(joined(own)); got != "[subscription mailbox announced due territory mailbox event event]" {
		t.Errorf("a link that is planted is not found: %s", got)
	}
	for _, path := range []string{"../register/sqlite/schema.go", "../register/sqlite/acts.go", "../roll/sqlite/schema.go", "../urn/sqlite/schema.go", "../issuer/sqlite/schema.go", "../space/sqlite/schema.go"} {
		schema := read(path)
		if !table.MatchString(schema) || !column.MatchString(schema) {
			t.Errorf("%s: no columns", path)
		}
		if found := joined(schema); len(found) > 0 {
			t.Errorf("%s: %s", path, found)
		}
	}
	v := newOffice(t)
	v.now = begins.Add(12*time.Hour + 34*time.Minute + 56*time.Second)
	v.ask(t, "anne@nord.example", "nord", "fr")
	today := v.now.Unix() / (24 * 60 * 60)
	for _, name := range []string{"subscription", "mailbox"} {
		if n := v.count(t, fmt.Sprintf("%s WHERE until = %d", name, today+2)); n != 1 {
			t.Errorf("%s: another time stands there than the day on which it is forgotten", name)
		}
	}
}
