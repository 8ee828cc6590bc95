// Package courier brings messages to people: each by a channel, in their language,
// once for what they are.
//
// What leaves stands in a spool before anything is sent: one row for each message,
// known by its kind, elector and generation. A row is claimed for a time, its text
// is made, a [Carrier] is asked to take it, and what came of that is written down
// before another is claimed. The text is made when it leaves and stored nowhere,
// so that a spool holds no secret; the same row always makes the same text.
//
// What it promises. A message that a carrier accepted and that was marked so never
// leaves again. If the process ends between the two, the same message leaves once
// more, under the same name, by which carriers and people know it for the same one;
// it never leaves with another text. What fails for a time is tried again later,
// ever more seldom; what a carrier will never bring stands there as refused, and is
// tried again only when somebody says so. Nobody's row is dropped.
//
// Carriers stand in the folders below, each of which says what it follows.
package courier
