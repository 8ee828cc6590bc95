package space

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"unicode/utf8"

	"isoloir/scrutin"
)

// maxPixels bounds what a picture may take in memory once it is decoded.
const maxPixels = 40_000_000

// jpegQuality is that at which a photograph is stored again.
const jpegQuality = 85

// ErrPicture says that this is no picture that can be shown.
var ErrPicture = errors.New("this is no JPEG or PNG picture of at most 8 MiB and 40 million pixels: choose another file")

// Redraw decodes a JPEG or PNG picture and stores what it shows anew: nothing that was attached to
// the file (place, time, device, a smaller picture, comments) is in the result. It says how
// large it is in pixels. ErrPicture for anything else.
func Redraw(data []byte) (f File, width, height int, err error) {
	if len(data) > MaxFile {
		return f, 0, 0, ErrPicture
	}
	head, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || head.Width < 1 || head.Height < 1 || head.Width > maxPixels/head.Height {
		return f, 0, 0, ErrPicture
	}
	from, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return f, 0, 0, ErrPicture
	}
	var out bytes.Buffer
	switch format {
	case "jpeg":
		f.Media = "image/jpeg"
		err = jpeg.Encode(&out, from, &jpeg.Options{Quality: jpegQuality})
	case "png":
		f.Media = "image/png"
		err = png.Encode(&out, pixels(from))
	default:
		err = ErrPicture
	}
	if err != nil {
		return f, 0, 0, ErrPicture
	}
	f.Data = out.Bytes()
	f.Digest = scrutin.DigestOf(f.Data)
	return f, from.Bounds().Dx(), from.Bounds().Dy(), nil
}

// pixels is a picture of colours alone, without a palette in which unused entries could speak.
func pixels(from image.Image) image.Image {
	if _, indexed := from.(*image.Paletted); !indexed {
		return from
	}
	b := from.Bounds()
	out := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	for y := range b.Dy() {
		for x := range b.Dx() {
			out.Set(x, y, color.NRGBAModel.Convert(from.At(b.Min.X+x, b.Min.Y+y)))
		}
	}
	return out
}

// SetPicture stores a picture again and puts it into a draft, with the text for those who do not
// see it: ErrPicture, ErrStale.
func (s *Space) SetPicture(ctx context.Context, id string, revision int, data []byte, text string) error {
	c, err := s.Store.Consultation(ctx, s.org(), id)
	if err != nil {
		return err
	}
	if c.State != Drafting {
		return Problems{{Field: "picture", Code: "meaning"}}
	}
	f, width, height, err := Redraw(data)
	if err != nil {
		return Problems{{Field: "picture", Code: "picture"}}
	}
	if err := s.Store.PutFile(ctx, s.org(), f); err != nil {
		return err
	}
	c.Draft.Picture = Picture{Media: f.Media, Width: width, Height: height, SHA256: f.Digest, Text: Line(text)}
	return s.Save(ctx, id, revision, c.Draft)
}

// documentMedia is what the bytes of a document are: a PDF, or text in UTF-8 without signs that
// steer a terminal.
func documentMedia(data []byte) (string, bool) {
	switch {
	case len(data) == 0 || len(data) > MaxFile:
		return "", false
	case bytes.HasPrefix(data, []byte("%PDF-")):
		return "application/pdf", true
	case utf8.Valid(data) && !bytes.ContainsFunc(data, func(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7f }):
		return "text/plain", true
	}
	return "", false
}
