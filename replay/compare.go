package replay

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"isoloir/tally"
)

// CompareTable says where a table of results differs from the results that were replayed. It reads nothing else: the header urn, option,
// ballots; each urn of the file once, alone or in a group A+B whose rows are the sums of its urns; the options in the file's order, then blanc,
// then nul if anybody cast one.
func CompareTable(table io.Reader, votes []UrnResult) error {
	in := csv.NewReader(table)
	header, err := in.Read()
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("the table of results is not CSV: %w", err)
	}
	if want := []string{"urn", "option", "ballots"}; !slices.Equal(header, want) {
		return fmt.Errorf("the table of results begins with %q, not with %q", header, want)
	}
	left := map[string]UrnResult{}
	for _, u := range votes {
		left[u.ID] = u
	}
	var group string
	var rows [][]string // of the group that are to come
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("the table of results is not CSV: %w", err)
		}
		if len(rows) == 0 {
			group = row[0]
			if rows, err = groupRows(group, left); err != nil {
				return err
			}
		}
		if !slices.Equal(row, rows[0]) {
			return fmt.Errorf("the table of results has the row %q, the file makes %q", row, rows[0])
		}
		rows = rows[1:]
	}
	if len(rows) > 0 {
		return fmt.Errorf("the table of results lacks the row %q", rows[0])
	}
	for _, u := range votes {
		if _, missing := left[u.ID]; missing {
			return fmt.Errorf("the table of results lacks the urn %s", u.ID)
		}
	}
	return nil
}

// groupRows are the rows that the urns joined in group must have. It takes them out of left.
func groupRows(group string, left map[string]UrnResult) ([][]string, error) {
	var options []string
	sums := map[string]int{}
	for i, id := range strings.Split(group, "+") {
		u, there := left[id]
		if !there {
			return nil, fmt.Errorf("the table of results has the urn %q, in %q, which the file does not have, or has it twice", id, group)
		}
		delete(left, id)
		if own := optionLabels(u); i == 0 {
			options = own
		} else if !slices.Equal(own, options) {
			return nil, fmt.Errorf("the table of results joins urns of different options in %q", group)
		}
		for _, c := range u.Choices {
			sums[c.Option] += c.Ballots
		}
	}
	options = append(options, tally.BlankLabel)
	if sums[tally.NulLabel] > 0 {
		options = append(options, tally.NulLabel)
	}
	var rows [][]string
	for _, o := range options {
		rows = append(rows, []string{group, o, strconv.Itoa(sums[o])})
	}
	return rows, nil
}
