package pages_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"isoloir/portal/pages"

	"github.com/chromedp/chromedp"
)

// TestRecording plays the recording of the guide in each language: it has a caption
// for every step from beginning to end, and a player can go to any of them. (S002-09)
func TestRecording(t *testing.T) {
	f := newFake(t)
	f.enter(pages.Open)
	s := httptest.NewServer(f.site())
	defer s.Close()
	tab := shared(t).Tab(t, 2*time.Minute)
	for _, language := range []string{"fr", "en"} {
		if err := chromedp.Do(tab, chromedp.Navigate(s.URL+"/"+language+"/guide")); err != nil {
			t.Fatal(err)
		}
		said, err := chromedp.Run(tab, chromedp.Evaluate[string](`(async () => {
			const video = document.querySelector("video"), track = video.textTracks[0];
			const told = (on, what) => new Promise((done, fail) => { on.addEventListener(what, done, { once: true }); on.addEventListener("error", () => fail(new Error(what)), { once: true }); });
			if (!video.paused || video.autoplay) return "it plays by itself";
			const loaded = told(video, "loadeddata");
			video.load();
			await loaded;
			if (track.mode !== "showing") return "captions are not shown";
			if (!track.cues?.length) await told(document.querySelector("track"), "load");
			const cues = [...track.cues];
			if (cues.length !== 2 * document.querySelectorAll(".guide > li").length) return cues.length + " captions";
			let at = 0;
			for (const cue of cues) {
				if (Math.abs(cue.startTime - at) > 0.01 || cue.endTime <= cue.startTime || !cue.text) return "a gap at " + at;
				at = cue.endTime;
			}
			if (Math.abs(video.duration - at) > 0.1 || at < 30) return "it lasts " + video.duration + " s, its captions " + at;
			for (const step of [14, 5, 2]) {
				const arrived = told(video, "seeked");
				video.currentTime = cues[step].startTime + 0.1;
				await arrived;
				if (track.activeCues[0]?.text !== cues[step].text) return "at caption " + step + " it shows " + track.activeCues[0]?.text;
			}
			return "";
		})()`, chromedp.EvalAwaitPromise))
		if err != nil || said != "" {
			t.Errorf("%s: %s %v", language, said, err)
		}
	}
}
