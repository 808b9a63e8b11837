package config

import (
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"ferry/internal/ftp"
	"ferry/sync"
)

func stateKey(t *testing.T, local, url string) string {
	t.Helper()
	p, err := Pair(local, url, abs("/w"), abs("/home/u"))
	if err != nil {
		t.Fatal(err)
	}
	return p.StateKeys(p.Local)[0]
}

// TestStateKey: what is remembered of a pair is found again under another name,
// another scheme and another spelling, and never by another pair.
func TestStateKey(t *testing.T) {
	usual := stateKey(t, "public", "ftp://u@example.com/htdocs")
	for _, c := range [][2]string{
		{"./public/", "ftp://u@example.com/htdocs"},
		{abs("/w/public"), "ftp://u@example.com/htdocs/"},
		{"public", "ftpes://u@example.com/htdocs"},
		{"public", "ftps://u@example.com/htdocs"},
		{"public", "ftps://u@example.com:990/htdocs"},
		{"public", "ftp://u:password@EXAMPLE.com:21/./htdocs"},
	} {
		if got := stateKey(t, c[0], c[1]); got != usual {
			t.Errorf("%q: %s, want %s", c, got, usual)
		}
	}
	seen := map[string]bool{usual: true}
	for _, c := range [][2]string{
		{"public2", "ftp://u@example.com/htdocs"},
		{"other/public", "ftp://u@example.com/htdocs"},
		{"public", "ftp://v@example.com/htdocs"},
		{"public", "ftp://example.com/htdocs"},
		{"public", "ftp://u@example.org/htdocs"},
		{"public", "ftp://u@example.com:2121/htdocs"},
		{"public", "ftp://u@example.com//htdocs"},
		{"public", "ftp://u@example.com/Htdocs"},
		{"public", "ftp://u@example.com"},
		{"public", "ftp://u@example.com//"},
	} {
		got := stateKey(t, c[0], c[1])
		if seen[got] {
			t.Errorf("%q has the key of another pair: %s", c, got)
		}
		seen[got] = true
	}
	p := NewProfile("name")
	p.Local, p.Remote.Host, p.Remote.User, p.Remote.Path = abs("/w/public"), "example.com", "u", "htdocs"
	if got := p.StateKeys(p.Local)[0]; got != usual {
		t.Errorf("the name of the profile counts: %s, want %s", got, usual)
	}
}

// TestStateKeyStays holds the key of one pair, since a change would make every
// user's next pass a first one.
func TestStateKeyStays(t *testing.T) {
	p := NewProfile("x")
	p.Local, p.Remote = "/srv/www", Remote{User: "u", Host: "example.com", Path: "htdocs"}
	const want = "www-example.com-25fb0a746e01d44e"
	if got := p.StateKeys(p.Local)[0]; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestStateKeyIsFileName(t *testing.T) {
	fine := regexp.MustCompile(`^[a-z0-9_][a-z0-9._-]{0,59}$`)
	for _, local := range []string{"/", "/a b/ü", "/.hidden", "/-x", "/con", "/" + strings.Repeat("x", 300), "/" + strings.Repeat("ж", 100), "/A.B_c"} {
		for _, host := range []string{"h", "2001:db8::1", "fe80::1%eth0", strings.Repeat("h", 250)} {
			p := NewProfile("x")
			p.Local, p.Remote.Host = local, host
			if got := p.StateKeys(p.Local)[0]; !fine.MatchString(got) {
				t.Errorf("%q", got)
			}
		}
	}
}

// TestServerOptions fills a whole profile, so that no setting is forgotten on
// its way to the server's side.
func TestServerOptions(t *testing.T) {
	p := NewProfile("x")
	p.Remote = Remote{Security: ftp.Explicit, User: "u", Host: "h", Port: 2121, Path: "p", Absolute: true}
	p.Mode, p.ActivePorts, p.ActiveAddress, p.TrustPASV = ftp.Active, [2]int{1, 2}, "192.0.2.1", true
	p.Pipeline, p.Compress, p.Encoding = ftp.PipelineOff, ftp.CompressOn, "gbk"
	p.ListFormat, _ = ParseListFormat("dos")
	p.Connections, p.Segments, p.Timeout, p.Retries, p.MaxListing = 7, 3, time.Minute, -1, 9
	p.ServerName = "ftp.example.net"
	p.Fingerprint, p.Insecure, p.BytesUp, p.BytesDown = "f", true, 1, 2
	got := p.ServerOptions()
	leftToCaller := map[string]bool{"Password": true, "TLS": true, "Gate": true, "StateDir": true, "Log": true, "Notice": true,
		"Backoff": true, "ModeTrial": true, "treatAsRemote": true, "NoListing": true, "ProbeLater": true}
	v := reflect.ValueOf(got)
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		if v.Field(i).IsZero() != leftToCaller[name] {
			t.Errorf("%s is %v", name, v.Field(i))
		}
	}
	if got.BytesUp != 1 || got.BytesDown != 2 || got.ActivePorts != p.ActivePorts || got.Timeout != time.Minute {
		t.Errorf("%+v", got)
	}
}

func TestPolicy(t *testing.T) {
	p := NewProfile("x")
	if got, want := p.Policy(), (sync.Policy{Trash: [2]bool{true, true}}); !reflect.DeepEqual(got, want) {
		t.Errorf("the usual policy is %+v", got)
	}
	p.Direction, p.Conflict, p.Exact, p.Adopt, p.Checksum, p.Trash = sync.Push, sync.LocalWins, true, true, true, false
	want := sync.Policy{Direction: sync.Push, Conflict: sync.LocalWins, Exact: true, Adopt: true, Checksum: true}
	if got := p.Policy(); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}
