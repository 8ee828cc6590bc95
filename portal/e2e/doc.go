// Package e2e is the vote as its users live it: tests alone, in a real browser
// (web/chrome) over the real servers of a demonstration (server/demonstration), from
// the first page to the receipt, the count and what the auditor says.
//
// Between browser and servers stands a channel, which cuts, delays or rewrites what
// passes where a test plays who controls it. Nothing else is played: codes come from
// the messages that the issuers wrote, and the count is that of the opened urn.
package e2e
