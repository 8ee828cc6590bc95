package demonstration

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"isoloir/issuer"
	"isoloir/roll"
)

// extract is the roll's extract for the issuers.
func (p *preparation) extract(ctx context.Context) (io.Reader, error) {
	var out bytes.Buffer
	return &out, issuer.WriteExtract(&out, func(yield func(issuer.Place, error) bool) {
		stopped := errors.New("stopped")
		for i, u := range p.scrutin.Manifest.Urns {
			err := p.roll.Statuses(ctx, p.roll.scope, uint16(i), func(s roll.Status) error {
				e := s.Elector
				if !yield(issuer.Place{Reference: e.Reference, Urn: u.ID, Number: e.Number, Country: e.Country}, nil) {
					return stopped
				}
				return nil
			})
			if err != nil {
				if !errors.Is(err, stopped) {
					yield(issuer.Place{}, err)
				}
				return
			}
		}
	})
}

// readLine reads a file of one line.
func readLine(path string) (string, error) {
	data, err := os.ReadFile(path)
	return strings.TrimSuffix(string(data), "\n"), err
}
