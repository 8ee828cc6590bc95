//go:build !unix

package bench

import "time"

var start = time.Now()

// processorTime is the time that has passed, where the system does not tell processor time.
func processorTime() time.Duration { return time.Since(start) }
