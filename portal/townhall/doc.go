// Package townhall is the back office of a space (docs/consultations.md): staff write a
// consultation step by step, see it as citizens will, publish it, and change afterwards
// what may be changed; the standing bureau's way is told; elected members and invited authors
// have a page of their own. In French and English, on an origin of its own, one address for
// each organisation.
//
// What it promises. Each page is admitted for roles, of who has a good passkey of this space, and
// nobody else's; it sees nothing of another space. What is typed is kept, and what is wrong with it is
// said beside it, with what to do. Pages work without a script, but for the login.
//
// Tests find their way by identifiers, which stay: #problems, #publish, #state, a form by the
// step that it saves (#texte, #question, #dates …), an input by the field of the draft.
package townhall
