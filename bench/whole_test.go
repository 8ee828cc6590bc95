package bench

import (
	"fmt"
	"runtime"
	"runtime/metrics"
	"sync"
	"time"

	"isoloir/account"
	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/crypto/shuffle"
	"isoloir/keyceremony"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
)

// A mixer's work on one list, as two cores and memory are measured on.
type mixing struct {
	st   shuffle.Statement
	in   elgamal.List
	gens *shuffle.Generators
}

func newMixing(n int) *mixing {
	key := group.MulBase(group.RandomScalar())
	cipher := elgamal.NewKey(key)
	list := make([]elgamal.Ciphertext, n)
	for i := range list {
		list[i] = cipher.Encrypt(group.Base(), group.RandomScalar())
	}
	x := &mixing{shuffle.Statement{Question: "q", Stage: 1, Key: key}, elgamal.NewList(list, 0), new(shuffle.Generators)}
	x.gens.Prepare(n, 0)
	return x
}

func (x *mixing) mix(workers int) (elgamal.List, []byte, error) {
	return shuffle.Reencrypt(x.st, x.in, x.gens, workers, nil)
}

// cores says how many times faster two cores mix, and verify, than one, by the clock: the best of several turns of each.
func cores(m *measure, n int) (mix, verify float64) {
	runtime.GOMAXPROCS(2)
	defer runtime.GOMAXPROCS(1)
	x := newMixing(n)
	out, proof, err := x.mix(2)
	if err != nil {
		m.t.Fatal(err)
	}
	var best [2][2]time.Duration
	for range 2*m.times - 1 {
		for w := range 2 {
			for kind, f := range []func() error{
				func() error { _, _, err := x.mix(w + 1); return err },
				func() error {
					read, err := elgamal.DecodeList(out.Bytes(), w+1)
					if err != nil {
						return err
					}
					return shuffle.VerifyReencryption(x.st, x.in, read, proof, x.gens, w+1, nil)
				},
			} {
				start := time.Now()
				if err := f(); err != nil {
					m.t.Fatal(err)
				}
				if took := time.Since(start); best[kind][w] == 0 || took < best[kind][w] {
					best[kind][w] = took
				}
			}
		}
	}
	return float64(best[0][0]) / float64(best[0][1]), float64(best[1][0]) / float64(best[1][1])
}

// memory is the most that is alive at once while a list of n is mixed, in bytes for each ballot: list, generators, tables, work and proof.
func memory(m *measure, n int) int {
	x := newMixing(n)
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
			case <-time.After(5 * time.Millisecond):
			}
		}
	})
	_, _, err := x.mix(2)
	close(stop)
	wg.Wait()
	if err != nil {
		m.t.Fatal(err)
	}
	return int(peak) / n
}

// ceremony is a whole key ceremony of 4 of 11 without passphrases: every message made, signed, read and verified by everybody.
func ceremony(m *measure) time.Duration {
	const holders, threshold = 11, 4
	clause := scrutintest.Clause{ID: "all", Threshold: threshold}
	for i := range holders {
		clause.Holders = append(clause.Holders, i+1)
	}
	f := scrutintest.New(m.t, scrutintest.Options{Holders: holders, Clauses: []scrutintest.Clause{clause}})
	return m.alone(1, func() error { return holdCeremony(f) })
}

func holdCeremony(f *scrutintest.Fixture) error {
	c, err := keyceremony.New(f.Manifest, f.Fingerprint)
	if err != nil {
		return err
	}
	polynomials := map[string][]keyceremony.Polynomial{}
	var board []*keyceremony.Message
	for _, step := range []keyceremony.Step{keyceremony.CommitStep, keyceremony.RevealStep, keyceremony.CheckStep, keyceremony.SealStep} {
		var said []*keyceremony.Message
		for _, h := range f.Manifest.Holders {
			state, err := c.RunState(1, nil, board) // every device reads and judges the board itself
			if err != nil {
				return err
			}
			var body any
			switch step {
			case keyceremony.CommitStep:
				polynomials[h.Member] = state.Draw(h.Member)
				body, err = state.Commit(h.Member, polynomials[h.Member])
			case keyceremony.RevealStep:
				body, err = state.Reveal(h.Member, polynomials[h.Member])
			case keyceremony.CheckStep:
				body, err = state.Check(h.Member, f.Reception[h.Member])
			default:
				if _, err = state.Fragments(h.Member, f.Reception[h.Member]); err == nil {
					body, err = state.Seal(h.Member)
				}
			}
			if err != nil {
				return fmt.Errorf("%s, %s: %w", h.Member, step, err)
			}
			message, err := post(c, body, f.Signers[h.Member])
			if err != nil {
				return err
			}
			said = append(said, message)
		}
		board = append(board, said...)
	}
	_, err = c.Verify(board)
	return err
}

func post(c *keyceremony.Ceremony, body any, signer note.Signer) (*keyceremony.Message, error) {
	data, err := keyceremony.Sign(body, signer)
	if err != nil {
		return nil, err
	}
	return c.Open(data)
}

// stretch is what an elector's device computes for each of his two codes, at the cost that the replays fix.
func stretch(m *measure) time.Duration {
	rules := scrutin.Codes{Length: 12, Alphabet: "ABCDEFGHJKLMNPQRSTUVWXYZ23456789", Algorithm: "argon2id", Passes: 3, MemoryKiB: 65536, Lanes: 1}
	code := account.NewCode(rules)
	return m.alone(1, func() error {
		code.Stretch(rules, scrutin.Digest{}, account.Number{Urn: "A"}, "issuer-a")
		return nil
	})
}
