package audittest

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"time"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/merkle"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/urn"
)

func (w *World) noteText(path string) string { return must(note.Text(w.Files[path])) }

// A Vote is a ballot in the making, for an adversary to deviate from.
type Vote struct {
	Urn      int
	Base     group.Point
	Secret   group.Scalar
	Options  []int // place among the choices of each question
	Coins    []group.Scalar
	Counter  uint32
	Previous urn.Hash
}

// NewVote is an elector's honest vote.
func (w *World) NewVote(u, elector int) Vote {
	base, _ := w.Base(u, elector)
	v := Vote{Urn: u, Base: base, Secret: w.Secret(u, elector)}
	for _, q := range w.Manifest.QuestionsOf(w.Manifest.Urns[u].ID) {
		v.Options = append(v.Options, w.Rand.IntN(len(q.Choices())))
		v.Coins = append(v.Coins, group.RandomScalar())
	}
	return v
}

// Ballot encrypts a vote and proves it.
func (w *World) Ballot(v Vote) []byte {
	name := w.Manifest.Urns[v.Urn].ID
	var ciphertexts []elgamal.Ciphertext
	for i, q := range w.Manifest.QuestionsOf(name) {
		m := elgamal.Option(w.Fingerprint, q.ID, q.Choices()[v.Options[i]])
		ciphertexts = append(ciphertexts, elgamal.Encrypt(w.Keys.Key, m, v.Coins[i]))
	}
	list := elgamal.NewList(ciphertexts, 1)
	proofs := must(sigma.NewBallots(w.Context(name), sigma.NewElement(v.Base), sigma.NewElement(w.Keys.Key)))
	account := sigma.NewElement(v.Base.Mul(v.Secret))
	proof := must(must(proofs.Claim(account, v.Counter, v.Previous, list)).Prove(v.Coins, v.Secret))
	b := append([]byte{urn.BallotVersion}, w.O[:]...)
	b = binary.LittleEndian.AppendUint16(b, uint16(v.Urn))
	key := account.Bytes()
	b = append(b, key[:]...)
	b = binary.LittleEndian.AppendUint32(b, v.Counter)
	b = append(b, v.Previous[:]...)
	return slices.Concat(b, list.Bytes(), proof.Bytes())
}

// Mark is an elector's signature on his reservation.
func (w *World) Mark(u, elector int) Mark {
	x := w.Secret(u, elector)
	claim := sigma.Reservation(w.Context(w.Manifest.Urns[u].ID), sigma.NewElement(group.MulBase(x)), uint32(elector))
	signature := must(claim.Prove(x)).Bytes()
	return Mark{uint32(elector), signature[:]}
}

// enrolled lists the electors whose account stands in the urn, but who is struck off.
func (w *World) enrolled(u int) (electors []int) {
	for e := range w.Halves[0][u] {
		base, accounts := w.Base(u, e)
		account := base.Mul(w.Secret(u, e)).Bytes()
		there := false
		for key := range slices.Chunk(accounts, group.PointSize) {
			there = there || [group.PointSize]byte(key) == account
		}
		if there && !w.Struck(u, e) {
			electors = append(electors, e)
		}
	}
	return electors
}

// vote lets electors vote, in two batches for each urn.
func (w *World) vote() {
	w.adoptAmendments()
	w.Batches, w.Marks = make([][][][]byte, len(w.Manifest.Urns)), make([][]Mark, len(w.Manifest.Urns))
	for u := range w.Manifest.Urns {
		voters := w.enrolled(u)
		w.Rand.Shuffle(len(voters), func(i, j int) { voters[i], voters[j] = voters[j], voters[i] })
		voters = voters[:max(0, len(voters)-w.Abstain)]
		if w.Few > 0 && u == len(w.Manifest.Urns)-1 {
			voters = voters[:w.Few]
		}
		var leaves [][]byte
		for i, e := range voters {
			if !w.Shape.Accounts {
				w.Marks[u] = append(w.Marks[u], w.Mark(u, e))
			}
			if i < w.Supervised {
				leaves = append(leaves, w.AtTerminal(w.NewVote(u, e)))
			}
			v := w.NewVote(u, e)
			b := w.Ballot(v)
			leaves = append(leaves, urn.CastLeaf(b))
			if i < w.Revoters {
				again := w.NewVote(u, e)
				again.Counter, again.Previous = 1, sha256.Sum256(b)
				leaves = append(leaves, urn.CastLeaf(w.Ballot(again)))
			}
		}
		half := (len(leaves) + 1) / 2
		w.Batches[u] = [][][]byte{leaves[:half], leaves[half:]}
		w.Tidy(u)
	}
}

// Tidy sorts batches and marks as the services do.
func (w *World) Tidy(u int) {
	for _, batch := range w.Batches[u] {
		slices.SortFunc(batch, func(a, b []byte) int {
			x, y := sha256.Sum256(a), sha256.Sum256(b)
			return bytes.Compare(x[:], y[:])
		})
	}
	slices.SortFunc(w.Marks[u], func(a, b Mark) int { return int(a.Elector) - int(b.Elector) })
}

// Counts says whether a leaf carries a ballot that was cast, be it at a terminal.
func Counts(leaf []byte) bool {
	return leaf[0] == byte(urn.Cast) || leaf[0] == byte(urn.Supervised)
}

// Envelope is the ballot that a leaf carries.
func Envelope(leaf []byte) urn.Envelope {
	data := leaf[1:]
	if leaf[0] == byte(urn.Supervised) {
		data, _, _ = urn.SplitSupervised(data)
	}
	return must(urn.ReadEnvelope(data))
}

// Cast counts the cast leaves of an urn, of distinct accounts where revotes are
// allowed.
func (w *World) Cast(u int) int {
	accounts, n := map[string]bool{}, 0
	for _, leaf := range slices.Concat(w.Batches[u]...) {
		if Counts(leaf) {
			accounts[string(leaf[1+35:1+35+32])] = true
			n++
		}
	}
	if w.Manifest.RevoteAllowed() {
		return len(accounts)
	}
	return n
}

// log writes logs, seals, marks, statements of the roll, and deputies.
func (w *World) log() {
	for u := range w.Manifest.Urns {
		w.Log(u)
		if !w.Shape.Accounts {
			w.Roll(u)
		}
	}
	w.listDeputies()
	w.challenge()
	w.onPaper()
}

// Log writes the log of an urn from its batches, signed by the urn and
// co-signed by the witnesses.
func (w *World) Log(u int) {
	name := w.Manifest.Urns[u].ID
	var file bytes.Buffer
	out := urn.NewLeafWriter(&file)
	var tree merkle.Frontier
	checkpoints := [][]byte{w.Checkpoint(name, &tree)}
	for _, batch := range w.Batches[u] {
		for _, leaf := range batch {
			if err := out.Write(leaf); err != nil {
				panic(err)
			}
			tree.Append(leaf)
		}
		if len(batch) > 0 {
			checkpoints = append(checkpoints, w.Checkpoint(name, &tree))
		}
	}
	if err := out.Flush(); err != nil {
		panic(err)
	}
	w.Files[record.Leaves(name)] = file.Bytes()
	w.Files[record.Checkpoints(name)] = bytes.Join(checkpoints, []byte("\x1e\n"))
	w.Cosign(name, checkpoints[len(checkpoints)-1])
}

// Checkpoint is the checkpoint of a tree, signed by the urn.
func (w *World) Checkpoint(name string, tree *merkle.Frontier) []byte {
	c := note.Checkpoint{Origin: scrutin.Origin(w.Fingerprint, name), Size: tree.Size(), Root: tree.Root()}
	return must(note.Sign(c.Text(), w.Signers["urn"]))
}

// Cosign makes a checkpoint the seal of an urn.
func (w *World) Cosign(name string, checkpoint []byte) {
	var witnesses []string
	for _, witness := range w.Manifest.Witnesses {
		witnesses = append(witnesses, witness.ID)
	}
	path := record.Seal(name)
	if w.Signing != nil {
		witnesses = w.Signing(path, witnesses)
	}
	for _, id := range witnesses {
		checkpoint = must(note.Cosign(checkpoint, w.Signers[id], uint64(w.Cosigned.Truncate(time.Hour).Unix())))
	}
	w.Files[path] = checkpoint
}

// Roll writes the marks of an urn and the statement of the roll.
func (w *World) Roll(u int) {
	name := w.Manifest.Urns[u].ID
	var file []byte
	for _, m := range w.Marks[u] {
		file = append(binary.LittleEndian.AppendUint32(file, m.Elector), m.Signature...)
	}
	w.Files[record.Marks(name)] = file
	w.Sign(record.Roll(name), &scrutin.RollStatement{OpenHead: w.Head(), Urn: name, Electors: w.Electors(u),
		Marks: len(w.Marks[u]), File: scrutin.DigestOf(file), Chain: scrutin.DigestOf([]byte(name))}, "roll")
}
