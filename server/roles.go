package server

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"isoloir/server/config"
)

// Names are the roles, in the order in which they are opened.
var Names = []string{"urn", "roll", "issuer-a", "issuer-b", "portal", "bureau"}

// ErrRole says that the configuration does not describe a role.
var ErrRole = errors.New("the configuration does not describe this role")

// Roles are those that one process serves. Those of other processes are nil.
type Roles struct {
	Urn     *Urn
	Roll    *Roll
	IssuerA *Issuer
	IssuerB *Issuer
	Portal  *Portal
	Bureau  *Bureau
}

// Place is where a role is, and its origin; ErrRole if the configuration does not say it.
func Place(c *config.Config, name string) (config.Place, string, error) {
	switch {
	case name == "urn" && c.Urn != nil:
		return c.Urn.Place, c.Origins.Urn, nil
	case name == "roll" && c.Roll != nil:
		return c.Roll.Place, c.Origins.Roll, nil
	case name == "issuer-a" && c.IssuerA != nil:
		return c.IssuerA.Place, c.Origins.IssuerA, nil
	case name == "issuer-b" && c.IssuerB != nil:
		return c.IssuerB.Place, c.Origins.IssuerB, nil
	case name == "portal" && c.Portal != nil:
		return c.Portal.Place, c.Origins.Portal, nil
	case name == "bureau" && c.Bureau != nil:
		return c.Bureau.Place, c.Origins.Bureau, nil
	}
	return config.Place{}, "", fmt.Errorf("%w: %s", ErrRole, name)
}

// OpenRoles opens the roles of these names. If one of them cannot be opened, none is.
func OpenRoles(ctx context.Context, c *config.Config, names []string, s Setting) (r *Roles, err error) {
	r = &Roles{}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.Shut())
			r = nil
		}
	}()
	for _, name := range Names {
		if !slices.Contains(names, name) {
			continue
		}
		if _, _, err = Place(c, name); err != nil {
			return r, err
		}
		switch name {
		case "urn":
			r.Urn, err = NewUrn(ctx, *c.Urn, s)
		case "roll":
			r.Roll, err = NewRoll(ctx, *c.Roll, s)
		case "issuer-a":
			r.IssuerA, err = NewIssuer(ctx, 0, *c.IssuerA, s)
		case "issuer-b":
			r.IssuerB, err = NewIssuer(ctx, 1, *c.IssuerB, s)
		case "portal":
			r.Portal, err = NewPortal(ctx, *c.Portal, s)
		case "bureau":
			r.Bureau, err = NewBureau(ctx, *c.Bureau, s)
		}
		if err != nil {
			return r, fmt.Errorf("%s: %w", name, err)
		}
	}
	return r, nil
}

// All are the roles that are open, in the order of Names.
func (r *Roles) All() []*Role {
	var all []*Role
	if r.Urn != nil {
		all = append(all, r.Urn.Role)
	}
	if r.Roll != nil {
		all = append(all, r.Roll.Role)
	}
	for _, i := range []*Issuer{r.IssuerA, r.IssuerB} {
		if i != nil {
			all = append(all, i.Role)
		}
	}
	if r.Portal != nil {
		all = append(all, r.Portal.Role)
	}
	if r.Bureau != nil {
		all = append(all, r.Bureau.Role)
	}
	return all
}

// Shut closes what they have opened.
func (r *Roles) Shut() error {
	var failed error
	for _, role := range slices.Backward(r.All()) {
		failed = errors.Join(failed, role.Shut())
	}
	return failed
}
