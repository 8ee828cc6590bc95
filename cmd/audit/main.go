// Command audit is the expert's verifier. It reads the sealed export of a
// scrutin and nothing else, opens no connection, recomputes everything, and
// says whether all of it holds. See docs/checks.md for what it checks.
package main

import (
	"os"
	"os/signal"
)

func main() {
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt)
	go func() {
		<-interrupted
		os.Exit(exitInterrupted)
	}()
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}
