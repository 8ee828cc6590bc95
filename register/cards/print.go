package cards

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"image"
	"io"
	"slices"

	"github.com/boombuler/barcode/qr"
	"github.com/signintech/gopdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
)

// A Part is what a printing bears.
type Part int

// The parts: a whole card, or what each of two printers sees of it.
const (
	Whole       Part = iota
	WithoutCode      // the code to scan, and an empty field to cover
	CodeAlone        // a label with the number and the code to scratch
)

// A card is a page of A6, 105 by 148 mm; measures in points.
const (
	pageWidth, pageHeight = 297.64, 419.53
	edge                  = 24.0
	codeSide              = 150.0
	quiet                 = 4 // modules of white around a QR code, ISO/IEC 18004
)

const (
	plain = "plain"
	bold  = "bold"
	fixed = "fixed"
)

// WritePDF prints a box, each card on a page of its own. The PDF keeps no time of its
// making.
func WritePDF(w io.Writer, title string, box Box, part Part) error {
	pdf := new(gopdf.GoPdf)
	pdf.Start(gopdf.Config{PageSize: gopdf.Rect{W: pageWidth, H: pageHeight}})
	if err := errors.Join(pdf.AddTTFFontData(plain, goregular.TTF), pdf.AddTTFFontData(bold, gobold.TTF), pdf.AddTTFFontData(fixed, gomono.TTF)); err != nil {
		return fmt.Errorf("the printing fonts: %w", err)
	}
	for _, p := range box.Prints {
		page := &page{pdf: pdf, y: edge}
		pdf.AddPage()
		page.text(plain, 9, title)
		page.text(bold, 13, box.Constituency)
		page.text(plain, 9, box.Station.Label)
		page.y += 8
		page.text(plain, 9, "Compte anonyme no / Anonymous account no.")
		page.text(fixed, 17, p.Number.String())
		page.y += 8
		if part != CodeAlone {
			page.code(p)
		}
		page.scratch(p, part)
		if page.err != nil {
			return fmt.Errorf("a card of station %s: %w", box.Station.ID, page.err)
		}
	}
	_, err := pdf.WriteTo(w)
	return err
}

// WriteNumbers writes the account numbers of a box, ascending: not in the order in which
// they are printed, which would be that of handing them out.
func WriteNumbers(w io.Writer, box Box) error {
	out := csv.NewWriter(w)
	rows := [][]string{}
	for _, p := range box.Prints {
		rows = append(rows, []string{p.Number.String()})
	}
	slices.SortFunc(rows, func(a, b []string) int { return cmp.Compare(a[0], b[0]) })
	return out.WriteAll(append([][]string{{"number"}}, rows...))
}

// A page is a card in the making, down to y; it keeps the first error.
type page struct {
	pdf *gopdf.GoPdf
	y   float64
	err error
}

func (p *page) text(font string, size float64, text string) {
	if p.err != nil {
		return
	}
	if p.err = p.pdf.SetFont(font, "", size); p.err != nil {
		return
	}
	for _, r := range text {
		if has, err := p.pdf.IsCurrFontContainGlyph(r); err != nil || !has {
			p.err = fmt.Errorf("the printing font has no %q: write titles and labels in Latin, Greek or Cyrillic letters", r)
			return
		}
	}
	lines, err := p.pdf.SplitTextWithWordWrap(text, pageWidth-2*edge)
	if err != nil {
		p.err = err
		return
	}
	for _, line := range lines {
		p.y += size * 1.25
		p.pdf.SetXY(edge, p.y)
		if p.err = p.pdf.Text(line); p.err != nil {
			return
		}
	}
}

// code draws the QR code, a rectangle for each run of dark modules.
func (p *page) code(card Print) {
	if p.err != nil {
		return
	}
	code, err := qr.Encode(card.Sealed.Text(), qr.M, qr.AlphaNumeric)
	if err != nil {
		p.err = err
		return
	}
	bounds := code.Bounds()
	side := codeSide / float64(bounds.Dx()+2*quiet)
	left, top := (pageWidth-codeSide)/2+quiet*side, p.y+quiet*side
	for y := range bounds.Dy() {
		for x := 0; x < bounds.Dx(); x++ {
			from := x
			for x < bounds.Dx() && dark(code, x, y) {
				x++
			}
			if x > from {
				p.pdf.RectFromUpperLeftWithStyle(left+float64(from)*side, top+float64(y)*side, float64(x-from)*side, side, "F")
			}
		}
	}
	p.y += codeSide
}

func dark(i image.Image, x, y int) bool {
	r, _, _, _ := i.At(x, y).RGBA()
	return r < 0x8000
}

// scratch draws the field that is covered, with the code or without it.
func (p *page) scratch(card Print, part Part) {
	p.text(plain, 9, "Code à gratter chez soi / Code to scratch at home")
	p.y += 6
	p.pdf.RectFromUpperLeftWithStyle(edge, p.y, pageWidth-2*edge, 32, "D")
	if part != WithoutCode {
		p.inner(card.Scratch.Reveal())
	}
}

// inner prints a code in the middle of its field.
func (p *page) inner(code string) {
	if p.err == nil {
		p.err = p.pdf.SetFont(fixed, "", 15)
	}
	if p.err != nil {
		return
	}
	width, err := p.pdf.MeasureTextWidth(code)
	if err != nil {
		p.err = err
		return
	}
	p.pdf.SetXY((pageWidth-width)/2, p.y+21)
	p.err = p.pdf.Text(code)
}
