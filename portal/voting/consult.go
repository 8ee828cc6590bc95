package voting

import (
	"slices"

	"isoloir/portal/pages"
)

// ofAccounts says whether people vote by anonymous accounts, without a roll.
func ofAccounts(v *pages.Visit) bool { return v.Manifest.Accounts() != nil }

// consultation is the voting page where they do.
func consultation(v *pages.Visit) pages.View {
	return view(v.Say("vote.title"), "consult.js", consult(v), "consult.say.", "vote.say.", "account.say.", "account.kiosk.")
}

// supervises says whether a ballot cast at a terminal of the town hall stands for all
// others of its account.
func supervises(v *pages.Visit) bool { return slices.Contains(v.Manifest.Leaves, "supervised") }

// byCode says whether votes are published with codes, which are receipts.
func byCode(v *pages.Visit) bool { return v.Manifest.Publication.Rule == "by-code" }

// leaks are what others see, by the ends of their sentences.
func leaks(v *pages.Visit) []string {
	all := []string{"count", "turnout", "network", "face"}
	if v.Manifest.RevoteAllowed() {
		all = append(all, "ballots", "account")
	}
	if byCode(v) {
		all = append(all, "code")
	}
	return all
}
