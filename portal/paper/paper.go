// Package paper draws what the bureau signs, hands over and keeps on paper: the minutes (procès-verbal), page by page, as HTML that stands by
// itself and as a PDF printed from it. Décret 2009-525, art. 15 and 21; docs/bureau.md, section 7; AC-5 of the requirements: the HTML is the
// accessible original, the PDF is tagged.
//
// It promises: the HTML is drawn from the data alone, the same bytes each time, needs no network and holds no script; one numbered page is one
// sheet of A4 paper, with its digest at its foot.
package paper

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/a-h/templ"

	"isoloir/bve/minutes"
)

//go:embed paper.css
var sheet string

// style is the sheet of styles, with a class for each width of a column in percent.
var style = sheet + widths()

func widths() string {
	var s strings.Builder
	for w := 1; w <= 100; w++ {
		fmt.Fprintf(&s, ".w%d{width:%d%%}", w, w)
	}
	return s.String()
}

// Policy is the Content-Security-Policy under which a paper is served: nothing but its own style.
func Policy() string {
	digest := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(digest[:]) + "'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
}

// Draw draws the pages of minutes, or of a list, which have been parsed.
func Draw(s *minutes.Sheets) ([]byte, error) {
	var b bytes.Buffer
	if err := sheets(s).Render(context.Background(), &b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Page is page number n, from 1, without what the frame of a paper has around it, for a page of a site that shows it.
func Page(s *minutes.Sheets, n int) templ.Component { return blocks(s.Pages[n-1]) }

// number is that of page i, from 0, and how many there are.
func number(s *minutes.Sheets, i int) string {
	return fmt.Sprintf("%d / %d", i+1, len(s.Pages))
}

func groups(digest string) string {
	var b strings.Builder
	for i := 0; i < len(digest); i += 4 {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(digest[i : i+4])
	}
	return b.String()
}

// said are the few words of the frame in each language.
var said = map[string]struct{ page, digest string }{
	"fr": {"Page", "Empreinte de la page"},
	"en": {"Page", "Digest of the page"},
}

// columns are the widths of a table's columns. They are classes of the style, which no page may bring with it (Policy).
func columns(b minutes.Block) string {
	var s strings.Builder
	s.WriteString("<colgroup>")
	for _, c := range b.Columns {
		fmt.Fprintf(&s, `<col class="w%d">`, c.Width)
	}
	s.WriteString("</colgroup>")
	return s.String()
}
