package note

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// A Checkpoint is the head of a log: C2SP tlog-checkpoint without extension lines.
type Checkpoint struct {
	Origin string   // names the log, on one line
	Size   uint64   // number of leaves
	Root   [32]byte // RFC 6962 tree hash of the leaves
}

// Text is the checkpoint's three lines: origin, decimal size, base64 root.
func (c Checkpoint) Text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]))
}

// ParseCheckpoint reads the text of a checkpoint in its one canonical form.
func ParseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[3] != "" || lines[0] == "" {
		return Checkpoint{}, fmt.Errorf("%w: a checkpoint has three lines", ErrMalformed)
	}
	size, err := strconv.ParseUint(lines[1], 10, 63)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("%w: the checkpoint's size is not a decimal number", ErrMalformed)
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != 32 {
		return Checkpoint{}, fmt.Errorf("%w: the checkpoint's root is not the base64 of 32 bytes", ErrMalformed)
	}
	c := Checkpoint{lines[0], size, [32]byte(root)}
	if c.Text() != text {
		return Checkpoint{}, fmt.Errorf("%w: the checkpoint is not in canonical form", ErrMalformed)
	}
	return c, nil
}

// timeSize is the length of the date that a cosignature begins with, in bytes.
const timeSize = 8

// cosigned is the message of a cosignature/v1 of a checkpoint's text.
func cosigned(time uint64, text []byte) []byte {
	return fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", time, text)
}

// Cosign appends to the signed checkpoint data the cosignature/v1 of a witness,
// dated time (seconds since 1970). The log's own signature is not verified here:
// a witness opens the checkpoint before it cosigns.
func Cosign(data []byte, witness Signer, time uint64) ([]byte, error) {
	text, lines, err := split(data)
	if err != nil {
		return nil, err
	}
	if _, err := ParseCheckpoint(text); err != nil {
		return nil, err
	}
	if time >= 1<<63 {
		return nil, fmt.Errorf("%w: the time %d is out of range", ErrMalformed, time)
	}
	v := witness.Verifier().Cosigner()
	sig, err := witness.Sign(cosigned(time, []byte(text)))
	if err != nil {
		return nil, fmt.Errorf("cosigning for %s: %w", v.Name(), err)
	}
	dated := append(binary.BigEndian.AppendUint64(nil, time), sig...)
	if !v.Verify([]byte(text), dated) {
		return nil, fmt.Errorf("%w: the signer of %s gave a signature that its own key refuses", ErrSignature, v.Name())
	}
	if lines, err = appendLine(lines, v, dated); err != nil {
		return nil, err
	}
	return append(append(append([]byte(nil), data...), lines[len(lines)-1]...), '\n'), nil
}
