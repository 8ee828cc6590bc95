package cards

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"isoloir/register"
	"isoloir/scrutin"
)

// ErrList says that a file is no list of cards of this distribution.
var ErrList = errors.New("not a list of cards of this distribution")

const listRecord = scrutin.Version + "/cards"

// WriteList writes what the register is told: three lines, `isoloir/v1/cards`, ρ and δ,
// and then, ascending by number, a line for each card: number, station, SHA-256 of the
// token, login key of the scratch code.
func WriteList(w io.Writer, rho, delta scrutin.Digest, cards []register.Card) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "%s\n%s\n%s\n", listRecord, rho, delta)
	slices.SortFunc(cards, func(a, b register.Card) int { return int(int64(a.Number) - int64(b.Number)) })
	for _, c := range cards {
		number, err := c.Number.MarshalText()
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s %s %s %s\n", number, c.Station, c.Token, c.Login)
	}
	return out.Flush()
}

// ReadList reads it, in its one form.
func ReadList(r io.Reader, rho, delta scrutin.Digest, d *register.Distribution) (cards []register.Card, err error) {
	constituency := map[string]string{}
	for _, s := range d.Stations {
		constituency[s.ID] = s.Constituency
	}
	in := bufio.NewReaderSize(r, 1<<16)
	for _, want := range []string{listRecord, rho.String(), delta.String()} {
		if line, err := line(in); err != nil || line != want {
			return nil, fmt.Errorf("%w: it begins with %q where %q is expected", ErrList, line, want)
		}
	}
	for {
		text, err := line(in)
		if errors.Is(err, io.EOF) {
			return cards, nil
		}
		if err != nil {
			return nil, err
		}
		c, err := parseCard(text)
		if err != nil {
			return nil, fmt.Errorf("%w: line %d: %w", ErrList, len(cards)+4, err)
		}
		known := false
		if c.Constituency, known = constituency[c.Station]; !known {
			return nil, fmt.Errorf("%w: line %d: no station %q", ErrList, len(cards)+4, c.Station)
		}
		if n := len(cards); n > 0 && c.Number <= cards[n-1].Number || n >= register.MaxCards {
			return nil, fmt.Errorf("%w: line %d: numbers ascend", ErrList, n+4)
		}
		cards = append(cards, c)
	}
}

// line reads one that ends with a newline; io.EOF where nothing is left.
func line(in *bufio.Reader) (string, error) {
	text, err := in.ReadSlice('\n')
	switch {
	case errors.Is(err, io.EOF) && len(text) == 0:
		return "", io.EOF
	case errors.Is(err, io.EOF), errors.Is(err, bufio.ErrBufferFull):
		return "", fmt.Errorf("%w: a line that does not end", ErrList)
	case err != nil:
		return "", err
	}
	return string(text[:len(text)-1]), nil
}

func parseCard(text string) (c register.Card, err error) {
	fields := strings.Split(text, " ")
	if len(fields) != 4 {
		return c, errors.New("number, station, token and login key, with a space between")
	}
	c.Station = strings.Clone(fields[1])
	err = errors.Join(c.Number.UnmarshalText([]byte(fields[0])), c.Token.UnmarshalText([]byte(fields[2])), c.Login.UnmarshalText([]byte(fields[3])))
	if err == nil {
		_, err = c.Login.Decode()
	}
	return c, err
}
