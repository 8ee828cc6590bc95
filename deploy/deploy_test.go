package deploy

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func file(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// roles are those that have a user each.
var roles = []string{"roll", "urn", "portal", "issuer-a", "issuer-b", "bureau"}

// alone says whether a role is one process.
func alone(role string) bool { return strings.HasPrefix(role, "issuer") || role == "bureau" }

// unit is the service of a role.
func unit(role string) string {
	if alone(role) {
		return "systemd/isoloir-" + role + ".service"
	}
	return "systemd/isoloir-" + role + "@.service"
}

// settings reads a unit: what stands for each key, in order. A line that is none is an error.
func settings(t *testing.T, text string) map[string][]string {
	t.Helper()
	all, section := map[string][]string{}, ""
	for n, line := range strings.Split(text, "\n") {
		switch key, value, is := strings.Cut(line, "="); {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			if section = line; !slices.Contains([]string{"[Unit]", "[Service]", "[Install]"}, line) {
				t.Errorf("line %d: section %s", n+1, line)
			}
		case !is || section == "" || !regexp.MustCompile(`^[A-Z][A-Za-z]+$`).MatchString(key):
			t.Errorf("line %d: %q", n+1, line)
		default:
			all[key] = append(all[key], value)
		}
	}
	return all
}

// Every unit has a user of its own, no privilege, and sees no other role's directory; its user is made, and what it runs is the command. (S004-05a)
func TestUnits(t *testing.T) {
	users := file(t, "systemd/sysusers.conf")
	for _, role := range roles {
		s := settings(t, file(t, unit(role)))
		for key, want := range map[string]string{
			"User": "isoloir-" + role, "Group": "isoloir-" + role, "Type": "notify", "UMask": "0077", "Restart": "always", "NoNewPrivileges": "true",
			"ProtectSystem": "strict", "ProtectHome": "true", "CapabilityBoundingSet": "", "PrivateDevices": "true", "MemoryDenyWriteExecute": "true",
			"RestrictNamespaces": "true", "SystemCallArchitectures": "native", "StateDirectoryMode": "0700", "LimitCORE": "0",
		} {
			if got := s[key]; !slices.Equal(got, []string{want}) {
				t.Errorf("%s: %s is %q, not %q", role, key, got, want)
			}
		}
		for _, start := range slices.Concat(s["ExecStart"], s["ExecStartPre"]) {
			if !strings.HasPrefix(start, "/usr/bin/isoloir serve -role "+role+" -config /etc/isoloir/"+role) {
				t.Errorf("%s: runs %q", role, start)
			}
		}
		for _, other := range roles {
			if other == role {
				continue
			}
			hidden := strings.Contains(" "+strings.Join(s["InaccessiblePaths"], " ")+" ", " -/var/lib/isoloir-"+other+" ")
			if !hidden && other != "portal" {
				t.Errorf("%s sees the directory of %s", role, other)
			}
			if strings.Contains(strings.Join(s["StateDirectory"], " ")+" ", "isoloir-"+other+" ") {
				t.Errorf("%s writes to the directory of %s", role, other)
			}
		}
		if n := strings.Count(users, "u isoloir-"+role+" - "); n != 1 {
			t.Errorf("user isoloir-%s is made %d times", role, n)
		}
	}
	if strings.Contains(users, "\nm ") {
		t.Error("a user is in another's group")
	}
}

// town are the units of an installation of spaces and of its register, with what each runs.
var town = map[string]string{"hall": "space serve -role hall -config /etc/isoloir/town.yaml", "notices": "space serve -role notices -config /etc/isoloir/town.yaml",
	"register": "register serve -dir /var/lib/isoloir-register "}

// The back office, the notices and the register have no directory in common but that of what is published, which only the first writes.
func TestTownUnits(t *testing.T) {
	users := file(t, "systemd/sysusers.conf")
	for role, runs := range town {
		s := settings(t, file(t, "systemd/isoloir-"+role+".service"))
		for key, want := range map[string]string{"User": "isoloir-" + role, "Group": "isoloir-" + role, "StateDirectory": "isoloir-" + role, "StateDirectoryMode": "0700", "Restart": "always",
			"NoNewPrivileges": "true", "ProtectSystem": "strict", "ProtectHome": "true", "CapabilityBoundingSet": "", "MemoryDenyWriteExecute": "true", "LimitCORE": "0"} {
			if got := s[key]; !slices.Equal(got, []string{want}) {
				t.Errorf("%s: %s is %q, not %q", role, key, got, want)
			}
		}
		for _, start := range slices.Concat(s["ExecStart"], s["ExecStartPre"]) {
			if !strings.HasPrefix(start, "/usr/bin/isoloir "+runs) {
				t.Errorf("%s: runs %q", role, start)
			}
		}
		hidden := " " + strings.Join(s["InaccessiblePaths"], " ") + " "
		for other := range town {
			if other != role && !strings.Contains(hidden, " -/var/lib/isoloir-"+other+" ") {
				t.Errorf("%s sees the directory of %s", role, other)
			}
		}
		for _, other := range roles {
			if other != "portal" && !strings.Contains(hidden, " -/var/lib/isoloir-"+other+" ") {
				t.Errorf("%s sees the directory of %s", role, other)
			}
		}
		if writes := slices.Equal(s["ReadWritePaths"], []string{"-/var/lib/isoloir-published"}); writes != (role == "hall") || len(s["ReadWritePaths"]) > 1 {
			t.Errorf("%s writes to %q", role, s["ReadWritePaths"])
		}
		if n := strings.Count(users, "u isoloir-"+role+" - "); n != 1 {
			t.Errorf("user isoloir-%s is made %d times", role, n)
		}
	}
}

// Where systemd's own tool is there it reads the units too, and finds them exposed to little.
func TestUnitsBySystemd(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("there is no systemd-analyze")
	}
	dir := t.TempDir()
	var units []string
	for _, role := range roles {
		name := filepath.Join(dir, strings.Replace(filepath.Base(unit(role)), "@", "@1", 1))
		if err := os.WriteFile(name, []byte(strings.ReplaceAll(file(t, unit(role)), "/usr/bin/isoloir", "/bin/true")), 0o600); err != nil {
			t.Fatal(err)
		}
		units = append(units, name)
	}
	for role := range town {
		name := filepath.Join(dir, "isoloir-"+role+".service")
		if err := os.WriteFile(name, []byte(strings.ReplaceAll(file(t, "systemd/isoloir-"+role+".service"), "/usr/bin/isoloir", "/bin/true")), 0o600); err != nil {
			t.Fatal(err)
		}
		units = append(units, name)
	}
	if out, err := exec.Command(analyze, append([]string{"verify", "--man=no"}, units...)...).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("verify: %v\n%s", err, out)
	}
	for _, u := range units {
		if out, err := exec.Command(analyze, "security", "--offline=true", "--threshold=15", u).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", filepath.Base(u), err, out)
		}
	}
}

// The rules of every machine drop what they do not name, and the two databases, and the machines of roll and urn, are never in one rule. (S004-05a)
func TestNetworkRules(t *testing.T) {
	names := file(t, "nftables/addresses.nft")
	defined := map[string]bool{}
	for _, d := range regexp.MustCompile(`(?m)^define ([a-z_]+) = `).FindAllStringSubmatch(names, -1) {
		defined[d[1]] = true
	}
	for _, machine := range slices.Concat(roles, []string{"roll-db", "urn-db"}) {
		text := file(t, "nftables/"+machine+".nft")
		for _, chain := range []string{"input", "forward", "output"} {
			if !strings.Contains(text, "hook "+chain+" priority filter; policy drop;") {
				t.Errorf("%s: %s lets through what is not named", machine, chain)
			}
		}
		for _, used := range regexp.MustCompile(`\$([a-z_]+)`).FindAllStringSubmatch(text, -1) {
			if !defined[used[1]] {
				t.Errorf("%s: %s is not defined", machine, used[1])
			}
			if strings.HasPrefix(used[1], "roll_") && !strings.HasPrefix(machine, "roll") || strings.HasPrefix(used[1], "urn_") && !strings.HasPrefix(machine, "urn") {
				t.Errorf("%s speaks to %s", machine, used[1])
			}
		}
		if strings.Count(text, "{") != strings.Count(text, "}") {
			t.Errorf("%s: braces", machine)
		}
	}
	if urn := file(t, "nftables/urn.nft"); strings.Contains(urn, "$gateway") || strings.Contains(urn, "$resolvers") {
		t.Error("the urn opens a connection to others than its database")
	}
	nft, err := exec.LookPath("nft")
	if err != nil {
		t.Log("there is no nft: its own parser has not read the rules")
		return
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "addresses.nft"), []byte(names), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, machine := range slices.Concat(roles, []string{"roll-db", "urn-db"}) {
		rules := filepath.Join(dir, machine+".nft")
		text := strings.Replace(file(t, "nftables/"+machine+".nft"), "/etc/isoloir/", dir+"/", 1)
		if err := os.WriteFile(rules, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(nft, "-c", "-f", rules).CombinedOutput(); err != nil && !strings.Contains(string(out), "Operation not permitted") {
			t.Errorf("%s: %v\n%s", machine, err, out)
		}
	}
}

// The proxy keeps no log, speaks TLS to the roles and verifies them, and asks before it sends anybody; two of each role are behind it.
func TestProxy(t *testing.T) {
	text := file(t, "proxy/haproxy.cfg")
	if regexp.MustCompile(`(?m)^\s*(log|option httplog|option tcplog|capture) `).MatchString(text) || !strings.Contains(text, "\tno log\n") {
		t.Error("the proxy writes of who comes")
	}
	for _, want := range []string{"ssl verify required ca-file", "ssl-min-ver TLSv1.3", "del-header X-Forwarded-For", "option redispatch"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q", want)
		}
	}
	servers := map[string]int{}
	addresses := map[string]bool{}
	for _, s := range regexp.MustCompile(`(?m)^\tserver (\S+?)(-[12])? (\S+) port (\d+) `).FindAllStringSubmatch(text, -1) {
		servers[s[1]]++
		if addresses[s[3]] {
			t.Errorf("%s is two servers'", s[3])
		}
		addresses[s[3]] = true
	}
	for _, role := range roles {
		want := 2
		if alone(role) {
			want = 1
		}
		if servers[role] != want {
			t.Errorf("%d servers of %s", servers[role], role)
		}
		if !strings.Contains(text, "backend "+role+"\n\toption httpchk GET /readyz\n") || !strings.Contains(text, "use_backend "+role+" if { ssl_fc_sni ") {
			t.Errorf("%s is not asked, or not reached", role)
		}
	}
}

// decode reads YAML whose keys stand once each.
func decode(t *testing.T, path string, into any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(file(t, path)), into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}
