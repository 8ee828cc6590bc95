// Package witness is what an urn and those who watch its log say to each other while
// the vote runs (docs/log.md): a witness shows that he is one, where the log goes to
// nobody else yet, and leaves his co-signature (C2SP cosignature/v1) with the last
// checkpoint.
//
// It promises that a pass serves one witness, for one log, for some minutes; that a
// co-signature is kept only of a witness of the manifest, over the last checkpoint
// itself, dated at a slot of the schedule; and that of each witness the latest stays,
// whatever happens to the process.
package witness

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// scheme begins the value of the header Authorization.
const scheme = "Witness "

// first is the first line of a pass.
const first = scrutin.Version + "/read"

// Valid is how far the clocks of witness and urn may differ.
const Valid = 5 * time.Minute

// ErrPass says that a request bears no good pass.
var ErrPass = errors.New("no pass of a witness for this log and hour")

// Pass is the header Authorization by which a witness reads the log of that origin,
// from an instant on: a note of three lines, the origin the second, whole seconds since
// 1970 the third, signed by his plain key.
func Pass(origin string, at time.Time, key note.Signer) (string, error) {
	signed, err := note.Sign(fmt.Sprintf("%s\n%s\n%d\n", first, origin, at.Unix()), key)
	return scheme + base64.StdEncoding.EncodeToString(signed), err
}

// Admit says whether a header Authorization is the pass of one of these witnesses, whose
// keys are plain or not, for the log of that origin and this instant: ErrPass otherwise.
func Admit(header, origin string, now time.Time, witnesses []note.Verifier) error {
	encoded, ok := strings.CutPrefix(header, scheme)
	if !ok || len(encoded) > 2048 {
		return ErrPass
	}
	signed, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil {
		return ErrPass
	}
	plain := make([]note.Verifier, len(witnesses))
	for i, w := range witnesses {
		plain[i] = w.Plain()
	}
	n, err := note.Open(signed, plain...)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrPass, err)
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[0] != first || lines[1] != origin || lines[3] != "" {
		return fmt.Errorf("%w: it is another text", ErrPass)
	}
	at, err := strconv.ParseInt(lines[2], 10, 64)
	if err != nil || strconv.FormatInt(at, 10) != lines[2] {
		return fmt.Errorf("%w: it is not dated", ErrPass)
	}
	if age := now.Sub(time.Unix(at, 0)); age < -Valid || age > Valid {
		return fmt.Errorf("%w: it is of another hour: set the clock", ErrPass)
	}
	return nil
}
