// Package server is a scrutin at work: the roles of docs/online.md, section 0, each on its own directory, keys, store and origin. They are
// given what the packages below them make, and nothing passes between them but what goes over a link or stands in the public record.
//
// What it promises. Everything that a role needs is read from its directory, its links' secrets and its copy of the public record, so that it
// goes on after its process was killed at any moment, with nothing lost that it had answered for. A role answers only its own paths, speaks
// to another role only under the bearer secret that both share, and serves nothing before it has verified manifest, opening record and
// acts with the bureau's and the witnesses' signatures. A directory is one process's at a time. A secret that others than its owner
// can read is refused. Only SQLite files and secrets are private: all else that a role reads is public.
//
// Package config reads the file that describes the roles; package demonstration prepares a scrutin to try them on and takes it to its end.
package server
