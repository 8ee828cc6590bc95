// Package cell is about the cells of tables (CSV) that people open in a spreadsheet: text that came from outside, as a name or the address of a
// domain, must not become a formula there (CWE-1236).
//
// It promises that no shown text begins with a character by which a spreadsheet takes it for one, and that what was shown is read back as it was.
package cell

import "strings"

// formula begins what spreadsheets compute, or cut into other cells.
const formula = "=+-@\t\r"

// begins says whether a text, after any apostrophes, begins so.
func begins(text string) bool {
	rest := strings.TrimLeft(text, "'")
	return rest != "" && strings.ContainsRune(formula, rune(rest[0]))
}

// Shown is a text as it stands in a cell: behind an apostrophe where it would be a formula.
func Shown(text string) string {
	if begins(text) {
		return "'" + text
	}
	return text
}

// Read is the text of a cell, with or without the apostrophe of Shown.
func Read(cell string) string {
	if strings.HasPrefix(cell, "'") && begins(cell) {
		return cell[1:]
	}
	return cell
}
