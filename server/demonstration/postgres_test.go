package demonstration

import (
	"context"
	"fmt"
	"path/filepath"
	"syscall"
	"testing"

	"isoloir/pg/postgrestest"
)

// A whole vote over two databases, whose server stops at once in the middle and starts again, and from which a second house goes on.
func TestPostgreSQL(t *testing.T) {
	s, dir := postgrestest.Start(t), copied(t)
	for _, room := range []string{"roll", "urn"} {
		s.Psql(t, filepath.Join("..", "..", room, "postgres", "setup.sql"))
	}
	address := func(room string) Database {
		return Database{s.Address(room+"_owner", room), s.Address(room+"_service", room)}
	}
	if err := OnPostgreSQL(context.Background(), dir, address("roll"), address("urn")); err != nil {
		t.Fatal(err)
	}
	w := serve(t, dir)
	all, want := ballots(t, w.Demonstration, w.house.Public, 12)
	cast := func(some []*elector) {
		t.Helper()
		if err := castAll(context.Background(), some); err != nil {
			t.Fatal(err)
		}
	}
	cast(all[:6])
	s.Stop(t, syscall.SIGQUIT)
	s.Run(t)
	cast(all[3:9])
	w.stop()
	w = serve(t, dir)
	cast(all[9:])
	for database, table := range map[string]string{"roll": "mark", "urn": "spent"} {
		if n := s.Query(t, database, "SELECT count(*) FROM "+table)[0]; n != fmt.Sprint(len(all)) {
			t.Errorf("%s rows in table %s", n, table)
		}
	}
	finish(t, w, want)
}
