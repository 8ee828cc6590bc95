package bve

import (
	"context"
	"encoding/asn1"
	"errors"
	"fmt"
	"strings"
	"time"

	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/timestamp"
	"isoloir/timestamp/tsp"
)

// An Authority is where a timestamp authority of the manifest is asked, and under which policy; nil is its own.
type Authority struct {
	timestamp.Asker
	Policy asn1.ObjectIdentifier
}

// ReadAuthorities reads a file of addresses ([tsp.Addresses]).
func ReadAuthorities(ctx context.Context, file string, secret func(ctx context.Context, path string) (string, error)) (map[string]Authority, error) {
	addresses, err := tsp.Addresses(ctx, file, secret)
	all := map[string]Authority{}
	for id, a := range addresses {
		all[id] = Authority{a.Client, a.Policy}
	}
	return all, err
}

// A Gap is a timestamp that is missing.
type Gap struct {
	Of        string // path of the act, or of the contents
	Authority string
	Why       error
}

// Why a timestamp is missing, beside what package timestamp refuses.
var (
	ErrLate    = errors.New("it can no longer be had: the bureau has gone on")
	ErrNowhere = errors.New("it is not known where this authority is asked")
	ErrClock   = errors.New("the authority gives another time than the bureau's")
	ErrUndated = errors.New("no timestamp authority has dated the seal yet: ask again, before the mixes are adopted")
)

// Timestamp asks for every timestamp that the record is to hold and does not (docs/protocol.md, section 13.1): over each of its acts that authorities date,
// while nothing is built on it, and over the contents. Each is verified as the auditor does before it is written, so that it may be interrupted
// and called again at any time. It returns what is missing still; of an authority that does not answer it asks no more in one call. The error is that
// of the record.
func Timestamp(ctx context.Context, m *scrutin.Manifest, rec *record.Writer, authorities map[string]Authority) ([]Gap, error) {
	texts, acts, err := datable(rec)
	if err != nil || len(m.Timestamps) == 0 {
		return nil, err
	}
	var gaps []Gap
	silent := map[string]error{}
	for _, t := range texts {
		for i := range m.Timestamps {
			named := &m.Timestamps[i]
			path := t.path(named.ID)
			if rec.Exists(path) {
				continue
			}
			why := silent[named.ID]
			if t.late {
				why = ErrLate
			}
			if why == nil {
				var kept []byte
				if kept, why = t.ask(ctx, authorities[named.ID], named.Certificates(acts)); why == nil {
					if err := rec.Write(path, kept); err != nil {
						return gaps, err
					}
					continue
				}
				silent[named.ID] = why
			}
			gaps = append(gaps, Gap{t.of, named.ID, why})
		}
	}
	return gaps, ctx.Err()
}

// A datedText is one that authorities date.
type datedText struct {
	of     string
	digest scrutin.Digest
	window scrutin.Window
	late   bool
	path   func(authority string) string
}

// datable reads the texts of the record that authorities date, and all acts.
func datable(rec *record.Writer) (texts []datedText, acts []*scrutin.Act, err error) {
	notes, err := rec.Acts()
	if err != nil {
		return nil, nil, err
	}
	digests := make([]scrutin.Digest, len(notes))
	for i, data := range notes {
		a, text, err := scrutin.ReadAct(data)
		if err != nil {
			return nil, nil, err
		}
		acts, digests[i] = append(acts, a), text
	}
	listed := rec.Exists(record.Contents)
	var last scrutin.Window
	for i, a := range acts {
		if scrutin.Timestamped(a.Type) {
			last = scrutin.TimestampWindow(acts, a)
			texts = append(texts, datedText{record.Act(a.Seq, a.Type), digests[i], last, listed || !last.Until.IsZero(),
				func(authority string) string { return record.Timestamp(a.Seq, a.Type, authority) }})
		}
	}
	if !listed {
		return texts, acts, nil
	}
	data, err := rec.Read(record.Contents, note.MaxSize)
	if err != nil {
		return nil, nil, err
	}
	text, err := note.Text(data)
	return append(texts, datedText{record.Contents, scrutin.TextDigest(text), last, false, record.ContentsTimestamp}), acts, err
}

// ask gets the timestamp as it is kept.
func (t *datedText) ask(ctx context.Context, where Authority, by []scrutin.Digest) ([]byte, error) {
	if where.Asker == nil {
		return nil, ErrNowhere
	}
	q := timestamp.NewRequest(t.digest, where.Policy)
	request, err := q.Bytes()
	if err != nil {
		return nil, err
	}
	response, err := where.Ask(ctx, request)
	if err != nil {
		return nil, err
	}
	var certificates [][32]byte
	for _, c := range by {
		certificates = append(certificates, c)
	}
	kept, token, err := q.Accept(response, certificates...)
	if err == nil && !t.window.Holds(token.Time) {
		err = fmt.Errorf("%w: %s", ErrClock, token.Time.Format(time.RFC3339))
	}
	return kept, err
}

// undated is ErrUndated where an act of this type waits for a timestamp of the seal.
func undated(r *record.Reader, m *scrutin.Manifest, kind string) error {
	if kind != scrutin.ActMix || len(m.Timestamps) == 0 {
		return nil
	}
	paths, err := r.List()
	if err != nil {
		return err
	}
	for _, p := range paths {
		for _, a := range m.Timestamps {
			if strings.HasPrefix(p, "timestamps/") && strings.HasSuffix(p, "-"+scrutin.ActSeal+"."+a.ID+".tsr") {
				return nil
			}
		}
	}
	return ErrUndated
}
