package audit

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"isoloir/parallel"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
)

// readManifest reads the manifest; without it nothing can be checked.
func (v *verification) readManifest() bool {
	data, err := v.read(record.Manifest, canon.MaxSize)
	if err != nil {
		v.enter(111, "", err)
		return false
	}
	m := new(scrutin.Manifest)
	if err := canon.Unmarshal(data, m); err != nil {
		v.refuse(111, "", record.Manifest, err)
		return false
	}
	v.enter(111, "", m.Validate())
	if m.Scrutin.Profile == scrutin.StandingKey {
		v.refuse(111, "", record.Manifest, errors.New("a standing manifest has no vote of its own"))
		return false
	}
	v.m, v.f = m, scrutin.DigestOf(data)
	v.out.Fingerprint, v.out.Title = v.f.String(), m.Scrutin.Title
	names := make([]string, len(m.Urns))
	for i := range m.Urns {
		names[i] = m.Urns[i].ID
		u := &m.Urns[i]
		v.urns = append(v.urns, &urnState{number: i, urn: u, questions: m.QuestionsOf(u.ID), numbered: u.Electors, populations: []*population{{urn: u.ID}}})
	}
	if len(names) > 0 {
		v.expect(PerUrn, names)
	}
	return true
}

// readContents compares the list of contents with its signatures and with the
// files that lie there.
func (v *verification) readContents() bool {
	key := v.m.Platform.Contents.Verifier()
	data, err := v.read(record.Contents, note.MaxSize)
	if err != nil {
		v.enter(101, "", err)
		return false
	}
	n, err := note.Open(data, append(v.m.BureauVerifiers(), key)...)
	if err != nil {
		v.refuse(101, "", record.Contents, err)
		v.refuse(102, "", record.Contents, err)
		text, err := note.Text(data)
		if err != nil {
			return false
		}
		n = &note.Note{Text: text}
	}
	v.countSignatures(data)
	list, err := scrutin.Parse[scrutin.Contents](n.Text)
	if err != nil {
		v.refuse(105, "", record.Contents, err)
		return false
	}
	v.enter(101, "", n.Require(key))
	v.enter(102, "", v.m.AdoptedBy(n))
	v.list, v.texts[record.Contents] = list, scrutin.TextDigest(n.Text)
	return v.compareFiles()
}

// compareFiles hashes what lies in the export and compares it with the list.
func (v *verification) compareFiles() bool {
	paths, err := v.source.List()
	if errors.Is(err, record.ErrPath) || errors.Is(err, record.ErrNotRegular) {
		v.enter(104, "", err)
		return false
	}
	if v.readError(err) != nil {
		return false
	}
	listed := make(map[string]int64, len(v.list.Files))
	for _, f := range v.list.Files {
		listed[f.Path] = f.Size
	}
	v.hashAll(paths, listed)
	v.figures.expect(figFiles, len(v.list.Files))
	for _, f := range v.list.Files {
		v.figures.add(figFiles, 1)
		switch there, ok := v.found[f.Path]; {
		case !ok:
			v.refuse(103, "", f.Path, errors.New("the file is listed and is not there"))
		case there.Size != f.Size:
			v.refuse(103, "", f.Path, fmt.Errorf("%d bytes, the list says %d", there.Size, f.Size))
		case there.SHA256 != f.SHA256:
			v.refuse(103, "", f.Path, fmt.Errorf("SHA-256 %s, the list says %s", there.SHA256, f.SHA256))
		}
	}
	for _, p := range paths {
		if _, ok := listed[p]; !ok && !record.Unlisted(p) {
			v.refuse(104, "", p, errors.New("the file is not listed"))
		}
	}
	v.after = slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return !strings.HasPrefix(p, "after/") })
	v.stamps = slices.DeleteFunc(slices.Clone(paths), func(p string) bool {
		_, ok := listed[p]
		return ok || !strings.HasPrefix(p, "contents.") || p == record.Contents
	})
	v.enter(103, "", nil)
	v.enter(104, "", nil)
	return v.fault() == nil
}

// hashAll fills found, with so many files at once as there are workers. A file
// that is not listed is not read, and one of another size than listed is not
// hashed: a file can be as large as one likes and take no room on a disk.
func (v *verification) hashAll(paths []string, listed map[string]int64) {
	v.found = make(map[string]scrutin.File, len(listed))
	var mu sync.Mutex
	parallel.Each(len(paths), v.workers(), func(i int) {
		path := paths[i]
		size, ok := listed[path]
		if !ok {
			return
		}
		f, err := v.hashFile(path, size)
		mu.Lock()
		defer mu.Unlock()
		if v.readError(err) == nil {
			v.found[path] = f
		}
		if err == nil && f.Size == size {
			v.unchanged(path, f.SHA256)
		}
		v.step("contents", len(v.found), len(listed))
	})
}

// hashFile is the digest of a file, or its size alone where that is not the one
// given.
func (v *verification) hashFile(path string, size int64) (scrutin.File, error) {
	f, n, err := v.source.Stream(path)
	if err != nil {
		return scrutin.File{}, err
	}
	if err := f.Close(); err != nil || n != size {
		return scrutin.File{Path: path, Size: n}, err
	}
	return v.source.Digest(path)
}

func (v *verification) workers() int {
	return parallel.Workers(v.opt.Workers)
}
