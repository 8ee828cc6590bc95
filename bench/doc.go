// Package bench makes the table of docs/performance.md: every figure beside its reference, in one run, in processor time so that a shared
// machine does not change the ratios. It has tests only; `make bench` runs them.
package bench
