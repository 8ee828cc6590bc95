// Package audittest makes whole elections in memory, small ones, with every
// secret of every party in hand: the world in which an adversary is let loose
// against the auditor. A [World] is built stage by stage; a deviation at any
// stage is carried on by the stages after it, as it would be by parties who
// sign in good faith what they are shown. No command imports it.
package audittest

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"isoloir/account"
	"isoloir/crypto/group"
	"isoloir/crypto/shuffle"
	"isoloir/crypto/transcript"
	"isoloir/keyceremony"
	"isoloir/mixte"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
	"isoloir/timestamp/local"
)

// A Stage is a step of the procedure. The act that adopts what a stage made is
// the first thing of the stage after it.
type Stage int

// The stages in their order.
const (
	Founded    Stage = iota // manifest
	Keyed                   // messages of the ceremony
	Rehearsed               // rehearsal messages
	Enrolled                // issuers' keys and statements
	Anonymised              // mixers' stages
	Opened                  // opening record
	Amended                 // notes and files of the roll's amendments
	Voted                   // ballots in batches, marks: no file yet
	Logged                  // logs, seals, marks and roll statements
	Mixed                   // mixers' stages
	Shared                  // holders' shares
	Counted                 // result
	Adopted                 // last act
	Listed                  // contents
)

// stages are the functions that make them.
var stages = []func(w *World){
	(*World).found, (*World).makeKeys, (*World).rehearse, (*World).enrol, (*World).anonymise, (*World).open, (*World).amend, (*World).vote,
	(*World).log, (*World).mix, (*World).share, (*World).count, (*World).proclaim, (*World).list,
}

// A Shape says what kind of election a world is.
type Shape struct {
	Fixture  scrutintest.Options
	Void     bool // a first run of the ceremony is void: a holder stays away
	Double   bool // and instead two are at fault in its third step; needs room in the clauses
	Abstain  int  // electors of each urn who do not vote
	Stamped  int  // timestamp authorities, tsa-1 …
	Revoters int  // voters of each urn who vote twice; needs Fixture.Revotes
	Deputies int  // of roll and urn each, two a day; the first of the urn is withdrawn
	Amend    []Change

	Challenges int // ballots of the first urn that are opened, the first one contested

	Accounts   bool // a scrutin of accounts; needs Fixture.Revotes, and ten electors in each urn
	Supervised int  // voters of each urn who vote at the terminal too; needs Accounts
	Few        int  // voters of the last urn, whose cell stays closed if they are too few; 0 as elsewhere
	Standing   bool // the key is that of a standing manifest; needs Fixture.Revotes
	Paper      int  // electors of the first urn, of those who abstain, who vote on paper; needs mixed weights
}

// A World is an election in the making. Its fields may be changed between
// stages; files are replaced, never edited in place.
type World struct {
	Shape
	*scrutintest.Fixture
	Rand    *rand.Rand
	Files   map[string][]byte
	Done    Stage // the last stage made
	O, S, M scrutin.Digest
	OpenAll bool // mixers and holders open small cells that no act names

	// Acts
	Seq      int
	Last     scrutin.Digest
	Clock    time.Time
	Skip     map[string]bool                          // types of act that are not written
	EditAct  func(a *scrutin.Act)                     // what a corrupt bureau writes instead
	SignedBy map[string][]string                      // who signs an act of a type; all members by default
	Signing  func(path string, def []string) []string // who signs the records of the bureau and of witnesses

	// Timestamps
	Authorities []*local.Authority
	EditStamp   func(s *Stamp) // what a corrupt authority, or who keeps its answers, gives instead

	EditMixte func(s *mixte.Statement) // what a corrupt bureau writes of members and citizens instead

	// Keys
	Keys      *keyceremony.Keys
	Fragments map[string]map[string]group.Scalar // holder, clause
	excluded  []string

	// Accounts
	Halves       [][][]group.Scalar      // issuer, urn, elector; those of a register are whole
	Register     [][]account.Enrolled    // of a scrutin of accounts, by urn, in the order of the files
	EditSnapshot func(*account.Snapshot) // what a corrupt register signs instead
	Terminal     ed25519.PrivateKey      // of a scrutin of accounts
	Bases        []group.Point
	Accounts     [][]byte // of each urn, after the last stage

	Amendments []*Amendment

	// Votes
	Batches  [][][][]byte // urn, batch, leaf
	Marks    [][]Mark     // of each urn, in order
	Uncast   []Uncast     // instead of being cast, in the first urn
	Minutes  []*mixte.Minutes
	Cosigned time.Time // when witnesses look at the seals, before it is rounded

	gens *shuffle.Generators
}

// A Mark is an elector's own signature on his reservation.
type Mark struct {
	Elector   uint32
	Signature []byte
}

// New makes a world up to its manifest. The seed decides choices and order
// only.
func New(shape Shape, seed uint64) (*World, error) {
	authorities := makeAuthorities(&shape)
	var own registered
	if shape.Accounts {
		own = register(&shape)
	}
	f, err := scrutintest.Make(shape.Fixture)
	if err != nil {
		return nil, err
	}
	w := &World{
		Shape: shape, Fixture: f, Rand: rand.New(rand.NewPCG(seed, 17)), Files: map[string][]byte{}, Done: -1,
		Clock: f.Manifest.Schedule.Open.AddDate(0, -1, 0), Cosigned: f.Manifest.Schedule.Close.Add(time.Hour), Skip: map[string]bool{}, SignedBy: map[string][]string{},
		Fragments: map[string]map[string]group.Scalar{}, gens: new(shuffle.Generators), Authorities: authorities,
		Halves: own.halves, Register: own.accounts, Terminal: own.terminal,
	}
	if shape.Standing {
		w.Stand(nil)
	}
	w.Advance(Founded)
	return w, nil
}

// Advance makes the stages up to and with to.
func (w *World) Advance(to Stage) *World {
	for w.Done < to {
		w.Done++
		stages[w.Done](w)
	}
	return w
}

// Clone copies a world, so that what is done to one is not done to the other.
func (w *World) Clone() *World {
	c := *w
	c.Files = maps.Clone(w.Files)
	c.Skip, c.SignedBy = maps.Clone(w.Skip), maps.Clone(w.SignedBy)
	c.Fragments = map[string]map[string]group.Scalar{}
	for holder, fragments := range w.Fragments {
		c.Fragments[holder] = maps.Clone(fragments)
	}
	manifest := *w.Manifest
	fixture := *w.Fixture
	fixture.Manifest = &manifest
	fixture.Signers = maps.Clone(w.Signers)
	c.Fixture = &fixture
	c.Rand = rand.New(rand.NewPCG(w.Rand.Uint64(), 29))
	c.Halves = make([][][]group.Scalar, len(w.Halves))
	for i := range w.Halves {
		c.Halves[i] = make([][]group.Scalar, len(w.Halves[i]))
		for u := range w.Halves[i] {
			c.Halves[i][u] = slices.Clone(w.Halves[i][u])
		}
	}
	c.Register = make([][]account.Enrolled, len(w.Register))
	for u := range w.Register {
		c.Register[u] = slices.Clone(w.Register[u])
	}
	c.Bases, c.Accounts = slices.Clone(w.Bases), slices.Clone(w.Accounts)
	c.Amendments = nil
	for _, a := range w.Amendments {
		c.Amendments = append(c.Amendments, a.clone())
	}
	c.Batches = make([][][][]byte, len(w.Batches)) // each batch its own
	for u := range w.Batches {
		for _, batch := range w.Batches[u] {
			c.Batches[u] = append(c.Batches[u], slices.Clone(batch))
		}
	}
	c.Uncast, c.Minutes = slices.Clone(w.Uncast), slices.Clone(w.Minutes)
	c.Marks = make([][]Mark, len(w.Marks))
	for u := range w.Marks {
		c.Marks[u] = slices.Clone(w.Marks[u])
	}
	return &c
}

func (w *World) found() {
	w.Files[record.Manifest] = w.Bytes
}

// SetManifest changes the manifest without asking whether it is valid.
func (w *World) SetManifest(edit func(m *scrutin.Manifest)) {
	edit(w.Manifest)
	w.Bytes = must(canon.Marshal(w.Manifest))
	w.Fingerprint = scrutin.DigestOf(w.Bytes)
	w.Files[record.Manifest] = w.Bytes
}

// Context is the record of proofs, before the opening record or after it.
func (w *World) Context(urn string) transcript.Context {
	return transcript.Context{Manifest: w.Fingerprint, Opening: w.O, Urn: urn}
}

// Head begins records made after the opening record.
func (w *World) Head() scrutin.OpenHead {
	return scrutin.OpenHead{Head: scrutin.Head{Manifest: w.Fingerprint}, Opening: w.O}
}

// Members are the identifiers of the bureau.
func (w *World) Members() (ids []string) {
	for _, m := range w.Manifest.Bureau.Members {
		ids = append(ids, m.ID)
	}
	return ids
}

// Keyring returns the signers of these names.
func (w *World) Keyring(names ...string) []note.Signer {
	var out []note.Signer
	for _, n := range names {
		out = append(out, w.Signers[n])
	}
	return out
}

// Sign writes a record under the signatures of these names.
func (w *World) Sign(path string, r scrutin.Record, names ...string) {
	if w.Signing != nil {
		names = w.Signing(path, names)
	}
	w.Files[path] = must(scrutin.Sign(r, w.Keyring(names...)...))
}

// Edit changes a signed record and signs it again, in the names of those who
// had signed it.
func Edit[T any, P interface {
	*T
	scrutin.Record
}](w *World, path string, change func(r *T)) {
	text := must(note.Text(w.Files[path]))
	r := must(scrutin.Parse[T, P](text))
	change(r)
	w.Files[path] = must(scrutin.Sign(P(r), w.Keyring(w.SignersOf(path)...)...))
}

// SignersOf returns the names under a note, in order.
func (w *World) SignersOf(path string) (names []string) {
	for line := range bytes.Lines(w.Files[path]) {
		var name, sig string
		if n, _ := fmt.Sscanf(string(line), "— %s %s", &name, &sig); n == 2 {
			names = append(names, name)
		}
	}
	return names
}

// Text is the digest of a note's text.
func (w *World) Text(path string) scrutin.Digest {
	return scrutin.TextDigest(must(note.Text(w.Files[path])))
}

// Act writes the next act, from the stage Adopted on beside the export.
func (w *World) Act(kind string, body scrutin.ActBody) {
	if w.Skip[kind] {
		return
	}
	if body.Adopts == nil {
		body.Adopts = []scrutin.Adopted{}
	}
	w.Clock = w.Clock.Add(time.Hour)
	a := &scrutin.Act{Head: scrutin.Head{Manifest: w.Fingerprint}, Opening: w.O, Seq: w.Seq + 1, Previous: w.Last, Type: kind,
		Time: scrutin.TimeOf(w.Clock), Session: 1, Present: w.Members(), Body: body}
	if w.EditAct != nil {
		w.EditAct(a)
	}
	signers := w.SignedBy[kind]
	if signers == nil {
		signers = w.Members()
	}
	path := record.Act(a.Seq, a.Type)
	if w.Done >= Adopted && kind != scrutin.ActProclaim {
		path = record.After(a.Seq, a.Type)
	}
	w.Files[path] = must(scrutin.Sign(a, w.Keyring(signers...)...))
	w.Seq++
	w.Last = w.Text(path)
	if kind == scrutin.ActSeal {
		w.S = w.Last
	}
	if scrutin.Timestamped(kind) {
		w.stamp(path, w.Last, func(authority string) string { return record.Timestamp(a.Seq, a.Type, authority) })
	}
}

// Adopts names notes and other files as an act does.
func (w *World) Adopts(paths ...string) (adopted []scrutin.Adopted) {
	for _, p := range paths {
		digest := scrutin.DigestOf(w.Files[p])
		if strings.HasSuffix(p, ".note") {
			digest = w.Text(p)
		}
		adopted = append(adopted, scrutin.Adopted{Path: p, SHA256: digest})
	}
	return adopted
}

// list writes the contents over the files as they are.
func (w *World) list() { w.List("contents") }

// List writes the contents, signed by the bureau, and by the platform under this
// name unless it is empty.
func (w *World) List(platform string) {
	delete(w.Files, record.Contents)
	c := &scrutin.Contents{OpenHead: w.Head()}
	for _, p := range slices.Sorted(maps.Keys(w.Files)) {
		if record.Unlisted(p) {
			continue
		}
		c.Files = append(c.Files, scrutin.File{Path: p, Size: int64(len(w.Files[p])), SHA256: sha256.Sum256(w.Files[p])})
	}
	names := w.Members()
	if platform != "" {
		names = append(names, platform)
	}
	w.Sign(record.Contents, c, names...)
	w.stamp(record.Contents, w.Text(record.Contents), record.ContentsTimestamp)
}

// must is for what cannot fail in a world that the tests made.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
