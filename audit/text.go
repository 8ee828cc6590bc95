package audit

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Language is a language of the reports.
type Language string

// The languages.
const (
	English Language = "en"
	French  Language = "fr"
)

// Statement returns what the check says, in one sentence.
func (c Check) Statement(lang Language) string {
	if lang == French {
		return c.French
	}
	return c.English
}

// WriteChecks prints the table of checks, one line each, in Markdown.
func WriteChecks(w io.Writer, lang Language) error {
	var b strings.Builder
	if lang == French {
		b.WriteString("| n° | vérification | protocole | par |\n| ---: | --- | ---: | --- |\n")
	} else {
		b.WriteString("| no. | check | protocol | per |\n| ---: | --- | ---: | --- |\n")
	}
	for _, c := range registry {
		fmt.Fprintf(&b, "| %d | %s | §%s | %s |\n", c.Number, c.Statement(lang), c.Section, scopeName(c.Per, lang))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func scopeName(s Scope, lang Language) string {
	if lang != French {
		return string(s)
	}
	switch s {
	case PerUrn:
		return "urne"
	case PerCell:
		return "groupe"
	case Anchor:
		return "ancre"
	default:
		return "export"
	}
}

// phrases are the words of the printed report.
type phrases struct {
	checks, counted, of, record, results, electors, marks, ballots, blank, null, verdict, void string
	challenges, challenge                                                                      string
	members, citizens, mixed                                                                   string
	amended, amendment, last                                                                   string
	outcome                                                                                    map[Outcome]string
	verdicts                                                                                   map[Verdict]string
}

func words(lang Language) phrases {
	if lang == French {
		return phrases{
			checks: "Vérifications", counted: "Vérifié", of: "sur", record: "au dossier", results: "Résultat",
			electors: "électeurs", marks: "émargements", ballots: "bulletins", blank: "blancs", null: "nuls", verdict: "Verdict", void: "ÉLECTION ANNULÉE PAR LE BUREAU : CE RÉSULTAT EST NUL",
			challenges: "Bulletins ouverts au lieu d'être déposés, pour vérifier un appareil", challenge: "%s : %d, dont %d contestés, dont %d ne se vérifient pas",
			members: "élus", citizens: "citoyens", mixed: "scrutin mixte",
			amended: "Fichier des électeurs, modifié pendant le vote", amendment: "modification %d (acte %d), %s : %d ajoutés, %d radiés",
			last:    "Dernier acte de cette copie : n° %d, %s, du %s\n  empreinte %s\n  Un acte ultérieur, comme une annulation, ne se verrait pas ici : demandez au bureau lequel est son dernier.",
			outcome: map[Outcome]string{Passed: "oui", Refused: "REFUSÉ", NotRun: "NON FAIT", NotAsked: "non demandé"},
			verdicts: map[Verdict]string{
				Verified:   "vérifié",
				Consistent: "cohérent, non authentifié (donnez -fingerprint et -witness)",
				Rejected:   "REFUSÉ",
				Annulled:   "ANNULÉ",
			},
		}
	}
	return phrases{
		checks: "Checks", counted: "Checked", of: "of", record: "on record", results: "Result",
		electors: "electors", marks: "marks", ballots: "ballots", blank: "blank", null: "null", verdict: "Verdict", void: "THE BUREAU ANNULLED THE VOTE: THIS RESULT IS VOID",
		challenges: "Ballots opened instead of cast, to check a device", challenge: "%s: %d, of which %d contested, of which %d do not verify",
		members: "members", citizens: "citizens", mixed: "mixed",
		amended: "Roll, amended while the vote was open", amendment: "amendment %d (act %d), %s: %d added, %d struck off",
		last:    "Last act of this copy: no. %d, %s, of %s\n  digest %s\n  A later one, as an annulment, would not be seen here: ask the bureau which is its last.",
		outcome: map[Outcome]string{Passed: "yes", Refused: "REFUSED", NotRun: "NOT RUN", NotAsked: "not asked"},
		verdicts: map[Verdict]string{
			Verified:   "verified",
			Consistent: "consistent, not authenticated (give -fingerprint and -witness)",
			Rejected:   "REFUSED",
			Annulled:   "ANNULLED",
		},
	}
}

// WriteText prints the report for a person: every check with its outcome and
// findings, the numbers, the result per cell, and the verdict last.
func (r *Report) WriteText(w io.Writer, lang Language) error {
	p := words(lang)
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nf = %s\no = %s\nS = %s\n\n%s\n", printable(r.Title), r.Fingerprint, r.Opening, r.Seal, p.checks)
	for _, c := range r.Checks {
		fmt.Fprintf(&b, "  %4d  %-11s  %s\n", c.Number, p.outcome[c.Outcome], c.Statement(lang))
		for _, f := range c.Findings {
			if f.Subject != "" {
				fmt.Fprintf(&b, "        ! %s: %s\n", printable(f.Subject), printable(f.Text))
			} else {
				fmt.Fprintf(&b, "        ! %s\n", printable(f.Text))
			}
		}
	}
	fmt.Fprintf(&b, "\n%s\n", p.counted)
	for _, f := range r.Counted {
		mark := ""
		if f.Checked != f.Record {
			mark = "  !"
		}
		fmt.Fprintf(&b, "  %-35s %12d %s %d %s%s\n", f.Said(lang), f.Checked, p.of, f.Record, p.record, mark)
	}
	if r.Void != "" {
		fmt.Fprintf(&b, "\n%s: %s\n", p.void, printable(r.Void))
	}
	if a := r.LastAct; a != nil {
		fmt.Fprintf(&b, "\n"+p.last+"\n", a.Number, printable(a.Type), a.Time, a.Digest)
	}
	r.writeTimestamps(&b, lang)
	r.writeAmended(&b, p)
	r.writeChallenges(&b, p)
	fmt.Fprintf(&b, "\n%s\n", p.results)
	r.writeCells(&b, p)
	r.writeMixte(&b, p)
	r.writeDecided(&b, lang)
	fmt.Fprintf(&b, "\n%s: %s\n", p.verdict, p.verdicts[r.Verdict])
	_, err := io.WriteString(w, b.String())
	return err
}

// writeAmended tells how many electors came and went after the opening, and by which acts: whoever has the organisation's own list can compare.
func (r *Report) writeAmended(b *strings.Builder, p phrases) {
	if len(r.Amended) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", p.amended)
	for _, a := range r.Amended {
		fmt.Fprintf(b, "  "+p.amendment+"\n", a.Amendment, a.Act, printable(a.Urn), a.Added, a.Struck)
	}
}

func (r *Report) writeChallenges(b *strings.Builder, p phrases) {
	if len(r.Challenges) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", p.challenges)
	for _, c := range r.Challenges {
		fmt.Fprintf(b, "  "+p.challenge+"\n", printable(c.Urn), c.Opened, c.Contested, c.Failed)
	}
}

func (r *Report) writeCells(b *strings.Builder, p phrases) {
	for _, c := range r.Cells {
		fmt.Fprintf(b, "  %s, %s: %d %s, %d %s, %d %s\n", c.Name, printable(c.Label), c.Electors, p.electors, c.Marks, p.marks, c.Ballots, p.ballots)
		for _, q := range c.Questions {
			fmt.Fprintf(b, "    %s\n", printable(q.Question))
			for _, o := range q.Options {
				writeCount(b, printable(o.Label), o.Ballots)
			}
			writeCount(b, p.blank, q.Blank)
			writeCount(b, p.null, q.Null)
		}
	}
}

func writeCount(b *strings.Builder, label string, n int) {
	const width = 44
	if utf8.RuneCountInString(label) > width {
		label = string([]rune(label)[:width-1]) + "…"
	}
	pad := strings.Repeat(" ", width-utf8.RuneCountInString(label))
	fmt.Fprintf(b, "      %s%s %10d\n", label, pad, n)
}

// printable keeps text taken from an export from moving the cursor or
// changing the lines of a terminal.
func printable(s string) string {
	quoted := strconv.QuoteToGraphic(s)
	return strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
}
