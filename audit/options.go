package audit

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"isoloir/scrutin/note"
)

// ErrInternal says that the auditor itself failed: nothing is then known of
// the export.
var ErrInternal = errors.New("the auditor failed")

// A WitnessKey is a verifier key as its witness published it.
type WitnessKey = note.Verifier

// Options says how to verify, and what is known from outside.
type Options struct {
	Fingerprint *[32]byte    // f as printed with the codes; nil if not known
	Witnesses   []WitnessKey // keys as the witnesses published them; none if not known
	Workers     int          // computations at once; 0 or less: GOMAXPROCS
	PieceSize   int          // elements of a piece, where a list can be divided; 0 or less: 4,096

	// Progress, if not nil, hears of each stage, in steps done of a total. It
	// may be called from several goroutines.
	Progress func(stage string, done, total int)

	off int // a check whose failures are dropped: only tests set it
}

// ParseFingerprint reads a fingerprint: 64 hexadecimal digits of either case,
// in groups separated by spaces or hyphens as it may be printed.
func ParseFingerprint(s string) ([32]byte, error) {
	digits := strings.NewReplacer(" ", "", "-", "").Replace(s)
	raw, err := hex.DecodeString(digits)
	if err != nil || len(raw) != 32 {
		return [32]byte{}, fmt.Errorf("%q is not a fingerprint: give its 64 hexadecimal digits", s)
	}
	return [32]byte(raw), nil
}

// ParseWitnesses reads a file of witness keys, one NAME+HASH+KEY to a line;
// empty lines and lines that begin with # are passed over. A key that stands
// twice, under one name or two, is refused: it would count twice.
func ParseWitnesses(text string) ([]WitnessKey, error) {
	var keys []WitnessKey
	seen := make(map[[32]byte]bool)
	names := make(map[string]bool)
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, err := note.ParseVerifier(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		if seen[key.PublicKey()] || names[key.Name()] {
			return nil, fmt.Errorf("line %d: %s stands twice: leave one line for each witness", i+1, key.Name())
		}
		seen[key.PublicKey()], names[key.Name()] = true, true
		keys = append(keys, key.Plain())
	}
	if len(keys) == 0 {
		return nil, errors.New("there is no witness key in it")
	}
	return keys, nil
}

// enough says whether count is more than two thirds of total.
func enough(count, total int) bool { return total > 0 && 3*count > 2*total }
