package prepare

import (
	"embed"
	"io/fs"

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

type folder struct {
	dir      fs.FS
	given    string // a file that stands there with other bytes, which were handed over; empty for none
	data     []byte // of it
	prepared *Prepared
	mistakes Mistakes
}

func (f *folder) wrong(file string, line int, err error) {
	f.mistakes = append(f.mistakes, Mistake{file, line, err})
}

// Read reads a folder and makes the manifest. The error is Mistakes, of files, or scrutin.Problems, of what they say together.
func Read(dir fs.FS) (*Prepared, error) {
	p, err := Draft(dir)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Draft is what of a folder can be shown while it is being written: its manifest without the keys that are lacking yet, nil where what stands there
// is none. The error is that of [Read], by which it is no manifest to be sealed.
func Draft(dir fs.FS) (*Prepared, error) {
	f := &folder{dir: dir, prepared: &Prepared{Documents: map[scrutin.Digest]string{}}}
	o, err := f.file()
	if err != nil {
		return f.prepared, Mistakes{{File, lineOf(err), err}}
	}
	f.timed(o)
	if urns := f.urns(); urns != nil {
		o["urns"] = urns
	}
	questions, _ := o["questions"].([]any)
	for _, q := range questions {
		f.titled(q)
	}
	f.options(questions)
	f.hold(o, f.cards())
	m, err := manifest(o)
	if err != nil {
		if len(f.mistakes) == 0 {
			f.wrong(File, 0, err)
		}
		return f.prepared, f.mistakes
	}
	if f.prepared.Draw != nil {
		f.prepared.Draw.Order(m)
	}
	if len(m.Clauses) == 0 {
		m.Clauses = []scrutin.Clause{}
	}
	f.prepared.Manifest = m
	if len(f.mistakes) > 0 {
		return f.prepared, f.mistakes
	}
	f.prepared.Bytes, f.prepared.Fingerprint, err = m.Bytes()
	return f.prepared, err
}

// timed reads draw and hours.
func (f *folder) timed(o object) {
	var err error
	if f.prepared.Draw, err = drawn(o); err != nil {
		f.wrong(File, 0, err)
	}
	if schedule, is := o["schedule"].(object); is {
		if err := instants(schedule); err != nil {
			f.wrong(File, 0, err)
		}
	}
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
		return nil, faulty("scrutin.profile: %q is none of french-abroad, public-service, works-council, consultation, assembly", profile)
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
