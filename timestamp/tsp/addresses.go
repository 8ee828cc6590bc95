package tsp

import (
	"context"
	"encoding/asn1"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// ErrAddresses says that a file of addresses is refused. The error names the line.
var ErrAddresses = errors.New("write, line by line, an authority's identifier, once, its address and, if need be, a policy or - and the file of a password")

// An Address is where an authority is asked, and under which policy; nil is its own.
type Address struct {
	*Client
	Policy asn1.ObjectIdentifier
}

var identifier = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// Addresses reads where authorities are asked, by their identifiers in the manifest: a line for each, as ErrAddresses says; what begins with # is for
// people. Secret reads the file of a password, user:password.
func Addresses(ctx context.Context, file string, secret func(ctx context.Context, path string) (string, error)) (map[string]Address, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	all := map[string]Address{}
	for i, line := range strings.Split(string(data), "\n") {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if _, twice := all[words[0]]; twice || len(words) < 2 || len(words) > 4 || !identifier.MatchString(words[0]) {
			return nil, fmt.Errorf("%s:%d: %w", file, i+1, ErrAddresses)
		}
		a, err := address(ctx, words[1:], secret)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, i+1, err)
		}
		all[words[0]] = a
	}
	return all, nil
}

// address reads the words of a line after the identifier.
func address(ctx context.Context, words []string, secret func(context.Context, string) (string, error)) (a Address, err error) {
	a.Client = &Client{URL: words[0]}
	if len(words) > 1 {
		if a.Policy, err = ParsePolicy(words[1]); err != nil {
			return a, errors.Join(ErrAddresses, err)
		}
	}
	if len(words) > 2 {
		said, err := secret(ctx, words[2])
		if err != nil {
			return a, err
		}
		var ok bool
		if a.User, a.Password, ok = strings.Cut(said, ":"); !ok || a.User == "" {
			return a, fmt.Errorf("%w: %s holds no user:password", ErrAddresses, words[2])
		}
	}
	if err := a.Check(); err != nil {
		return a, errors.Join(ErrAddresses, err)
	}
	return a, nil
}

// ParsePolicy reads an object identifier, as 1.3.6.1.4.1.32473.1; - is none.
func ParsePolicy(s string) (asn1.ObjectIdentifier, error) {
	if s == "-" {
		return nil, nil
	}
	var oid asn1.ObjectIdentifier
	for part := range strings.SplitSeq(s, ".") {
		n, err := strconv.ParseUint(part, 10, 31)
		if err != nil {
			return nil, fmt.Errorf("%q is no policy: give numbers and dots, as 1.3.6.1.4.1.32473.1, or -", s)
		}
		oid = append(oid, int(n))
	}
	if _, err := asn1.Marshal(oid); err != nil {
		return nil, fmt.Errorf("%q is no policy: %w", s, err)
	}
	return oid, nil
}
