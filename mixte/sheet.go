package mixte

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
)

// Sheet is one file by which anybody computes a result again with a spreadsheet: the rows of CSV, and below them, on one
// page, the formulas that a spreadsheet evaluates over these rows, each beside what it gives. No formula has an argument
// after another, so that it is written alike wherever commas and semicolons divide them.
func (r *Result) Sheet(rules Rules) []byte {
	last := len(r.Rows) + 1
	out := bytes.NewBuffer(r.CSV(rules))
	w := csv.NewWriter(out)
	w.WriteAll([][]string{
		{"", ""},
		{"answer / réponse", "mixed / mixte", "members alone / élus seuls", "citizens alone / citoyens seuls"},
	})
	for i, answer := range slices.Concat(rules.Options, []string{Blank, Abstain, Nul}) {
		column := letters(firstAnswer + i)
		w.Write([]string{answer, fmt.Sprintf("=SUMPRODUCT(%[1]s2:%[1]s%[2]d*G2:G%[2]d/H2:H%[2]d)", column, last),
			only(MembersRow, column, last), only(CitizensRow, column, last)})
	}
	w.WriteAll(append([][]string{{"", ""}}, explained(rules)...))
	w.Flush()
	return out.Bytes()
}

// firstAnswer is the place of the first answer among the columns of the table, from 0.
const firstAnswer = 8

// only is the formula that adds up a column over the rows of one kind.
func only(kind, column string, last int) string {
	return fmt.Sprintf("=SUMPRODUCT((A2:A%[3]d=%[1]q)*%[2]s2:%[2]s%[3]d)", kind, column, last)
}

// explained says where the weights of columns G and H come from, and what the formulas do.
func explained(rules Rules) [][]string {
	members, citizens := "weight of a member, G/H = (C - F) / C", "weight of a ballot, G/H = D / C"
	fr, direct := "poids d'un élu, G/H = (C - F) / C", "poids d'un bulletin, G/H = D / C"
	if rules.Absent == Zero {
		citizens, direct = "weight of a ballot, G/H = E / C (the mean, where several constituencies are opened together)",
			"poids d'un bulletin, G/H = E / C (la moyenne, où plusieurs circonscriptions sont ouvertes ensemble)"
	}
	if rules.Scale == Territory {
		where, là := " : C, D, E, F are the sums of these columns over the rows \"members\"", " : C, D, E, F sont les sommes de ces colonnes sur les lignes « members »"
		members, citizens, fr, direct = members+where, citizens+where, fr+là, direct+là
	}
	return [][]string{
		{"C: citizens represented; D: seats; E: members present; F: direct ballots", "C : citoyens représentés ; D : sièges ; E : élus présents ; F : votes directs"},
		{members, fr},
		{citizens, direct},
		{"The result of an answer is the sum of its column times G/H, over all rows.", "Le résultat d'une réponse est la somme de sa colonne multipliée par G/H, sur toutes les lignes."},
		{"If the formulas show as text, type them anew.", "Si les formules restent du texte, retapez-les ; un tableur français dit SOMMEPROD pour SUMPRODUCT."},
	}
}

// letters names a column, from 0: A … Z, AA …
func letters(column int) string {
	name := ""
	for column++; column > 0; column = (column - 1) / 26 {
		name = string(rune('A'+(column-1)%26)) + name
	}
	return name
}
