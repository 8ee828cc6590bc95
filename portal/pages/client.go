package pages

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"isoloir/scrutin"
	"isoloir/web"
)

// Sums is the file of the client that lists the others, in the format of sha256sum;
// its digest is the client hash of the opening record.
const Sums = "SHA256SUMS"

// A clientFile is a line of the list.
type clientFile struct{ digest, name string }

// clientFiles reads the list of the client that is served.
func (s *Site) clientFiles() (list []byte, files []clientFile, err error) {
	list, err = fs.ReadFile(s.config.Scrutin.Client(), Sums)
	if err != nil {
		return nil, nil, fmt.Errorf("the client lacks its list: %w", err)
	}
	lines := bufio.NewScanner(bytes.NewReader(list))
	for lines.Scan() {
		digest, name, ok := strings.Cut(lines.Text(), "  ")
		if !ok || len(digest) != 64 || name == "" || strings.ContainsAny(name, "/\\") {
			return nil, nil, errors.New("the client's list is not of the form of sha256sum")
		}
		files = append(files, clientFile{digest, name})
	}
	return list, files, lines.Err()
}

// sealedClient is the digest that the bureau adopted last for the client: at the
// opening, or by an addendum. It is zero before.
func (p Progress) sealedClient() scrutin.Digest {
	var d scrutin.Digest
	if p.Opening != nil {
		d = p.Opening.Client
	}
	for _, a := range p.Acts {
		for _, adopted := range a.Body.Adopts {
			if a.Type == scrutin.ActAddendum && adopted.Path == scrutin.AdoptClient {
				d = adopted.SHA256
			}
		}
	}
	return d
}

// sealedProgram is the digest that the bureau adopted last for the program of the
// services: at the opening, or by an update. It is zero before.
func (p Progress) sealedProgram() scrutin.Digest {
	if p.Opening == nil {
		return scrutin.Digest{}
	}
	if a := p.Act(scrutin.ActUpdate); a != nil && len(a.Body.Adopts) > 0 {
		return a.Body.Adopts[0].SHA256
	}
	return p.Opening.Software
}

func (s *Site) client(v *Visit) (View, error) {
	list, files, err := s.clientFiles()
	if err != nil {
		return View{}, err
	}
	sources, err := clientSources()
	if err != nil {
		return View{}, err
	}
	return View{Title: v.Say("link.client"), Body: client(v, v.Progress.sealedClient(), scrutin.DigestOf(list), files, sources, s.config.Program)}, nil
}

// integrity is what a page says of a file of the client: the browser runs no other, and
// whoever keeps the page keeps the digest of what ran. Empty if there is no such file.
func (v *Visit) integrity(name string) string {
	f, err := v.site.scripts.Read(v.site.config.Scrutin.Client(), name)
	if err != nil {
		return ""
	}
	return "sha256-" + base64.StdEncoding.EncodeToString(f.Digest[:])
}

// clientSources are the paths of what the client is built from.
func clientSources() (paths []string, err error) {
	err = fs.WalkDir(web.Sources(), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			paths = append(paths, path)
		}
		return err
	})
	return paths, err
}
