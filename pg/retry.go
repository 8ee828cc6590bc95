package pg

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// How often something is tried, and the longest wait between two tries. With the
// first one after some milliseconds, all of them take about five seconds: what a
// server needs to recover from a crash.
const (
	tries    = 18
	longest  = time.Second / 2
	shortest = 2 * time.Millisecond
)

// repeat runs try until it is done, or need not be run again.
func repeat(ctx context.Context, try func() (again bool, err error)) error {
	wait := shortest
	for n := 1; ; n++ {
		again, err := try()
		if err == nil || !again || n == tries {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(wait/2 + rand.N(wait)):
		}
		wait = min(2*wait, longest)
	}
}

// Conditions that pass by themselves, as SQLSTATE: serialization failure,
// deadlock, lock not had in time, a server that starts or stops, too many
// connections, a transaction that the server gave up for its silence.
var conditions = []string{"40001", "40P01", "55P03", "57P01", "57P02", "57P03", "53300", "25P03"}

// passing says whether err is the server's word that the same may succeed later.
func passing(err error) bool {
	var e *pgconn.PgError
	return is(err, conditions...) || errors.As(err, &e) && strings.HasPrefix(e.Code, "08")
}

// is says whether err is the server's, of one of the SQLSTATEs.
func is(err error, codes ...string) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && slices.Contains(codes, e.Code)
}

// answered says whether err comes from a server, and not from the way to it.
func answered(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e)
}

// Away says whether err is that no connection to the server could be made, or that the
// server said that it would serve later: after it was tried for some seconds.
func Away(err error) bool {
	var e *pgconn.ConnectError
	return errors.As(err, &e) || passing(err)
}

// Violates says whether err is that of a row whose key is there already, in one of
// the constraints or unique indexes, and which key the server names.
func Violates(err error, constraints ...string) (key string, yes bool) {
	var e *pgconn.PgError
	if !errors.As(err, &e) || e.Code != "23505" || !slices.Contains(constraints, e.ConstraintName) {
		return "", false
	}
	return e.Detail, true
}
