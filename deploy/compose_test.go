package deploy

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// composed is what a compose file has, as far as this one has it.
type composed struct {
	Name     string
	Services map[string]struct {
		Image, Restart, User string
		ReadOnly             bool     `yaml:"read_only"`
		CapDrop              []string `yaml:"cap_drop"`
		SecurityOpt          []string `yaml:"security_opt"`
		DependsOn            []string `yaml:"depends_on"`
		Privileged           bool
		Command              []string
		Ports                []string
		Volumes              []string
		Secrets              []any
		Networks             any
		Environment          map[string]string
	}
	Networks map[string]struct{ Internal bool }
	Volumes  map[string]any
	Secrets  map[string]struct{ File string }
}

// keys are the names of a list, or of a mapping.
func keys(v any) (all []string) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			switch e := e.(type) {
			case string:
				all = append(all, e)
			case map[string]any:
				all = append(all, e["source"].(string))
			}
		}
	case map[string]any:
		all = slices.Collect(maps.Keys(v))
	}
	return all
}

// Every service, volume, network and secret that is named is there, and used. What belongs to the roll and what belongs to the urn is apart, and
// nothing but the proxy is reached from outside.
func TestCompose(t *testing.T) {
	var c composed
	decode(t, "compose/compose.yaml", &c)
	type belongings map[string][]string // of each side
	of := map[string]belongings{}
	used := map[string]bool{}
	users := map[string]string{}
	for name, s := range c.Services {
		side := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(name, "-db"), "-1"), "-2")
		if of[side] == nil {
			of[side] = belongings{}
		}
		add := func(kind, what string, there bool) {
			of[side][kind] = append(of[side][kind], what)
			if used[kind+" "+what] = true; !there {
				t.Errorf("%s: there is no %s %s", name, kind, what)
			}
		}
		for _, n := range keys(s.Networks) {
			_, there := c.Networks[n]
			add("network", n, there)
		}
		for _, v := range s.Volumes {
			source, _, _ := strings.Cut(v, ":")
			if strings.HasPrefix(source, ".") {
				if strings.HasPrefix(source, "..") {
					if _, err := os.Stat(filepath.Join("compose", source)); err != nil {
						t.Errorf("%s: %v", name, err)
					}
				}
				continue
			}
			_, there := c.Volumes[source]
			add("volume", source, there)
		}
		for _, secret := range keys(s.Secrets) {
			_, there := c.Secrets[secret]
			add("secret", secret, there)
		}
		for _, d := range s.DependsOn {
			if _, there := c.Services[d]; !there {
				t.Errorf("%s depends on %s, which is not there", name, d)
			}
		}
		if s.User == "" || strings.HasPrefix(s.User, "0") || s.Privileged || s.Restart != "always" {
			t.Errorf("%s: user %q, privileged %v, restart %q", name, s.User, s.Privileged, s.Restart)
		}
		if other, taken := users[s.User]; taken && other != side {
			t.Errorf("%s is the user of %s and %s", s.User, side, other)
		}
		if users[s.User] = side; strings.HasSuffix(name, "-db") {
			users[s.User] = side + "-db"
		} else if !s.ReadOnly || !slices.Equal(s.CapDrop, []string{"ALL"}) || len(s.SecurityOpt) != 1 {
			t.Errorf("%s is given more than it needs", name)
		}
		if len(s.Ports) > 0 != (name == "proxy") {
			t.Errorf("%s: ports %v", name, s.Ports)
		}
		for key, value := range s.Environment {
			if strings.Contains(strings.ToLower(key), "password") && !strings.HasPrefix(value, "/run/secrets/") {
				t.Errorf("%s: a password stands in the file", name)
			}
		}
		if slices.Contains(roles, side) && s.Image == "isoloir" && !slices.Equal(s.Command[:3], []string{"serve", "-role", side}) {
			t.Errorf("%s runs %v", name, s.Command)
		}
	}
	for kind, all := range map[string][]string{"network": slices.Collect(maps.Keys(c.Networks)), "volume": slices.Collect(maps.Keys(c.Volumes)), "secret": slices.Collect(maps.Keys(c.Secrets))} {
		for _, name := range all {
			if !used[kind+" "+name] {
				t.Errorf("nobody uses %s %s", kind, name)
			}
		}
	}
	for side, mine := range of {
		for other, theirs := range of {
			if side >= other || side == "proxy" || other == "proxy" {
				continue
			}
			for kind := range mine {
				for _, what := range mine[kind] {
					if slices.Contains(theirs[kind], what) {
						t.Errorf("%s and %s share %s %s", side, other, kind, what)
					}
				}
			}
		}
	}
	for name, n := range c.Networks {
		if strings.HasSuffix(name, "-database") && !n.Internal {
			t.Errorf("network %s leads outside", name)
		}
	}
	for _, role := range []string{"roll", "urn", "portal"} {
		for _, n := range []string{"-1", "-2"} {
			if _, there := c.Services[role+n]; !there {
				t.Errorf("there is no %s%s", role, n)
			}
		}
	}
}
