package register

import (
	"crypto/rand"
	"errors"
	"math/big"
	"strings"
)

// ErrNumber says that what a person typed is no account number.
var ErrNumber = errors.New("not an account number: copy the eleven digits again from the card")

// A Number is an account's, on its card in clear: ten digits drawn at random, and the
// check digit of ISO/IEC 7064 MOD 11,10, which finds every single wrong digit.
type Number uint64

const (
	numberDigits = 11
	drawnNumbers = 10_000_000_000
)

// DrawNumber draws a number, uniformly.
func DrawNumber() Number {
	drawn, err := rand.Int(rand.Reader, big.NewInt(drawnNumbers))
	if err != nil {
		panic("register: the system's generator failed: " + err.Error())
	}
	return NumberOf(drawn.Uint64())
}

// NumberOf is the number of ten digits, below 10¹⁰, with its check digit.
func NumberOf(digits uint64) Number { return Number(digits*10 + checkDigit(digits)) }

// checkDigit is that of ten digits.
func checkDigit(n uint64) uint64 {
	product := uint64(10)
	for power := uint64(drawnNumbers / 10); power > 0; power /= 10 {
		sum := (product + n/power%10) % 10
		if sum == 0 {
			sum = 10
		}
		product = 2 * sum % 11
	}
	return (11 - product) % 10
}

// Valid says whether the check digit is right.
func (n Number) Valid() bool {
	return n < 10*drawnNumbers && checkDigit(uint64(n/10)) == uint64(n%10)
}

// ParseNumber reads a number as people type it, with spaces and hyphens anywhere.
func ParseNumber(typed string) (n Number, err error) {
	digits := 0
	for _, r := range typed {
		switch {
		case r == ' ', r == '-', r == '\u00a0', r == '\u202f':
		case r < '0' || r > '9' || digits == numberDigits:
			return 0, ErrNumber
		default:
			n = 10*n + Number(r-'0')
			digits++
		}
	}
	if digits != numberDigits || !n.Valid() {
		return 0, ErrNumber
	}
	return n, nil
}

// String is the number as it is printed, 123 4567 8901.
func (n Number) String() string {
	digits := n.digits()
	return digits[:3] + " " + digits[3:7] + " " + digits[7:]
}

// digits are all eleven.
func (n Number) digits() string {
	var out [numberDigits]byte
	for i := range out {
		out[len(out)-1-i] = '0' + byte(n%10)
		n /= 10
	}
	return string(out[:])
}

// MarshalText gives eleven digits.
func (n Number) MarshalText() ([]byte, error) { return []byte(n.digits()), nil }

// UnmarshalText reads eleven digits and nothing else.
func (n *Number) UnmarshalText(b []byte) error {
	if len(b) != numberDigits || strings.ContainsAny(string(b), " -\u00a0\u202f") {
		return ErrNumber
	}
	read, err := ParseNumber(string(b))
	if err != nil {
		return err
	}
	*n = read
	return nil
}
