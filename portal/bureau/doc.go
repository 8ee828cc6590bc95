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
//
// Scripts and tests find their way by identifiers, which stay:
//
//   - a statement of a member is a form with data-kind, the kind of the statement; what
//     is signed is shown in dialog #sign with #sign-lines, #medium, #passphrase,
//     #sign-error, #sign-do, #sign-cancel; what has come of it in #said;
//   - the minutes: #drawn, form #draw-up with #language, one section #sheet-N for each
//     page with the box #read-N, form #paraphs with the button #paraph, table #paraphed,
//     #stale-minutes where they are behind, form #adopt that proposes the act;
//   - several scrutins: form #propose-all, form #move-all with a fieldset for each and
//     #move-go, form #support-all with #support-go, form #write-all;
//   - the preview: #preview with #urne, and the steps choice, confirm and end of #device
//     as package voting has them; the draw: #mots, #drawn-same or #drawn-other.
package bureau
