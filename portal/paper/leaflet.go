package paper

import (
	"bytes"
	"context"

	"isoloir/bve/minutes"
)

// Leaflet draws headings, paragraphs and tables as one HTML page without numbers or digests, which stands by itself and can be printed.
func Leaflet(language, title string, blocks []minutes.Block) ([]byte, error) {
	var b bytes.Buffer
	if err := leaflet(language, title, blocks).Render(context.Background(), &b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
