package audit

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/record"
	"isoloir/scrutin"
)

// markSize is the length of a mark: the elector's number and his signature.
const markSize = 4 + sigma.KnowledgeSize

// checkRoll reads the roll's statement of an urn and every mark in it.
func (v *verification) checkRoll(u *urnState) bool {
	path := record.Roll(u.name())
	s, n := readNote[scrutin.RollStatement](v, 701, u.name(), path, v.m.Platform.Roll.Verifier())
	if s == nil {
		return false
	}
	v.enter(701, u.name(), n.Require(v.m.Platform.Roll.Verifier()))
	if s.Urn != u.name() || s.Electors != u.urn.Electors {
		v.refuse(701, u.name(), path, fmt.Errorf("the statement is of urn %s with %d electors, not of %s with %d", s.Urn, s.Electors, u.name(), u.urn.Electors))
	}
	v.sameFile(701, u.name(), record.Marks(u.name()), s.File)
	v.figures.expect(figMarks, s.Marks)

	file, size, err := v.stream(record.Marks(u.name()))
	if err != nil {
		v.enter(701, u.name(), err)
		return false
	}
	defer file.Close()
	if size != int64(s.Marks)*markSize {
		v.refuse(701, u.name(), record.Marks(u.name()), fmt.Errorf("%d bytes for %d marks of %d bytes", size, s.Marks, markSize))
	}
	if err := v.readMarks(u, file); err != nil {
		v.readError(err)
		v.refuse(701, u.name(), record.Marks(u.name()), err)
		return false
	}
	if u.marks != u.voters {
		v.enter(704, u.name(), fmt.Errorf("%d marks on the roll, %d accounts cast a ballot", u.marks, u.voters))
	}
	for _, number := range []int{702, 703, 704} {
		v.enter(number, u.name(), nil)
	}
	return v.fault == nil
}

// readMarks verifies the marks in chunks, their signatures together.
func (v *verification) readMarks(u *urnState, r io.Reader) error {
	buffer := make([]byte, chunkLeaves*v.workers()*markSize)
	last := int64(-1)
	for {
		n, err := io.ReadFull(r, buffer)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return err
		}
		if n%markSize != 0 {
			return errors.New("the file ends within a mark")
		}
		v.judgeMarks(u, buffer[:n], &last)
		v.step("roll of "+u.name(), u.marks, u.voters)
	}
}

func (v *verification) judgeMarks(u *urnState, marks []byte, last *int64) {
	var claims []sigma.Claim
	var proofs []sigma.Knowledge
	for ; len(marks) > 0; marks = marks[markSize:] {
		elector := binary.LittleEndian.Uint32(marks)
		u.marks++
		if int64(elector) <= *last || int64(elector) >= int64(u.enrolled.Len()) {
			v.enter(702, u.name(), fmt.Errorf("mark %d is of elector %d: out of order, twice, or no elector of the urn", u.marks, elector))
		}
		*last = int64(elector)
		proof, err := sigma.DecodeKnowledge(marks[4:markSize])
		if err != nil || int64(elector) >= int64(u.enrolled.Len()) {
			v.enter(703, u.name(), fmt.Errorf("mark %d of elector %d bears no signature that could be verified", u.marks, elector))
			continue
		}
		at := int(elector) * group.PointSize
		key := sigma.KnownElement(u.enrolled.Points()[elector], [group.PointSize]byte(u.enrolled.Bytes()[at:]))
		claims = append(claims, sigma.Reservation(v.context(v.o, u.name()), key, elector))
		proofs = append(proofs, proof)
	}
	if err := sigma.VerifyKnowledge(claims, proofs, v.opt.Workers); err != nil {
		v.enter(703, u.name(), fmt.Errorf("among the marks before number %d: %w", u.marks+1, err))
	}
	v.figures.add(figMarks, len(claims))
}
