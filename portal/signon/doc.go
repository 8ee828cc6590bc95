// Package signon is the provider of OpenID Connect by which civic sites let people in with their anonymous account (docs/sso.md): authorization
// code with PKCE, pairwise subjects, and of everybody no more than that he has an account, and where from. The protocol is zitadel/oidc's; this
// package is its storage, and the message by which a device tells who comes.
//
// What it promises. A site that was not allowed is answered nothing. What a login is about is in memory alone, until its code is exchanged, and
// its tokens for five minutes; no account's number comes here. No cookie is set, and nobody is let in without a proof made for this login.
package signon
