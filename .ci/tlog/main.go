// Command tlog reads a log with a library that is none of ours (filippo.io/torchwood):
// its checkpoint under the keys of the log and of witnesses, every entry by the tiles,
// and one by its proof. It prints the size, the root, and the SHA-256 of all entries,
// each after its length in two bytes.
//
//	tlog ADDRESS ORIGIN LOG-KEY [WITNESS-KEY…]
package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
)

func main() {
	if err := read(os.Args[1], os.Args[2], os.Args[3], os.Args[4:]); err != nil {
		fmt.Fprintln(os.Stderr, "tlog:", err)
		os.Exit(1)
	}
}

func read(address, origin, log string, witnesses []string) error {
	key, err := note.NewVerifier(log)
	if err != nil {
		return err
	}
	all := []torchwood.Policy{torchwood.OriginPolicy(origin), torchwood.SingleVerifierPolicy(key)}
	for _, w := range witnesses {
		v, err := torchwood.NewCosignatureVerifier(w)
		if err != nil {
			return err
		}
		all = append(all, torchwood.SingleVerifierPolicy(v))
	}
	fetcher, err := torchwood.NewTileFetcher(address)
	if err != nil {
		return err
	}
	client, err := torchwood.NewClient(fetcher)
	if err != nil {
		return err
	}
	ctx := context.Background()
	signed, err := fetcher.ReadEndpoint(ctx, "checkpoint")
	if err != nil {
		return err
	}
	head, _, err := torchwood.VerifyCheckpoint(signed, torchwood.ThresholdPolicy(len(all), all...))
	if err != nil {
		return err
	}
	entries, last := sha256.New(), int64(-1)
	for i, entry := range client.AllEntries(ctx, head.Tree, 0) {
		entries.Write(binary.BigEndian.AppendUint16(nil, uint16(len(entry))))
		entries.Write(entry)
		last = i
	}
	if err := client.Err(); err != nil {
		return err
	}
	if last+1 != head.N {
		return fmt.Errorf("%d entries of %d", last+1, head.N)
	}
	if last >= 0 {
		if _, _, err := client.Entry(ctx, head.Tree, last/2); err != nil {
			return err
		}
	}
	_, err = fmt.Printf("%d %s %x\n", head.N, head.Hash, entries.Sum(nil))
	return err
}
