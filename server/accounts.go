package server

import (
	"errors"
	"fmt"

	"isoloir/server/config"
)

// rolled says whether the configuration is of a scrutin such as the manifest's: of accounts, or with a roll.
func (s Setting) rolled() error {
	ofAccounts := s.Origins.Register != ""
	switch accounts := s.Public.Manifest.Accounts() != nil; {
	case accounts && !ofAccounts:
		return fmt.Errorf("%w: %w", config.ErrConfig, errors.New("the manifest is of a scrutin of accounts: name the register's origin (origins.register), and neither roll nor issuers"))
	case !accounts && ofAccounts:
		return fmt.Errorf("%w: %w", config.ErrConfig, errors.New("the manifest is of a scrutin with a roll: take origins.register away"))
	}
	return nil
}
