package vault

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"isoloir/custody"
)

// ErrUnwrapped says that somebody else may have a role's credential.
var ErrUnwrapped = errors.New("ALERT: this first credential was taken out already, or its hour is over; unless you did it yourself, somebody else may log in as this role: have all its credentials withdrawn, and another one made")

// ErrStrange says that what was to be taken out is not a role's credential.
var ErrStrange = errors.New("ALERT: this was not made as the credential of an AppRole: somebody may have put it in the place of the true one, which is then theirs: have all credentials of this role withdrawn, and another one made")

var made = regexp.MustCompile(`^auth/approle/role/isoloir-[a-z0-9_-]+/secret-id$`)

// Enrol takes a first credential out, once for ever: it returns the role_id and the secret_id by which the role logs in from then on. It looks
// first whether the line is what Credential makes.
func Enrol(ctx context.Context, address string, h *http.Client, line string) (roleID, secretID string, err error) {
	roleID, token, ok := strings.Cut(line, " ")
	if !ok || roleID == "" || token == "" || strings.Contains(token, " ") {
		return "", "", fmt.Errorf("%w: a role_id, a space and a wrapping token", custody.ErrSecret)
	}
	client, err := connect(address, h)
	if err != nil {
		return "", "", err
	}
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	looked, err := once(ctx, client, http.MethodPost, "sys/wrapping/lookup", map[string]any{"token": token})
	if err := spent(err); err != nil {
		return "", "", err
	}
	if path := text(looked, "creation_path"); !made.MatchString(path) {
		return "", "", ErrStrange
	}
	client.SetToken(token)
	client.SetMaxRetries(0) // a lost answer is not asked for again, which would look like a theft
	answer, err := once(ctx, client, http.MethodPost, "sys/wrapping/unwrap", nil)
	if err := spent(err); err != nil {
		return "", "", err
	}
	if secretID = text(answer, "secret_id"); !custody.IsLine(secretID) {
		return "", "", ErrStrange
	}
	return roleID, secretID, nil
}

// spent tells a credential that is gone from a Vault that does not answer.
func spent(err error) error {
	if errors.Is(err, errMalformed) || errors.Is(err, errForbidden) || errors.Is(err, custody.ErrAbsent) {
		return ErrUnwrapped
	}
	return err
}
