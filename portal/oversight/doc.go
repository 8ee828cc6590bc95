// Package oversight is what the bureau asks of roll, urn and issuers over its links, and what they answer (docs/bureau.md, section 5): turnout, the
// roll, integrity checks, delivery of codes, alerts, and the state of each machine. It has the messages, and the handlers that each role mounts.
//
// What it promises. Questions and answers are canonical JSON, read strictly; a report of a check is a note that its role has signed. Who asks has
// the secret that the role shares with the bureau, and is no page. A role answers only what it was given to answer. Numbers of votes are
// those of the last slot of the flushes, brought down to a multiple of k, until the vote has ended ([Shown]): whoever asks every second learns
// no more than who asks once in a slot, and no answer dates a single vote.
package oversight
