// Package minutes makes the minutes of the bureau (procès-verbal) from the record and the journal, and from nothing else: décret 2009-525,
// art. 15, 20 and 21; code électoral, R. 176-3-5; docs/bureau.md, section 7. They have fourteen parts, in the order of the texts, on numbered
// pages.
//
// A page is a list of blocks, headings, sentences and tables, whose digest is bound to those of all pages before it, to its number and to how many
// there are: so a page that is taken away, exchanged or edited contradicts the digest printed at the foot of the next one, and the paraphs of the
// members. What people read, on paper or in a browser, is drawn from these blocks alone (package portal/minutes).
//
// It promises: the same record, journal and language give the same bytes; a text is accepted by Parse if and only if it is canonical and every
// page has its digest. It adds no sentence of its own to what was decided, found or said, and interprets nothing.
package minutes

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"isoloir/scrutin"
	"isoloir/scrutin/canon"
)

// File is the name of the minutes' file, which stands in the bureau's dossier, beside the export and not in it.
const File = "minutes.json"

// AnnexFile is the name of the file of an annex, from 1.
func AnnexFile(n int) string { return fmt.Sprintf("annex-%d.json", n) }

// Minutes are the whole of it.
type Minutes struct {
	scrutin.Head
	// Opening is o; zero where the vote never opened.
	Opening scrutin.Digest `json:"opening"`
	// Annex is 0 for the minutes, else the number of the annex, which goes on from the last page of what was before it.
	Annex int `json:"annex" validate:"min=0,max=999"`
	// Act is the digest of the last act that they tell of; Journal and Entries the head of the journal and its length.
	Act     scrutin.Digest `json:"act"`
	Journal scrutin.Digest `json:"journal"`
	Entries int            `json:"entries" validate:"min=0"`
	// Contents is the digest of the sealed export; zero where they were made before it was sealed, as drafts are.
	Contents scrutin.Digest `json:"contents"`
	Sheets
}

// Kind implements scrutin.Record.
func (*Minutes) Kind() string { return scrutin.Version + "/minutes" }

// Check implements the check of a record.
func (m *Minutes) Check() error {
	if (m.Annex == 0) != m.Previous.IsZero() {
		return errors.New("an annex names the last page of what is before it, and nothing else does")
	}
	return m.check(m.Manifest)
}

// Sheets are numbered pages with their digests.
type Sheets struct {
	Language string `json:"language" validate:"oneof=fr en"`
	// Title stands at the head of each page.
	Title string `json:"title" validate:"required,max=400"`
	// Previous is the digest that the first page goes on from; zero for none.
	Previous scrutin.Digest `json:"previous"`
	Pages    []Page         `json:"pages" validate:"min=1,max=9999,dive"`
}

// A Page is numbered by its place, from 1.
type Page struct {
	Digest scrutin.Digest `json:"digest" validate:"required"`
	Blocks []Block        `json:"blocks" validate:"dive"`
}

// Kinds of blocks.
const (
	Part      = "part"      // the heading of one of the fourteen parts; Text has its number and its title
	Heading   = "heading"   // Text has one line
	Paragraph = "paragraph" // Text has one line
	Table     = "table"     // Text has the caption, Columns their titles; a table goes on over pages with the same caption
)

// A Block is drawn as a whole.
type Block struct {
	Kind    string   `json:"kind" validate:"oneof=part heading paragraph table"`
	Text    []string `json:"text" validate:"min=1,max=2"`
	Columns []Column `json:"columns" validate:"max=8,dive"`
	Rows    []Row    `json:"rows" validate:"dive"`
}

// A Column has a title and a part of the width, in percent. Numbers are set to the right.
type Column struct {
	Title  string `json:"title"`
	Width  int    `json:"width" validate:"min=1,max=100"`
	Number bool   `json:"number"`
}

// A Row has one cell for each column; the first one is the row's heading.
type Row struct {
	Cells []string `json:"cells" validate:"min=1,max=8"`
}

// check requires that rows fit their columns, and that every page has its digest.
func (s *Sheets) check(f scrutin.Digest) error {
	for i, p := range s.Pages {
		for _, b := range p.Blocks {
			if (b.Kind == Table) != (len(b.Columns) > 0) || len(b.Columns) == 0 && len(b.Rows) > 0 {
				return fmt.Errorf("page %d: a %s with %d columns", i+1, b.Kind, len(b.Columns))
			}
			for _, r := range b.Rows {
				if len(r.Cells) != len(b.Columns) {
					return fmt.Errorf("page %d: a row of %d cells in a table of %d columns", i+1, len(r.Cells), len(b.Columns))
				}
			}
		}
		want, err := s.digest(f, i)
		if err != nil {
			return err
		}
		if p.Digest != want {
			return fmt.Errorf("page %d of %d is not the one that its digest stands for, or a page before it was taken away, exchanged or edited", i+1, len(s.Pages))
		}
	}
	return nil
}

// digest is that of page i, from 0, in the scrutin f: SHA-256(isoloir/v1/page ‖ f ‖ the digest of the page before ‖ LE32(number) ‖ LE32(pages) ‖ the
// canonical text of the title, the language and the blocks). Before the first page stands Previous.
func (s *Sheets) digest(f scrutin.Digest, i int) (scrutin.Digest, error) {
	text, err := s.PageText(i)
	if err != nil {
		return scrutin.Digest{}, err
	}
	before := s.Before(i)
	h := sha256.New()
	h.Write([]byte(scrutin.Version + "/page"))
	h.Write(f[:])
	h.Write(before[:])
	h.Write(binary.LittleEndian.AppendUint32(nil, uint32(i+1)))
	h.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(s.Pages))))
	h.Write([]byte(text))
	return scrutin.Digest(h.Sum(nil)), nil
}

// PageText is the canonical text of page i, from 0, for which its digest stands.
func (s *Sheets) PageText(i int) (string, error) {
	text, err := canon.Marshal(struct {
		Title    string  `json:"title"`
		Language string  `json:"language"`
		Blocks   []Block `json:"blocks"`
	}{s.Title, s.Language, s.Pages[i].Blocks})
	return string(text), err
}

// Before is the digest that page i, from 0, goes on from.
func (s *Sheets) Before(i int) scrutin.Digest {
	if i > 0 {
		return s.Pages[i-1].Digest
	}
	return s.Previous
}

// number gives the pages their digests.
func (s *Sheets) number(f scrutin.Digest) error {
	for i := range s.Pages {
		d, err := s.digest(f, i)
		if err != nil {
			return err
		}
		s.Pages[i].Digest = d
	}
	return nil
}

// Last is the digest of the last page, which stands for all of them.
func (s *Sheets) Last() scrutin.Digest { return s.Pages[len(s.Pages)-1].Digest }
