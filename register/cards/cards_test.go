package cards_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"isoloir/crypto/group"
	"isoloir/register"
	"isoloir/register/access"
	"isoloir/register/cards"
	"isoloir/register/registertest"
	"isoloir/scrutin"
)

func made(t *testing.T) (*registertest.Town, *register.Distribution, []cards.Box, []register.Card) {
	t.Helper()
	w := registertest.NewTown(t, "nord", "sud")
	d := w.Distribution(1, 14, 6)
	run := &cards.Run{Register: w.Register, Rho: w.Rho, Distribution: d, Workers: 2}
	var boxes []cards.Box
	var all []register.Card
	for _, s := range d.Stations {
		box, made, err := run.Draw(s)
		if err != nil {
			t.Fatal(err)
		}
		boxes, all = append(boxes, box), append(all, made...)
	}
	return w, d, boxes, all
}

// TestDraw (S000-05, S000-06): each station's box has its cards, each of which is opened
// by the register and used by its code; nothing of them stands in another place.
func TestDraw(t *testing.T) {
	w, d, boxes, all := made(t)
	byNumber := map[register.Number]register.Card{}
	for _, c := range all {
		byNumber[c.Number] = c
	}
	if len(byNumber) != d.Cards() {
		t.Fatalf("%d numbers of %d", len(byNumber), d.Cards())
	}
	ordered := true
	for i, box := range boxes {
		if len(box.Prints) != d.Stations[i].Cards {
			t.Errorf("station %s: %d cards", box.Station.ID, len(box.Prints))
		}
		ordered = ordered && slices.IsSortedFunc(box.Prints, func(a, b cards.Print) int { return int(int64(a.Number) - int64(b.Number)) })
		for _, p := range box.Prints {
			c := byNumber[p.Number]
			token, err := w.Opener.Open(w.Rho, p.Sealed)
			if err != nil || token.Hash() != c.Token || c.Station != box.Station.ID {
				t.Errorf("card %s: %v", p.Number, err)
			}
			if login := access.FromScratch(w.Register.Codes, w.Rho, p.Number, p.Scratch).Login; scrutin.PointOf(group.MulBase(login)) != c.Login {
				t.Errorf("card %s does not open by its code", p.Number)
			}
		}
	}
	if ordered {
		t.Error("every box is in the order of its numbers")
	}
	if shown := fmt.Sprintf("%v %+v %#v", boxes[0].Prints[0], boxes[0].Prints[0], boxes[0].Prints[0].Scratch); strings.Contains(shown, strings.ReplaceAll(boxes[0].Prints[0].Scratch.Reveal(), "-", "")) {
		t.Error("a code shows")
	}
}

// TestList is what the register is told: as it was written and in no other form, and with
// no code in it.
func TestList(t *testing.T) {
	w, d, boxes, all := made(t)
	delta := scrutin.DigestOf(registertest.Text(t, d))
	var out bytes.Buffer
	if err := cards.WriteList(&out, w.Rho, delta, all); err != nil {
		t.Fatal(err)
	}
	read, err := cards.ReadList(bytes.NewReader(out.Bytes()), w.Rho, delta, d)
	if err != nil || !slices.Equal(read, all) {
		t.Fatal(err)
	}
	for _, box := range boxes {
		for _, p := range box.Prints {
			if code := p.Scratch.Characters(); bytes.Contains(out.Bytes(), code) {
				t.Fatal("the list holds a code")
			}
		}
	}
	text := out.String()
	lines := strings.SplitAfter(text, "\n")
	number := lines[3][:11]
	for name, other := range map[string]string{
		"nothing":             "",
		"another record":      "isoloir/v1/card" + strings.TrimPrefix(text, "isoloir/v1/cards"),
		"another register":    strings.Replace(text, w.Rho.String(), delta.String(), 1),
		"no last newline":     strings.TrimSuffix(text, "\n"),
		"an empty line":       text + "\n",
		"two lines exchanged": strings.Join(append(append(slices.Clone(lines[:3]), lines[4], lines[3]), lines[5:]...), ""),
		"a card twice":        strings.Join(append(append(slices.Clone(lines[:4]), lines[3]), lines[4:]...), ""),
		"a wrong digit":       strings.Replace(text, number, "00000000000", 1),
		"a station of nobody": strings.Replace(text, " nord-1 ", " est-1 ", 1),
		"two spaces":          strings.Replace(text, " nord-1 ", "  nord-1 ", 1),
		"upper case":          strings.Replace(text, lines[3][12:], strings.ToUpper(lines[3][12:]), 1),
		"the identity":        strings.Replace(text, lines[3][len(lines[3])-65:], strings.Repeat("0", 64)+"\n", 1),
		"a line without end":  text + strings.Repeat("0", 1<<17),
	} {
		if _, err := cards.ReadList(strings.NewReader(other), w.Rho, delta, d); !errors.Is(err, cards.ErrList) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestScannable: the code of a card is read by a library that is not the one which draws
// it.
func TestScannable(t *testing.T) {
	_, _, boxes, _ := made(t)
	text := boxes[0].Prints[0].Sealed.Text()
	code, err := qr.Encode(text, qr.M, qr.AlphaNumeric)
	if err != nil {
		t.Fatal(err)
	}
	if code, err = barcode.Scale(code, 400, 400); err != nil {
		t.Fatal(err)
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(code)
	if err != nil {
		t.Fatal(err)
	}
	read, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil || read.GetText() != text {
		t.Fatalf("%v %v", read, err)
	}
}

// TestPrint prints the same bytes for the same box, a page for each card; each of two
// printers' files is another one.
func TestPrint(t *testing.T) {
	_, _, boxes, _ := made(t)
	files := map[string]bool{}
	for _, part := range []cards.Part{cards.Whole, cards.WithoutCode, cards.CodeAlone} {
		var first, second bytes.Buffer
		if err := errors.Join(cards.WritePDF(&first, "Élections municipales", boxes[0], part), cards.WritePDF(&second, "Élections municipales", boxes[0], part)); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Error("two runs print other bytes")
		}
		if n := bytes.Count(first.Bytes(), []byte("/Type /Page\n")); n != len(boxes[0].Prints) {
			t.Errorf("%d pages for %d cards", n, len(boxes[0].Prints))
		}
		files[first.String()] = true
	}
	if len(files) != 3 {
		t.Error("two parts are the same")
	}
	box := boxes[0]
	box.Constituency = "日本"
	if err := cards.WritePDF(new(bytes.Buffer), "x", box, cards.Whole); err == nil {
		t.Error("letters that the font lacks were printed with holes")
	}
	var numbers bytes.Buffer
	if err := cards.WriteNumbers(&numbers, boxes[1]); err != nil || strings.Count(numbers.String(), "\n") != 7 {
		t.Errorf("%v\n%s", err, numbers.String())
	}
}

func FuzzList(f *testing.F) {
	d := &register.Distribution{Stations: []register.Station{{ID: "a", Constituency: "c"}}}
	f.Add(listHead + "36574261809 a " + strings.Repeat("0", 64) + " " + scrutin.PointOf(group.MulBase(group.RandomScalar())).String() + "\n")
	f.Fuzz(func(t *testing.T, text string) {
		read, err := cards.ReadList(strings.NewReader(text), scrutin.Digest{}, scrutin.Digest{}, d)
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := cards.WriteList(&out, scrutin.Digest{}, scrutin.Digest{}, read); err != nil || out.String() != text {
			t.Fatal("accepted and not canonical")
		}
	})
}

var listHead = fmt.Sprintf("isoloir/v1/cards\n%s\n%s\n", scrutin.Digest{}, scrutin.Digest{})
