package replay

import (
	"bytes"
	"os"
	"strconv"
	"time"
)

// A Cost is what a step of the procedure took.
type Cost struct {
	Took      time.Duration
	Processor time.Duration // of all processors together; 0 where the system does not say
	Peak      int64         // largest resident memory of the process, in bytes; 0 where the system does not say
}

// Measure does a step and returns its cost.
func Measure(step func() error) (Cost, error) {
	resetPeak()
	start, used := time.Now(), processorTime()
	err := step()
	return Cost{Took: time.Since(start), Processor: processorTime() - used, Peak: peakMemory()}, err
}

// resetPeak lets peakMemory count from now, where the system allows it (Linux: proc(5), clear_refs).
func resetPeak() { _ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) }

// peakMemory is the largest resident memory of the process since resetPeak, in bytes; 0 where the system does not say.
func peakMemory() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(status) {
		if rest, ok := bytes.CutPrefix(line, []byte("VmHWM:")); ok {
			kib, err := strconv.ParseInt(string(bytes.TrimSpace(bytes.TrimSuffix(bytes.TrimSpace(rest), []byte("kB")))), 10, 64)
			if err != nil {
				return 0
			}
			return kib << 10
		}
	}
	return 0
}
