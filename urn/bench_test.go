package urn_test

import (
	"bytes"
	"testing"

	"isoloir/urn"
	"isoloir/urn/urntest"
)

// BenchmarkAccept is the acceptance of a ballot by one processor, all of section
// 7 but what needs the store: reading, account, proof.
func BenchmarkAccept(b *testing.B) {
	f := urntest.New(b, urntest.Size{Electors: 256})
	ballots := make([][]byte, 256)
	for i := range ballots {
		ballots[i] = f.Ballot(b, 0, i, i).Bytes()
	}
	for name, size := range map[string]int{"alone": 1, "batch": 256} {
		b.Run(name, func(b *testing.B) {
			for i := 0; i < b.N; i += size {
				_, refused := f.Rules[0].Judge(ballots[i%256/size*size:][:size], 1)
				for _, err := range refused {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

// BenchmarkReplay is reading a log again, for each ballot, by one processor.
func BenchmarkReplay(b *testing.B) {
	f := urntest.New(b, urntest.Size{Electors: b.N})
	var leaves [][]byte
	for i := range b.N {
		leaves = append(leaves, urn.CastLeaf(f.Ballot(b, 0, i, i).Bytes()))
	}
	h := begin(f).batch(leaves...)
	file := h.file(b)
	b.ResetTimer()
	if _, err := f.Rules[0].Replay(urn.NewBook(), bytes.NewReader(file), h.checkpoints, 1, nil); err != nil {
		b.Fatal(err)
	}
}
