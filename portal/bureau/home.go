package bureau

import (
	"slices"

	"isoloir/bve"
	"isoloir/bve/journal"
)

// desk is what the pages of a member load.
var desk = []string{"desk.js"}

// spoken are the beginnings of the keys of what that script says.
var spoken = []string{"signing.say.", "deed.name-", "deed.does-", "scrutins.say.instant"}

// working is a page on which a member states and signs; every is in seconds.
func working(v *visit, title string, every int) view {
	return view{title: v.Say(title), every: every, scripts: desk, sentences: spoken}
}

func (s *site) home(v *visit) (view, error) {
	p := working(v, "path.title", 10)
	p.body = homePage(v)
	return p, nil
}

// next is the step that comes now, nil at the end.
func (v *visit) next() *bve.Step {
	i := slices.IndexFunc(v.state.path, func(s bve.Step) bool { return s.Standing == bve.Possible || s.Standing == bve.Blocked })
	if i < 0 {
		return nil
	}
	return &v.state.path[i]
}

// sound is the tone in which the last integrity check is told.
func (t *told) sound() string {
	if t.checked == nil {
		return "unknown"
	}
	return t.checked.Statement.Body.(journal.Checked).Verdict
}

// tone is how something that is well, in doubt or wrong is shown.
func tone(word string) string {
	switch word {
	case journal.Well, bve.Done, bve.Adopted, "for", journal.Tested, journal.In, "go":
		return "good"
	case journal.Found, journal.Critical, bve.Blocked, journal.Lost, "no-go":
		return "danger"
	case journal.Unknown, journal.Warning, bve.Lapsed, journal.Out:
		return "warning"
	}
	if word == bve.Later {
		return ""
	}
	return "next"
}

func stepCurrent(v *visit, s bve.Step) string {
	if n := v.next(); n != nil && n.Kind == s.Kind {
		return "step"
	}
	return "false"
}
