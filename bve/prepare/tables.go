package prepare

import (
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"isoloir/scrutin"
	"isoloir/scrutin/cell"
)

// Names of the files of a folder.
const (
	File      = "scrutin.yaml"
	Urns      = "urns.csv"      // id,label,territory,college,electors
	Options   = "options.csv"   // question,id,label,candidates,documents: several candidates or documents are divided by |
	Documents = "documents"     // a folder
	Keys      = "keys"          // a folder: cards of devices, and files ID.key with a verifier key
	CardEnd   = ".isoloir-card" // of a holder's or a mixer's device
	KeyEnd    = ".key"
)

// maxDocument is the size of the largest document, in bytes.
const maxDocument = 64 << 20

var (
	urnsHead    = []string{"id", "label", "territory", "college", "electors"}
	optionsHead = []string{"question", "id", "label", "candidates", "documents"}
)

// table reads a CSV file of a folder: RFC 4180, this first line. It is not there: nothing.
func (f *folder) table(name string, head []string, row func(line int, cells []string)) {
	file, err := f.open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		f.wrong(name, 0, err)
		return
	}
	defer file.Close()
	lines := csv.NewReader(file)
	first, err := lines.Read()
	if err != nil || !slices.Equal(first, head) {
		f.wrong(name, 1, faulty("the first line is %s, with commas between", strings.Join(head, ",")))
		return
	}
	for {
		cells, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		var cut *csv.ParseError
		if errors.As(err, &cut) {
			f.wrong(name, cut.Line, uncut(err))
			if errors.Is(err, csv.ErrFieldCount) {
				continue
			}
			return
		}
		if err != nil {
			f.wrong(name, 0, err)
			return
		}
		line, _ := lines.FieldPos(0)
		for i := range cells {
			cells[i] = cell.Read(cells[i])
		}
		row(line, cells)
	}
}

// urns are those of the table.
func (f *folder) urns() (all []any) {
	f.table(Urns, urnsHead, func(line int, c []string) {
		n, err := strconv.Atoi(c[4])
		if err != nil || n < 1 {
			f.wrong(Urns, line, faulty("%q is no number of electors", c[4]))
			return
		}
		all = append(all, object{"id": c[0], "label": c[1], "territory": c[2], "college": c[3], "electors": n, "represented": 0, "members": 0})
	})
	return all
}

// options puts the options of the table into the questions of the file, which have none of their own then.
func (f *folder) options(questions []any) {
	f.table(Options, optionsHead, func(line int, c []string) {
		i := slices.IndexFunc(questions, func(q any) bool { o, _ := q.(object); return o != nil && o["id"] == c[0] })
		if i < 0 {
			f.wrong(Options, line, faulty("%s has no question %q", File, c[0]))
			return
		}
		q := questions[i].(object)
		list, _ := q["options"].([]any)
		q["options"] = append(list, object{"id": c[1], "label": c[2], "candidates": texts(divided(c[3])), "documents": f.documents(Options, line, divided(c[4]))})
	})
}

func divided(cell string) (parts []string) {
	for part := range strings.SplitSeq(cell, "|") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

func texts(list []string) []any {
	all := []any{}
	for _, s := range list {
		all = append(all, s)
	}
	return all
}

// documents are files of the folder's documents, by their names; the title is the name without its ending.
func (f *folder) documents(where string, line int, names []string) []any {
	all := []any{}
	for _, name := range names {
		media := map[string]string{".pdf": "application/pdf", ".txt": "text/plain"}[strings.ToLower(path.Ext(name))]
		if media == "" || strings.ContainsAny(name, `/\`) {
			f.wrong(where, line, faulty("%q: a document is a file of %s that ends with .pdf or .txt", name, Documents))
			continue
		}
		data, err := f.read(path.Join(Documents, name), maxDocument)
		if err != nil {
			f.wrong(where, line, err)
			continue
		}
		digest := scrutin.DigestOf(data)
		f.prepared.Documents[digest] = path.Join(Documents, name)
		all = append(all, object{"title": strings.TrimSuffix(name, path.Ext(name)), "media": media, "size": len(data), "sha256": digest.String()})
	}
	return all
}

func (f *folder) read(name string, most int64) ([]byte, error) {
	file, err := f.open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > most {
		return nil, faulty("%s has more than %d bytes", name, most)
	}
	return data, nil
}
