// Command web builds the browser client again: web/dist from the sources in web,
// web/bureau/dist, the scripts of the bureau's pages, and web/verifier/dist, the page of
// the second verifier.
// Run it at the top of the repository, as make web does. With -out DIR it writes them
// to DIR/voters, DIR/bureau and DIR/verifier instead, so that they can be compared.
package main

import (
	"errors"
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

// write replaces the built files in the directory of the client's sources, or makes a
// folder of them.
func write(dir, out string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	files, err := build.Files(dir)
	if err != nil {
		return err
	}
	bureau, err := build.Bureau(dir)
	if err != nil {
		return err
	}
	verifier, err := build.Verifier(dir)
	if err != nil {
		return err
	}
	voters, members, page := filepath.Join(dir, "dist"), filepath.Join(dir, "bureau", "dist"), filepath.Join(dir, "verifier", "dist")
	if out != "" {
		voters, members, page = filepath.Join(out, "voters"), filepath.Join(out, "bureau"), filepath.Join(out, "verifier")
	}
	return errors.Join(replace(voters, files), replace(members, bureau), replace(page, verifier))
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
