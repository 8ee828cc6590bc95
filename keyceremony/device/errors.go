package device

import "errors"

// Failures, wrapped in a sentence that says more.
var (
	ErrPassphrase  = errors.New("the passphrase does not open this file: type it again; capitals and spaces count")
	ErrNotFragment = errors.New("this is not a whole fragment file: take the other medium, or a copy")
	ErrExists      = errors.New("a file of this name is there already and stays as it is: choose another medium or directory")
	ErrTwoMedia    = errors.New("this needs both of your media: plug in the two, or make a second one by copy")
	ErrMedia       = errors.New("the two media do not belong together")
	ErrManifest    = errors.New("this device serves another manifest: make new keys for each scrutin")
	ErrNotHolder   = errors.New("the manifest does not name these keys")
	ErrSettled     = errors.New("this device has completed its ceremony and takes part in no other run")
	ErrOtherBoard  = errors.New("this device has answered other messages at this step of this run: compare the board with the other holders")
	ErrOrder       = errors.New("this device did not take part in the steps before")
	ErrNoCeremony  = errors.New("this device holds no fragment of a complete ceremony")
	ErrOtherSeal   = errors.New("this device has opened another seal of this scrutin and will never open a second one: tell the bureau")
	ErrOtherInput  = errors.New("the lists to open are not those that this device has already answered for: tell the bureau")
)
