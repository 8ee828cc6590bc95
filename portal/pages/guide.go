package pages

import "isoloir/portal/words"

// A picture is a step of the guide as the pages show it.
type picture struct {
	path          string
	width, height int
}

// pictures is the picture of a step, nil where there is none.
func pictures(words.Language, int) *picture { return nil }
