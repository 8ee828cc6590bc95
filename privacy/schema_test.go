package privacy_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"isoloir/privacy"
)

// stores are the folders whose schemas are described, with the store's name.
var stores = map[string]string{"roll": "roll", "urn": "urn", "issuer": "issuer", "bve/journal": "bureau", "register": "register", "space": "space", "notice": "notices", "pg/jobs": "workers"}

var (
	created = regexp.MustCompile(`(?s)CREATE TABLE (?:IF NOT EXISTS )?(\w+) ?\((.*?)\)(?: STRICT|;|` + "`" + `)`)
	added   = regexp.MustCompile(`ALTER TABLE (\w+) ADD COLUMN (\w+)`)
	nested  = regexp.MustCompile(`\([^()]*\)`)
)

// schemas reads the columns of all tables from the sources, store.table by store.table.
func schemas(t *testing.T) map[string][]string {
	found := map[string][]string{}
	add := func(table, column string) {
		if !slices.Contains(found[table], column) {
			found[table] = append(found[table], column)
		}
	}
	err := filepath.WalkDir("..", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			if err == nil && (e.Name() == "node_modules" || strings.HasSuffix(e.Name(), "test") || e.Name() == "out") {
				return filepath.SkipDir
			}
			return err
		}
		if ext := filepath.Ext(path); ext != ".sql" && ext != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(text), "CREATE TABLE") && !strings.Contains(string(text), "ADD COLUMN") {
			return err
		}
		store := ""
		for folder, name := range stores {
			if strings.HasPrefix(filepath.ToSlash(path), "../"+folder+"/") {
				store = name
			}
		}
		if store == "" {
			t.Errorf("%s makes tables, and is of no store that kept.yaml describes", path)
			return nil
		}
		for _, m := range created.FindAllStringSubmatch(string(text), -1) {
			body := m[2]
			for nested.MatchString(body) { // PRIMARY KEY (a, b), CHECK (octet_length(a) = 32)
				body = nested.ReplaceAllString(body, "")
			}
			for part := range strings.SplitSeq(body, ",") {
				name, _, _ := strings.Cut(strings.TrimSpace(part), " ")
				if name != "PRIMARY" && name != "UNIQUE" && name != "CHECK" {
					add(store+"."+m[1], name)
				}
			}
		}
		for _, m := range added.FindAllStringSubmatch(string(text), -1) {
			add(store+"."+m[1], m[2])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestSchemas: every column of every store is described, and nothing else. (GD-2, CoE-20, S000-04)
func TestSchemas(t *testing.T) {
	d, err := privacy.Describe()
	if err != nil {
		t.Fatal(err)
	}
	found, columns := schemas(t), 0
	for _, s := range d.Stores {
		for _, table := range s.Tables {
			name := s.Name + "." + table.Name
			for column := range table.Columns {
				if !slices.Contains(found[name], column) {
					t.Errorf("kept.yaml describes %s.%s, which no schema has", name, column)
				}
			}
			for _, column := range found[name] {
				if _, ok := table.Columns[column]; !ok {
					t.Errorf("%s.%s is kept, and kept.yaml does not say what it is", name, column)
				}
				columns++
			}
			delete(found, name)
		}
	}
	for name := range found {
		t.Errorf("the table %s is kept, and kept.yaml does not say what it is", name)
	}
	if columns < 150 {
		t.Errorf("%d columns: the schemas were not read", columns)
	}
}
