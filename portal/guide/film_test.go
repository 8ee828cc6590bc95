package guide_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"isoloir/portal/words"

	"github.com/at-wat/ebml-go"
	"github.com/at-wat/ebml-go/webm"
	"github.com/chromedp/chromedp"
)

// band is the height below the page in which captions are written, in CSS pixels.
const band = 120

// A film is what was seen, and for how long, and when each step began.
type film struct {
	speaker *words.Speaker
	frames  []frame
	length  time.Duration
	steps   []time.Duration
}

// A frame is a picture, PNG, and when it is shown.
type frame struct {
	data []byte
	at   time.Duration
}

func (f *film) add(data []byte, hold time.Duration) {
	f.frames = append(f.frames, frame{data, f.length})
	f.length += hold
}

func (f *film) begin(step int) {
	if len(f.steps) != step-1 {
		panic("the steps of the guide are not in their order")
	}
	f.steps = append(f.steps, f.length)
}

// write writes the recording (WebM, VP9) and its captions (WebVTT), LANGUAGE.webm and
// LANGUAGE.vtt. The browser of a tab encodes it.
func (f *film) write(t *testing.T, tab context.Context, portal, language string) {
	t.Helper()
	pieces, err := f.encode(tab, portal)
	if err != nil {
		t.Fatal(err)
	}
	data, err := f.pack(pieces)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(filepath.Join(where, language+".webm"), data, 0o644),
		os.WriteFile(filepath.Join(where, language+".vtt"), f.captions(), 0o644)); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: %s, %d frames, %d kB", language, f.length, len(f.frames), len(data)/1000)
}

// captions are the texts of the steps, each as long as its step lasts.
func (f *film) captions() []byte {
	out := bytes.NewBufferString("WEBVTT\n")
	for i, begin := range f.steps {
		end := f.length
		if i+1 < len(f.steps) {
			end = f.steps[i+1]
		}
		middle := begin + min(2500*time.Millisecond, (end-begin)/3)
		for _, cue := range []struct {
			from, to time.Duration
			key      string
		}{{begin, middle, "guide.step."}, {middle, end, "guide.text."}} {
			fmt.Fprintf(out, "\n%s --> %s\n%s\n", stamp(cue.from), stamp(cue.to), f.speaker.Say(fmt.Sprint(cue.key, i+1)))
		}
	}
	return out.Bytes()
}

// stamp is an instant as WebVTT has it.
func stamp(d time.Duration) string {
	return fmt.Sprintf("%02d:%02d.%03d", int(d.Minutes()), int(d.Seconds())%60, d.Milliseconds()%1000)
}

// A piece is an encoded frame.
type piece struct {
	Data string // base64
	Key  bool
	At   int64 // microseconds
}

// encode has the browser encode the frames, each step from a frame of its own.
func (f *film) encode(tab context.Context, portal string) ([]piece, error) {
	const w, h = int(width * density), int((height + band) * density)
	if err := chromedp.Do(tab, chromedp.Navigate(portal+"/status"), chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`
		globalThis.pieces = [];
		globalThis.failed = "";
		globalThis.encoder = new VideoEncoder({
			output: chunk => {
				const data = new Uint8Array(chunk.byteLength);
				chunk.copyTo(data);
				pieces.push({ Data: btoa(data.reduce((s, b) => s + String.fromCharCode(b), "")), Key: chunk.type === "key", At: chunk.timestamp });
			},
			error: e => { failed = String(e); },
		});
		encoder.configure({ codec: "vp09.00.31.08", width: %d, height: %d, bitrate: 220_000, bitrateMode: "variable", latencyMode: "quality" });
		globalThis.canvas = new OffscreenCanvas(%[1]d, %[2]d);
		globalThis.draw = async (data, at, key) => {
			const image = await createImageBitmap(new Blob([Uint8Array.from(atob(data), c => c.charCodeAt(0))], { type: "image/png" }));
			const context = canvas.getContext("2d");
			context.fillStyle = "#10181d";
			context.fillRect(0, 0, canvas.width, canvas.height);
			context.drawImage(image, 0, 0);
			const frame = new VideoFrame(canvas, { timestamp: at });
			encoder.encode(frame, { keyFrame: key });
			frame.close();
			return failed;
		};`, w, h))); err != nil {
		return nil, err
	}
	next := 0
	for _, frame := range f.frames {
		key := next < len(f.steps) && frame.at >= f.steps[next]
		if key {
			next++
		}
		said, err := chromedp.Run(tab, chromedp.Evaluate[string](fmt.Sprintf("draw(%q, %d, %t)", base64.StdEncoding.EncodeToString(frame.data), frame.at.Microseconds(), key), chromedp.EvalAwaitPromise))
		if err != nil || said != "" {
			return nil, errors.Join(err, errors.New(said))
		}
	}
	return chromedp.Run(tab, chromedp.Evaluate[[]piece]("encoder.flush().then(() => pieces)", chromedp.EvalAwaitPromise))
}

// A film's file: what WebM asks for, the places of its steps before the frames, so that
// a player finds them.
type file struct {
	Header  webm.EBMLHeader `ebml:"EBML"`
	Segment segment         `ebml:"Segment"`
}

type segment struct {
	Info    webm.Info      `ebml:"Info"`
	Tracks  webm.Tracks    `ebml:"Tracks"`
	Cues    webm.Cues      `ebml:"Cues"`
	Cluster []webm.Cluster `ebml:"Cluster"`
}

// pack makes the file. The places of clusters stand before them in numbers of as many
// bytes as they need: it is written until the places agree.
func (f *film) pack(pieces []piece) ([]byte, error) {
	all := file{
		Header: webm.EBMLHeader{EBMLVersion: 1, EBMLReadVersion: 1, EBMLMaxIDLength: 4, EBMLMaxSizeLength: 8, DocType: "webm", DocTypeVersion: 4, DocTypeReadVersion: 2},
		Segment: segment{
			Info: webm.Info{TimecodeScale: 1_000_000, Duration: float64(f.length.Milliseconds()), MuxingApp: "ebml-go", WritingApp: "isoloir"},
			Tracks: webm.Tracks{TrackEntry: []webm.TrackEntry{{Name: "vote", TrackNumber: 1, TrackUID: 1, CodecID: "V_VP9", TrackType: 1,
				Video: &webm.Video{PixelWidth: width * density, PixelHeight: (height + band) * density}}}},
		},
	}
	s := &all.Segment
	for _, p := range pieces {
		data, err := base64.StdEncoding.DecodeString(p.Data)
		if err != nil {
			return nil, err
		}
		at := p.At / 1000
		if p.Key || len(s.Cluster) == 0 {
			s.Cluster = append(s.Cluster, webm.Cluster{Timecode: uint64(at)})
			s.Cues.CuePoint = append(s.Cues.CuePoint, webm.CuePoint{CueTime: uint64(at), CueTrackPositions: []webm.CueTrackPosition{{CueTrack: 1}}})
		}
		last := &s.Cluster[len(s.Cluster)-1]
		last.SimpleBlock = append(last.SimpleBlock, ebml.Block{TrackNumber: 1, Timecode: int16(at - int64(last.Timecode)), Keyframe: p.Key, Data: [][]byte{data}})
	}
	for range 5 {
		var out bytes.Buffer
		var begins uint64 // of what is in the segment
		var places []uint64
		seen := func(e *ebml.Element) {
			switch e.Name {
			case "Info":
				begins = e.Position
			case "Cluster":
				places = append(places, e.Position-begins)
			}
		}
		if err := ebml.Marshal(&all, &out, ebml.WithElementWriteHooks(seen)); err != nil {
			return nil, err
		}
		agree := true
		for i, place := range places {
			at := &s.Cues.CuePoint[i].CueTrackPositions[0].CueClusterPosition
			agree, *at = agree && *at == place, place
		}
		if agree {
			return out.Bytes(), nil
		}
	}
	return nil, errors.New("the places of the steps in the recording do not settle")
}
