package roll

import (
	"context"
	"encoding/binary"
	"fmt"
)

// A ReserveRequest is step 1 of casting, from the voter's device to the roll: the
// signature that the mark will carry, and another one by which the authorisation is
// for this device alone. The device's key is not kept.
type ReserveRequest struct {
	Urn uint16
	Signed
	Device          [32]byte            // T, the Ed25519 key that the device drew
	DeviceSignature [SignatureSize]byte // the elector's, on T
}

// ReserveRequestSize is the length in bytes of a ReserveRequest.
const ReserveRequestSize = 2 + MarkSize + 32 + SignatureSize

// Bytes is LE16(urn) ‖ LE32(elector) ‖ R ‖ s ‖ T ‖ R' ‖ s'.
func (r ReserveRequest) Bytes() []byte {
	b := binary.LittleEndian.AppendUint16(make([]byte, 0, ReserveRequestSize), r.Urn)
	b = append(append(b, r.Signed.Bytes()...), r.Device[:]...)
	return append(b, r.DeviceSignature[:]...)
}

// ParseReserveRequest reads what Bytes gives. The signatures are not judged here.
func ParseReserveRequest(b []byte) (ReserveRequest, error) {
	if len(b) != ReserveRequestSize {
		return ReserveRequest{}, fmt.Errorf("%w: a reservation has %d bytes, not %d", ErrFormat, ReserveRequestSize, len(b))
	}
	signed, device := Signed{binary.LittleEndian.Uint32(b[2:]), [SignatureSize]byte(b[6:])}, b[2+MarkSize:]
	return ReserveRequest{binary.LittleEndian.Uint16(b), signed, [32]byte(device), [SignatureSize]byte(device[32:])}, nil
}

// A ReserveAnswer is the authorisation to vote: the secret τ, and the roll's
// signed text over its hash and the device's key; or a refusal.
type ReserveAnswer struct {
	Token         [32]byte // τ
	Authorisation []byte
	Err           error
}

// Bytes is a byte that is 0, τ and the signed text; or the number of the refusal
// alone. An error that is no [Refusal] is said as ErrBusy.
func (a ReserveAnswer) Bytes() []byte {
	if a.Err != nil {
		return []byte{RefusalNumber(a.Err)}
	}
	return append(append([]byte{0}, a.Token[:]...), a.Authorisation...)
}

// ParseReserveAnswer reads what Bytes gives.
func ParseReserveAnswer(b []byte) (ReserveAnswer, error) {
	if err, refused, bad := ParseRefusal(b); refused || bad != nil {
		return ReserveAnswer{Err: err}, bad
	}
	if len(b) < 34 {
		return ReserveAnswer{}, fmt.Errorf("%w: answer of %d bytes", ErrFormat, len(b))
	}
	return ReserveAnswer{Token: [32]byte(b[1:33]), Authorisation: b[33:]}, nil
}

// A MarkRequest is step 3 of casting, from the voter's device to the roll: the
// reservation again, since only the elector may ask whether he is marked, and the
// urn's word.
type MarkRequest struct {
	ReserveRequest
	Receipt []byte // the urn's signed text appended, over H(τ); empty to have the mark again
}

// Bytes is those of the reservation ‖ receipt.
func (r MarkRequest) Bytes() []byte { return append(r.ReserveRequest.Bytes(), r.Receipt...) }

// ParseMarkRequest reads what Bytes gives. Signatures and receipt are not judged
// here. The request keeps b.
func ParseMarkRequest(b []byte) (MarkRequest, error) {
	if len(b) < ReserveRequestSize {
		return MarkRequest{}, fmt.Errorf("%w: request of %d bytes", ErrFormat, len(b))
	}
	r, err := ParseReserveRequest(b[:ReserveRequestSize])
	return MarkRequest{r, b[ReserveRequestSize:]}, err
}

// A MarkAnswer is the roll's signed text marked, over the hash of the mark, and the
// elector's own signature that the mark carries; or a refusal.
type MarkAnswer struct {
	Marked    []byte
	Signature [SignatureSize]byte
	Err       error
}

// Bytes is a byte that is 0, R ‖ s and the signed text; or the number of the
// refusal alone. An error that is no [Refusal] is said as ErrBusy.
func (a MarkAnswer) Bytes() []byte {
	if a.Err != nil {
		return []byte{RefusalNumber(a.Err)}
	}
	return append(append([]byte{0}, a.Signature[:]...), a.Marked...)
}

// ParseMarkAnswer reads what Bytes gives.
func ParseMarkAnswer(b []byte) (MarkAnswer, error) {
	if err, refused, bad := ParseRefusal(b); refused || bad != nil {
		return MarkAnswer{Err: err}, bad
	}
	if len(b) < 2+SignatureSize {
		return MarkAnswer{}, fmt.Errorf("%w: answer of %d bytes", ErrFormat, len(b))
	}
	return MarkAnswer{Signature: [SignatureSize]byte(b[1:]), Marked: b[1+SignatureSize:]}, nil
}

// ServeReserve is Reserve for one request in bytes, answered in bytes.
func (s *Service) ServeReserve(ctx context.Context, request []byte) []byte {
	r, err := ParseReserveRequest(request)
	if err != nil {
		return ReserveAnswer{Err: err}.Bytes()
	}
	return s.Reserve(ctx, []ReserveRequest{r})[0].Bytes()
}

// ServeMark is Mark for one request in bytes, answered in bytes.
func (s *Service) ServeMark(ctx context.Context, request []byte) []byte {
	r, err := ParseMarkRequest(request)
	if err != nil {
		return MarkAnswer{Err: err}.Bytes()
	}
	return s.Mark(ctx, []MarkRequest{r})[0].Bytes()
}
