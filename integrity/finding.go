// Package integrity is how the stores of a vote are watched while it runs
// (docs/integrity.md): what a check finds, how it is spread over time, the report that
// a role signs of it, the file that remembers outside the store how far the store had
// come, and the comparison of what roll and urn report. It knows neither of them: each
// brings the steps in which its own store is read (roll/inspection, urn/inspection).
//
// What it promises. A finding names a table, an urn and a row, never a person, a
// choice, a secret or an order of arrival. A check that cannot be made is told as
// loudly as one that finds something. Reading takes no more than a share of the time,
// so that votes go first.
package integrity

import (
	"context"
	"fmt"
	"strings"
)

// What is wrong with a row, or with a store.
type What string

// Every kind of finding.
const (
	Changed What = "changed" // it is not as the service wrote it, or the service never did
	Missing What = "missing" // it was there
	Added   What = "added"   // there is more than the service wrote
	Older   What = "older"   // the store is older than at an earlier check
	Unread  What = "unread"  // it could not be looked at
)

// A Finding is something that is not as it should be.
type Finding struct {
	Table  string `json:"table" validate:"required"`
	Urn    string `json:"urn"` // by its name; empty where the table has no urn
	Record string `json:"record"`
	What   What   `json:"what" validate:"oneof=changed missing added older unread"`
}

// String is the finding in a line.
func (f Finding) String() string {
	s := "table " + f.Table
	if f.Urn != "" {
		s += ", urn " + f.Urn
	}
	if f.Record != "" {
		s += ", " + f.Record
	}
	return s + ": " + string(f.What)
}

var french = map[What]string{Changed: "modifié", Missing: "manquant", Added: "ajouté", Older: "plus ancien", Unread: "non lu"}

var frenchRecord = strings.NewReplacer("more rows than are named here", "plus de lignes qu'il n'en est nommé ici", "rows more than", "lignes de plus que", "rows after", "lignes après",
	" of ", " sur ", "of ", "de ", " leaves", " feuilles", "rows", "lignes", "row", "ligne", " to ", " à ")

// French is the finding in a line in French.
func (f Finding) French() string {
	s := "table " + f.Table
	if f.Urn != "" {
		s += ", urne " + f.Urn
	}
	if f.Record != "" {
		s += ", " + frenchRecord.Replace(f.Record)
	}
	return s + " : " + french[f.What]
}

// A Look is what one step saw.
type Look struct {
	Rows     int // that were read
	Findings []Finding
}

// Find adds a finding.
func (l *Look) Find(table, urn, record string, what What) {
	l.Findings = append(l.Findings, Finding{table, urn, record, what})
}

// Count compares how many rows there are with how many the service wrote.
func (l *Look) Count(table, urn string, there, written uint64) {
	switch {
	case there < written:
		l.Find(table, urn, fmt.Sprintf("%d of %d rows", written-there, written), Missing)
	case there > written:
		l.Find(table, urn, fmt.Sprintf("%d rows more than %d", there-written, written), Added)
	}
}

// Gap says that the rows numbered from … to−1 are not there.
func (l *Look) Gap(table, urn string, from, to uint64) {
	switch {
	case from+1 == to:
		l.Find(table, urn, fmt.Sprintf("row %d", from), Missing)
	case from < to:
		l.Find(table, urn, fmt.Sprintf("rows %d to %d", from, to-1), Missing)
	}
}

// A Step looks at one state of a store, for a moment, and says whether there is more
// to look at. After an error it has seen nothing, and can be taken again.
type Step struct {
	Table, Urn string
	Do         func(ctx context.Context, l *Look) (more bool, err error)
}

// A Subject is a store to be watched. Its steps share nothing with those that an
// earlier call gave, but what Near has verified already.
type Subject interface {
	// Near is what is looked at every few seconds: that the store is not older than it
	// was, and what came last.
	Near() []Step
	// All reads everything again.
	All() []Step
	// Figures are what a report says of each urn, in the order of the manifest.
	Figures(ctx context.Context) ([]Figures, error)
}
