// Package notice tells people that a consultation comes, opens or ends, without knowing
// anybody's account (docs/consultations.md, section 3): a calendar file (RFC 5545) and an
// Atom feed (RFC 4287) by territory, which need nobody's name at all; and messages by
// e-mail and by web push (RFC 8030, 8291, 8292) to whom asked for them.
//
// What it promises. Of a person it keeps an address, a territory and a language, in a store
// of its own, whose keys are random and in no other; nothing of it is a link to an account,
// a card or a vote, and no message says who votes, may vote or has voted: whoever asks for
// notices is told of his territory's consultations, citizen of it or not. An e-mail address
// is used once its owner has confirmed it, and forgotten when he says so, when its server
// refuses it for good, or when the day after that on which it was given ends without his word.
// Whoever gives an address learns nothing of it: its question leaves later, with what else is to
// be sent, whoever closes his page meanwhile; and a mailbox gets a few questions a day at most,
// however often somebody gives it, and in whatever spelling.
package notice
