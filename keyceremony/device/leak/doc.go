// Package leak looks for what a key holder keeps in what a server saw, wrote and held: no secret of a holder reaches one (the manifest's law,
// S003-25b and S004-18a), and a test shows it by this search. No command imports it.
//
// A secret is looked for piece by piece, sixteen bytes each, and each piece in every form of the list [Forms] gives: the bytes themselves,
// forwards and backwards, and the ways in which programs write bytes down. So it is found where a line ends within it, and where half of it
// was copied. Of a scalar the form is looked for too in which it is computed with, of a signing key what it is expanded to.
//
// What it promises: [Search] finds a planted secret in each of these forms (its test plants them, in the memory of another process too), and what
// it says of a secret found is its name, never the secret. It cannot find what was encrypted under another key, compressed, or split into
// pieces of less than sixteen bytes.
package leak
