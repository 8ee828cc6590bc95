package build

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// VerifierPage is the one file of the second verifier: a page that works from a disk,
// with its scripts and its stylesheet in it.
const VerifierPage = "verifier.html"

// Verifier builds the verifier's page and its digest from the same directory; its folder
// verifier has the sources. The page's policy names the script and the stylesheet in it
// by their SHA-256, allows workers made of its own text, and no connection at all.
func Verifier(dir string) (map[string][]byte, error) {
	parts := map[string][]byte{}
	for _, name := range []string{"page.js", "worker.js"} {
		if err := bundle(parts, dir, api.FormatIIFE, filepath.Join(dir, "verifier", name)); err != nil {
			return nil, err
		}
		if bytes.Contains(bytes.ToLower(parts[name]), []byte("</script")) || bytes.Contains(parts[name], []byte("<!--")) {
			return nil, fmt.Errorf("%s would end the script that it stands in", name)
		}
	}
	for _, name := range []string{"style.css", "page.html"} {
		data, err := os.ReadFile(filepath.Join(dir, "verifier", name))
		if err != nil {
			return nil, err
		}
		parts[name] = data
	}
	policy := fmt.Sprintf("default-src 'none'; script-src %s; style-src %s; worker-src blob:; base-uri 'none'; form-action 'none'",
		source(parts["page.js"]), source(parts["style.css"]))
	page := strings.NewReplacer("{{policy}}", policy, "{{style}}", string(parts["style.css"]), "{{worker}}", string(parts["worker.js"]),
		"{{script}}", string(parts["page.js"])).Replace(string(parts["page.html"]))
	files := map[string][]byte{VerifierPage: []byte(page)}
	files[Sums] = sums(files)
	return files, nil
}

// source is how a policy names a text that stands in the page.
func source(text []byte) string {
	digest := sha256.Sum256(text)
	return "'sha256-" + base64.StdEncoding.EncodeToString(digest[:]) + "'"
}
