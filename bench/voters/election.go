package voters

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"isoloir/account"
	"isoloir/courier"
	"isoloir/courier/outbox"
	"isoloir/crypto/group"
	"isoloir/parallel"
	"isoloir/record"
	"isoloir/roll"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/server"
	"isoloir/server/config"
	"isoloir/server/demonstration"
	"isoloir/urn"
	"isoloir/web"
)

// An Election is what every voter's device knows, verified once for all of them, and
// where it is served.
type Election struct {
	Config   *config.Config
	Origins  config.Origins // where voters find the roles
	Manifest *scrutin.Manifest
	Rules    []*urn.Rules // by urn
	UrnKey   note.Verifier

	dir               string
	fingerprint       scrutin.Digest
	manifest, opening []byte   // as they are served
	packed            sync.Map // by name: as they came compressed, and were found to be those
	scripts           []string
	options           [][][]group.Point // by urn and question
	rollKey           note.Verifier
}

// ConfigFile is where a demonstration says how it is served.
const ConfigFile = "config.yaml"

// Prepare makes a demonstration with so many electors in each of its three urns, where
// dir holds none: no companion, no second factor, no e-mail after the vote, and codes that cost
// little to stretch, since both issuers and this generator stretch all of them.
func Prepare(ctx context.Context, dir string, electors int, listen netip.AddrPort, out io.Writer) error {
	if done, err := demonstration.Prepared(dir); err != nil || done {
		return err
	}
	o := demonstration.Default()
	o.Electors, o.MemoryKiB, o.Companion = electors, 64, false
	o.Edit = func(m *scrutin.Manifest) {
		for i := range m.Colleges {
			m.Colleges[i].Validation = scrutin.Validation{Kind: "none", Channel: "none"}
		}
		m.Publication.EmailAfterVote = "none"
	}
	return demonstration.Prepare(ctx, dir, o, listen, demonstration.Watcher{
		Step:  func(name string) { fmt.Fprintf(out, "  %s\n", name) },
		Stage: func(string, int, int) {},
	})
}

// Open reads what is served in dir.
func Open(dir string) (e *Election, err error) {
	e = &Election{dir: dir}
	if e.Config, err = config.Read(filepath.Join(dir, ConfigFile)); err != nil {
		return nil, err
	}
	e.Origins = e.Config.Origins
	public, err := server.OpenPublic(e.Config.Record)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, public.Close()) }()
	e.Manifest, e.fingerprint = public.Manifest, public.Fingerprint
	e.rollKey, e.UrnKey = e.Manifest.Platform.Roll.Verifier(), e.Manifest.Platform.Urn.Verifier()
	if e.manifest, err = public.Record.Read(record.Manifest, note.MaxSize); err != nil {
		return nil, err
	}
	if e.opening, err = public.Record.Read(record.Opening, note.MaxSize); err != nil {
		return nil, err
	}
	for number, u := range e.Manifest.Urns {
		keys, err := public.Record.Read(record.AnonymisationKeys(u.ID, len(e.Manifest.Mixers)), int64(u.Electors)*group.PointSize)
		if err != nil {
			return nil, err
		}
		r, err := urn.RulesOf(e.Manifest, e.fingerprint, public.Opening, public.OpeningDigest, u.ID, keys)
		if err != nil {
			return nil, err
		}
		e.Rules, e.options = append(e.Rules, r), append(e.options, e.optionsOf(number))
	}
	// A page that votes loads these; the other scripts belong to other pages.
	e.scripts = []string{"vote.js", "worker.js", "style.css"}
	for _, name := range e.scripts {
		if _, err := web.Files().Open(name); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// Codes as they stand in the messages: the first issuer's begins with the elector's
// number.
var codes = regexp.MustCompile(`(?m)\b(?:(\d+)-)?([A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4})\b`)

// Electors reads the messages that left, and stretch the codes in them.
func (e *Election) Electors() ([]Elector, error) {
	var people []demonstration.Person
	data, err := os.ReadFile(filepath.Join(e.dir, "demo", "people.json"))
	if err == nil {
		err = json.Unmarshal(data, &people)
	}
	if err != nil {
		return nil, err
	}
	said := map[string][]string{} // by address
	for _, box := range []string{e.Config.IssuerA.Outbox, e.Config.IssuerB.Outbox} {
		d, err := outbox.Open(box, nil)
		if err != nil {
			return nil, err
		}
		letters, err := d.Letters()
		if err != nil {
			return nil, err
		}
		for _, l := range letters {
			if l.Kind == courier.Codes {
				said[l.To] = codes.FindStringSubmatch(l.Body)
			}
		}
	}
	out, failed := make([]Elector, len(people)), make([]error, len(people))
	parallel.Each(len(people), 0, func(i int) {
		out[i], failed[i] = e.elector(people[i], said[people[i].Email], said[people[i].Telephone])
	})
	return out, errors.Join(failed...)
}

func (e *Election) elector(p demonstration.Person, first, second []string) (Elector, error) {
	urn, known := e.Manifest.UrnNumber(p.Urn)
	if !known || first == nil || first[1] == "" || second == nil || second[1] != "" {
		return Elector{}, fmt.Errorf("elector %s: no two codes were sent", p.Reference)
	}
	number, err := strconv.ParseUint(first[1], 10, 32)
	if err != nil {
		return Elector{}, err
	}
	who := Elector{Place: roll.Place{Urn: uint16(urn), Elector: uint32(number)}}
	for i, text := range []string{first[2], second[2]} {
		code, err := account.ParseCode(e.Manifest.Codes, strings.TrimSpace(text))
		if err != nil {
			return Elector{}, fmt.Errorf("elector %s: %w", p.Reference, err)
		}
		who.codes[i] = code.Stretch(e.Manifest.Codes, e.fingerprint, account.Number{Urn: p.Urn, Index: who.Elector}, e.Manifest.Issuers[i].ID)
	}
	return who, nil
}
