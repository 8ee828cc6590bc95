package bureau

// entry is where a member logs in; what its script asks is answered by the service of
// passkeys.
func (s *site) entry(v *visit) (view, error) {
	return view{title: v.Say("entry.title"), body: entry(v), scripts: []string{"login.js"}, sentences: []string{"entry.say."}}, nil
}
