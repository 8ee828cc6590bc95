package main

import (
	"bytes"
	"fmt"
	"text/tabwriter"

	"isoloir/mixte"
	"isoloir/mixte/assemblee"
)

// exactLength is the longest fraction that the report writes out.
const exactLength = 80

// mixteReport is what a person reads. before is the provisional statement, if any.
func mixteReport(b *assemblee.Ballot, v, before *mixte.Statement) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "Ballot %d of %s (%s): %s\nPublished: %s, %d pour, %d contre, %d abstentions.\n\n",
		b.Number, b.Date, b.Type, b.Title, outcome(b.Summary.Adopted), b.Summary.For, b.Summary.Against, b.Summary.Abstentions)
	table := tabwriter.NewWriter(&out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "\tpour\tcontre\tblank\tabstain\tnul\tpour, % of expressed\t")
	r := &v.Result
	line := func(name string, t *mixte.Tally, decimals int) {
		expressed := t.Expressed()
		fmt.Fprintf(table, "%s\t", name)
		for _, f := range []*mixte.Fraction{&t.Options[0], &t.Options[1], &t.Blank, &t.Abstain, &t.Nul} {
			fmt.Fprintf(table, "%s\t", f.Decimal(decimals))
		}
		fmt.Fprintf(table, "%s\t\n", t.Options[0].Percent(&expressed, 4))
	}
	line("members alone", &r.Members, 0)
	line("citizens alone", &r.Citizens, 0)
	line("mixed", &r.Mixed, 6)
	table.Flush()
	fmt.Fprintf(&out, "\nMixed: %s (%s).\n", outcome(b.Adopted(&r.Mixed)), v.Status)
	if b.Censure() {
		fmt.Fprintf(&out, "A motion of censure needs %d votes pour; no others are cast.\n", b.Summary.Required)
	}
	for i, o := range v.Rules.Options {
		exact := r.Mixed.Options[i].String()
		if len(exact) > exactLength {
			exact = fmt.Sprintf("a fraction of %d characters, in the statement (-json)", len(exact))
		}
		fmt.Fprintf(&out, "Exactly, %s: %s\n", o, exact)
	}
	if before != nil {
		word := "confirms"
		if b.Adopted(&before.Result.Mixed) != b.Adopted(&r.Mixed) {
			word = "reverses"
		}
		fmt.Fprintf(&out, "It %s the provisional result %s.\n", word, v.Provisional)
	}
	closed, ballots := 0, 0
	for _, e := range v.Electorates {
		if e.Closed > 0 {
			closed++
			ballots += e.Closed
		}
	}
	if closed > 0 {
		fmt.Fprintf(&out, "%d constituencies with fewer than %d direct ballots stay closed (%d ballots): their members keep this weight.\n", closed, v.Rules.MinimumSize, ballots)
	}
	if n := len(b.Corrections); n > 0 {
		fmt.Fprintf(&out, "%d members declared afterwards another position (mise au point), which changes no result; counted, they would give: %s.\n", n, outcome(b.Corrected()))
	}
	return out.Bytes()
}

func outcome(adopted bool) string {
	if adopted {
		return "adopté"
	}
	return "rejeté"
}
