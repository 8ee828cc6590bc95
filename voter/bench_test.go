package voter_test

import (
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"isoloir/crypto/sigma"
	"isoloir/parallel"
	"isoloir/roll"
	"isoloir/urn"
	"isoloir/urn/urntest"
	"isoloir/voter"
)

// BenchmarkVotes measures complete votes through both services over SQLite: the
// elector's two signatures, the authorisation, the device's signature, the ballot
// with its proof, promise, receipt and mark, in batches as several hundred voters at once make them. Making
// ballots is the voters' work and is not measured; the flushes are.
func BenchmarkVotes(b *testing.B) {
	const batch = 512
	e := newElection(b, urntest.Size{Electors: b.N, K: 20})
	r, u := openStores(b, b.TempDir())
	defer r.Shut()
	defer u.Shut()
	e.start(b, r, u, time.Now)
	reservations, ballots := make([]roll.ReserveRequest, b.N), make([]urn.AppendRequest, b.N)
	parallel.Each(b.N, 0, func(i int) {
		s := roll.Statement{Manifest: e.Rules[0].Manifest, Opening: e.Rules[0].Opening, Urn: "urn-1", Elector: uint32(i)}
		key, err := sigma.DecodeElement(e.rollRules[0].Keys[32*i : 32*i+32])
		if err != nil {
			b.Error(err)
			return
		}
		s.Key = key
		device, ballot := urntest.NewDevice(), e.Ballot(b, 0, i, i)
		if reservations[i], err = s.Request(0, urntest.KeyOf(device), e.Secrets[0][i]); err != nil {
			b.Error(err)
		}
		ballots[i] = urn.AppendRequest{Urn: 0, Device: urntest.KeyOf(device), Signature: e.Send(0, device, ballot.Hash()), Ballot: ballot.Bytes()}
	})
	b.ResetTimer()
	before := processorTime(b)
	var wg sync.WaitGroup
	next := make(chan int)
	for range 2 { // while one batch waits for the medium, the other computes
		wg.Go(func() {
			for from := range next {
				vote(b, e, reservations[from:min(from+batch, b.N)], ballots[from:min(from+batch, b.N)])
			}
		})
	}
	for from := 0; from < b.N; from += batch {
		if from%(16*batch) == 0 {
			if _, err := e.urn.Flush(ctx); err != nil {
				b.Fatal(err)
			}
			if err := r.Forget(ctx); err != nil {
				b.Fatal(err)
			}
		}
		next <- from
	}
	close(next)
	wg.Wait()
	if err := e.urn.Close(ctx); err != nil {
		b.Fatal(err)
	}
	b.StopTimer()
	b.ReportMetric(float64((processorTime(b)-before).Microseconds())/float64(b.N), "cpu-µs/vote")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "votes/s")
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapAlloc)/1e6, "MB-held")
}

// processorTime is what this process has used of all processors. On a shared
// machine it says more than the clock.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func vote(b *testing.B, e *election, reservations []roll.ReserveRequest, appends []urn.AppendRequest) {
	marks := make([]roll.MarkRequest, len(appends))
	for i, a := range e.roll.Reserve(ctx, reservations) {
		if a.Err != nil {
			b.Error(a.Err)
			return
		}
		appends[i].Token, appends[i].Authorisation = hashOf(a.Token), a.Authorisation
	}
	for i, a := range e.urn.Append(ctx, appends) {
		if a.Err != nil {
			b.Error(a.Err)
			return
		}
		marks[i] = roll.MarkRequest{ReserveRequest: reservations[i], Receipt: a.Receipt}
	}
	for _, a := range e.roll.Mark(ctx, marks) {
		if a.Err != nil {
			b.Error(a.Err)
			return
		}
	}
}

// BenchmarkDevices measures the same with voters' devices one by one, several
// hundred at a time, their own computing included.
func BenchmarkDevices(b *testing.B) {
	e := newElection(b, urntest.Size{Electors: b.N, K: 20})
	r, u := openStores(b, b.TempDir())
	defer r.Shut()
	defer u.Shut()
	e.start(b, r, u, time.Now)
	b.ResetTimer()
	before := processorTime(b)
	var wg sync.WaitGroup
	next := make(chan int)
	for range 512 {
		wg.Go(func() {
			for i := range next {
				d, err := voter.New(e.Rules[0], e.Roll.Verifier(), e.Urn.Verifier(), uint32(i), e.Secrets[0][i], e.Options[0][:1])
				if err == nil {
					err = d.Cast(ctx, e.roll, e.urn)
				}
				if err != nil {
					b.Error(err)
				}
			}
		})
	}
	for i := range b.N {
		next <- i
	}
	close(next)
	wg.Wait()
	b.ReportMetric(float64((processorTime(b)-before).Microseconds())/float64(b.N), "cpu-µs/vote")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "votes/s")
}
