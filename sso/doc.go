// Package sso lets civic sites rely on anonymous accounts without learning whose they are: which sites there are, and what an account is on one
// of them. It follows docs/sso.md. Package portal/signon is the provider of OpenID Connect over it.
//
// What it promises. An account has one subject on a site, which its device computes and proves, and which nobody computes from what any service
// keeps. Subjects of two sites cannot be matched (decisional Diffie-Hellman). A site is let in once somebody has allowed it by name, and not
// after he has ended that; its identifier is never used again.
package sso
