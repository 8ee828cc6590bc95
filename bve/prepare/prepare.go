package prepare

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"isoloir/scrutin"
)

//go:embed defaults.yaml
var defaults embed.FS

// A Prepared is what a folder makes.
type Prepared struct {
	Manifest    *scrutin.Manifest
	Bytes       []byte // of manifest.json
	Fingerprint scrutin.Digest
	Draw        *Draw                     // nil where the file has none
	Documents   map[scrutin.Digest]string // path in the folder, by digest
}

// A Mistake is what is wrong in a file, by its line where it has one.
type Mistake struct {
	File string
	Line int
	Err  error
}

func (m Mistake) Error() string {
	if m.Line > 0 {
		return fmt.Sprintf("%s, line %d: %v", m.File, m.Line, m.Err)
	}
	return fmt.Sprintf("%s: %v", m.File, m.Err)
}

// Unwrap gives the mistake itself.
func (m Mistake) Unwrap() error { return m.Err }

// Mistakes are all that were found.
type Mistakes []Mistake

func (m Mistakes) Error() string {
	lines := make([]string, len(m))
	for i, one := range m {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

type folder struct {
	dir      fs.FS
	prepared *Prepared
	mistakes Mistakes
}

func (f *folder) wrong(file string, line int, err error) {
	f.mistakes = append(f.mistakes, Mistake{file, line, err})
}

// Read reads a folder and makes the manifest. The error is Mistakes, of files, or scrutin.Problems, of what they say together.
func Read(dir fs.FS) (*Prepared, error) {
	f := &folder{dir: dir, prepared: &Prepared{Documents: map[scrutin.Digest]string{}}}
	o, err := f.file()
	if err != nil {
		return nil, Mistakes{{File, 0, err}}
	}
	if f.prepared.Draw, err = drawn(o); err != nil {
		f.wrong(File, 0, err)
	}
	if schedule, is := o["schedule"].(object); is {
		if err := instants(schedule); err != nil {
			f.wrong(File, 0, err)
		}
	}
	if urns := f.urns(); urns != nil {
		o["urns"] = urns
	}
	questions, _ := o["questions"].([]any)
	for _, q := range questions {
		f.titled(q)
	}
	f.options(questions)
	f.hold(o, f.cards())
	if len(f.mistakes) > 0 {
		return nil, f.mistakes
	}
	m, err := manifest(o)
	if err != nil {
		return nil, Mistakes{{File, 0, err}}
	}
	if f.prepared.Draw != nil {
		f.prepared.Draw.Order(m)
	}
	if len(m.Clauses) == 0 {
		m.Clauses = []scrutin.Clause{}
	}
	if err := m.Validate(); err != nil {
		return nil, err
	}
	f.prepared.Manifest = m
	if f.prepared.Bytes, f.prepared.Fingerprint, err = m.Bytes(); err != nil {
		return nil, err
	}
	return f.prepared, nil
}

// file reads the YAML file over the defaults of its profile.
func (f *folder) file() (object, error) {
	data, err := f.read(File, 4<<20)
	if err != nil {
		return nil, err
	}
	o, err := parse(data)
	if err != nil {
		return nil, err
	}
	head, _ := o["scrutin"].(object)
	profile, _ := head["profile"].(string)
	data, err = defaults.ReadFile("defaults.yaml")
	if err != nil {
		return nil, err
	}
	all, err := parse(data)
	if err != nil {
		return nil, err
	}
	own, known := all[profile].(object)
	if !known {
		return nil, fmt.Errorf("scrutin.profile: %q is none of french-abroad, public-service, works-council, consultation, assembly", profile)
	}
	return over(over(all["all"].(object), own), o), nil
}

// titled gives a question documents that are named by their files.
func (f *folder) titled(question any) {
	q, _ := question.(object)
	if q == nil {
		return
	}
	names, _ := q["documents"].([]any)
	var files []string
	for _, n := range names {
		name, is := n.(string)
		if !is {
			return
		}
		files = append(files, name)
	}
	q["documents"] = f.documents(File, 0, files)
}
