package deploy

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"isoloir/observe"
)

var (
	word   = regexp.MustCompile(`\b(isoloir_[a-z_]+|up)\b`)
	braces = regexp.MustCompile(`\{([^}]*)\}`)
	label  = regexp.MustCompile(`([a-z_]+)\s*(?:=~|!~|!=|=)`)
	by     = regexp.MustCompile(`(?:by|on) ?\(([^)]*)\)`)
)

// expression finds what an expression names that is not there.
func expression(e string) (unknown []string) {
	names := observe.Names()
	found := word.FindAllString(e, -1)
	for _, name := range found {
		name = strings.TrimSuffix(name, "_bucket")
		if name != "up" && !slices.Contains(names, name) {
			unknown = append(unknown, name)
		}
	}
	if len(found) == 0 {
		unknown = append(unknown, "no metric")
	}
	labels := []string{"role", "route", "status", "urn", "le", "instance", "job"}
	for _, b := range braces.FindAllStringSubmatch(e, -1) {
		for _, l := range label.FindAllStringSubmatch(b[1], -1) {
			if !slices.Contains(labels, l[1]) {
				unknown = append(unknown, "label "+l[1])
			}
		}
	}
	for _, b := range by.FindAllStringSubmatch(e, -1) {
		for _, l := range strings.Split(b[1], ",") {
			if l = strings.TrimSpace(l); !slices.Contains(labels, l) {
				unknown = append(unknown, "label "+l)
			}
		}
	}
	if strings.Count(e, "(") != strings.Count(e, ")") {
		unknown = append(unknown, "a parenthesis")
	}
	return unknown
}

// Every panel of the dashboard shows metrics that there are, of the data source that is asked for, each at a place of its own.
func TestDashboard(t *testing.T) {
	data, err := os.ReadFile("grafana/isoloir.json")
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		Title      string
		Templating struct {
			List []struct{ Name, Type, Query string }
		}
		Panels []struct {
			ID          int
			Title, Type string
			Datasource  struct{ Type, UID string }
			GridPos     struct{ H, W, X, Y int }
			Targets     []struct{ Expr, RefID string }
		}
	}
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	if len(d.Templating.List) != 1 || d.Templating.List[0].Name != "source" || len(d.Panels) < 10 {
		t.Errorf("%d panels, %v", len(d.Panels), d.Templating.List)
	}
	cells, ids, shown := map[[2]int]string{}, map[int]bool{}, ""
	for _, p := range d.Panels {
		if ids[p.ID] || p.Title == "" || p.Type == "" || p.Datasource.UID != "${source}" || len(p.Targets) == 0 {
			t.Errorf("panel %d %q", p.ID, p.Title)
		}
		ids[p.ID] = true
		for x := range p.GridPos.W {
			for y := range p.GridPos.H {
				at := [2]int{p.GridPos.X + x, p.GridPos.Y + y}
				if cells[at] != "" || at[0] > 23 {
					t.Errorf("%q lies over %q", p.Title, cells[at])
				}
				cells[at] = p.Title
			}
		}
		for _, target := range p.Targets {
			for _, u := range expression(target.Expr) {
				t.Errorf("%q: %s", p.Title, u)
			}
			shown += target.Expr + " "
		}
	}
	for _, name := range observe.Names() {
		if !strings.Contains(shown, name) {
			t.Errorf("nothing shows %s", name)
		}
	}
}

// Every alert is made of metrics that there are, and is explained to operators.
func TestAlerts(t *testing.T) {
	var a struct {
		Groups []struct {
			Rules []struct {
				Alert, Expr, For    string
				Labels, Annotations map[string]string
			}
		}
	}
	decode(t, "prometheus/alerts.yaml", &a)
	explained := file(t, "../docs/operations.md")
	if len(a.Groups) != 1 || len(a.Groups[0].Rules) < 10 {
		t.Fatal("no alerts")
	}
	for _, r := range a.Groups[0].Rules {
		for _, u := range expression(r.Expr) {
			t.Errorf("%s: %s", r.Alert, u)
		}
		if r.Annotations["summary"] == "" || !slices.Contains([]string{"page", "ticket"}, r.Labels["severity"]) {
			t.Errorf("%s says nothing, or not to whom", r.Alert)
		}
		if !strings.Contains(explained, "`"+r.Alert+"`") {
			t.Errorf("docs/operations.md does not say what to do about %s", r.Alert)
		}
	}
	var p map[string]any
	decode(t, "prometheus/prometheus.yaml", &p)
	decode(t, "prometheus/alerts_test.yaml", &p)
	for e, wrong := range map[string]bool{`isoloir_votes > 1`: true, `isoloir_ready{elector="7"}`: true, `sum by (elector) (isoloir_ready)`: true, `1 + 1`: true, `isoloir_ready{role="urn"} == 0`: false} {
		if found := expression(e); (len(found) > 0) != wrong {
			t.Errorf("%s: %v", e, found)
		}
	}
}

// Where Prometheus's own tool is there, it reads the files too, and lets alerts fire on invented series.
func TestAlertsByPrometheus(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("there is no promtool")
	}
	for _, args := range [][]string{{"check", "config", "prometheus.yaml"}, {"test", "rules", "alerts_test.yaml"}} {
		c := exec.Command(promtool, args...)
		c.Dir = "prometheus"
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
	}
}
