package replay

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"isoloir/archive"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/tally"
	"isoloir/trustee"
)

// S004-22a: the urn is opened once more from the archive alone, on a clean directory: by the same holders, whose every file is the same again, and by
// others, with whom the result has the same bytes.
func TestReopened(t *testing.T) {
	x := begun(t, theVote(t, 1))
	x.counted(t)
	mixed, err := x.Mixed()
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Count(mixed); err != nil {
		t.Fatal(err)
	}
	if err := x.export(); err != nil {
		t.Fatal(err)
	}
	p, err := archive.Gather(&x.record.Reader, "")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	var packed bytes.Buffer
	if err := p.Write(&packed, nil); err != nil {
		t.Fatal(err)
	}
	in, err := archive.Read(bytes.NewReader(packed.Bytes()), int64(packed.Len()))
	if err != nil {
		t.Fatal(err)
	}
	clean := filepath.Join(t.TempDir(), "clean")
	if _, err := in.Unpack(clean); err != nil {
		t.Fatal(err)
	}
	export, err := record.Open(filepath.Join(clean, "export"))
	if err != nil {
		t.Fatal(err)
	}
	defer export.Close()
	if mixed, err = trustee.ReadMixed(export, trustee.Options{Now: x.clock.Now}); err != nil {
		t.Fatal(err)
	}
	c := x.Manifest.Clauses[0]
	for name, quorum := range map[string][]string{"the same holders": third(&c), "others": second(&c)} {
		t.Run(name, func(t *testing.T) {
			out, err := record.Create(filepath.Join(t.TempDir(), "shares"))
			if err != nil {
				t.Fatal(err)
			}
			defer out.Close()
			for _, h := range x.Holders {
				if !slices.Contains(quorum, h.ID) {
					continue
				}
				if err := h.Reopen(1); err != nil {
					t.Fatal(err)
				}
				if _, err := mixed.Decrypt(h.Device, out); err != nil {
					t.Fatal(err)
				}
			}
			paths, err := out.List()
			if err != nil {
				t.Fatal(err)
			}
			same := 0
			for _, path := range paths {
				again, err := out.Read(path, 1<<20)
				if err != nil {
					t.Fatal(err)
				}
				if before, err := export.Read(path, 1<<20); err == nil {
					if !bytes.Equal(again, before) {
						t.Errorf("%s has other bytes", path)
					}
					same++
				} else if strings.Contains(path, third(&c)[0]) {
					t.Errorf("%s is new", path)
				}
			}
			if same == 0 || name == "the same holders" && same != len(paths) || name == "others" && same == len(paths) {
				t.Errorf("%d of %d files are those of the first opening", same, len(paths))
			}
			judged, err := mixed.Shares(&out.Reader)
			if err != nil {
				t.Fatal(err)
			}
			result, err := judged.Result([]int{x.Bureau.Procedure().Found[0].Marks})
			if err != nil {
				t.Fatal(err)
			}
			table, err := tally.CSV(x.Manifest, result)
			if err != nil {
				t.Fatal(err)
			}
			if was, err := export.Read(record.ResultCSV, 1<<20); err != nil || !bytes.Equal(table, was) {
				t.Errorf("another result: %v\n%s\n%s", err, table, was)
			}
			if _, err := scrutin.Text(result); err != nil {
				t.Error(err)
			}
		})
	}
}
