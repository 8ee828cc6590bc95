package prepare

import (
	"crypto/sha256"
	"errors"
	"regexp"
	"slices"
	"strings"

	"isoloir/scrutin"
)

// A Draw is what was drawn in public: the numbers of dice or balls in the order in which they came, on a day. They are written in one way alone, in
// decimal without leading zeros, one space between, so that nobody chooses among spellings. The identifiers of questions and options are to be
// published before the draw, as they enter it.
type Draw struct {
	Date  string
	Words string
}

// Minutes is the digest that the manifest keeps of the draw: SHA-256 of the lines isoloir/v1/draw, the date and the words, each with its newline.
func (d Draw) Minutes() scrutin.Digest {
	return scrutin.DigestOf([]byte(strings.Join([]string{scrutin.Version + "/draw", d.Date, d.Words, ""}, "\n")))
}

// rank is by what an option stands where it does: SHA-256 of the lines of Minutes and the question's and the option's identifiers, each with its
// newline. Options are in ascending order of it.
func (d Draw) rank(question, option string) [sha256.Size]byte {
	return sha256.Sum256([]byte(strings.Join([]string{scrutin.Version + "/draw", d.Date, d.Words, question, option, ""}, "\n")))
}

// Order puts the options of every question in the order of the draw.
func (d Draw) Order(m *scrutin.Manifest) {
	for i := range m.Questions {
		q := &m.Questions[i]
		slices.SortFunc(q.Options, func(a, b scrutin.Option) int {
			x, y := d.rank(q.ID, a.ID), d.rank(q.ID, b.ID)
			return slices.Compare(x[:], y[:])
		})
	}
}

var numbers = regexp.MustCompile(`^(0|[1-9][0-9]*)( (0|[1-9][0-9]*))*$`)

// drawn takes the words of a draw out of the file, where it has one; the manifest keeps their digest alone.
func drawn(o object) (*Draw, error) {
	draw, _ := o["draw"].(object)
	words, given := draw["words"]
	if !given {
		return nil, nil
	}
	text, _ := words.(string)
	date, _ := draw["date"].(string)
	switch {
	case draw["method"] != "lot":
		return nil, errors.New("draw.words: words are drawn where draw.method is lot")
	case !numbers.MatchString(text):
		return nil, errors.New("draw.words: write the numbers that were drawn in public, in the order in which they came, without leading zeros, one space between, between quotation marks")
	case draw["minutes"] != nil:
		return nil, errors.New("draw.minutes is made from draw.words: write one of them")
	}
	d := &Draw{date, text}
	delete(draw, "words")
	draw["minutes"] = d.Minutes().String()
	return d, nil
}
