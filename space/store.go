package space

import (
	"context"

	"isoloir/scrutin"
)

// A Store keeps spaces. Every method takes the organisation, and sees nothing of another;
// each that writes is one durable transaction. ErrUnknown where there is nothing of a name,
// ErrOther where something else stands there already.
type Store interface {
	// PutOrganisation makes a space; the same again is no error.
	PutOrganisation(ctx context.Context, org string, text []byte) error
	Organisation(ctx context.Context, org string) ([]byte, error)

	AddPerson(ctx context.Context, org string, p Person) error
	Person(ctx context.Context, org, id string) (Person, error)
	// People are those of a space by their labels, the ended ones too.
	People(ctx context.Context, org string) ([]Person, error)
	EndPerson(ctx context.Context, org, id string) error

	// Keep adds facts, all of them or none: ErrOther.
	Keep(ctx context.Context, org string, facts ...Fact) error
	Fact(ctx context.Context, org, kind, name string) ([]byte, bool, error)
	Facts(ctx context.Context, org, kind string) ([]Fact, error)

	AddConsultation(ctx context.Context, org, id string, draft []byte) error
	Consultation(ctx context.Context, org, id string) (Consultation, error)
	// Consultations are those of a space, the newest first.
	Consultations(ctx context.Context, org string) ([]Consultation, error)
	// Save replaces a draft of this revision, in this state: ErrStale.
	Save(ctx context.Context, org, id string, revision int, draft []byte) error
	// Publish takes a draft of this revision into its published state, with its first act: ErrStale.
	Publish(ctx context.Context, org, id string, revision int, f scrutin.Digest, a Act) error
	// Change replaces what stands of a published consultation, with the act that does it: ErrStale.
	Change(ctx context.Context, org, id string, revision int, draft []byte, a Act) error
	Acts(ctx context.Context, org, id string) ([]Act, error)

	// PutFile keeps a file by its digest; the same again is no error.
	PutFile(ctx context.Context, org string, f File) error
	File(ctx context.Context, org string, digest scrutin.Digest) (File, error)

	// AddArgument gives its number.
	AddArgument(ctx context.Context, org, id string, a Argument) (int, error)
	Arguments(ctx context.Context, org, id string) ([]Argument, error)
	// JudgeArgument shows or refuses one that is proposed, or refuses one that is shown, with the
	// act that does it and its reason.
	JudgeArgument(ctx context.Context, org, id string, number int, state string, a Act) error
	// SignArgument adds who signs one too; the same person again is no error.
	SignArgument(ctx context.Context, org, id string, number int, person string, by Signed) error

	// AddPosition and AddVote add a version: its number is the store's.
	AddPosition(ctx context.Context, org, id string, p Position) error
	Positions(ctx context.Context, org, id string) ([]Position, error)
	AddVote(ctx context.Context, org, id string, v Vote, a Act) error
	Votes(ctx context.Context, org, id string) ([]Vote, error)

	// AddRegistration keeps one, with by whom somebody is found again. Registrations are by name.
	AddRegistration(ctx context.Context, org string, r Registration, person string) error
	Registrations(ctx context.Context, org string) ([]Registration, error)
	// DecideRegistration decides one that waits: ErrOther where the same person has been accepted.
	DecideRegistration(ctx context.Context, org, id, state, by, reason string) error
	// ForgetRegistrations forgets those from before a day that were not accepted.
	ForgetRegistrations(ctx context.Context, org string, before int) error

	Shut() error
}
