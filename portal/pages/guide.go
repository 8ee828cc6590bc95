package pages

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"isoloir/portal/public"
	"isoloir/portal/words"

	"golang.org/x/image/webp"
)

// shots are the pictures of the guide, LANGUAGE-STEP.webp, and the recordings of the
// whole, LANGUAGE.webm with its captions LANGUAGE.vtt, which make guide makes from the
// pages of a demonstration.
//
//go:embed guide
var shots embed.FS

// shotKinds are the types of these files.
var shotKinds = map[string]string{".webp": "image/webp", ".webm": "video/webm", ".vtt": "text/vtt; charset=utf-8"}

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
		name, ok := strings.CutSuffix(f.Name(), ".webp")
		if !ok {
			continue
		}
		data, err := shots.ReadFile("guide/" + f.Name())
		if err != nil {
			return nil, err
		}
		size, err := webp.DecodeConfig(bytes.NewReader(data))
		if err != nil {
			return nil, fmt.Errorf("pages: the picture %s: %w", f.Name(), err)
		}
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

// recording is the path of the recording in the visit's language, without its suffix,
// and says whether there is one.
func (v *Visit) recording() (string, bool) {
	name := "guide/" + string(v.Language)
	_, err := fs.Stat(shots, name+".webm")
	return "/" + name, err == nil
}

// shot serves a picture or a recording of the guide, of which a player asks for parts.
func (s *Site) shot(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	f, err := s.guide.Read(shots, "guide/"+name)
	kind, known := shotKinds[path.Ext(name)]
	if err != nil || !known {
		s.Refuse(w, r, http.StatusNotFound)
		return
	}
	s.press.Send(w, r, f, kind, public.Day)
}
