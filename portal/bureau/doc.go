// Package bureau is the members' pages (docs/bureau.md, section 4): the state of the
// scrutin as a path, the session with its motions, what the members are told and
// asked, the messages of the key ceremony and of the opening, and the page for the
// room; in French and English.
//
// What it promises. Who logs in sees; what is done is signed by the member's own key,
// on his machine or away from it, and this package carries the note without being able
// to make one. Each page is admitted for roles, never for names (décret 2009-525,
// art. 13; arrêté of 25 August 2020, art. 28 and 31). A reading of turnout or roll is
// entered before it is answered. Every page says whether the scrutin is real. Pages
// work without a script, but for the login and a signature made in the page.
package bureau
