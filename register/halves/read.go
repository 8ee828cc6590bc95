package halves

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"isoloir/account"
	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/register"
	"isoloir/register/access"
	"isoloir/scrutin"
)

// ReadLists reads what WriteLists writes, in its one form: ErrFile.
func ReadLists(file []byte, rho, delta scrutin.Digest, which access.Half) (lists []List, err error) {
	lines := strings.Split(string(file), "\n")
	if len(lines) < 5 || lines[0] != listRecord || lines[1] != rho.String() || lines[2] != delta.String() || lines[3] != which.String() {
		return nil, fmt.Errorf("%w: it begins with other lines than those of the %s sender", ErrFile, which)
	}
	for rest := lines[4 : len(lines)-1]; len(rest) > 0; {
		l, n, err := readHead(rest[0], which)
		if err != nil || len(rest) <= n {
			return nil, fmt.Errorf("%w: line %q: %w", ErrFile, rest[0], err)
		}
		for _, line := range rest[1 : n+1] {
			key, part, ok := strings.Cut(line, " ")
			b, err := hex.DecodeString(key)
			number, bad := strconv.ParseUint(part, 10, 64)
			if !ok || err != nil || bad != nil || len(b) != group.PointSize {
				return nil, fmt.Errorf("%w: line %q", ErrFile, line)
			}
			l.Keys, l.Parts = append(l.Keys, b...), append(l.Parts, number)
		}
		lists, rest = append(lists, l), rest[n+1:]
	}
	var again bytes.Buffer
	if err := WriteLists(&again, rho, delta, which, lists); err != nil || !bytes.Equal(again.Bytes(), file) {
		return nil, fmt.Errorf("%w: it is not written as it must be", ErrFile)
	}
	return lists, nil
}

func readHead(line string, which access.Half) (l List, n int, err error) {
	fields := strings.Split(line, " ")
	if len(fields) != 3 {
		return l, 0, fmt.Errorf("station, number and proof, with a space between")
	}
	if n, err = strconv.Atoi(fields[1]); err != nil || n < 1 || n > spare(register.MaxCards) {
		return l, 0, fmt.Errorf("%q is no number of places", fields[1])
	}
	proof, err := hex.DecodeString(fields[2])
	if err != nil {
		return l, 0, err
	}
	l.Station, l.HalfList = fields[0], account.HalfList{Issuer: which.String()}
	l.Proof, err = sigma.DecodeKnowledge(proof)
	return l, n, err
}
