package minutes

import "isoloir/scrutin"

// Paged divides blocks among numbered pages of A4 paper, as the minutes are; the digests
// of the pages are bound to f and to each other.
func Paged(f scrutin.Digest, language, title string, blocks []Block) (Sheets, error) {
	for i, b := range blocks { // none is absent in canonical text
		if b.Columns == nil {
			blocks[i].Columns = []Column{}
		}
		if b.Rows == nil {
			blocks[i].Rows = []Row{}
		}
	}
	s := Sheets{Language: language, Title: title, Pages: (&sheet{blocks: blocks}).pages()}
	return s, s.number(f)
}

// Verify says whether every page has its digest, in the order of the pages.
func (s *Sheets) Verify(f scrutin.Digest) error { return s.check(f) }
