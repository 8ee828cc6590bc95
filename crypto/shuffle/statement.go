package shuffle

import (
	"fmt"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/crypto/transcript"
)

// Statement says which stage of which mix a re-encryption belongs to. All of
// it enters the challenge.
type Statement struct {
	Context  transcript.Context // Urn holds the cell's name
	Seal     [32]byte           // S, hash of the act that sealed the urns
	Question string             // identifier of the question
	Stage    uint32             // place of the mixer, from 1
	Key      group.Point        // Y, the key of the election; not the identity
}

// KeyStatement says which stage of which anonymisation an exponentiation
// belongs to. All of it enters the challenge.
type KeyStatement struct {
	Context   transcript.Context // Urn holds the urn's name
	Stage     uint32             // place of the mixer, from 1
	Generator group.Point        // G, on which the input keys stand; not the identity
}

// transcript begins the proof, up to what the mixer chooses.
func (st *Statement) transcript(in elgamal.List) (*transcript.Transcript, error) {
	if st.Key.IsIdentity() {
		return nil, fmt.Errorf("key of the election: %w", ErrIdentity)
	}
	if err := checkPoints("first half of input", in.C1()); err != nil {
		return nil, err
	}
	t := transcript.New("shuffle", st.Context)
	t.Append("seal", st.Seal[:])
	t.AppendString("question", st.Question)
	t.AppendUint32("stage", st.Stage)
	t.AppendPoints("base", group.Base())
	t.AppendPoints("key", st.Key)
	t.Append("inputs", in.Bytes())
	return t, nil
}

// transcript begins the proof, up to the choice of an order.
func (st *KeyStatement) transcript(raised group.Point, in *Keys) (*transcript.Transcript, error) {
	if st.Generator.IsIdentity() {
		return nil, fmt.Errorf("generator: %w", ErrIdentity)
	}
	if raised.IsIdentity() {
		return nil, fmt.Errorf("raised generator: %w", ErrIdentity)
	}
	t := transcript.New("exponentiation", st.Context)
	t.AppendUint32("stage", st.Stage)
	t.AppendPoints("base", group.Base())
	t.AppendPoints("generator", st.Generator)
	t.AppendPoints("raised", raised)
	t.Append("inputs", in.Bytes())
	return t, nil
}

// checkPoints refuses an empty list and the identity.
func checkPoints(name string, points []group.Point) error {
	if len(points) == 0 {
		return ErrEmpty
	}
	for i := range points {
		if points[i].IsIdentity() {
			return fmt.Errorf("%s %d: %w", name, i, ErrIdentity)
		}
	}
	return nil
}
