package shuffle

import (
	"errors"
	"runtime"
	"runtime/metrics"
	"sync"
	"testing"
	"time"
	"unsafe"

	"go.dedis.ch/kyber/v3"
	"go.dedis.ch/kyber/v3/group/edwards25519"
	"go.dedis.ch/kyber/v3/proof"
	kyber_shuffle "go.dedis.ch/kyber/v3/shuffle"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
)

const (
	benchSize  = 10_000
	kyberSize  = 1_000
	memorySize = 10_000
)

func benchElection(b *testing.B, n int) (Statement, elgamal.List, *Generators) {
	var gens Generators
	gens.Prepare(n, 0)
	gens.tables()
	st, in := election(n)
	return st, in, &gens
}

// oneAndTwo runs f with one worker and with two, by turns, and reports the best
// µs for each element and how many times two are faster.
func oneAndTwo(b *testing.B, f func(workers int) error) {
	var one, two best
	for b.Loop() {
		one.time(benchSize, func() error { return f(1) })
		two.time(benchSize, func() error { return f(2) })
	}
	if err := errors.Join(one.err, two.err); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(one.micros, "µs-1-core")
	b.ReportMetric(two.micros, "µs-2-cores")
	b.ReportMetric(one.micros/two.micros, "x-2-cores")
}

func BenchmarkReencrypt(b *testing.B) {
	st, in, gens := benchElection(b, benchSize)
	oneAndTwo(b, func(workers int) error {
		_, _, err := Reencrypt(st, in, gens, workers, nil)
		return err
	})
}

// BenchmarkVerifyReencryption includes the decoding of outputs and proof, as
// whoever reads them from a file must do it; the inputs are the outputs of the
// stage before.
func BenchmarkVerifyReencryption(b *testing.B) {
	st, in, gens := benchElection(b, benchSize)
	out, proof, err := Reencrypt(st, in, gens, 0, nil)
	if err != nil {
		b.Fatal(err)
	}
	oneAndTwo(b, func(workers int) error {
		read, err := elgamal.DecodeList(out.Bytes(), workers)
		if err != nil {
			return err
		}
		return VerifyReencryption(st, in, read, proof, gens, workers, nil)
	})
}

func benchPopulation(b *testing.B) (KeyStatement, *Keys, *Generators) {
	var gens Generators
	gens.Prepare(benchSize, 0)
	gens.tables()
	st, in := population(benchSize)
	return st, in, &gens
}

func BenchmarkExponentiate(b *testing.B) {
	st, in, gens := benchPopulation(b)
	oneAndTwo(b, func(workers int) error {
		_, _, _, err := Exponentiate(st, in, gens, workers, nil)
		return err
	})
}

func BenchmarkVerifyExponentiation(b *testing.B) {
	st, in, gens := benchPopulation(b)
	raised, out, proof, err := Exponentiate(st, in, gens, 0, nil)
	if err != nil {
		b.Fatal(err)
	}
	oneAndTwo(b, func(workers int) error {
		read, err := DecodeKeys(out.Bytes(), workers)
		if err != nil {
			return err
		}
		return VerifyExponentiation(st, raised, in, read, proof, gens, workers, nil)
	})
}

func BenchmarkGenerators(b *testing.B) {
	oneAndTwo(b, func(workers int) error {
		new(Generators).Prepare(benchSize, workers)
		return nil
	})
}

// neff is kyber's own shuffle and proof.
type neff struct {
	suite      *edwards25519.SuiteEd25519
	g, h       kyber.Point
	in, out    [2][]kyber.Point
	proveFor   proof.Prover
	transcript []byte
}

func newNeff(n int) *neff {
	k := &neff{suite: edwards25519.NewBlakeSHA256Ed25519()}
	random := k.suite.RandomStream()
	k.h = k.suite.Point().Mul(k.suite.Scalar().Pick(random), nil)
	for range n {
		r := k.suite.Scalar().Pick(random)
		k.in[0] = append(k.in[0], k.suite.Point().Mul(r, nil))
		k.in[1] = append(k.in[1], k.suite.Point().Mul(r, k.h))
	}
	return k
}

func (k *neff) mix() {
	k.out[0], k.out[1], k.proveFor = kyber_shuffle.Shuffle(k.suite, nil, k.h, k.in[0], k.in[1], k.suite.RandomStream())
}

func (k *neff) prove() (err error) {
	k.transcript, err = proof.HashProve(k.suite, "bench", k.proveFor)
	return err
}

func (k *neff) verify() error {
	v := kyber_shuffle.Verifier(k.suite, nil, k.h, k.in[0], k.in[1], k.out[0], k.out[1])
	return proof.HashVerify(k.suite, "bench", v, k.transcript)
}

// BenchmarkAgainstKyber mixes, proves and verifies with both on one core, by
// turns, and reports µs for each ballot and how many times kyber's own Neff
// shuffle takes longer.
func BenchmarkAgainstKyber(b *testing.B) {
	previous := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(previous)
	st, in, gens := benchElection(b, benchSize)
	k := newNeff(kyberSize)
	var mix, check, kyberMix, kyberCheck best
	for b.Loop() {
		var out elgamal.List
		var proof []byte
		mix.time(benchSize, func() error {
			var err error
			out, proof, err = Reencrypt(st, in, gens, 1, nil)
			return err
		})
		check.time(benchSize, func() error {
			read, err := elgamal.DecodeList(out.Bytes(), 1)
			if err != nil {
				return err
			}
			return VerifyReencryption(st, in, read, proof, gens, 1, nil)
		})
		kyberMix.time(kyberSize, func() error { k.mix(); return k.prove() })
		kyberCheck.time(kyberSize, k.verify)
	}
	for _, x := range []*best{&mix, &check, &kyberMix, &kyberCheck} {
		if x.err != nil {
			b.Fatal(x.err)
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(mix.micros, "µs-mix+prove")
	b.ReportMetric(check.micros, "µs-verify")
	b.ReportMetric(kyberMix.micros, "µs-kyber-mix+prove")
	b.ReportMetric(kyberCheck.micros, "µs-kyber-verify")
	b.ReportMetric(kyberMix.micros/mix.micros, "x-mix+prove")
	b.ReportMetric(kyberCheck.micros/check.micros, "x-verify")
}

// best is the shortest time for one element seen so far.
type best struct {
	micros float64
	err    error
}

func (x *best) time(n int, f func() error) {
	start := time.Now()
	if err := f(); err != nil {
		x.err = err
	}
	x.keep(float64(time.Since(start).Nanoseconds()) / 1e3 / float64(n))
}

func (x *best) keep(micros float64) {
	if x.micros == 0 || micros < x.micros {
		x.micros = micros
	}
}

// BenchmarkMemory reports the most live memory that a stage and its
// verification hold at once for each ballot: lists, proof and generators
// included, without the program itself and the tables that all stages share.
func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		st, in, gens := benchElection(b, memorySize)
		const point = float64(unsafe.Sizeof(group.Point{}))
		before := peakHeap(func() {}) - memorySize*(elgamal.Size+3*point) // inputs and generators
		var out elgamal.List
		var proof []byte
		var err error
		mix := peakHeap(func() { out, proof, err = Reencrypt(st, in, gens, 2, nil) })
		if err != nil {
			b.Fatal(err)
		}
		file := out.Bytes()
		out = elgamal.List{}
		check := peakHeap(func() {
			var read elgamal.List
			if read, err = elgamal.DecodeList(file, 2); err == nil {
				err = VerifyReencryption(st, in, read, proof, gens, 2, nil)
			}
		})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(0, "ns/op")
		b.ReportMetric((mix-before)/memorySize, "B/ballot-mix")
		b.ReportMetric((check-before)/memorySize, "B/ballot-verify")
	}
}

// peakHeap returns the most bytes that a collection found alive while f ran.
func peakHeap(f func()) float64 {
	stop, peak := make(chan struct{}), uint64(0)
	var wg sync.WaitGroup
	wg.Go(func() {
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		for {
			runtime.GC()
			metrics.Read(live)
			peak = max(peak, live[0].Value.Uint64())
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
			}
		}
	})
	f()
	close(stop)
	wg.Wait()
	return float64(peak)
}
