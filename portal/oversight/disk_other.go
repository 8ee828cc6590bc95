//go:build !linux

package oversight

func used(string) (int, bool) { return 0, false }
