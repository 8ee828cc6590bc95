package space

import "isoloir/scrutin"

// Roles of who logs in to a space.
const (
	Editor    = "editor"    // of the staff: writes drafts, judges arguments, enters votes
	Publisher = "publisher" // of the staff: also publishes, invites, and changes what is published
	Member    = "member"    // elected: his own page
	Author    = "author"    // of arguments: a party, an association
)

// Roles are all of them.
var Roles = []string{Editor, Publisher, Member, Author}

// A Person may log in, by a passkey of his own, while he is not Ended.
type Person struct {
	ID    string // 16 hexadecimal digits, drawn at random
	Label string // his name, which stands beside what he says
	Role  string
	// Constituency is whose seat a Member has; empty for all others.
	Constituency string
	Ended        bool
}

// Staff says whether somebody is of the staff.
func (p *Person) Staff() bool { return p != nil && (p.Role == Editor || p.Role == Publisher) }

// A Fact is something that is kept of passkeys, invitations and sessions; it is known by kind
// and name, and never changed.
type Fact struct {
	Kind, Name string
	Value      []byte
}

// Media are what files are of: none of them runs anything in a browser.
var Media = []string{"application/pdf", "text/plain", "image/jpeg", "image/png"}

// A File is a document or a picture.
type File struct {
	Digest scrutin.Digest
	Media  string // one of Media
	Data   []byte
}
