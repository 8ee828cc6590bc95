// Package voters is the way of one voter through a vote online, as a page and its
// browser go it over HTTP: document, scripts, manifest and opening record, login with
// both codes, a real ballot, place of the account, reservation, ballot, mark, and the
// receipt checked; and a demonstration with as many electors as are wanted. Who goes it
// by the thousand, and what happens meanwhile, is for others to say.
//
// What it promises. A voter tries as the page does: what is not answered is sent again,
// a session that is over is begun anew, and a refusal that means something ends the way.
// What the services sign and prove is verified. Check sees a ballot, a mark or a receipt
// that is missing, and one too many.
package voters
