// Command web builds the browser client again: web/dist from the sources in web,
// web/bureau/dist, web/station/dist and web/citizen/dist, the scripts of the bureau's, of
// the polling stations' and of anonymous accounts' pages, and web/verifier/dist, the page
// of the second verifier.
// Run it at the top of the repository, as make web does. With -out DIR it writes them
// to a folder of DIR for each instead, so that they can be compared.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"isoloir/web/build"
)

func main() {
	out := flag.String("out", "", "")
	flag.Parse()
	if err := write("web", *out); err != nil {
		fmt.Fprintln(os.Stderr, "web:", err)
		os.Exit(1)
	}
}

// clients are what is built: where it stands among the sources, and its folder elsewhere.
var clients = []struct {
	dist, folder string
	files        func(dir string) (map[string][]byte, error)
}{
	{"dist", "voters", build.Files},
	{filepath.Join("bureau", "dist"), "bureau", build.Bureau},
	{filepath.Join("station", "dist"), "station", build.Station},
	{filepath.Join("citizen", "dist"), "citizen", build.Citizen},
	{filepath.Join("verifier", "dist"), "verifier", build.Verifier},
}

// write replaces the built files in the directory of the client's sources, or makes a
// folder of them.
func write(dir, out string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	for _, c := range clients {
		files, err := c.files(dir)
		if err != nil {
			return err
		}
		into := filepath.Join(dir, c.dist)
		if out != "" {
			into = filepath.Join(out, c.folder)
		}
		if err := replace(into, files); err != nil {
			return err
		}
	}
	return nil
}

// replace writes the files of a directory in the place of what it held, and prints their digests.
func replace(dist string, files map[string][]byte) error {
	if err := os.RemoveAll(dist); err != nil {
		return err
	}
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return err
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dist, name), data, 0o644); err != nil {
			return err
		}
	}
	_, err := os.Stdout.Write(files[build.Sums])
	return err
}
