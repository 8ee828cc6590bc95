package record_test

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"isoloir/record"
)

// beside opens the record of a directory n times, as so many processes would.
func beside(t *testing.T, dir string, n int) (all []*record.Writer) {
	t.Helper()
	for range n {
		w, err := record.Beside(dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { w.Close() })
		all = append(all, w)
	}
	return all
}

// Of several processes that write one file, one does: what the others wanted to put there is refused, and what stands there stays.
func TestOneOfSeveralProcesses(t *testing.T) {
	for range 20 {
		dir := t.TempDir()
		var all sync.WaitGroup
		var mu sync.Mutex
		won := ""
		for i, w := range beside(t, dir, 8) {
			all.Go(func() {
				data := string(rune('a' + i))
				err := w.Write(record.Shares("quorum", "member-1"), []byte(data))
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won += data
				} else if !errors.Is(err, record.ErrDifferent) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		got, err := os.ReadFile(filepath.Join(dir, record.Shares("quorum", "member-1")))
		if err != nil || string(got) != won || len(won) != 1 {
			t.Fatalf("%q have written, %q stands there: %v", won, got, err)
		}
		if partials(t, dir) != 0 {
			t.Fatal("half a file is left")
		}
	}
}

// One act has a number, of whatever type, also when it follows the end; and who is alone is it in every process.
func TestWriteAct(t *testing.T) {
	dir := t.TempDir()
	all := beside(t, dir, 4)
	if err := all[0].WriteAct(7, record.Act(7, "close"), []byte("close")); err != nil {
		t.Fatal(err)
	}
	if err := all[1].WriteAct(7, record.Act(7, "close"), []byte("close")); err != nil {
		t.Errorf("the same again: %v", err)
	}
	for path, data := range map[string]string{record.Act(7, "suspend"): "suspend", record.After(7, "minutes"): "minutes", record.Act(7, "close"): "another"} {
		if err := all[1].WriteAct(7, path, []byte(data)); !errors.Is(err, record.ErrDifferent) {
			t.Errorf("%s beside the first: %v", path, err)
		}
	}
	var wg sync.WaitGroup
	inside, written := 0, 0
	for i := range 16 {
		w := all[i%len(all)]
		wg.Go(func() {
			if err := w.Alone(func() error {
				if inside++; inside != 1 {
					t.Error("two at once")
				}
				defer func() { inside-- }()
				err := w.WriteAct(8, record.Act(8, []string{"seal", "append"}[i%2]), []byte{byte(i % 2)})
				if err == nil {
					written++
				} else if !errors.Is(err, record.ErrDifferent) {
					return err
				}
				return nil
			}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	acts, err := all[0].Acts()
	if err != nil || len(acts) != 2 || written != 8 {
		t.Errorf("%d acts, written %d times, %v", len(acts), written, err)
	}
}
