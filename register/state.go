package register

// A State is that of an account.
type State byte

// The states, in the only order in which an account goes through them, but that Used and
// Suspended alternate.
const (
	Made State = iota
	Active
	Used
	Suspended
	Invalid
)

// String is the state's name in files.
func (s State) String() string {
	return [...]string{"made", "active", "used", "suspended", "invalid"}[s]
}

// Live says whether the account is somebody's.
func (s State) Live() bool { return s == Active || s == Used || s == Suspended }

// judge is what becomes of a card in this state that is scanned at its own station while
// it is open.
func (s State) judge(m Mode) (next State, a Answer) {
	switch {
	case m == Check && s.Live():
		return s, Taken
	case m == Check:
		return s, Done
	case s == Invalid:
		return s, Invalidated
	case s == Used || s == Suspended:
		return s, Taken
	case m == Invalidate:
		return Invalid, Done
	case s == Active:
		return Invalid, Again
	}
	return Active, Done
}
