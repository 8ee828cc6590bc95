package scrutin

// KindManifest is the first key of a manifest.
const KindManifest = Version + "/manifest"

// MaxCompanions is how many companions a scrutin has at most.
const MaxCompanions = 8

// A Manifest says what a vote is, before anything else exists. It holds no
// encryption key and no hash of a client. Every list is in the order that counts:
// options as shown, holders as numbered, mixers as they act. docs/manifest.md
// describes each field for those who write one.
type Manifest struct {
	Record       string       `json:"record" validate:"eq=isoloir/v1/manifest"`
	Organisation Organisation `json:"organisation"`
	Scrutin      Scrutin      `json:"scrutin"`
	// Territories is the tree of territories, every parent before its children.
	Territories []Territory `json:"territories" validate:"min=1,max=100000,dive"`
	// RestrictedCountries lists the countries (ISO 3166-1 alpha-2, sorted) whose
	// electors are told that they cannot vote online: décret 2009-525, art. 1.
	RestrictedCountries []string  `json:"restricted_countries" validate:"dive,country"`
	Colleges            []College `json:"colleges" validate:"min=1,max=1000,dive"`
	Stations            []Station `json:"stations" validate:"max=100000,dive"`
	// Urns is numbered from 0; the number enters every ballot.
	Urns        []Urn       `json:"urns" validate:"min=1,max=65535,dive"`
	Questions   []Question  `json:"questions" validate:"min=1,max=65535,dive"`
	Draw        Draw        `json:"draw"`
	Schedule    Schedule    `json:"schedule"`
	Finality    Finality    `json:"finality"`
	Publication Publication `json:"publication"`
	Decision    Decision    `json:"decision"`
	Weight      Weight      `json:"weight"`
	// Leaves lists the types of leaf that the logs may hold, in the order of
	// their bytes: cast, challenged, quarantined, void, supervised.
	Leaves []string `json:"leaves" validate:"min=1,dive,oneof=cast challenged quarantined void supervised"`
	// MinimumSize is k: no fewer ballots are mixed and opened together without
	// an act of the bureau.
	MinimumSize int         `json:"minimum_size" validate:"min=2,max=1000000"`
	MergeLists  []MergeList `json:"merge_lists" validate:"dive"`
	Bureau      Bureau      `json:"bureau"`
	Holders     []Holder    `json:"holders" validate:"min=1,max=100,dive"`
	Clauses     []Clause    `json:"clauses" validate:"min=1,max=16,dive"`
	Mixers      []Party     `json:"mixers" validate:"min=1,max=32,dive"`
	// Issuers are the two who each draw one half of every elector's secret; none in a
	// scrutin of accounts.
	Issuers []Issuer `json:"issuers" validate:"max=2,dive"`
	// Witnesses have cosigning keys (C2SP cosignature/v1); the opening record
	// bears the plain signature of the same key.
	Witnesses  []Party     `json:"witnesses" validate:"min=1,max=40,dive"`
	Timestamps []Authority `json:"timestamps" validate:"max=8,dive"`
	Platform   Platform    `json:"platform"`
	Addenda    Addenda     `json:"addenda"`
	Codes      Codes       `json:"codes"`
	// Companions are the fingerprints of the scrutins in which electors vote with
	// the codes of this one, whose roll leads them there (docs/online.md, section 5).
	Companions []Digest `json:"companions" validate:"max=8,dive,required"`
	// Register has one entry where the electors hold anonymous accounts, and no roll
	// keeps them: see [Manifest.Accounts].
	Register []AccountRegister `json:"register" validate:"max=1,dive"`
	// Standing has one entry where the key of another manifest is taken up.
	Standing []Standing `json:"standing" validate:"max=1,dive"`
	Protocol string     `json:"protocol" validate:"eq=isoloir/v1"`
}

// An Organisation is who holds the vote. Keys of the stores begin with ID.
type Organisation struct {
	ID    string `json:"id" validate:"name"`
	Label string `json:"label" validate:"label"`
}

// Kinds of scrutin.
const (
	Real      = "real"
	Rehearsal = "rehearsal"
)

// Legal profiles. The first three are regulated: a vote that is final by law.
const (
	FrenchAbroad  = "french-abroad"  // code électoral, R. 176-3 and following
	PublicService = "public-service" // CGFP, R. 211-503 and following
	WorksCouncil  = "works-council"  // code du travail, R. 2314-5 and following
	Consultation  = "consultation"   // no secrecy rule of statute, revotes allowed
	Assembly      = "assembly"       // members of an assembly, with weights
	StandingKey   = "standing"       // no vote: a bureau whose key is made once, for consultations
)

// A Scrutin identifies the vote and the law it is held under.
type Scrutin struct {
	ID      string `json:"id" validate:"name"`
	Title   string `json:"title" validate:"label"`
	Kind    string `json:"kind" validate:"oneof=real rehearsal"`
	Profile string `json:"profile" validate:"oneof=french-abroad public-service works-council consultation assembly standing"`
	// Level is the CNIL's risk level, 1 to 3.
	Level int `json:"level" validate:"min=1,max=3"`
	// LegalBasis cites the texts that the procès-verbal opens with.
	LegalBasis []string `json:"legal_basis" validate:"max=50,dive,label"`
}

// Regulated says whether the vote is held under a profile in which it is final.
func (s Scrutin) Regulated() bool {
	return s.Profile == FrenchAbroad || s.Profile == PublicService || s.Profile == WorksCouncil
}

// A Territory is a node of the tree: country, constituency, municipality, service.
type Territory struct {
	ID    string `json:"id" validate:"name"`
	Label string `json:"label" validate:"label"`
	// Parent is the ID of an earlier territory, empty for a root.
	Parent string `json:"parent" validate:"omitempty,name"`
}

// A College is a body of electors who prove who they are in the same way.
type College struct {
	ID    string `json:"id" validate:"name"`
	Label string `json:"label" validate:"label"`
	// Factors are what an elector shows to log in, in their order.
	Factors []Factor `json:"factors" validate:"min=1,max=5,dive"`
	// Validation is the step between the choice and the vote.
	Validation Validation `json:"validation"`
}

// A Factor is one proof of identity and the way by which it reached the elector.
type Factor struct {
	Kind    string `json:"kind" validate:"oneof=identifier password code card france-identite question"`
	Channel string `json:"channel" validate:"oneof=email sms post hand none"`
}

// A Validation is the step that sends the ballot: none, a code that reached the
// elector by a channel, or the answer to a personal question.
type Validation struct {
	Kind    string `json:"kind" validate:"oneof=none code question"`
	Channel string `json:"channel" validate:"oneof=email sms post hand none"`
}

// A Station is a polling station: where the list of émargement is printed and,
// with cards, where they are handed out and activated.
type Station struct {
	ID        string `json:"id" validate:"name"`
	Label     string `json:"label" validate:"label"`
	Territory string `json:"territory" validate:"name"`
	// Urns are those that electors of this station vote in, one per college.
	Urns []string `json:"urns" validate:"min=1,dive,name"`
	// Hours are when cards can be activated there, ascending, apart; empty
	// where there are no cards.
	Hours []Interval `json:"hours" validate:"max=100,dive"`
}

// An Interval is from Open, included, to Close, excluded.
type Interval struct {
	Open  Time `json:"open" validate:"required"`
	Close Time `json:"close" validate:"required"`
}

// An Urn is what is counted apart: the electors of a territory and a college.
type Urn struct {
	ID        string `json:"id" validate:"urn"`
	Label     string `json:"label" validate:"label"`
	Territory string `json:"territory" validate:"name"`
	College   string `json:"college" validate:"name"`
	Electors  int    `json:"electors" validate:"min=1,max=100000000"`
	// Represented is N_e: how many citizens the electorate's members represent.
	// Zero where the weight rule is equal.
	Represented int `json:"represented" validate:"min=0,max=100000000"`
	// Members is how many members that electorate has; zero likewise.
	Members int `json:"members" validate:"min=0,max=1000"`
}

// A MergeList names urns that may be opened together where fewer than k voted.
type MergeList struct {
	ID   string   `json:"id" validate:"name"`
	Urns []string `json:"urns" validate:"min=2,dive,name"`
}
