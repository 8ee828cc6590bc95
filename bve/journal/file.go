package journal

import (
	"encoding/binary"
	"fmt"

	"isoloir/scrutin"
)

// fileHead begins a file.
const fileHead = scrutin.Version + "/journal\n"

// MaxFile is the size of the largest file, in bytes.
const MaxFile = 1 << 30

// Encode writes rows to a file: the line isoloir/v1/journal, then f (32 bytes), and for each row LE64(number) ‖ LE64(seconds) ‖ head (32) ‖
// LE32(length) ‖ note.
func Encode(f scrutin.Digest, rows []Row) []byte {
	out := append([]byte(fileHead), f[:]...)
	for _, r := range rows {
		out = binary.LittleEndian.AppendUint64(out, uint64(r.Number))
		out = binary.LittleEndian.AppendUint64(out, uint64(r.Seconds))
		out = append(out, r.Head[:]...)
		out = binary.LittleEndian.AppendUint32(out, uint32(len(r.Note)))
		out = append(out, r.Note...)
	}
	return out
}

// rowHead is how many bytes of a row stand before its note.
const rowHead = 8 + 8 + 32 + 4

// Decode reads what Encode wrote. Whether it is a journal that holds is for Verify: a file that was tampered with is read too. A text is named
// only where the note has one.
func Decode(data []byte) (f scrutin.Digest, rows []Row, err error) {
	if len(data) > MaxFile || len(data) < len(fileHead)+len(f) || string(data[:len(fileHead)]) != fileHead {
		return f, nil, ErrFile
	}
	f = scrutin.Digest(data[len(fileHead):])
	for rest := data[len(fileHead)+len(f):]; len(rest) > 0; {
		if len(rest) < rowHead {
			return f, nil, fmt.Errorf("%w: it ends in the middle", ErrFile)
		}
		number, seconds, size := binary.LittleEndian.Uint64(rest), binary.LittleEndian.Uint64(rest[8:]), int(binary.LittleEndian.Uint32(rest[48:]))
		if number > 1<<40 || seconds > 1<<40 || size > MaxSize || len(rest) < rowHead+size {
			return f, nil, fmt.Errorf("%w: a number is out of bounds, or it ends in the middle", ErrFile)
		}
		r := Row{Number: int(number), Seconds: int64(seconds), Head: scrutin.Digest(rest[16:48]), Note: rest[rowHead : rowHead+size : rowHead+size]}
		if _, name, err := textOf(r.Note); err == nil {
			r.Text = name
		}
		rows = append(rows, r)
		rest = rest[rowHead+size:]
	}
	return f, rows, nil
}
