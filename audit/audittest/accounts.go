package audittest

import (
	"slices"

	"isoloir/account"
	"isoloir/crypto/group"
	"isoloir/crypto/shuffle"
	"isoloir/crypto/sigma"
	"isoloir/docs"
	"isoloir/keyceremony"
	"isoloir/merkle"
	"isoloir/record"
	"isoloir/scrutin"
)

// messages are those of the ceremony so far.
func (w *World) messages(c *keyceremony.Ceremony) (out []*keyceremony.Message) {
	for path := range w.Files {
		if len(path) > 9 && path[:9] == "ceremony/" {
			out = append(out, must(c.Open(w.Files[path])))
		}
	}
	return out
}

// say signs a message and puts it in its place.
func (w *World) say(c *keyceremony.Ceremony, holder string, body any) {
	m := must(c.Open(must(keyceremony.Sign(body, w.Signers[holder]))))
	w.Files[m.Path()] = m.Bytes()
}

// makeKeys holds the key ceremony, after a void run if the shape asks for one; not where
// the key is a standing one, which was made before the manifest.
func (w *World) makeKeys() {
	w.Act(scrutin.ActConstitute, scrutin.ActBody{Adopts: scrutin.NewProcedure(w.Manifest, w.Fingerprint).Constitutes()})
	if !w.Shape.Standing {
		w.holdCeremony()
	}
}

// ceremony is that of the manifest under which the key is made.
func (w *World) ceremony() *keyceremony.Ceremony {
	return must(keyceremony.New(w.Manifest, w.Manifest.KeyManifest(w.Fingerprint)))
}

func (w *World) holdCeremony() {
	c := w.ceremony()
	if w.Void {
		w.excluded = w.voidRun(c)
	}
	s := w.hold(c, w.run(), func(string, any) {})
	w.Keys = s.Keys()
	for _, h := range s.Holders() {
		w.Fragments[h] = map[string]group.Scalar{}
		for _, f := range must(s.Fragments(h, w.Reception[h])) {
			w.Fragments[h][f.Clause] = f.Value
		}
	}
}

// run is the number of the run that makes the keys.
func (w *World) run() int {
	if w.Void {
		return 2
	}
	return 1
}

// hold lets all holders of a run speak until it is done or void. Change sees what each is
// about to sign.
func (w *World) hold(c *keyceremony.Ceremony, run int, change func(holder string, body any)) *keyceremony.State {
	drawn := map[string][]keyceremony.Polynomial{}
	for {
		s := must(c.RunState(run, w.excluded, w.messages(c)))
		if s.Step == keyceremony.Done || s.Void() {
			return s
		}
		for _, h := range s.Pending {
			var body any
			switch s.Step {
			case keyceremony.CommitStep:
				drawn[h] = s.Draw(h)
				body = must(s.Commit(h, drawn[h]))
			case keyceremony.RevealStep:
				body = must(s.Reveal(h, drawn[h]))
			case keyceremony.CheckStep:
				body = must(s.Check(h, w.Reception[h]))
			case keyceremony.SealStep:
				body = must(s.Seal(h))
			}
			change(h, body)
			w.say(c, h, body)
		}
	}
}

// voidRun is a first run without its first holder, or one in which the third is convicted
// by the first and the second signs two messages. It gives who is excluded.
func (w *World) voidRun(c *keyceremony.Ceremony) (excluded []string) {
	s := must(c.RunState(1, nil, nil))
	if !w.Double {
		for _, h := range s.Pending[1:] {
			w.say(c, h, must(s.Commit(h, s.Draw(h))))
		}
		return s.Pending[:1]
	}
	second, third := s.Pending[1], s.Pending[2]
	s = w.hold(c, 1, func(h string, body any) {
		switch b := body.(type) {
		case *keyceremony.Reveal:
			if h == third {
				b.Clauses[0].Boxes[0].Box[0] ^= 1
			}
		case *keyceremony.Check:
			if h == second {
				other := *b
				other.Board[0] ^= 1
				w.Files[record.CeremonyAgain(1, string(keyceremony.CheckStep), h)] = must(keyceremony.Sign(&other, w.Signers[h]))
			}
		}
	})
	for _, f := range s.Faults {
		excluded = append(excluded, f.Holder)
	}
	return excluded
}

// rehearse opens the test text from both media of every holder.
func (w *World) rehearse() {
	body := scrutin.ActBody{Adopts: []scrutin.Adopted{{Path: scrutin.AdoptCeremony, SHA256: w.Keys.Digest}}}
	for _, h := range w.excluded {
		body.Excluded = append(body.Excluded, scrutin.Exclusion{Run: 1, Holder: h})
	}
	w.Act(scrutin.ActCeremony, body)
	c := w.ceremony()
	s := must(c.RunState(w.run(), w.excluded, w.messages(c)))
	for _, h := range s.Holders() {
		var fragments []keyceremony.Fragment
		for clause, value := range w.Fragments[h] {
			fragments = append(fragments, keyceremony.Fragment{Clause: clause, Value: value})
		}
		for medium := 1; medium <= 2; medium++ {
			w.say(c, h, must(s.Rehearse(h, medium, fragments)))
		}
	}
}

// rehearsals are the paths of rehearsal messages, ascending.
func (w *World) rehearsals() (paths []string) {
	for path := range w.Files {
		if ok := len(path) > 11 && path[:9] == "ceremony/" && path[11:20] == "rehearsal"; ok {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}

// enrol draws the halves of every elector's key.
func (w *World) enrol() {
	w.Act(scrutin.ActRehearse, scrutin.ActBody{Adopts: w.Adopts(w.rehearsals()...)})
	if w.Shape.Accounts {
		w.Snapshot(nil)
		return
	}
	w.Halves = make([][][]group.Scalar, len(w.Manifest.Issuers))
	for i := range w.Manifest.Issuers {
		for _, u := range w.Manifest.Urns {
			halves := make([]group.Scalar, u.Electors)
			for e := range halves {
				halves[e] = group.RandomScalar()
			}
			w.Halves[i] = append(w.Halves[i], halves)
		}
	}
	w.Enrol()
}

// Enrol publishes the halves of the opening as they are, with their proofs.
func (w *World) Enrol() { w.EnrolAt(0) }

// EnrolAt publishes the halves of a population as they are, with their proofs.
func (w *World) EnrolAt(at record.Population) {
	for i, issuer := range w.Manifest.Issuers {
		var urns []scrutin.EnrolledUrn
		for u, urn := range w.Manifest.Urns {
			first, n := w.span(at, u)
			if n == 0 {
				continue
			}
			halves, points := w.Halves[i][u][first:first+n], make([]group.Point, n)
			for e, half := range halves {
				points[e] = group.MulBase(half)
			}
			keys := sigma.NewList(points, 1)
			proof := must(must(sigma.Enrolment(w.made(at, urn.ID), issuer.ID, keys)).Prove(halves)).Bytes()
			w.Files[at.EnrolmentKeys(urn.ID, issuer.ID)] = keys.Bytes()
			urns = append(urns, scrutin.EnrolledUrn{Urn: urn.ID, Electors: keys.Len(), Keys: scrutin.DigestOf(keys.Bytes()),
				Commitment: scrutin.Point(proof[:32]), Response: scrutin.Scalar(proof[32:])})
		}
		var statement scrutin.Record = &scrutin.Enrolment{Head: scrutin.Head{Manifest: w.Fingerprint}, Issuer: issuer.ID, Urns: urns}
		if at > 0 {
			statement = &scrutin.AddedEnrolment{OpenHead: w.Head(), Amendment: int(at), Issuer: issuer.ID, Urns: urns}
		}
		w.Sign(at.Enrolment(issuer.ID), statement, issuer.ID)
	}
}

// Secret is an elector's own: the sum of his halves.
func (w *World) Secret(u, elector int) group.Scalar {
	x := w.Halves[0][u][elector]
	for _, issuer := range w.Halves[1:] {
		x = x.Add(issuer[u][elector])
	}
	return x
}

// anonymise lets every mixer act.
func (w *World) anonymise() {
	var paths []string
	for _, id := range w.Manifest.Enrollers() {
		paths = append(paths, record.Enrolment(id))
	}
	w.Act(scrutin.ActEnrol, scrutin.ActBody{Adopts: w.Adopts(paths...)})
	w.AnonymiseFrom(1, nil)
}

// AnonymiseFrom is AnonymiseAt for the opening.
func (w *World) AnonymiseFrom(stage int, cheat func(stage, u int, p *account.Population, proof *[]byte)) {
	w.AnonymiseAt(0, stage, cheat)
}

// AnonymiseAt lets the mixers act on a population from a stage on. What a stage gives
// passes through cheat, if that is not nil, after its proof is made.
func (w *World) AnonymiseAt(at record.Population, stage int, cheat func(stage, u int, p *account.Population, proof *[]byte)) {
	in := map[int]account.Population{}
	for u := range w.Manifest.Urns {
		if _, n := w.span(at, u); n > 0 {
			in[u] = w.population(at, u, stage-1)
		}
	}
	for s := stage; s <= len(w.Manifest.Mixers); s++ {
		mixer := w.Manifest.Mixers[s-1].ID
		var urns []scrutin.AnonymisedUrn
		for u, urn := range w.Manifest.Urns {
			before, there := in[u]
			if !there {
				continue
			}
			st := shuffle.KeyStatement{Context: w.made(at, urn.ID), Stage: uint32(s), Generator: before.Generator}
			raised, keys, proof, err := shuffle.Exponentiate(st, before.Keys, w.gens, 1, nil)
			out := account.Population{Generator: raised, Keys: must(keys, err)}
			if cheat != nil {
				cheat(s, u, &out, &proof)
			}
			w.Files[at.AnonymisationKeys(urn.ID, s)] = out.Keys.Bytes()
			w.Files[at.AnonymisationProof(urn.ID, s)] = proof
			urns = append(urns, scrutin.AnonymisedUrn{Urn: urn.ID, Electors: out.Keys.Len(), Input: before.Digest(),
				Generator: scrutin.PointOf(out.Generator), Output: out.Digest(), Proof: scrutin.DigestOf(proof)})
			in[u] = out
		}
		var statement scrutin.Record = &scrutin.Anonymisation{Head: scrutin.Head{Manifest: w.Fingerprint}, Mixer: mixer, Stage: s, Urns: urns}
		if at > 0 {
			statement = &scrutin.AddedAnonymisation{OpenHead: w.Head(), Amendment: int(at), Mixer: mixer, Stage: s, Urns: urns}
		}
		w.Sign(at.Anonymisation(s), statement, mixer)
	}
	bases, accounts := make([]group.Point, len(w.Manifest.Urns)), make([][]byte, len(w.Manifest.Urns))
	for u, p := range in {
		bases[u], accounts[u] = p.Generator, p.Keys.Bytes()
	}
	if at > 0 {
		w.Amendments[at-1].Bases, w.Amendments[at-1].Accounts = bases, accounts
	} else {
		w.Bases, w.Accounts = bases, accounts
	}
}

// population is what a stage gave for an urn; stage 0 is enrolment.
func (w *World) population(at record.Population, u, stage int) account.Population {
	urn := w.Manifest.Urns[u].ID
	if stage > 0 {
		generator := w.generator(at, urn, stage)
		return account.Population{Generator: must(generator.Decode()), Keys: must(shuffle.DecodeKeys(w.Files[at.AnonymisationKeys(urn, stage)], 1))}
	}
	first, n := w.span(at, u)
	points := make([]group.Point, n)
	for e := range points {
		if w.Shape.Accounts {
			points[e] = must(group.Decode(w.Register[u][e].Key[:]))
			continue
		}
		points[e] = group.MulBase(w.Secret(u, first+e))
	}
	return account.Population{Generator: group.Base(), Keys: must(shuffle.EncodeKeys(points, 1))}
}

// generator is the Ĝ that a stage states.
func (w *World) generator(at record.Population, urn string, stage int) scrutin.Point {
	text := w.noteText(at.Anonymisation(stage))
	var urns []scrutin.AnonymisedUrn
	if at > 0 {
		urns = must(scrutin.Parse[scrutin.AddedAnonymisation](text)).Urns
	} else {
		urns = must(scrutin.Parse[scrutin.Anonymisation](text)).Urns
	}
	return urns[slices.IndexFunc(urns, func(u scrutin.AnonymisedUrn) bool { return u.Urn == urn })].Generator
}

// open signs the opening record.
func (w *World) open() {
	var paths []string
	o := &scrutin.Opening{Head: scrutin.Head{Manifest: w.Fingerprint}, Ceremony: w.Keys.Digest, Key: scrutin.PointOf(w.Keys.Key),
		RollKey: w.Manifest.Platform.Roll.Key, UrnKey: w.Manifest.Platform.Urn.Key,
		Software: scrutin.DigestOf([]byte("software")), Specification: scrutin.DigestOf(docs.Protocol), Client: scrutin.DigestOf([]byte("client"))}
	for _, c := range w.Keys.Clauses {
		key := scrutin.ClauseKey{Clause: c.Clause, Key: scrutin.PointOf(c.Key)}
		for _, h := range c.Holders {
			key.Holders = append(key.Holders, scrutin.HolderKey{Holder: h.Holder, Key: scrutin.PointOf(h.Key)})
		}
		o.Clauses = append(o.Clauses, key)
	}
	for u, urn := range w.Manifest.Urns {
		n := len(w.Accounts[u]) / group.PointSize
		o.Urns = append(o.Urns, scrutin.OpenUrn{Urn: urn.ID, Electors: n, Generator: scrutin.PointOf(w.Bases[u]), Accounts: n, Root: scrutin.Digest(merkle.Root(w.Accounts[u], group.PointSize))})
	}
	for _, id := range w.Manifest.Enrollers() {
		o.Enrolment = append(o.Enrolment, scrutin.Statement{Party: id, Digest: w.Text(record.Enrolment(id))})
	}
	for s, mixer := range w.Manifest.Mixers {
		paths = append(paths, record.Anonymisation(s+1))
		o.Anonymisation = append(o.Anonymisation, scrutin.Statement{Party: mixer.ID, Digest: w.Text(paths[s])})
	}
	w.Act(scrutin.ActAnonymise, scrutin.ActBody{Adopts: w.Adopts(paths...)})
	if len(w.excluded) > 0 {
		w.Act(scrutin.ActWaive, scrutin.ActBody{Waives: w.excluded, Reason: "stayed away from the ceremony"})
	}
	names := w.Members()
	for _, witness := range w.Manifest.Witnesses {
		names = append(names, witness.ID)
	}
	w.Sign(record.Opening, o, names...)
	w.O = w.Text(record.Opening)
}
