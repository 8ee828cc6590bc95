// Package pages is what a citizen sees of a vote: the public pages of docs/online.md,
// section 4, in French and English, and the frame in which packages beside it put
// pages of their own.
//
// What it promises. Everything that the sealed manifest says, the pages take from
// it. Lists stand in the order of the draw, equal in size and place. Before the
// condition that the manifest sets for the result, no page, file or status tells any
// of it, nor who has voted (décret 2009-525, art. 21; docs/manifest.md, release). Pages work without
// a script, ask nothing of other sites, and hold neither identity nor ballot: they
// compute no proof and keep nothing of who reads them. They follow WCAG 2.2, level AA.
package pages
