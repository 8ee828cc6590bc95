// Package timestamp asks for timestamps and verifies them: the signed statement of an authority that it was shown a digest at a time (RFC 3161, with
// RFC 5816 and, of the CMS, RFC 5652). Whoever has a record that was timestamped knows that it stood then, from somebody who has nothing to do with it.
//
// A timestamp is kept as the authority's response, with the certificates of its chain in it, so that it is verified without a network. It promises that one
// which passes has one signer, whose certificate is for timestamps alone and was valid then, and that nothing in the bytes is left unread; whom
// to trust, over which digest and when, is for the caller, who asks By, Over and the Time. That a certificate was revoked it cannot see: lists of
// revocation are neither in it nor asked for.
//
// Messages are those of digitorus/timestamp, signatures of the CMS are verified by digitorus/pkcs7; what these let pass is refused here.
package timestamp
