//go:build !unix

package replay

import "time"

func processorTime() time.Duration { return 0 }
