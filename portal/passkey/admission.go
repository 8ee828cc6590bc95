package passkey

import (
	"context"
	"net/http"
	"slices"

	"isoloir/scrutin"
)

// A May says which members a route is for: by office, never by name.
type May func(*scrutin.Member) bool

// Everybody of the bureau: its members, its delegates, its committee and its expert.
func Everybody(*scrutin.Member) bool { return true }

// Seated are those who sit with a voice, deliberative or not: they propose and sign, and read turnout and roll. Delegates, the committee and the
// expert only look.
func Seated(m *scrutin.Member) bool {
	return slices.Contains([]string{scrutin.President, scrutin.Assessor, scrutin.Secretary}, m.Role)
}

// Readers are those seated who do not belong to who runs the platform: they read turnout, roll and émargement.
func Readers(m *scrutin.Member) bool { return Seated(m) && m.Class != scrutin.Operator }

// Offices are the members of these roles.
func Offices(roles ...string) May {
	return func(m *scrutin.Member) bool { return slices.Contains(roles, m.Role) }
}

// Holders are those who hold fragments of the key.
func Holders(all *scrutin.Manifest) May {
	return func(m *scrutin.Member) bool { _, holds := all.Holder(m.ID); return holds }
}

type asking struct{}

// From is the member whom Require has admitted; nil where none was required.
func From(ctx context.Context) *scrutin.Member {
	m, _ := ctx.Value(asking{}).(*scrutin.Member)
	return m
}

// Require admits members of these offices. Nobody else's request reaches the handler: who has no session is answered 401, a member of another
// office 403, by refuse, which writes what a person reads.
func (s *Service) Require(may May, refuse func(w http.ResponseWriter, r *http.Request, status int), next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch m, err := s.Who(r); {
		case err != nil:
			refuse(w, r, http.StatusServiceUnavailable)
		case m == nil:
			refuse(w, r, http.StatusUnauthorized)
		case !may(m):
			refuse(w, r, http.StatusForbidden)
		default:
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), asking{}, m)))
		}
	})
}
