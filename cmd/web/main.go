// Command web builds the browser client again: web/dist from the sources in web.
// Run it at the top of the repository, as make web does.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"isoloir/web/build"
)

func main() {
	if err := write("web"); err != nil {
		fmt.Fprintln(os.Stderr, "web:", err)
		os.Exit(1)
	}
}

// write replaces the built files in the directory of the client's sources.
func write(dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	files, err := build.Files(dir)
	if err != nil {
		return err
	}
	dist := filepath.Join(dir, "dist")
	if err := os.RemoveAll(dist); err != nil {
		return err
	}
	if err := os.Mkdir(dist, 0o755); err != nil {
		return err
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dist, name), data, 0o644); err != nil {
			return err
		}
	}
	_, err = os.Stdout.Write(files[build.Sums])
	return err
}
