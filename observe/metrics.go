package observe

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Labels of metrics. There are no others.
const (
	labelRole   = "role"
	labelRoute  = "route"
	labelStatus = "status"
	labelUrn    = "urn"
)

func metric(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("isoloir_"+name, help, labels, nil)
}

// The metrics.
var (
	answersTotal  = metric("answers_total", "Answers by route and status, in multiples of k, as of the last slot.", labelRole, labelRoute, labelStatus)
	answerSeconds = metric("answer_seconds", "How long answers took, in multiples of k, as of the last slot.", labelRole)
	slotTime      = metric("slot_timestamp_seconds", "The slot of which the counts of answers are.")
	troublesTotal = metric("troubles_total", "Events of level WARN or ERROR; the log says which.", labelRole)
	readyNow      = metric("ready", "1 if the role can do its work.", labelRole)
	clockDrift    = metric("clock_drift_seconds", "How far the database's clock is before this machine's.", labelRole)
	certificate   = metric("certificate_expiry_timestamp_seconds", "Until when the role's certificate is good.", labelRole)
	logBallots    = metric("log_ballots", "Ballots in the log of an urn, as its last signed checkpoint has it.", labelUrn)
	voting        = metric("voting", "1 while one may vote.")
	closed        = metric("closed", "1 once the bureau has closed the vote.")
	votingEnds    = metric("voting_ends_timestamp_seconds", "The end of voting, as extended, with the time of grace.")
)

// dutyTimes are when a duty last succeeded, of those that say so.
var dutyTimes = func() (all [Dispatch]*prometheus.Desc) {
	for d := range Dispatch {
		name := d.String()
		all[d] = metric("last_"+name+"_timestamp_seconds", "When the duty "+name+" last succeeded.", labelRole)
	}
	return all
}()

// Names are those of all metrics.
func Names() (all []string) {
	descriptions := make(chan *prometheus.Desc, 64)
	(&Watch{}).Describe(descriptions)
	close(descriptions)
	for d := range descriptions {
		var name string
		if _, err := fmt.Sscanf(d.String(), "Desc{fqName: %q", &name); err == nil {
			all = append(all, name)
		}
	}
	return all
}

// Describe implements prometheus.Collector.
func (w *Watch) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{answersTotal, answerSeconds, slotTime, troublesTotal, readyNow, clockDrift, certificate, logBallots, voting, closed, votingEnds} {
		out <- d
	}
	for _, d := range dutyTimes {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (w *Watch) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), probePatience)
	defer cancel()
	w.look(ctx)
	w.collectVote(ctx, out)
	w.mu.Lock()
	defer w.mu.Unlock()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	for name, r := range w.roles {
		label := name.String()
		out <- prometheus.MustNewConstMetric(troublesTotal, prometheus.CounterValue, float64(r.troubles), label)
		if r.probe != nil {
			gauge(readyNow, truth(w.unready(r) == nil), label)
		}
		if r.timed {
			gauge(clockDrift, r.drift.Seconds(), label)
		}
		if !r.expires.IsZero() {
			gauge(certificate, instant(r.expires), label)
		}
		for d, at := range r.kept {
			gauge(dutyTimes[d], instant(at), label)
		}
	}
	if w.slots.at.IsZero() {
		return
	}
	gauge(slotTime, instant(w.slots.at))
	for name, h := range w.slots.held {
		for _, c := range h.answers {
			out <- prometheus.MustNewConstMetric(answersTotal, prometheus.CounterValue, float64(c.Number), name.String(), c.Route, strconv.Itoa(c.Status))
		}
		if h.lasted.number == 0 {
			continue
		}
		buckets := map[float64]uint64{}
		for i, b := range bounds {
			buckets[b] = h.lasted.within[i]
		}
		out <- prometheus.MustNewConstHistogram(answerSeconds, h.lasted.number, h.lasted.sum, buckets, name.String())
	}
}

// collectVote collects what is public of the vote.
func (w *Watch) collectVote(ctx context.Context, out chan<- prometheus.Metric) {
	w.mu.Lock()
	v := w.vote
	w.mu.Unlock()
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	if v.Voting != nil {
		gauge(voting, truth(v.Voting()))
	}
	if v.Closed != nil {
		gauge(closed, truth(v.Closed()))
	}
	if v.Ends != nil {
		gauge(votingEnds, instant(v.Ends()))
	}
	if v.Logs != nil {
		for urn, n := range v.Logs(ctx) {
			gauge(logBallots, float64(n), urn)
		}
	}
}

func instant(t time.Time) float64 { return float64(t.Unix()) }

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// Handler answers /metrics, /livez and /readyz, by GET and HEAD, and nothing else. It is for operators: no page and no voter is to reach it.
func (w *Watch) Handler() http.Handler {
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(w)
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /livez", func(out http.ResponseWriter, _ *http.Request) { fmt.Fprintln(out, "alive") })
	mux.HandleFunc("GET /readyz", w.serveReady)
	return mux
}
