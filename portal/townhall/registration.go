package townhall

import (
	"errors"
	"net/http"

	"isoloir/space"
)

// A registering is the public page on which somebody asks for an account: what he typed, what is wrong with it, or
// the reference that he brings.
type registering struct {
	name, born, constituency, address string
	problems                          space.Problems
	reference                         string
}

func (s *site) registration(v *visit) (view, error) {
	open, err := s.Space.Registering(v.r.Context())
	if err == nil && !open {
		err = errNoPage
	}
	return view{title: v.Say("registration.title"), body: registrationForm(v, &registering{})}, err
}

func (s *site) register(v *visit) (view, error) {
	form, _, err := v.posted()
	if err != nil {
		return view{}, err
	}
	r := &registering{name: form.Get("name"), born: form.Get("born"), constituency: form.Get("constituency"), address: form.Get("address")}
	made := view{title: v.Say("registration.title"), body: registrationForm(v, r)}
	r.reference, err = s.Space.Register(v.r.Context(), r.name, r.born, r.constituency, r.address)
	if errors.As(err, &r.problems) {
		made.status = http.StatusUnprocessableEntity
		return made, nil
	}
	return made, err
}

func (s *site) registrations(v *visit) (view, error) {
	all, err := s.Space.Registrations(v.r.Context())
	if err != nil {
		return view{}, err
	}
	open, err := s.Space.Registering(v.r.Context())
	return view{title: v.Say("registration.list"), body: registrations(v, all, open)}, err
}

func (s *site) turnRegistration(v *visit) (view, error) {
	return view{redirect: v.href("/inscriptions")}, s.Space.Turn(v.r.Context(), *v.who)
}

func (s *site) decideRegistration(v *visit) (view, error) {
	form, _, err := v.posted()
	if err != nil {
		return view{}, err
	}
	return view{redirect: v.href("/inscriptions")}, s.Space.Decide(v.r.Context(), *v.who, v.r.PathValue("id"), form.Get("do") == "accept", form.Get("reason"))
}

// waiting are the registrations that wait for a decision.
func waiting(all []space.Registration) (found []space.Registration) {
	for _, r := range all {
		if r.State == space.Asked {
			found = append(found, r)
		}
	}
	return found
}

// handed is how many cards were handed out to those of a constituency.
func handed(all []space.Registration, constituency string) (n int) {
	for _, r := range all {
		if r.State == space.Accepted && r.Constituency == constituency {
			n++
		}
	}
	return n
}
