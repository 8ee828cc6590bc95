package audittest

import (
	"maps"
	"slices"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/crypto/shuffle"
	"isoloir/crypto/sigma"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/tally"
)

// Cells divides the urns as their logs stand.
func (w *World) Cells() []scrutin.Cell {
	counted := make([]int, len(w.Manifest.Urns))
	for u := range counted {
		counted[u] = w.Cast(u)
	}
	return w.Manifest.Cells(counted)
}

// opens says whether a cell is mixed and opened, by the rules or, for a forger, whatever they say.
func (w *World) opens(c scrutin.Cell) bool {
	return w.Manifest.Opens(c, nil) || w.OpenAll && c.Ballots > 0
}

// counted is the ciphertexts of a question in a cell, as the log has them.
func (w *World) counted(cell scrutin.Cell, q int) (list []byte) {
	for _, u := range cell.Urns {
		last := map[[group.PointSize]byte]int{}
		leaves := slices.DeleteFunc(slices.Concat(w.Batches[u]...), func(l []byte) bool { return !Counts(l) })
		for i, leaf := range leaves {
			b := Envelope(leaf)
			if before, ok := last[b.Account()]; !ok || Envelope(leaves[before]).Counter() <= b.Counter() {
				last[b.Account()] = i
			}
		}
		for i, leaf := range leaves {
			b := Envelope(leaf)
			if !w.Manifest.RevoteAllowed() || last[b.Account()] == i {
				list = append(list, b.Ciphertexts()[q*elgamal.Size:(q+1)*elgamal.Size]...)
			}
		}
	}
	return list
}

// mix closes the vote, seals it, and lets every mixer act.
func (w *World) mix() {
	found := make([]scrutin.Finding, len(w.Manifest.Urns))
	var paths []string
	for u, urn := range w.Manifest.Urns {
		found[u] = scrutin.Finding{Urn: urn.ID, Marks: w.Cast(u), Ballots: w.Cast(u)}
		if paths = append(paths, record.Seal(urn.ID)); !w.Shape.Accounts {
			paths = append(paths, record.Roll(urn.ID))
		}
	}
	for _, role := range []string{scrutin.RoleRoll, scrutin.RoleUrn} {
		if w.Files[record.Deputies(role)] != nil {
			paths = append(paths, record.Deputies(role))
		}
	}
	for _, urn := range w.Manifest.Urns {
		if w.Files[record.Challenges(urn.ID)] != nil {
			paths = append(paths, record.Challenges(urn.ID))
		}
	}
	w.adoptWithdrawals()
	w.Clock = w.Manifest.Schedule.Close.AddDate(0, 0, 1)
	w.Act(scrutin.ActClose, scrutin.ActBody{Found: found})
	w.Act(scrutin.ActSeal, scrutin.ActBody{Adopts: w.Adopts(paths...), Found: found})
	var small []string
	for _, c := range w.Cells() {
		if c.Small(w.Manifest.MinimumSize) {
			small = append(small, c.Name)
		}
	}
	if len(small) > 0 && !w.Shape.Accounts {
		w.Act(scrutin.ActOpenSmall, scrutin.ActBody{Cells: small, Reason: "so few voted"})
	}
	w.MixFrom(1, nil)
}

// MixFrom lets the mixers act from a stage on. What a stage gives passes
// through cheat, if that is not nil, after its proof is made.
func (w *World) MixFrom(stage int, cheat func(stage, cell, q int, list, proof *[]byte)) {
	for s := stage; s <= len(w.Manifest.Mixers); s++ {
		statement := &scrutin.Mix{OpenHead: w.Head(), Seal: w.S, Mixer: w.Manifest.Mixers[s-1].ID, Stage: s, Cells: []scrutin.MixCell{}}
		for number, cell := range w.Cells() {
			if !w.opens(cell) {
				continue
			}
			stated := scrutin.MixCell{Cell: cell.Name}
			for q, question := range w.questions(cell) {
				in := w.counted(cell, q)
				if s > 1 {
					in = w.Files[record.MixList(number+1, question.ID, s-1)]
				}
				st := shuffle.Statement{Context: w.Context(cell.Name), Seal: w.S, Question: question.ID, Stage: uint32(s), Key: w.Keys.Key}
				out, proof, err := shuffle.Reencrypt(st, must(elgamal.DecodeList(in, 1)), w.gens, 1, nil)
				list := must(out, err).Bytes()
				if cheat != nil {
					cheat(s, number+1, q, &list, &proof)
				}
				w.Files[record.MixList(number+1, question.ID, s)] = list
				w.Files[record.MixProof(number+1, question.ID, s)] = proof
				stated.Questions = append(stated.Questions, scrutin.MixQuestion{Question: question.ID, Ballots: len(in) / elgamal.Size,
					Input: scrutin.DigestOf(in), Output: scrutin.DigestOf(list), Proof: scrutin.DigestOf(proof)})
			}
			statement.Cells = append(statement.Cells, stated)
		}
		w.Sign(record.Mix(s), statement, statement.Mixer)
	}
}

func (w *World) questions(cell scrutin.Cell) []*scrutin.Question {
	return w.Manifest.QuestionsOf(w.Manifest.Urns[cell.Urns[0]].ID)
}

// share lets every holder decrypt.
func (w *World) share() {
	var paths []string
	for s := range w.Manifest.Mixers {
		paths = append(paths, record.Mix(s+1))
	}
	if q := w.Manifest.Questions[0].ID; w.Files[record.MixteProvisional(q)] == nil {
		w.Decide()
	}
	paths = append(paths, w.Manifest.DecidedAt(slices.Collect(maps.Keys(w.Files)))...)
	w.Act(scrutin.ActMix, scrutin.ActBody{Adopts: w.Adopts(paths...)})
	w.M = w.Last
	for _, c := range w.Keys.Clauses {
		for _, h := range c.Holders {
			w.Share(c.Clause, h.Holder, nil)
		}
	}
}

// Share makes a holder's shares for a clause. They pass through cheat, if that
// is not nil, after their proof is made.
func (w *World) Share(clause, holder string, cheat func(cell, q int, list, proof *[]byte)) {
	statement := &scrutin.Shares{OpenHead: w.Head(), Seal: w.S, Mix: w.M, Clause: clause, Holder: holder, Cells: []scrutin.ShareCell{}}
	x := w.Fragments[holder][clause]
	for number, cell := range w.Cells() {
		if !w.opens(cell) {
			continue
		}
		stated := scrutin.ShareCell{Cell: cell.Name}
		for q, question := range w.questions(cell) {
			mixed := must(elgamal.DecodeList(w.Files[record.MixList(number+1, question.ID, len(w.Manifest.Mixers))], 1))
			claim := must(sigma.Shares(w.Context(cell.Name), w.S, question.ID, clause, holder, sigma.NewElement(group.MulBase(x)), sigma.NewList(mixed.C1(), 1)))
			list, proved, err := claim.Prove(x, 1)
			encoded := must(proved, err).Bytes()
			proof := encoded[:]
			if cheat != nil {
				cheat(number+1, q, &list, &proof)
			}
			w.Files[record.SharesList(number+1, question.ID, clause, holder)] = list
			stated.Questions = append(stated.Questions, scrutin.ShareQuestion{Question: question.ID, Ballots: mixed.Len(), List: scrutin.DigestOf(list),
				Commitments: [2]scrutin.Point{scrutin.Point(proof[:32]), scrutin.Point(proof[32:64])}, Response: scrutin.Scalar(proof[64:])})
		}
		statement.Cells = append(statement.Cells, stated)
	}
	w.Sign(record.Shares(clause, holder), statement, holder)
}

// Verdicts calls every statement of shares valid that is there.
func (w *World) Verdicts() (verdicts []scrutin.ShareVerdict) {
	for _, c := range w.Keys.Clauses {
		for _, h := range c.Holders {
			if _, ok := w.Files[record.Shares(c.Clause, h.Holder)]; ok {
				verdicts = append(verdicts, scrutin.ShareVerdict{Clause: c.Clause, Holder: h.Holder, Valid: true})
			}
		}
	}
	return verdicts
}

// count adopts the shares and writes the result with all of them valid.
func (w *World) count() {
	var paths []string
	for _, v := range w.Verdicts() {
		paths = append(paths, record.Shares(v.Clause, v.Holder))
	}
	w.Act(scrutin.ActDecrypt, scrutin.ActBody{Adopts: w.Adopts(paths...)})
	w.Count(w.Verdicts())
	w.weigh()
}

// Count writes the result that the shares called valid open, be they what they
// may.
func (w *World) Count(verdicts []scrutin.ShareVerdict) {
	r := &scrutin.Result{OpenHead: w.Head(), Seal: w.S, Shares: verdicts}
	for number, cell := range w.Cells() {
		c := scrutin.CellResult{Cell: cell.Name, Ballots: cell.Ballots, Marks: cell.Ballots}
		for _, u := range cell.Urns {
			c.Urns = append(c.Urns, w.Manifest.Urns[u].ID)
			c.Electors += w.Electors(u)
		}
		for _, question := range w.questions(cell) {
			counts := make([]int, len(question.Options)+2)
			if w.opens(cell) {
				for _, option := range w.answers(number+1, question, verdicts) {
					if option < 0 {
						option = len(counts) - 1
					}
					counts[option]++
				}
			}
			answer := scrutin.QuestionResult{Question: question.ID, Blank: counts[len(counts)-2], Nul: counts[len(counts)-1]}
			for i, o := range question.Options {
				answer.Options = append(answer.Options, scrutin.OptionCount{Option: o.ID, Ballots: counts[i]})
			}
			c.Questions = append(c.Questions, answer)
		}
		r.Cells = append(r.Cells, c)
	}
	w.Proclaimed(r)
}

// Proclaimed writes a result and its table.
func (w *World) Proclaimed(r *scrutin.Result) {
	w.Sign(record.Result, r, w.Members()...)
	w.Files[record.ResultCSV] = must(tally.CSV(w.Manifest, r))
}

func (w *World) answers(number int, question *scrutin.Question, verdicts []scrutin.ShareVerdict) []int {
	var codes []group.Point
	for _, id := range question.Choices() {
		codes = append(codes, elgamal.Option(w.Fingerprint, question.ID, id))
	}
	var quorum [][]int
	var shares [][]group.Point
	for _, clause := range w.Manifest.Clauses {
		var indices []int
		for _, v := range verdicts {
			if v.Clause == clause.ID && v.Valid && len(indices) < clause.Threshold {
				indices = append(indices, clause.Index(v.Holder))
				shares = append(shares, must(group.DecodeBatch(w.Files[record.SharesList(number, question.ID, clause.ID, v.Holder)], 1)))
			}
		}
		quorum = append(quorum, indices)
	}
	mixed := must(elgamal.DecodeList(w.Files[record.MixList(number, question.ID, len(w.Manifest.Mixers))], 1))
	return must(tally.Answers(codes, quorum, mixed.C2(), shares, 1))
}

// proclaim adopts the result.
func (w *World) proclaim() {
	w.Act(scrutin.ActProclaim, scrutin.ActBody{Adopts: w.Adopts(record.Result)})
}
