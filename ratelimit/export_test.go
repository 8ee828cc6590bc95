package ratelimit

// Known is how many keys are kept.
func (l *Limiter[K]) Known() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.due)
}
