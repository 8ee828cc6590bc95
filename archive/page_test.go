package archive

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"isoloir/docs"
)

// Whatever the specification lets an export hold, the index page says what it is.
func TestFoldersAreTold(t *testing.T) {
	_, files, _ := strings.Cut(string(docs.Protocol), "\n## 14. Files\n\n")
	files, _, _ = strings.Cut(files, "\n\n")
	told := 0
	for _, path := range regexp.MustCompile(`\S+`).FindAllString(files, -1) {
		name, _, below := strings.Cut(path, "/")
		if below {
			name += "/"
		}
		if name == "contents.AUTH.tsr" { // beside the list that it dates
			continue
		}
		told++
		if !slices.ContainsFunc(folders, func(f folder) bool { return f.Name == "export/"+name }) {
			t.Errorf("no word of export/%s", name)
		}
	}
	if told < 20 {
		t.Errorf("only %d names stand in the specification", told)
	}
}
