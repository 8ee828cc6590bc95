package replay

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"time"

	"isoloir/archive"
	"isoloir/audit"
	"isoloir/bve/journal"
	"isoloir/bve/minutes"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// Files of the dossier.
const (
	journalFile = "journal"
	reportFile  = "report.note"
)

// minutes has an observation made, the minutes written, paraphed page by page and adopted.
func (x *drilling) minutes() error {
	if err := x.seance.meet("procès-verbal et archives"); err != nil {
		return err
	}
	chair := x.seance.bench[0].Verifier().Name()
	if _, err := x.seance.tell(chair, journal.Observation{Who: chair, Quality: "member", Text: []string{"Répétition : observation d'exercice."}}); err != nil {
		return err
	}
	if _, err := x.seance.DrawUp(x.seance.ctx, chair, x.Language); err != nil {
		return err
	}
	all, err := x.seance.Papers(x.seance.ctx)
	if err != nil {
		return err
	}
	m := all[0]
	text, err := scrutin.Text(m)
	if err != nil {
		return err
	}
	html, err := x.Draw(&m.Sheets)
	if err != nil {
		return err
	}
	if err := errors.Join(x.paper("minutes.html", html), x.paper(minutes.File, []byte(text))); err != nil {
		return err
	}
	for _, member := range x.seance.bench {
		for i, p := range m.Pages {
			if _, err := x.seance.tell(member.Verifier().Name(), journal.Page{Page: i + 1, Digest: p.Digest}); err != nil {
				return err
			}
		}
	}
	_, err = x.Bureau.Act(scrutin.ActMinutes, scrutin.ActBody{Adopts: []scrutin.Adopted{
		{Path: scrutin.AdoptMinutes, SHA256: scrutin.TextDigest(text)}, {Path: scrutin.AdoptJournal, SHA256: m.Journal}}})
	return err
}

func (x *drilling) paper(name string, data []byte) error {
	return record.WriteWhole(filepath.Join(x.out.Dossier, name), data)
}

// archive puts the journal into the dossier, has the bureau adopt the list of what is kept, and makes the archive.
func (x *drilling) archive() error {
	journal, err := x.seance.file()
	if err != nil {
		return err
	}
	if err := x.paper(journalFile, journal); err != nil {
		return err
	}
	p, err := archive.Gather(&x.record.Reader, x.out.Dossier)
	if err != nil {
		return err
	}
	defer p.Close()
	kept := p.Kept()
	text, err := scrutin.Text(kept)
	if err != nil {
		return err
	}
	if _, err := x.Bureau.Act(scrutin.ActArchive, scrutin.ActBody{Adopts: []scrutin.Adopted{{Path: scrutin.AdoptArchive, SHA256: scrutin.TextDigest(text)}}}); err != nil {
		return err
	}
	if err := x.seance.part(); err != nil {
		return err
	}
	q, err := archive.Gather(&x.record.Reader, x.out.Dossier)
	if err != nil {
		return err
	}
	defer q.Close()
	var out bytes.Buffer
	if err := q.Write(&out, kept); err != nil {
		return err
	}
	x.kept = scrutin.DigestOf(out.Bytes())
	return record.WriteWhole(x.out.Archive, out.Bytes())
}

// A Report says that a rehearsal was held, of which vote, and how it ended. The members of the rehearsal's bureau sign it, with their keys of the
// rehearsal.
type Report struct {
	scrutin.Head
	Of      scrutin.Digest `json:"of"` // fingerprint of the vote that was rehearsed
	Began   scrutin.Time   `json:"began" validate:"required"`
	Ended   scrutin.Time   `json:"ended" validate:"required"`
	Seal    scrutin.Digest `json:"seal"`
	LastAct scrutin.Digest `json:"last_act"`
	Archive scrutin.Digest `json:"archive"` // SHA-256 of the archive
	Ballots int            `json:"ballots" validate:"min=0"`
	Verdict string         `json:"verdict" validate:"required"`
	Refused []string       `json:"refused" validate:"dive,max=200"`
	Left    []string       `json:"left" validate:"dive,max=200"`
}

// Kind implements scrutin.Record.
func (*Report) Kind() string { return scrutin.Version + "/rehearsal" }

// report verifies the archive as the auditor does, from the file alone, and has the bureau sign what came of it.
func (x *drilling) report(began time.Time) error {
	_, of, err := x.Of.Bytes()
	if err != nil {
		return err
	}
	in, err := archive.Open(x.out.Archive)
	if err != nil {
		return err
	}
	defer in.Close()
	if _, err := in.Check(); err != nil {
		return err
	}
	fingerprint := [32]byte(x.Fingerprint)
	var witnesses []note.Verifier
	for _, w := range x.Manifest.WitnessVerifiers() {
		witnesses = append(witnesses, w.Plain())
	}
	var verdict *audit.Report
	cost, err := Measure(func() (err error) {
		verdict, err = audit.Verify(in.Export(), audit.Options{Fingerprint: &fingerprint, Witnesses: witnesses, Workers: x.Workers, Progress: x.tell})
		return err
	})
	if err != nil {
		return err
	}
	x.watch.Step("audit", cost)
	p := x.Bureau.Procedure()
	x.out.Report = &Report{Head: scrutin.Head{Manifest: x.Fingerprint}, Of: of, Began: scrutin.TimeOf(began), Ended: scrutin.TimeOf(time.Now()),
		Seal: p.Seal, LastAct: p.Last(), Archive: x.kept, Ballots: x.out.Ballots, Verdict: string(verdict.Verdict),
		Refused: append([]string{}, x.out.Refused...), Left: append([]string{}, x.out.Left...)}
	signed, err := scrutin.Sign(x.out.Report, x.seance.bench...)
	if err != nil {
		return err
	}
	if err := record.WriteWhole(filepath.Join(x.dir, reportFile), signed); err != nil {
		return err
	}
	return os.RemoveAll(filepath.Join(x.dir, holdersDir)) // passphrases were drawn and are kept nowhere
}
