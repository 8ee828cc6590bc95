package pages

import (
	"bytes"
	"embed"
	"fmt"
	"net/http"
	"strings"

	"isoloir/portal/words"

	"golang.org/x/image/webp"
)

// shots are the pictures of the guide, LANGUAGE-STEP.webp, which make guide makes
// from the pages of a demonstration.
//
//go:embed guide
var shots embed.FS

// A picture is a step of the guide as the pages show it, in CSS pixels.
type picture struct {
	path          string
	width, height int
}

// density is how many pixels of a picture stand for one of a page.
const density = 1.5

// pictures measures the pictures of the guide.
func pictures() (map[string]picture, error) {
	files, err := shots.ReadDir("guide")
	if err != nil {
		return nil, err
	}
	found := map[string]picture{}
	for _, f := range files {
		data, err := shots.ReadFile("guide/" + f.Name())
		if err != nil {
			return nil, err
		}
		size, err := webp.DecodeConfig(bytes.NewReader(data))
		if err != nil {
			return nil, fmt.Errorf("pages: the picture %s: %w", f.Name(), err)
		}
		name := strings.TrimSuffix(f.Name(), ".webp")
		found[name] = picture{"/guide/" + f.Name(), int(float64(size.Width) / density), int(float64(size.Height) / density)}
	}
	return found, nil
}

// picture is that of a step, numbered from 1.
func (v *Visit) picture(step int) (picture, bool) {
	p, ok := v.site.pictures[pictureName(v.Language, step)]
	return p, ok
}

func pictureName(l words.Language, step int) string { return fmt.Sprintf("%s-%d", l, step) }

// shot serves a picture of the guide.
func (s *Site) shot(w http.ResponseWriter, r *http.Request) {
	data, err := shots.ReadFile("guide/" + r.PathValue("name"))
	if err != nil {
		s.Refuse(w, r, http.StatusNotFound)
		return
	}
	s.send(w, r, fileOf(data), "image/webp", "public, max-age=86400")
}
