// Package passkey is how members of the bureau come to its pages: by passkeys (W3C Web Authentication, level 3), each with the person verified by
// his device, made with an invitation that is a code used once (docs/bureau.md, section 4). It tells handlers which member asks (Who); what is done in
// the bureau's name is signed with the member's own key, and never by having logged in.
//
// What it promises. A passkey is good when the journal says so, over the platform's signature, and no longer than two members, or its own, let
// it be: who writes into the store beside the service makes no passkey. Of invitations and sessions the store has the SHA-256 alone. A member who
// has lost his passkeys is invited again by two others, never by who runs the machine. Nothing is changed or taken away in the store: what ends,
// ends by a fact that is added.
//
// A Door does the same for whoever keeps a Ledger of his own guests, as a space of an organisation does (docs/consultations.md, section 1).
package passkey
