package bureau

import (
	"crypto/rand"
	"net/http"
	"slices"
	"sync"

	"isoloir/bve"
	"isoloir/scrutin"
)

// rooms are the addresses by which members have opened the page for the room, each for one
// session. It is safe for concurrent use.
type rooms struct {
	mu   sync.Mutex
	open map[string]int // session, by the address's key
}

// key is that of a session's room, drawn when it is first asked for; those of other
// sessions open nothing any more.
func (r *rooms) key(session int) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	for key, s := range r.open {
		if s == session {
			return key
		}
	}
	key := rand.Text()[:16]
	r.open = map[string]int{key: session}
	return key
}

func (r *rooms) session(key string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.open[key]
}

// openRoom shows a member the address for the projector's machine.
func (s *site) openRoom(v *visit) (view, error) {
	if v.state.Session.Number == 0 || !v.present() {
		return view{}, errNotYours
	}
	return shown(v, "room.title", roomKeys(v, v.href("/salle")+"?cle="+s.rooms.key(v.state.Session.Number))), nil
}

// roomCookie keeps the key of the address on the projector's machine, for the session.
const roomCookie = "__Host-salle"

// room is for whoever has the address of this session, and for members.
func (s *site) room(v *visit) (view, error) {
	if key := v.r.FormValue("cle"); key != "" {
		if s.rooms.session(key) == 0 { // an address that somebody has made up takes away nobody's
			return view{}, errNotYours
		}
		return view{serve: func(w http.ResponseWriter, r *http.Request) {
			http.SetCookie(w, &http.Cookie{Name: roomCookie, Value: key, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode})
			http.Redirect(w, r, v.href("/salle"), http.StatusSeeOther)
		}}, nil
	}
	if v.who == nil {
		if err := s.opened(v); err != nil {
			return view{}, err
		}
	}
	c, err := s.exchange.ceremony()
	if err != nil {
		return view{}, err
	}
	shares, some := s.exchange.shares(v.m)
	if next := v.next(); !some || next == nil || next.Kind != scrutin.ActDecrypt {
		shares = nil // it is not what happens now
	}
	return view{title: v.Say("room.title"), body: roomPage(v, c, shares), every: 5, scripts: []string{"room.js"}, room: true}, nil
}

// opened reads how the bureau stands for a machine that has the address of the session that
// is open; errNotYours for any other.
func (s *site) opened(v *visit) error {
	c, err := v.r.Cookie(roomCookie)
	if err != nil {
		return errNotYours
	}
	session := s.rooms.session(c.Value)
	if session == 0 {
		return errNotYours
	}
	if err := s.stand(v); err != nil {
		return err
	}
	if session != v.state.Session.Number {
		return errNotYours
	}
	return nil
}

// pending is the motion that the room decides about, nil for none.
func (v *visit) pending() *bve.Motion {
	i := slices.IndexFunc(v.state.motions, func(m *bve.Motion) bool { return m.Outcome == bve.Pending || m.Outcome == bve.Enough })
	if i < 0 {
		return nil
	}
	return v.state.motions[i]
}

// awaited are the members present who have not spoken about a motion.
func (v *visit) awaited(m *bve.Motion) []string {
	return slices.DeleteFunc(slices.Clone(v.state.Session.Present), func(id string) bool {
		return in(m.For, id) || in(m.Against, id) || in(m.Abstain, id)
	})
}
