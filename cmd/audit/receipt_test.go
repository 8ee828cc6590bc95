package main

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"isoloir/audit/audittest"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/urn"
)

// codeOf is the receipt code of a cast ballot of the first urn.
func codeOf(w *audittest.World) string {
	for _, batch := range w.Batches[0] {
		for _, leaf := range batch {
			if urn.LeafType(leaf[0]) == urn.Cast {
				code := sha256.Sum256(leaf[1:])
				return hex.EncodeToString(code[:])
			}
		}
	}
	return ""
}

// receipts are receipt files: of a ballot that is there, of one that is not, and of one
// that a stranger promised.
func receipts(t testing.TB, w *audittest.World) map[string][]byte {
	t.Helper()
	there, err := scrutin.ParseDigest(codeOf(w))
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := note.GenerateKey(w.Manifest.Platform.Urn.ID)
	if err != nil {
		t.Fatal(err)
	}
	file := func(ballot scrutin.Digest, key note.Signer) []byte {
		promise, err := note.Sign(scrutin.CastingText{Kind: scrutin.Promise, Opening: w.O, Urn: w.Manifest.Urns[0].ID, Value: ballot}.Text(), key)
		if err != nil {
			t.Fatal(err)
		}
		return append([]byte("Récépissé\n\n"), promise...)
	}
	gone := scrutin.DigestOf([]byte("a ballot that vanished"))
	own := w.Signers[w.Manifest.Platform.Urn.ID]
	return map[string][]byte{"kept.txt": file(there, own), "gone.txt": file(gone, own), "strange.txt": file(gone, stranger)}
}
