package minutes

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Pages hold no more than a sheet, and rows are neither lost nor doubled where a table goes on.
func TestLayout(t *testing.T) {
	s := &sheet{words: &words{language: "fr"}}
	columns := []Column{{"a", 20, false}, {"b", 80, false}}
	var want []string
	for i := range 60 {
		b := Block{Kind: Table, Text: []string{"caption"}, Columns: columns}
		for j := range i {
			cell := fmt.Sprintf("%d.%d %s", i, j, strings.Repeat("mot ", j*7%90))
			b.Rows = append(b.Rows, Row{[]string{"x", cell}})
			want = append(want, cell)
		}
		s.blocks = append(s.blocks, Block{Kind: Heading, Text: []string{"heading"}})
		if i > 0 {
			s.blocks = append(s.blocks, b)
		}
		s.blocks = append(s.blocks, Block{Kind: Paragraph, Text: []string{strings.Repeat("mot ", i*9)}})
	}
	var got []string
	for n, p := range s.pages() {
		lines := 0
		for _, b := range p.Blocks {
			if b.Kind != Table {
				lines += blockLines(b)
				continue
			}
			lines += headLines(b)
			for _, r := range b.Rows {
				lines += rowLines(columns, r)
				got = append(got, r.Cells[1])
			}
		}
		if lines > pageLines {
			t.Errorf("page %d has %d lines", n+1, lines)
		}
		if last := p.Blocks[len(p.Blocks)-1]; last.Kind == Heading || last.Kind == Part {
			t.Errorf("page %d ends with a heading", n+1)
		}
	}
	if !slices.Equal(got, want) {
		t.Error("rows were lost, doubled or moved")
	}
}

// Both languages have the same sentences, and each is used.
func TestWords(t *testing.T) {
	var catalogues []map[string]string
	for _, l := range Languages {
		data, err := files.ReadFile(l + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var c map[string]string
		if err := json.Unmarshal(data, &c); err != nil {
			t.Fatal(err)
		}
		catalogues = append(catalogues, c)
	}
	sources, _ := filepath.Glob("*.go")
	var code strings.Builder
	for _, s := range sources {
		if !strings.HasSuffix(s, "_test.go") {
			data, err := os.ReadFile(s)
			if err != nil {
				t.Fatal(err)
			}
			code.Write(data)
		}
	}
	used := func(key string) bool {
		prefix := key[:strings.IndexByte(key+".", '.')]
		return strings.Contains(code.String(), `"`+key+`"`) || strings.Contains(code.String(), `"`+prefix+`."`) || strings.HasSuffix(key, ".none") && strings.Contains(code.String(), `"`+strings.TrimSuffix(key, ".none")+`"`)
	}
	for key := range catalogues[0] {
		if catalogues[1][key] == "" {
			t.Errorf("%s is not there in English", key)
		}
		if !used(key) {
			t.Errorf("%s is not used", key)
		}
	}
	for key := range catalogues[1] {
		if catalogues[0][key] == "" {
			t.Errorf("%s is not there in French", key)
		}
	}
}
