// Package record is the sealed export: the directory that holds everything which
// an auditor needs and nothing else (docs/protocol.md, sections 13 and 14).
//
// It promises: a file appears whole or not at all, is never replaced by other
// bytes, and lies inside the directory; nothing but regular files is read; what
// is read is no larger than the reader allows.
package record

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// Files that exist once.
const (
	Contents  = "contents.note"
	Manifest  = "manifest.json"
	Standing  = scrutin.AdoptStanding // the standing manifest whose key is taken up
	Opening   = "opening.note"
	Result    = "result.note"
	ResultCSV = "result.csv"
)

// ErrPath says that a path cannot be one of an export. The functions below return
// an empty path, which every operation refuses with ErrPath, when a name is not
// one of the protocol's or a number is out of range.
var ErrPath = errors.New("not a path of an export")

// Act is the path of an act, numbered from 1.
func Act(seq int, kind string) string {
	if seq < 1 || seq > 9999 || !note.ValidName(kind) {
		return ""
	}
	return fmt.Sprintf("acts/%04d-%s.note", seq, kind)
}

// After is the path of an act that follows the end of the procedure, beside the
// sealed export.
func After(seq int, kind string) string {
	return strings.Replace(Act(seq, kind), "acts/", "after/", 1)
}

// Next is the path of the act of this type that would follow.
func Next(p *scrutin.Procedure, kind string) string {
	if p.Beside(kind) {
		return After(p.Seq()+1, kind)
	}
	return Act(p.Seq()+1, kind)
}

// Timestamp is the path of an authority's timestamp over an act.
func Timestamp(seq int, kind, authority string) string {
	act, ok := strings.CutSuffix(strings.TrimPrefix(Act(seq, kind), "acts/"), ".note")
	if !ok || !note.ValidName(authority) {
		return ""
	}
	return "timestamps/" + act + "." + authority + ".tsr"
}

// ContentsTimestamp is the path of an authority's timestamp over the contents, which cannot list it.
func ContentsTimestamp(authority string) string {
	if !note.ValidName(authority) {
		return ""
	}
	return "contents." + authority + ".tsr"
}

// Unlisted says whether a file is the list of contents, has the form of a timestamp over it, or followed the end: what the list cannot name.
func Unlisted(path string) bool {
	return path == Contents || strings.HasPrefix(path, "after/") || strings.HasPrefix(path, "contents.") && strings.HasSuffix(path, ".tsr")
}

// Ceremony is the path of a holder's message, runs numbered from 1; step is
// commit, reveal, check, seal, rehearsal-1 or rehearsal-2.
func Ceremony(run int, step, holder string) string {
	if run < 1 || !note.ValidName(step) || !note.ValidName(holder) {
		return ""
	}
	return fmt.Sprintf("ceremony/%d/%s-%s.note", run, step, holder)
}

// CeremonyAgain is the path of another message that the holder signed for the same
// step, beside the first one.
func CeremonyAgain(run int, step, holder string) string {
	first, ok := strings.CutSuffix(Ceremony(run, step, holder), ".note")
	if !ok {
		return ""
	}
	return first + "-again.note"
}

// Enrolment is the path of an issuer's statement.
func Enrolment(issuer string) string { return join("enrolment", valid(issuer), ".note") }

// EnrolmentKeys is the path of the keys that an issuer drew for an urn.
func EnrolmentKeys(urn, issuer string) string { return under("enrolment", urn, issuer, ".keys") }

// Anonymisation is the path of the statement of a stage, from 1.
func Anonymisation(stage int) string { return stageNote("anonymisation", stage) }

// AnonymisationKeys is the path of the keys that a stage gave out for an urn.
func AnonymisationKeys(urn string, stage int) string {
	return under("anonymisation", urn, number(stage), ".keys")
}

// AnonymisationProof is the path of the proof of a stage for an urn.
func AnonymisationProof(urn string, stage int) string {
	return under("anonymisation", urn, number(stage), ".proof")
}

// Amendment is the path of an amendment of the roll, from 1.
func Amendment(n int) string {
	if n < 1 {
		return ""
	}
	return Population(n).under("roll.note")
}

// A Population is what was enrolled and anonymised together: 0 before the opening,
// else what the amendment of that number added. Its methods are the functions of the
// same names, each at its own place.
type Population int

// Enrolment is [Enrolment] of the population.
func (p Population) Enrolment(issuer string) string { return p.under(Enrolment(issuer)) }

// EnrolmentKeys is [EnrolmentKeys] of the population.
func (p Population) EnrolmentKeys(urn, issuer string) string {
	return p.under(EnrolmentKeys(urn, issuer))
}

// Anonymisation is [Anonymisation] of the population.
func (p Population) Anonymisation(stage int) string { return p.under(Anonymisation(stage)) }

// AnonymisationKeys is [AnonymisationKeys] of the population.
func (p Population) AnonymisationKeys(urn string, stage int) string {
	return p.under(AnonymisationKeys(urn, stage))
}

// AnonymisationProof is [AnonymisationProof] of the population.
func (p Population) AnonymisationProof(urn string, stage int) string {
	return p.under(AnonymisationProof(urn, stage))
}

func (p Population) under(path string) string {
	switch {
	case path == "" || p < 0 || p > 9999:
		return ""
	case p == 0:
		return path
	}
	return fmt.Sprintf("addenda/%d/%s", p, path)
}

// Leaves is the path of an urn's leaves.
func Leaves(urn string) string { return under("log", urn, "leaves", "") }

// Checkpoints is the path of an urn's checkpoints.
func Checkpoints(urn string) string { return under("log", urn, "checkpoints", "") }

// Seal is the path of an urn's seal.
func Seal(urn string) string { return under("log", urn, "seal", ".note") }

// Roll is the path of the roll's statement for an urn.
func Roll(urn string) string { return join("roll", valid(urn), ".note") }

// Marks is the path of the marks of an urn's electors.
func Marks(urn string) string { return join("roll", valid(urn), ".marks") }

// Challenges is the path of the urn's statement of its challenges.
func Challenges(urn string) string { return join("challenges", valid(urn), ".note") }

// ChallengeList is the path of the challenges of an urn.
func ChallengeList(urn string) string { return join("challenges", valid(urn), ".list") }

// Paper is the path of the minutes of votes on paper, and PaperKeys that of the keys
// of who cast them.
func Paper(minutes string) string     { return join("paper", valid(minutes), ".note") }
func PaperKeys(minutes string) string { return join("paper", valid(minutes), ".keys") }

// Mixte is the path of the statement of a scrutin mixte on a question, MixteProvisional
// that of the one made before the urns could be opened, MixteCSV that of the table.
func Mixte(question string) string { return under("mixte", question, "definitive", ".note") }
func MixteProvisional(question string) string {
	return under("mixte", question, "provisional", ".note")
}
func MixteCSV(question string) string { return under("mixte", question, "table", ".csv") }

// Mix is the path of the statement of a stage, from 1.
func Mix(stage int) string { return stageNote("mix", stage) }

// MixList is the path of the ciphertexts that a stage gave out, cells and stages
// numbered from 1.
func MixList(cell int, question string, stage int) string {
	return inCell("mix", cell, question, number(stage), ".list")
}

// MixProof is the path of the proof of a stage.
func MixProof(cell int, question string, stage int) string {
	return inCell("mix", cell, question, number(stage), ".proof")
}

// Shares is the path of a holder's statement for a clause.
func Shares(clause, holder string) string {
	return join("shares", ofClause(clause, holder), ".note")
}

// SharesList is the path of a holder's shares for a clause, cells numbered from 1.
func SharesList(cell int, question, clause, holder string) string {
	return inCell("shares", cell, question, ofClause(clause, holder), ".list")
}

// valid is the name, or nothing if it is not one of the protocol's.
func valid(name string) string {
	if !note.ValidName(name) {
		return ""
	}
	return name
}

// ofClause names a holder in a clause; the first dot divides them.
func ofClause(clause, holder string) string {
	if !note.ValidName(clause) || strings.Contains(clause, ".") || !note.ValidName(holder) {
		return ""
	}
	return clause + "." + holder
}

func join(dir, name, suffix string) string {
	if name == "" {
		return ""
	}
	return dir + "/" + name + suffix
}

func under(dir, sub, name, suffix string) string {
	if !note.ValidName(sub) || !note.ValidName(name) {
		return ""
	}
	return dir + "/" + sub + "/" + name + suffix
}

func inCell(dir string, cell int, question, name, suffix string) string {
	if cell < 1 || !note.ValidName(question) || name == "" {
		return ""
	}
	return fmt.Sprintf("%s/%03d/%s/%s%s", dir, cell, question, name, suffix)
}

func stageNote(dir string, stage int) string { return join(dir, number(stage), ".note") }

func number(n int) string {
	if n < 1 {
		return ""
	}
	return fmt.Sprint(n)
}

var component = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$`)

// checkPath accepts a relative path of at most five components without dots in
// front, which is all that the functions above return.
func checkPath(path string) error {
	parts := strings.Split(path, "/")
	if len(parts) > 5 {
		return fmt.Errorf("%w: %q", ErrPath, path)
	}
	for _, c := range parts {
		if !component.MatchString(c) {
			return fmt.Errorf("%w: %q", ErrPath, path)
		}
	}
	return nil
}
