// Package guide makes the pictures and recordings of the voter's guide (portal/pages/guide) from the pages themselves, as Chromium shows them on
// a demonstration: so what voters are shown is what they will see. Notice of 2021, "during": help, guides, recordings.
//
// Nothing is built here: make guide runs its test with -write. That each step has its pictures, and the recording its captions, is seen by the
// tests of portal/pages.
package guide
