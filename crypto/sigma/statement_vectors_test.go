package sigma

import (
	"fmt"
	"testing"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/crypto/transcript"
)

// transcriptVector is a sequence of appends and challenges.
type transcriptVector struct {
	Name  string `json:"name"`
	Proof string `json:"proof"`
	record
	Steps []transcriptStep `json:"steps"`
}

// transcriptStep is an append (data), a scalar challenge (scalar) or a vector
// challenge (weights at the indices).
type transcriptStep struct {
	Kind    string     `json:"kind"`
	Label   string     `json:"label"`
	Data    hexBytes   `json:"data"`
	Scalar  hexBytes   `json:"scalar,omitempty"`
	Indices []int      `json:"indices,omitempty"`
	Weights []hexBytes `json:"weights,omitempty"`
}

// run computes the challenges of v, whatever they were.
func (v transcriptVector) run() transcriptVector {
	t := transcript.New(v.Proof, v.context())
	steps := make([]transcriptStep, len(v.Steps))
	for i, s := range v.Steps {
		s.Scalar, s.Weights = nil, nil
		switch s.Kind {
		case "append":
			t.Append(s.Label, s.Data)
		case "scalar":
			s.Scalar = scalarHex(t.Challenge(s.Label))[0]
		case "vector":
			w := t.ChallengeWeights(s.Label)
			for _, j := range s.Indices {
				e := w.At(j)
				s.Weights = append(s.Weights, e[:])
			}
		default:
			panic("unknown step " + s.Kind)
		}
		steps[i] = s
	}
	v.Steps = steps
	return v
}

func TestTranscriptVectors(t *testing.T) {
	scalar, long := transcriptStep{Kind: "scalar", Label: "c"}, make(hexBytes, 1000)
	for i := range long {
		long[i] = byte(i)
	}
	appended := func(label string, data hexBytes) transcriptStep {
		return transcriptStep{Kind: "append", Label: label, Data: data}
	}
	cases := []transcriptVector{
		{"nothing appended", "empty", testRecord(""), []transcriptStep{scalar}},
		{"before the opening record", "empty", beforeOpening("A"), []transcriptStep{scalar}},
		{"two challenges", "test", testRecord("A"), []transcriptStep{scalar, scalar}},
		{"appends", "test", testRecord("A"), []transcriptStep{appended("a", hexBytes("1")), appended("b", hexBytes("23")), scalar}},
		{"the same bytes cut elsewhere", "test", testRecord("A"), []transcriptStep{appended("a", hexBytes("12")), appended("b", hexBytes("3")), scalar}},
		{"empty label and data", "test", testRecord("A"), []transcriptStep{appended("", nil), scalar}},
		{"long data, label not ASCII", "test", testRecord("Île-de-France"), []transcriptStep{appended("é", long), scalar}},
		{"a vector", "test", testRecord("A"), []transcriptStep{
			{Kind: "vector", Label: "w", Indices: []int{0, 1, 2, 3, 4, 5, 7, 8, 1000000}}, appended("after", hexBytes("x")), scalar}},
	}
	for i := range cases {
		cases[i] = cases[i].run()
	}
	compareFile(t, "transcript.json", "Transcripts: steps append data, or take a scalar challenge, or take a vector challenge of which the weights at some indices are given.", cases)
	for _, v := range readFile[transcriptVector](t, "transcript.json") {
		if got, want := must(jsonOf(v.run())), must(jsonOf(v)); got != want {
			t.Errorf("%s: got %s", v.Name, got)
		}
	}
}

// optionVector is the code of an option and its encryption under a key, or,
// where refused, bytes that are no ciphertext.
type optionVector struct {
	Name       string   `json:"name"`
	Manifest   hexBytes `json:"manifest"`
	Question   string   `json:"question"`
	Option     string   `json:"option"`
	Code       hexBytes `json:"code"`
	Key        hexBytes `json:"key"`
	R          hexBytes `json:"r"`
	Ciphertext hexBytes `json:"ciphertext"`
	Refused    string   `json:"refused"`
}

func TestOptionVectors(t *testing.T) {
	f := secret("manifest").Bytes()
	var cases []optionVector
	for _, names := range [][2]string{{"q1", "yes"}, {"q1", "no"}, {"q1", "blank"}, {"q2", "yes"}, {"q", "1yes"}, {"q1yes", ""}} {
		r, code := secret("r of "+names[0]+names[1]), elgamal.Option(f, names[0], names[1])
		c := elgamal.Encrypt(electionKey(), code, r).Bytes()
		cases = append(cases, optionVector{fmt.Sprint(names[0], "/", names[1]), f[:], names[0], names[1], pointHex(code), pointHex(electionKey()), scalarHex(r)[0], c[:], ""})
	}
	for _, m := range []struct {
		name   string
		change func(hexBytes) hexBytes
	}{
		{"c1 identity", func(b hexBytes) hexBytes { put(b, 0, identityBytes); return b }},
		{"c1 not canonical", func(b hexBytes) hexBytes { put(b, 0, nonCanonical); return b }},
		{"c2 not canonical", func(b hexBytes) hexBytes { put(b, 1, nonCanonical); return b }},
		{"c2 negative", func(b hexBytes) hexBytes { flip(b, 32); return b }},
		{"truncated", func(b hexBytes) hexBytes { return b[:63] }},
		{"longer", func(b hexBytes) hexBytes { return append(b, 0) }},
	} {
		b := m.change(append(hexBytes(nil), cases[0].Ciphertext...))
		_, err := elgamal.Decode(b)
		if err == nil {
			t.Errorf("%s: accepted", m.name)
		}
		cases = append(cases, optionVector{Name: m.name, Ciphertext: b, Refused: refusal(t, err)})
	}
	compareFile(t, "elgamal.json", "Codes of options and their encryption; and bytes that are no ciphertext.", cases)
	for _, v := range readFile[optionVector](t, "elgamal.json") {
		c, err := elgamal.Decode(v.Ciphertext)
		if got := refusal(t, err); got != v.Refused {
			t.Errorf("%s: refused as %q, the file says %q", v.Name, got, v.Refused)
		}
		if v.Refused != "" {
			continue
		}
		code := elgamal.Option([32]byte(v.Manifest), v.Question, v.Option)
		r := must(group.DecodeScalar(v.R))
		if string(pointHex(code)) != string(v.Code) ||
			elgamal.Encrypt(must(group.Decode(v.Key)), code, r).Bytes() != c.Bytes() {
			t.Errorf("%s: another code or ciphertext", v.Name)
		}
	}
}
