package mixte

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// A Fraction is an exact number, never negative. Its text is numerator/denominator in lowest terms, both in decimal:
// 3/4, 0/1, 577/1.
type Fraction struct{ r big.Rat }

// MaxDigits is the longest text of a Fraction, in characters.
const MaxDigits = 1 << 20

// digits is the longest number of a result by rows, in digits: of each row the weight's denominator, which divides the
// product of two numbers of citizens, and what the sums of all add to that, or a digest.
func digits(rows int) int { return 64 + 17*rows }

// Within says whether no number of a text is longer than a result of so many rows, members' and citizens' together, can
// make it: so that nobody computes with what is hostile. The error wraps ErrStatement.
func Within(text string, rows int) error {
	run, most := 0, digits(rows)
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			run = 0
		} else if run++; run > most {
			return fmt.Errorf("%w: a number has more than %d digits", ErrStatement, most)
		}
	}
	return nil
}

// Frac returns n/d, d above zero.
func Frac(n, d int64) Fraction {
	var f Fraction
	f.r.SetFrac64(n, d)
	return f
}

// Rat returns a copy of the number.
func (f *Fraction) Rat() *big.Rat { return new(big.Rat).Set(&f.r) }

// Cmp compares two numbers as cmp.Compare does.
func (f *Fraction) Cmp(g *Fraction) int { return f.r.Cmp(&g.r) }

// String returns the text of the number.
func (f Fraction) String() string { return f.r.Num().String() + "/" + f.r.Denom().String() }

// MarshalText implements encoding.TextMarshaler.
func (f Fraction) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler. It reads what String writes, and nothing else.
func (f *Fraction) UnmarshalText(text []byte) error {
	s := string(text)
	if len(s) > MaxDigits {
		return fmt.Errorf("a fraction of %d characters is longer than the %d allowed", len(s), MaxDigits)
	}
	n, d, ok := strings.Cut(s, "/")
	num, okN := new(big.Int).SetString(n, 10)
	den, okD := new(big.Int).SetString(d, 10)
	if !ok || !okN || !okD || num.Sign() < 0 || den.Sign() <= 0 {
		return errors.New("a fraction is written numerator/denominator, in decimal, as 3/4")
	}
	f.r.SetFrac(num, den)
	if f.String() != s {
		return errors.New("a fraction is written in lowest terms, without leading zeros or signs")
	}
	return nil
}

// Decimal returns the number with so many decimals, rounded half to even. It is for the eye: the exact number stays.
func (f *Fraction) Decimal(decimals int) string {
	return decimal(&f.r, decimals)
}

// Percent returns what part of the whole f is, in percent, as Decimal does; a dash where the whole is zero.
func (f *Fraction) Percent(whole *Fraction, decimals int) string {
	if whole.r.Sign() == 0 {
		return "–"
	}
	part := new(big.Rat).Quo(&f.r, &whole.r)
	return decimal(part.Mul(part, big.NewRat(100, 1)), decimals)
}

func decimal(r *big.Rat, decimals int) string {
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil)
	q, rest := new(big.Int).QuoRem(scale.Mul(scale, r.Num()), r.Denom(), new(big.Int))
	half := rest.Lsh(rest, 1).Cmp(r.Denom())
	if half > 0 || half == 0 && q.Bit(0) == 1 {
		q.Add(q, big.NewInt(1))
	}
	digits := q.String()
	if decimals == 0 {
		return digits
	}
	if missing := decimals + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	return digits[:len(digits)-decimals] + "." + digits[len(digits)-decimals:]
}
