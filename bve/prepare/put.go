package prepare

import (
	"bytes"
	"encoding/csv"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"isoloir/scrutin"
)

// Place is where a file that somebody hands over stands in a folder: by the ending of its name, and a table by its first line, whatever it is called.
// A Mistake if it is none of a folder's files.
func Place(name string, data []byte) (string, error) {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	switch strings.ToLower(path.Ext(name)) {
	case ".yaml", ".yml":
		return File, nil
	case ".pdf", ".txt":
		return path.Join(Documents, name), nil
	case CardEnd, KeyEnd:
		return path.Join(Keys, name), nil
	case ".csv":
		first, _ := csv.NewReader(bytes.NewReader(data)).Read()
		for table, head := range map[string][]string{Urns: urnsHead, Options: optionsHead} {
			if slices.Equal(first, head) {
				return table, nil
			}
		}
		return "", Mistake{name, 1, faulty("the first line of urns is %s, that of options %s, with commas between", strings.Join(urnsHead, ","), strings.Join(optionsHead, ","))}
	}
	return "", Mistake{name, 0, faulty("this is no file of a scrutin: neither scrutin.yaml, nor a table of urns or options (.csv), nor a document (.pdf, .txt), nor a card or a key")}
}

// Judge says, line by line, what is wrong in a file that is to stand in a folder, beside what stands there already. What only other files lack is no
// mistake of this one: [Read] says it.
func Judge(dir fs.FS, name string, data []byte) Mistakes {
	f := &folder{dir: dir, given: name, data: data, prepared: &Prepared{Documents: map[scrutin.Digest]string{}}}
	switch {
	case path.Dir(name) == Keys:
		f.card(name)
	case path.Dir(name) == Documents:
		if _, err := f.read(name, maxDocument); err != nil {
			f.wrong(name, 0, err)
		}
	case name == File:
		f.judge()
	case name == Urns:
		f.urns()
	case name == Options:
		o, err := f.file()
		if err != nil {
			f.wrong(Options, 0, faulty("%s is to be right first: it says which questions there are", File))
			break
		}
		questions, _ := o["questions"].([]any)
		f.options(questions)
	}
	return f.mistakes
}

// judge is what is wrong in the YAML file by itself.
func (f *folder) judge() {
	o, err := f.file()
	if err != nil {
		f.wrong(File, lineOf(err), err)
		return
	}
	f.timed(o)
}

// open opens a file of the folder, or the one that was handed over in its place.
func (f *folder) open(name string) (io.ReadCloser, error) {
	if f.given != "" && name == f.given {
		return io.NopCloser(bytes.NewReader(f.data)), nil
	}
	return f.dir.Open(name)
}
