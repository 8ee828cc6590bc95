// Package letter prints messages as letters: one PDF of A4 pages, each letter
// beginning on a page of its own, the address where a window envelope shows it
// (NF Z 10-011), and beside it the same letters as text for whoever prints in
// another way or reads without eyes.
//
// What it promises. The same letters give the same bytes, so that a run that is
// repeated after a crash makes the same file. A letter whose characters the built-in
// font lacks is refused before anything is written, never printed with holes. The
// PDF is not tagged: the text is the accessible form.
//
// The fonts are Go Regular and Go Mono by Bigelow & Holmes, under the licence of
// the Go project; they cover the Latin, Greek and Cyrillic letters of WGL4, and tell
// zero from O and one from l.
package letter

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/signintech/gopdf"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"

	"isoloir/courier"
)

// ErrCharacter says that a letter has a character that the font lacks.
var ErrCharacter = errors.New("the printing font has no such character: write the address in Latin, Greek or Cyrillic letters")

// Measures in points: margins, where address and text begin, sizes of type.
const (
	margin   = 57.0
	addressX = 300.0
	addressY = 142.0
	textY    = 278.0
	bottom   = 841.89 - 62
	width    = 595.28 - 2*margin
	indent   = 28.0
	size     = 10.5
	leading  = 14.0
)

const (
	prose = "prose"
	mono  = "mono"
)

// A press is a PDF in the making.
type press struct {
	pdf  gopdf.GoPdf
	y    float64
	name string // of the letter
	page int    // of the letter
}

// newPress begins a PDF with its fonts.
func newPress() (*press, error) {
	p := &press{}
	p.pdf.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4})
	if err := errors.Join(p.pdf.AddTTFFontData(prose, goregular.TTF), p.pdf.AddTTFFontData(mono, gomono.TTF)); err != nil {
		return nil, fmt.Errorf("the printing fonts: %w", err)
	}
	return p, nil
}

// Printable says of each letter whether Write can print it: nil, or ErrCharacter.
func Printable(sender string, letters []courier.Message) ([]error, error) {
	p, err := newPress()
	if err != nil {
		return nil, err
	}
	wrong := make([]error, len(letters))
	for i, l := range letters {
		wrong[i] = p.letter(sender, l)
	}
	return wrong, nil
}

// Write writes letters as one PDF: sender at the top, address, subject, text. Lines
// of a text that begin with four spaces are set apart, in a type of fixed width.
func Write(w io.Writer, sender string, letters []courier.Message) error {
	if len(letters) == 0 {
		return errors.New("no letter to print")
	}
	p, err := newPress()
	if err != nil {
		return err
	}
	for i, l := range letters {
		if err := p.letter(sender, l); err != nil {
			return fmt.Errorf("letter %d of %d: %w", i+1, len(letters), err)
		}
	}
	_, err = p.pdf.WriteTo(w)
	return err
}

func (p *press) letter(sender string, l courier.Message) error {
	p.name, p.page = l.Name, 0
	if err := p.turn(); err != nil {
		return err
	}
	p.y = margin
	if err := p.wrapped(sender, prose, margin, addressX-2*margin); err != nil {
		return err
	}
	p.y = addressY
	for line := range strings.SplitSeq(l.To, "\n") {
		if err := p.line(line, prose, addressX); err != nil {
			return err
		}
	}
	p.y = textY
	if err := p.wrapped(l.Subject, prose, margin, width); err != nil {
		return err
	}
	p.y += leading
	for line := range strings.SplitSeq(strings.TrimRight(l.Body, "\n"), "\n") {
		var err error
		switch text, apart := strings.CutPrefix(line, "    "); {
		case line == "":
			p.y += leading * 0.6
		case apart:
			err = p.wrapped(text, mono, margin+indent, width-indent)
		default:
			err = p.wrapped(line, prose, margin, width)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// turn begins the next page of a letter, with a foot by which its pages are kept
// together.
func (p *press) turn() error {
	p.pdf.AddPage()
	p.page++
	if err := p.pdf.SetFont(mono, "", 7); err != nil {
		return err
	}
	p.pdf.SetXY(margin, bottom+20)
	if err := p.pdf.Text(fmt.Sprintf("%.12s / %d", p.name, p.page)); err != nil {
		return err
	}
	p.y = margin
	return nil
}

// wrapped prints a text in lines that fit.
func (p *press) wrapped(text, font string, x, width float64) error {
	if err := p.use(text, font); err != nil {
		return err
	}
	lines, err := p.pdf.SplitTextWithWordWrap(text, width)
	if err != nil {
		return err
	}
	for _, l := range lines {
		if err := p.line(l, font, x); err != nil {
			return err
		}
	}
	return nil
}

func (p *press) line(text, font string, x float64) error {
	if p.y+leading > bottom {
		if err := p.turn(); err != nil {
			return err
		}
	}
	if err := p.use(text, font); err != nil {
		return err
	}
	p.y += leading
	p.pdf.SetXY(x, p.y)
	return p.pdf.Text(text)
}

// use takes a font, which must have every character of a text.
func (p *press) use(text, font string) error {
	if err := p.pdf.SetFont(font, "", size); err != nil {
		return err
	}
	for _, r := range text {
		if has, err := p.pdf.IsCurrFontContainGlyph(r); err != nil || !has {
			return fmt.Errorf("%q: %w", r, ErrCharacter)
		}
	}
	return nil
}

// WriteText writes the same letters as text, each after a form feed but the first.
func WriteText(w io.Writer, sender string, letters []courier.Message) error {
	for i, l := range letters {
		feed := ""
		if i > 0 {
			feed = "\f"
		}
		if _, err := fmt.Fprintf(w, "%s%s\n\n%s\n\n%s\n\n%s", feed, sender, l.To, l.Subject, l.Body); err != nil {
			return err
		}
	}
	return nil
}
