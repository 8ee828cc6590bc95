// Package observe is what the operators of a service see of it: events in a log, metrics, whether it lives and whether it is ready. Log
// lines are those of log/slog, metrics those of Prometheus (text format 0.0.4), health is asked as Kubernetes and proxies do (/livez, /readyz).
//
// What it promises. A line of the log can be made from an Event alone. The list of events is closed (events.go), and no kind of field that
// they have (kinds.go) can hold an elector, a ballot, an authorisation, an address of somebody, a code or a choice: so no line holds an elector
// and a ballot. What is wrong in a store is named by the place of a row in one table of it. What an error says passes word by word, and what is not an ordinary word is left out (Because). Lines are dated to the second.
//
// Metrics have the labels role, route, status and urn, and no other. What counts requests would date them for who reads it every second: so it
// moves at the slots of the urn's flushes only, and only by multiples of k, the smallest group of ballots that is opened (Slot). What is
// published at once is public already, as the sizes of signed checkpoints, or has nothing to do with who votes when, as the hour of the last
// flush, or is a failure, which somebody must hear of now. Nothing of the process itself is counted, neither its processor time nor its
// memory: read at every second these tell on a quiet evening when somebody votes.
//
// The list of metrics is closed too (metrics.go).
package observe
