// Command trustee is the offline tool of a key holder and of a mixer: files in,
// files out, no network. It is written for people who are not engineers, in
// French and in English; the work itself is that of packages trustee and
// keyceremony/device.
package main

import "os"

func main() {
	t := newTool(os.Stdin, os.Stdout, os.Stderr, os.Getenv)
	os.Exit(t.run(os.Args[1:]))
}
