package replay

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/tally"
)

// Three districts of Toulouse chose projects of their participatory budget, up to three each: their ballots are encrypted, cast, mixed and opened under
// these rules, and each project is approved of as often as the published file says.
func TestParticipatoryBudget(t *testing.T) {
	dir := filepath.Join("..", "..", "shared", "data", "budget_participatif")
	o := few()
	o.Title, o.MinimumSize = "Budget participatif", 10
	o.Rule = scrutin.Decision{Rule: scrutin.RelativeMajority, Tie: "none", Turnout: scrutin.Fraction{Numerator: 1, Denominator: 4}}
	var published [][]int
	for _, district := range []string{"17_-_Mirail-Universite_Reynerie_Bellefontaine", "7_-_Sept_Deniers_Ginestous-Sesquieres_Lalande", "9_-_Trois_Cocus_Borderouge_Croix-Daurade_Paleficat_Grand_Selve"} {
		data, err := os.ReadFile(filepath.Join(dir, "France_Toulouse_2022_"+district+".pb"))
		if err != nil {
			t.Skip("the published ballots are not beside the project (../shared/data/budget_participatif): nothing is replayed")
		}
		number, _, _ := strings.Cut(district, "_")
		u, votes := budget(t, "quartier-"+number, string(data))
		o.Votes, published = append(o.Votes, u), append(published, votes)
	}
	out := exact(t, o, Watcher{})
	in, err := record.Open(out.Export)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	data, err := in.Read(record.Result, note.MaxSize)
	if err != nil {
		t.Fatal(err)
	}
	text, err := note.Text(data)
	if err != nil {
		t.Fatal(err)
	}
	result, err := scrutin.Parse[scrutin.Result](text)
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range out.Manifest.Outcomes(result) {
		most := slices.Max(published[i])
		alone := slices.Index(published[i], most)
		q := out.Manifest.Questions[i]
		if !slices.Equal(x.Ballots, published[i]) || !x.Turnout || x.Carried != q.Options[alone].ID {
			t.Errorf("%s: %v approve, and %q is taken; published are %v", o.Votes[i].ID, x.Ballots, x.Carried, published[i])
		}
	}
}

// budget reads a file of the form of pabulib.org: META, PROJECTS and VOTES, each with its header, divided by semicolons. It returns the ballots of each
// set of projects, and the number of approvals that the file says of each project.
func budget(t *testing.T, id, text string) (u UrnResult, published []int) {
	t.Helper()
	in := csv.NewReader(strings.NewReader(text))
	in.Comma, in.FieldsPerRecord = ';', -1
	lines, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	section, header, projects, ballots := "", []string(nil), map[string]int{}, map[string]int{}
	for _, line := range lines {
		if len(line) == 1 && slices.Contains([]string{"META", "PROJECTS", "VOTES"}, line[0]) {
			section, header = line[0], nil
			continue
		}
		if header == nil {
			header = line
			continue
		}
		field := func(name string) string { return line[slices.Index(header, name)] }
		switch section {
		case "META":
			if line[0] == "max_length" {
				u.Most = whole(t, line[1])
			}
		case "PROJECTS":
			projects[field("project_id")] = len(u.Answers)
			u.Answers, published = append(u.Answers, strings.TrimSpace(field("name"))), append(published, whole(t, field("votes")))
		case "VOTES":
			set := []int{}
			for one := range strings.SplitSeq(field("vote"), ",") {
				set = append(set, projects[one])
			}
			slices.Sort(set)
			ballots[key(set)]++
			u.Electors += 2 // half of those who could
		}
	}
	u.ID, u.Name = id, id
	options := scrutin.ApprovalOptions(u.Answers, u.Most)
	for i, set := range scrutin.Sets(len(u.Answers), u.Most) {
		u.Choices = append(u.Choices, Choice{options[i].Label, ballots[key(set)]})
	}
	u.Choices = append(u.Choices, Choice{tally.BlankLabel, 0})
	return u, published
}

// key names a set of places.
func key(set []int) string {
	var b strings.Builder
	for _, i := range set {
		b.WriteString(strconv.Itoa(i) + " ")
	}
	return b.String()
}

func whole(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
