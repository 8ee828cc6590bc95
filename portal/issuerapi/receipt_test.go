package issuerapi_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"isoloir/account/exchange"
	"isoloir/issuer"
	"isoloir/scrutin"
)

// receipt is a request as a voter's device makes it.
func (o *office) receipt(t testing.TB, e exchange.Elector, ballot scrutin.Digest) issuer.ReceiptRequest {
	t.Helper()
	r := issuer.ReceiptRequest{Elector: e, Signature: [64]byte{9}, Ballot: ballot}
	sign := func(kind string, value scrutin.Digest, by string) []byte {
		data, err := scrutin.SignCasting(scrutin.CastingText{Kind: kind, Opening: opening, Urn: o.Manifest.Urns[e.Urn].ID, Value: value}, o.Fixture.Signers[by])
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	mark := binary.LittleEndian.AppendUint32(nil, e.Number)
	r.Marked = sign(scrutin.Marked, sha256.Sum256(append(mark, r.Signature[:]...)), "roll")
	r.Promise = sign(scrutin.Promise, ballot, "urn")
	return r
}

// The join test: after the e-mails with the receipt codes, an issuer's files, spool
// and logs hold nothing by which a ballot could be told from another one.
func TestNothingJoins(t *testing.T) {
	o := open(t, 0, "code")
	o.Import(t)
	var hashes []scrutin.Digest
	for i := range 19 {
		ballot := scrutin.DigestOf([]byte{byte(i)})
		hashes = append(hashes, ballot)
		w := o.ask("POST", "/v1/receipt-mail", string(o.receipt(t, exchange.Elector{Urn: 1, Number: uint32(i)}, ballot).Bytes()), "Content-Type", octets, "Origin", portal)
		if w.Code != 200 || !bytes.Equal(w.Body.Bytes(), []byte{0}) {
			t.Fatalf("elector %d: %d %x", i, w.Code, w.Body)
		}
	}
	if len(o.Box.Letters()) != 19 {
		t.Fatalf("%d messages", len(o.Box.Letters()))
	}
	var kept bytes.Buffer
	err := filepath.WalkDir(o.Dir, func(file string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(file)
		kept.Write(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(&kept, o.failed, o.guard.Counts())
	names := map[string]bool{}
	for _, l := range o.Box.Letters() {
		names[l.Name] = true
	}
	for _, h := range hashes {
		for _, part := range [][]byte{h[:8], []byte(h.String()[:12]), []byte(strings.ToUpper(h.String()[:12]))} {
			if bytes.Contains(kept.Bytes(), part) {
				t.Errorf("part of the ballot hash %s is kept", h)
			}
		}
		again := sha256.Sum256(h[:])
		for _, derived := range [][]byte{again[:], []byte(hex.EncodeToString(again[:16]))} {
			if bytes.Contains(kept.Bytes(), derived) || names[string(derived)] {
				t.Errorf("a hash of the ballot hash %s is kept", h)
			}
		}
	}
	if len(names) != 19 || kept.Len() < 4096 {
		t.Errorf("%d names, %d bytes searched", len(names), kept.Len())
	}
}

func TestReceiptRefusals(t *testing.T) {
	o := open(t, 0, "code")
	o.Import(t)
	good := o.receipt(t, exchange.Elector{Urn: 1, Number: 7}, scrutin.Digest{1})
	forged := good
	forged.Ballot[0]++
	post := o.receipt(t, exchange.Elector{Urn: 0, Number: 9}, scrutin.Digest{2})
	for name, c := range map[string]struct {
		body []byte
		want byte
	}{
		"empty": {nil, 1}, "cut off": {good.Bytes()[:100], 1}, "another ballot": {forged.Bytes(), 3}, "who gets letters": {post.Bytes(), 4},
	} {
		if w := o.ask("POST", "/v1/receipt-mail", string(c.body), "Content-Type", octets); w.Code != 200 || !bytes.Equal(w.Body.Bytes(), []byte{c.want}) {
			t.Errorf("%s: %d %x, expected %d", name, w.Code, w.Body, c.want)
		}
	}
	for name, number := range map[string]int{"code": 1, "mark-only": 0, "none": 0} {
		o := open(t, number, name)
		o.Import(t)
		if w := o.ask("POST", "/v1/receipt-mail", string(o.receipt(t, exchange.Elector{Urn: 1, Number: 7}, scrutin.Digest{1}).Bytes()), "Content-Type", octets); !bytes.Equal(w.Body.Bytes(), []byte{2}) {
			t.Errorf("issuer %d under %s: %x", number, name, w.Body)
		}
	}
}
