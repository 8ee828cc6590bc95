package bureau

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// A watched is the log of an urn, by its last checkpoint that the bureau's service could read, and who has co-signed that.
type watched struct {
	*scrutin.Urn
	note.Checkpoint
	signed []cosigned
	sealed bool  // it is the seal, as the record has it
	err    error // why there is none
}

// A cosigned is a witness, and the slot in which he has co-signed; zero if he has not.
type cosigned struct {
	label string
	at    time.Time
}

// left is how many witnesses have not co-signed.
func (w watched) left() (n int) {
	for _, c := range w.signed {
		if c.at.IsZero() {
			n++
		}
	}
	return n
}

// The logs are asked for at most so often, whoever looks at the page.
const logsLast = 10 * time.Second

// logs are those of all urns, as they were a moment ago.
type logs struct {
	sync.Mutex
	asked time.Time
	all   []watched
}

// witnesses is the page of those who watch from outside: what there is to co-sign, by which command, and what was co-signed by whom. All of it is public.
func (s *site) witnesses(v *visit) (view, error) {
	return view{title: v.Say("witness.title"), body: witnessesPage(v, s.watched(v.r.Context(), v.now)), every: 30, scripts: []string{"room.js"}}, nil
}

func (s *site) watched(ctx context.Context, now time.Time) []watched {
	s.logs.Lock()
	defer s.logs.Unlock()
	if ago := now.Sub(s.logs.asked); s.logs.all != nil && ago >= 0 && ago < logsLast {
		return s.logs.all
	}
	s.logs.asked, s.logs.all = now, nil
	for i := range s.Manifest.Urns {
		s.logs.all = append(s.logs.all, s.watch(ctx, &s.Manifest.Urns[i]))
	}
	return s.logs.all
}

// errUnsigned says that a checkpoint is not the urn's.
var errUnsigned = errors.New("what the urn shows is no checkpoint of this log, signed by the urn")

// watch reads the seal of an urn from the record, or else the checkpoint that the urn shows.
func (s *site) watch(ctx context.Context, u *scrutin.Urn) watched {
	w := watched{Urn: u}
	var data []byte
	if s.Record != nil {
		data, w.err = s.Record.Read(record.Seal(u.ID), note.MaxSize)
		w.sealed = w.err == nil
	}
	if !w.sealed {
		if data, w.err = s.Platform.Checkpoint(ctx, u.ID); w.err != nil {
			return w
		}
	}
	witnesses := s.Manifest.WitnessVerifiers()
	n, err := note.Open(data, append([]note.Verifier{s.Manifest.Platform.Urn.Verifier()}, witnesses...)...)
	if err == nil {
		w.Checkpoint, err = note.ParseCheckpoint(n.Text)
	}
	if err != nil || !n.SignedBy(s.Manifest.Platform.Urn.Verifier()) || w.Origin != scrutin.Origin(s.Fingerprint, u.ID) {
		w.err = errors.Join(errUnsigned, err)
		return w
	}
	for i, key := range witnesses {
		c := cosigned{label: s.Manifest.Witnesses[i].Label}
		if at := slices.IndexFunc(n.Signatures, func(x note.Signature) bool { return x.Verifier == key }); at >= 0 {
			c.at = time.Unix(int64(n.Signatures[at].Time), 0)
		}
		w.signed = append(w.signed, c)
	}
	return w
}

// rootOf is the root of a log, as a digest is written.
func rootOf(w watched) string { return scrutin.Digest(w.Root).String() }

// follows is the command by which a witness follows the logs and co-signs.
func follows(v *visit) string {
	return "audit follow -manifest manifest.json -fingerprint " + v.f.String() + " \\\n  -url " + v.site.Urns + " -out miroir -witness temoin.key"
}
