// Package access is how the owner of an anonymous account comes to his key
// (docs/accounts.md, section 6): first use of a card, the ways in that he chooses, loss
// and suspension. What a way is follows the codes of an election (docs/protocol.md,
// section 5): a secret gives a login half and a mask; the register keeps g raised to the
// one, and the account's secret under the other.
//
// What it promises: the service can log in as nobody and knows no key; who fails learns
// whether a number exists from nothing that he could not read in the published list; a
// challenge is answered once, for that number; a session lives in memory, and ends with
// the process. Nothing here is dated.
package access
