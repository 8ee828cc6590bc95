package letter_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"isoloir/courier"
	"isoloir/courier/letter"
)

var keep = flag.String("keep", "", "write the sample letters to this file")

func samples(n int) (letters []courier.Message) {
	for i := range n {
		letters = append(letters, courier.Message{Name: fmt.Sprintf("%032x", i), To: fmt.Sprintf("Łucja Ångström-Œuvré %d\n12 rue de l’Église\n28000 CHARTRES", i),
			Subject: "Élection : votre identifiant", Body: "Bonjour,\n\nVoici votre identifiant :\n\n    " + fmt.Sprint(i) + "-ABCD-EFGH-JKLM\n\n" + strings.Repeat("Gardez ce message pour vous seul. ", 30) + "\n"})
	}
	return letters
}

func TestWrite(t *testing.T) {
	var first, again, one bytes.Buffer
	if err := errors.Join(letter.Write(&first, "Ville de Chartres", samples(30)), letter.Write(&again, "Ville de Chartres", samples(30)), letter.Write(&one, "Ville de Chartres", samples(1))); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), again.Bytes()) {
		t.Error("the same letters give different files")
	}
	if !bytes.HasPrefix(first.Bytes(), []byte("%PDF-")) || pages(first.Bytes()) != 30 || pages(one.Bytes()) != 1 {
		t.Errorf("%d and %d pages, not 30 and 1", pages(first.Bytes()), pages(one.Bytes()))
	}
	if *keep != "" {
		if err := os.WriteFile(*keep, first.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// A letter that does not fit on a page goes on to the next one.
func TestTwoPages(t *testing.T) {
	long := samples(2)
	long[0].Body = strings.Repeat(long[0].Body, 6)
	var out bytes.Buffer
	if err := letter.Write(&out, "Ville de Chartres", long); err != nil {
		t.Fatal(err)
	}
	if n := pages(out.Bytes()); n != 4 {
		t.Errorf("%d pages, not 3 and 1", n)
	}
}

func pages(pdf []byte) int {
	return bytes.Count(pdf, []byte("/Type /Page\n")) + bytes.Count(pdf, []byte("/Type /Page "))
}

// A letter is refused, and nothing written, rather than printed with holes.
func TestCharacters(t *testing.T) {
	for _, to := range []string{"鈴木 春香\nTokyo", "محمد\nالقاهرة"} {
		letters := samples(2)
		letters[1].To = to
		var out bytes.Buffer
		if err := letter.Write(&out, "Ville de Chartres", letters); !errors.Is(err, letter.ErrCharacter) || !strings.Contains(fmt.Sprint(err), "letter 2 of 2") || out.Len() > 0 {
			t.Errorf("%s: %v, %d bytes", to, err, out.Len())
		}
		if wrong, err := letter.Printable("Ville de Chartres", letters); err != nil || wrong[0] != nil || !errors.Is(wrong[1], letter.ErrCharacter) {
			t.Errorf("%s: %v, %v", to, wrong, err)
		}
	}
	if err := letter.Write(&bytes.Buffer{}, "Ville", nil); err == nil {
		t.Error("no letters are printed")
	}
}

func TestWriteText(t *testing.T) {
	var out bytes.Buffer
	if err := letter.WriteText(&out, "Ville de Chartres", samples(3)); err != nil {
		t.Fatal(err)
	}
	if parts := strings.Split(out.String(), "\f"); len(parts) != 3 || !strings.Contains(parts[1], "1-ABCD-EFGH-JKLM") || !strings.Contains(parts[2], "28000 CHARTRES") {
		t.Errorf("%q", parts)
	}
}
