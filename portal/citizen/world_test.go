package citizen_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"isoloir/account"
	"isoloir/crypto/group"
	"isoloir/portal/api"
	"isoloir/portal/citizen"
	"isoloir/portal/guard"
	"isoloir/register"
	"isoloir/register/access"
	"isoloir/register/registertest"
	"isoloir/register/sqlite"
	"isoloir/scrutin"
	"isoloir/space"
)

// A town has a register whose cards were handed out, and pages for its citizens.
type town struct {
	*registertest.Town
	dir     string // of the register
	store   *sqlite.Store
	access  *access.Service
	papers  []registertest.Paper
	codes   [2]account.Code // of the account that opens with two
	files   fstest.MapFS
	shelf   shelf
	config  citizen.Config
	handler http.Handler
	failed  []string
	now     time.Time
	cut     atomic.Value // the address at which the connection drops; nil or empty for none
}

// handed is how many cards were handed out.
const handed = 7

// ofCodes is the one of them that stands for no card: its account opens with two codes.
const ofCodes = 6

func newTown(t *testing.T) *town {
	t.Helper()
	v := &town{Town: registertest.NewTown(t, "nord"), now: registertest.Opens.Add(-time.Hour), files: fstest.MapFS{}}
	v.dir = t.TempDir()
	var err error
	if v.store, err = sqlite.Open(t.Context(), filepath.Join(v.dir, "register.db"), filepath.Join(v.dir, "keys")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.store.Shut() })
	clock := func() time.Time { return v.now }
	stations := &register.Service{Register: v.Register, Rho: v.Rho, Opener: v.Opener, Store: v.store, Now: clock}
	d := v.Distribution(1, 14, 6)
	papers, cards := v.Cards(t, d)
	v.codes = [2]account.Code{account.NewCode(v.Register.Codes), account.NewCode(v.Register.Codes)}
	number, way := access.FromHalves(v.Register.Codes, v.Rho, v.codes[0], v.codes[1])
	cards[ofCodes].Number, cards[ofCodes].Login = number, scrutin.PointOf(group.MulBase(way.Login))
	papers[ofCodes].Card = cards[ofCodes]
	v.papers = papers
	if err := errors.Join(stations.Load(t.Context()), stations.Open(t.Context(), registertest.Text(t, d), cards)); err != nil {
		t.Fatal(err)
	}
	code, err := stations.Invite(t.Context(), "nord-1")
	if err != nil {
		t.Fatal(err)
	}
	phone := v.NewPhone(t)
	if _, err := stations.Enrol(t.Context(), code, phone.ID, phone.Key(t)); err != nil {
		t.Fatal(err)
	}
	if err := v.store.PutBox(t.Context(), register.ID{}, 1, "nord-1", register.Box{Counted: 14, Left: -1}); err != nil {
		t.Fatal(err)
	}
	v.now = registertest.Opens
	for _, p := range papers[:handed] {
		if a, _, err := stations.Scan(t.Context(), phone.Scan(t, register.Activate, p.Sealed)); a != register.Done || err != nil {
			t.Fatalf("%d %v", a, err)
		}
	}
	if _, err := v.store.Flush(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	v.shelf = shelf{consultations: consultations(), pictures: map[scrutin.Digest]space.File{picture.Digest: picture}}
	v.access = access.NewService(v.Rho, v.store, v.Signer, time.Now)
	v.config = citizen.Config{Register: v.Register, Rho: v.Rho, Text: v.Text, Access: v.access, Published: v.files, Shelf: v.shelf, Assembly: assembly{},
		Voting: []string{voting}, Passkeys: "localhost", Now: clock, Failed: func(route string, err error) { v.failed = append(v.failed, route+": "+err.Error()) },
		Guard: func(refuse func(http.ResponseWriter, *http.Request, int)) *guard.Guard {
			return guard.New(guard.Config{Now: time.Now, Passkeys: true, Refuse: refuse})
		}}
	v.config.API = func(g *guard.Guard) http.Handler {
		return api.New(api.Config{Register: v.Register, Rho: v.Rho, Published: v.files, Shelf: v.shelf, Guard: g, Now: clock})
	}
	if v.handler, err = citizen.New(v.config); err != nil {
		t.Fatal(err)
	}
	return v
}

// voting is the origin on which one votes.
const voting = "https://vote.example"

// A shelf holds what consultations puts there.
type shelf struct {
	consultations []citizen.Consultation
	pictures      map[scrutin.Digest]space.File
}

func (s shelf) Published(context.Context) ([]citizen.Consultation, error) {
	return s.consultations, nil
}

func (s shelf) Consultation(_ context.Context, id string) (*citizen.Consultation, error) {
	for _, c := range s.consultations {
		if c.ID == id {
			return &c, nil
		}
	}
	return nil, space.ErrUnknown
}

func (s shelf) File(_ context.Context, _ string, digest scrutin.Digest) (space.File, error) {
	if f, ok := s.pictures[digest]; ok {
		return f, nil
	}
	return space.File{}, space.ErrUnknown
}

var picture = func() space.File {
	data, err := os.ReadFile("testdata/bridge.png")
	if err != nil {
		panic(err)
	}
	return space.File{Digest: scrutin.DigestOf(data), Media: "image/png", Data: data}
}()

func consultations() []citizen.Consultation {
	draft := space.Draft{Title: "Un pont pour les vélos", Context: []string{"Le pont actuel est étroit.", "Un second pont coûterait deux millions."},
		Questions: []space.Question{{Title: "Faut-il construire ce pont ?", Answers: space.ForAgainst, Most: 1}},
		Documents: []space.Document{{Title: "Étude du trafic", Media: "application/pdf", Size: 1_400_000, SHA256: scrutin.DigestOf([]byte("étude"))}},
		Picture:   space.Picture{Media: "image/png", Width: 320, Height: 160, SHA256: picture.Digest, Text: "Le pont, vu de la rive nord"},
		Territory: []string{"nord"}, Deciders: space.Both, Absent: "counted", Scale: "constituency", Rule: "absolute-majority", Turnout: 20, Publication: "evidence", Finality: scrutin.Revote, Smallest: 10}
	other := draft
	other.Title, other.Deciders, other.Publication, other.Finality, other.Territory = "Le nom de l’école", space.Citizens, "by-code", "final", []string{"sud"}
	day := 24 * time.Hour
	at := registertest.Opens
	return []citizen.Consultation{
		{ID: "pont", Fingerprint: scrutin.DigestOf([]byte("pont")), Draft: &draft, Opens: at.Add(-day), Closes: at.Add(7 * day), Voting: voting + "/voter",
			Arguments: []space.Argument{
				{Number: 1, Name: "Association Roues libres", Side: space.For, Title: "Plus sûr", Text: []string{"Les vélos quittent la chaussée."}, Others: []space.Signed{{Name: "A. Martin"}}},
				{Number: 2, Name: "B. Leroy", Side: space.For, Title: "Plus court", Text: []string{"Dix minutes de moins."}},
				{Number: 3, Name: "C. Petit", Side: space.Against, Title: "Trop cher", Text: []string{"Deux millions manqueront ailleurs."}}},
			Acts: []space.Act{{Number: 2, At: at, By: "Mairie", Kind: space.ActDocument, Reason: "L’étude est arrivée."}}},
		{ID: "ecole", Draft: &other, Opens: at.Add(day), Closes: at.Add(8 * day)},
		{ID: "marche", Draft: &other, Opens: at.Add(-8 * day), Closes: at.Add(-day), Result: voting + "/resultats"},
	}
}
