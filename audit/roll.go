package audit

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/record"
	"isoloir/scrutin"
)

// markSize is the length of a mark: the elector's number and his signature.
const markSize = 4 + sigma.KnowledgeSize

// checkRoll reads the roll's statement of an urn and every mark in it. In a scrutin of
// accounts there is neither.
func (v *verification) checkRoll(u *urnState) bool {
	if v.m.Accounts() != nil {
		for _, number := range []int{701, 702, 703, 704, 705} {
			v.enter(number, u.name(), nil)
		}
		return v.fault() == nil
	}
	path := record.Roll(u.name())
	s, n := readNote[scrutin.RollStatement](v, 701, u.name(), path, v.m.Platform.Roll.Verifier())
	if s == nil {
		return false
	}
	v.enter(701, u.name(), n.Require(v.m.Platform.Roll.Verifier()))
	if s.Urn != u.name() || s.Electors != u.electors() {
		v.refuse(701, u.name(), path, fmt.Errorf("the statement is of urn %s with %d electors, not of %s with %d", s.Urn, s.Electors, u.name(), u.electors()))
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
		_ = v.readError(err)
		v.refuse(701, u.name(), record.Marks(u.name()), err)
		return false
	}
	if u.marks != u.voters {
		v.enter(704, u.name(), fmt.Errorf("%d marks on the roll, %d accounts cast a ballot", u.marks, u.voters))
	}
	for _, number := range []int{702, 703, 704, 705} {
		v.enter(number, u.name(), nil)
	}
	return v.fault() == nil
}

// readMarks reads the electors of the marks, and puts their signatures off.
func (v *verification) readMarks(u *urnState, r io.Reader) error {
	buffered, last := bufio.NewReaderSize(r, 1<<16), int64(-1)
	for {
		var mark [markSize]byte
		if _, err := io.ReadFull(buffered, mark[:]); errors.Is(err, io.EOF) {
			break
		} else if errors.Is(err, io.ErrUnexpectedEOF) {
			return errors.New("the file ends within a mark")
		} else if err != nil {
			return err
		}
		u.marks++
		elector := int64(binary.LittleEndian.Uint32(mark[:]))
		known := slices.ContainsFunc(u.populations, func(p *population) bool { return p.has(int(elector)) })
		if u.struck[int(elector)] {
			v.enter(705, u.name(), fmt.Errorf("mark %d is of elector %d, who was struck off", u.marks, elector))
		}
		if elector <= last || !known {
			v.enter(702, u.name(), fmt.Errorf("mark %d is of elector %d: out of order, twice, or no elector of the urn", u.marks, elector))
		}
		last = elector
		if u.marks%defaultPiece == 0 || u.marks == u.voters {
			v.step("roll of "+u.name(), u.marks, u.voters)
		}
	}
	v.inRanges(Piece{Kind: Marks, Subject: u.name()}, u.marks, func(o *outcome) { v.enterAll(u.name(), o) })
	return nil
}

// judgeMarks is the work of a range of marks: the account keys of their electors
// and, all together, the signatures.
func (v *verification) judgeMarks(o *outcome, u *urnState, from, to, workers int) error {
	marks, err := v.part(record.Marks(u.name()), int64(from)*markSize, int64(to)*markSize)
	if err != nil {
		return err
	}
	electors := make([]uint32, to-from)
	for i := range electors {
		electors[i] = binary.LittleEndian.Uint32(marks[i*markSize:])
	}
	keys, err := v.keysOf(u, electors, workers)
	if err != nil {
		o.find(703, err)
		return nil
	}
	var claims []sigma.Claim
	var proofs []sigma.Knowledge
	var numbers []int
	for i, elector := range electors {
		proof, err := sigma.DecodeKnowledge(marks[i*markSize+4 : (i+1)*markSize])
		if err != nil || keys.Points()[i].IsIdentity() {
			o.find(703, fmt.Errorf("mark %d of elector %d bears no signature that could be verified", from+i+1, elector))
			continue
		}
		claims, proofs, numbers = append(claims, sigma.Reservation(v.context(v.o, u.name()), keys.At(i), elector)), append(proofs, proof), append(numbers, from+i+1)
	}
	for i, err := range culprits(sigma.VerifyKnowledge(claims, proofs, workers)) {
		o.find(703, fmt.Errorf("mark %d: %w", numbers[i], err))
	}
	o.Figures[figMarks] += len(claims)
	return nil
}

// keysOf makes the account keys of some electors of an urn, from what the issuers
// published: the identity for a number that nobody has.
func (v *verification) keysOf(u *urnState, electors []uint32, workers int) (keys sigma.List, err error) {
	points := make([]group.Point, len(electors))
	for i := range points {
		points[i] = group.Identity()
	}
	for _, p := range u.populations {
		var places []int // in the file
		var of []int     // in electors
		for i, elector := range electors {
			if p.has(int(elector)) {
				places, of = append(places, int(elector)-p.first), append(of, i)
			}
		}
		if len(of) == 0 {
			continue
		}
		for _, issuer := range v.m.Issuers {
			halves, err := v.halvesAt(p.at.EnrolmentKeys(p.urn, issuer.ID), places, workers)
			if err != nil {
				return keys, err
			}
			for i, at := range of {
				points[at] = points[at].Add(halves[i])
			}
		}
	}
	return sigma.NewList(points, workers), nil
}

// halvesAt reads the keys at some places of a file.
func (v *verification) halvesAt(path string, places []int, workers int) ([]group.Point, error) {
	lowest, highest := slices.Min(places), slices.Max(places)
	data, err := v.part(path, int64(lowest)*group.PointSize, int64(highest+1)*group.PointSize)
	if err != nil {
		return nil, err
	}
	chosen := make([]byte, 0, len(places)*group.PointSize)
	for _, place := range places {
		at := (place - lowest) * group.PointSize
		chosen = append(chosen, data[at:at+group.PointSize]...)
	}
	halves, err := group.DecodeBatch(chosen, workers)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return halves, nil
}
