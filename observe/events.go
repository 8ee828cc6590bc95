package observe

import "log/slog"

// An Event is something that operators are told. Only the types of this file are events, and their fields are of the kinds of kinds.go.
type Event interface {
	event() (name string, level slog.Level)
}

// Who hears of troubles reads them in a log; they are counted too, by role.
type (
	// Serving says that a role answers.
	Serving struct {
		Role           Role
		Listen, Origin Address
	}

	// Observed says where metrics and health are.
	Observed struct{ Listen Address }

	// Stopping says that the process was told to stop, and refuses what comes.
	Stopping struct{}

	// HandlerFailed says that a handler panicked. Who asked was answered 500, or cut off.
	HandlerFailed struct {
		Role  Role
		Route Route
		Cause Cause
	}

	// PageFailed says that a page could not be made.
	PageFailed struct {
		Role  Role
		Route Route
		Cause Cause
	}

	// DutyFailed says that something that a role does at its hours has failed. It is tried again.
	DutyFailed struct {
		Role  Role
		Duty  Duty
		Cause Cause
	}

	// DutyRestored says that it succeeded again.
	DutyRestored struct {
		Role Role
		Duty Duty
	}

	// NotReady says that a role cannot do its work; a proxy that asks sends nobody to it.
	NotReady struct {
		Role  Role
		Cause Cause
	}

	// ReadyAgain says that it can.
	ReadyAgain struct{ Role Role }

	// ClockOff says that the clocks of this machine and of the role's database are apart.
	ClockOff struct {
		Role  Role
		Drift Drift
	}

	// StoreAltered says that a check of a role's store has found what its service did not write, or could not read it.
	StoreAltered struct {
		Role   Role
		Damage Damage
	}

	// StoreHealed says that a whole check misses what one before has found.
	StoreHealed struct {
		Role   Role
		Damage Damage
	}

	// IncidentSeen says that the bureau's lookout has seen something wrong with a role; the members are told.
	IncidentSeen struct {
		Role Role
		What Incident
	}

	// IncidentOver says that it does not see it any more.
	IncidentOver struct {
		Role Role
		What Incident
	}

	// LibrarySpoke says that a library wrote to the log of the process by itself.
	LibrarySpoke struct{ Cause Cause }
)

func (Serving) event() (string, slog.Level)       { return "serving", slog.LevelInfo }
func (Observed) event() (string, slog.Level)      { return "observed", slog.LevelInfo }
func (Stopping) event() (string, slog.Level)      { return "stopping", slog.LevelInfo }
func (HandlerFailed) event() (string, slog.Level) { return "handler failed", slog.LevelError }
func (PageFailed) event() (string, slog.Level)    { return "page failed", slog.LevelError }
func (DutyFailed) event() (string, slog.Level)    { return "duty failed", slog.LevelWarn }
func (DutyRestored) event() (string, slog.Level)  { return "duty restored", slog.LevelInfo }
func (NotReady) event() (string, slog.Level)      { return "not ready", slog.LevelWarn }
func (ReadyAgain) event() (string, slog.Level)    { return "ready again", slog.LevelInfo }
func (ClockOff) event() (string, slog.Level)      { return "clock off", slog.LevelWarn }
func (StoreAltered) event() (string, slog.Level)  { return "store altered", slog.LevelError }
func (StoreHealed) event() (string, slog.Level)   { return "store healed", slog.LevelInfo }
func (IncidentSeen) event() (string, slog.Level)  { return "incident seen", slog.LevelWarn }
func (IncidentOver) event() (string, slog.Level)  { return "incident over", slog.LevelInfo }
func (LibrarySpoke) event() (string, slog.Level)  { return "library spoke", slog.LevelWarn }
