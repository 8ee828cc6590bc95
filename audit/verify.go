package audit

import (
	"fmt"
	"time"

	"isoloir/account"
	"isoloir/crypto/group"
	"isoloir/crypto/shuffle"
	"isoloir/crypto/transcript"
	"isoloir/keyceremony"
	"isoloir/mixte"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// verification is one run of the auditor: what it has read and recomputed so
// far. A value that a failed check leaves doubtful is kept, so that every other
// check still speaks for itself.
type verification struct {
	*ledger
	*files
	opt        Options
	out        *Report
	generators *shuffle.Generators
	figures    *figures
	pending    []pending
	last       []func() // when the outcome of every piece is entered

	list    *scrutin.Contents       // what the export says it holds
	found   map[string]scrutin.File // what is there of it, by path
	stamps  []string                // timestamps over it, which it cannot name
	m       *scrutin.Manifest
	f, o, s scrutin.Digest
	mixing  scrutin.Digest // M

	opening     *scrutin.Opening
	openingNote *note.Note
	key         group.Point
	keys        *keyceremony.Keys
	texts       map[string]scrutin.Digest // digests of the texts of records, by path

	acts     []*scrutin.Act
	actTexts []scrutin.Digest         // of their texts
	lawful   bool                     // they all keep the rules of the procedure
	after    []string                 // paths of what followed the end of the procedure
	ends     time.Time                // of voting, with extensions and grace
	allowed  map[string]bool          // cells below k that an act allows to open
	appended map[scrutin.Adopted]bool // ballots appended by act that no log was seen to hold

	urns     []*urnState
	amended  map[*population]*scrutin.AmendedUrn // what the amendments say of those whom they add
	distinct account.Distinct                    // account keys of the scrutin
	halves   [2]halfSet                          // c1 and c2 of the scrutin
	cells    []*cellState

	result  *scrutin.Result
	minutes []*mixte.Minutes // of votes on paper
	shares  []*holderShares
}

// run goes through the export in the order of the procedure. Where a record
// cannot be read at all, what needs it stays not run.
func (v *verification) run() {
	if !v.readManifest() || !v.readContents() {
		return
	}
	v.checkCeremony()
	if !v.checkEnrolmentStatements(0) || !v.checkAnonymisationStatements(0) || !v.readOpening() || !v.readActs() || !v.readAmendments() {
		return
	}
	v.checkDeputies()
	v.readMinutes()
	for _, u := range v.urns {
		for _, p := range u.populations {
			if !v.checkEnrolment(u, p) || !v.checkAnonymisation(u, p) {
				return
			}
		}
		if !v.checkLog(u) || !v.checkRoll(u) {
			return
		}
		v.checkPaper(u)
		for _, p := range u.populations {
			p.accounts = nil
		}
	}
	v.then(v.checkDistinctKeys)
	v.then(func() { v.enter(401, "", nil) })
	v.checkDistinctHalves()
	v.checkChallenges()
	if !v.formCells() || !v.readResult() || !v.checkMix() || !v.checkShares() || !v.checkCounts() {
		return
	}
	v.checkMixte()
	v.checkAdoptions()
	v.checkTimestamps()
	v.checkAnchors()
	v.closeRecords()
}

// step tells how far a stage is.
func (v *verification) step(stage string, done, total int) {
	if v.opt.Progress != nil {
		v.opt.Progress(stage, done, total)
	}
}

// refuse enters a failure that concerns a file.
func (v *verification) refuse(check int, subject, path string, err error) bool {
	return v.enter(check, subject, fmt.Errorf("%s: %w", path, err))
}

// context is the record that proofs of an urn or cell belong to.
func (v *verification) context(o scrutin.Digest, urn string) transcript.Context {
	return transcript.Context{Manifest: v.f, Opening: o, Urn: urn}
}
