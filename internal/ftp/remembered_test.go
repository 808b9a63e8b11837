package ftp

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRemember(t *testing.T) {
	o := Options{Host: "FTP.example.org", Security: Explicit, StateDir: t.TempDir()}.WithDefaults()
	want := Capabilities{Mode: "EPRT", List: "LIST -a", Dots: true, Seen: map[Quirk]bool{"mfmt": false}, Features: "MDTM SIZE"}
	if err := remember(o, want); err != nil {
		t.Fatal(err)
	}
	got := Recall(o)
	want.Format, want.Server, want.Updated = capabilitiesFormat, "FTP.example.org:21", got.Updated
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	o.Security = Plain
	if got := Recall(o); got.Mode != "" {
		t.Errorf("the same host without TLS is another server: %+v", got)
	}
}

func TestRecallIgnoresWhatItCannotRead(t *testing.T) {
	o := Options{Host: "example.org", StateDir: t.TempDir()}.WithDefaults()
	for _, content := range []string{"", "{", "[]", `{"format":1,"server":"other:21","mode":"EPRT"}`, `{"format":99,"server":"example.org:21","mode":"EPRT"}`} {
		if err := os.MkdirAll(filepath.Dir(o.serverFile()), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(o.serverFile(), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := Recall(o); got.Mode != "" {
			t.Errorf("%q reads as %+v", content, got)
		}
	}
}

func TestServerFileStaysInItsDirectory(t *testing.T) {
	for _, host := range []string{"../../etc", "a/b", `c:\x`, "::1", "fe80::1%eth0", "."} {
		o := Options{Host: host, StateDir: "/state"}
		if dir := filepath.ToSlash(filepath.Dir(o.serverFile())); dir != "/state/servers" {
			t.Errorf("%q is remembered in %s", host, dir)
		}
	}
	if got := (Options{Host: "x"}).serverFile(); got != "" {
		t.Errorf("without a state directory: %s", got)
	}
}

// TestPromisesAreForgotten restores what is remembered of a server that now greets in
// another way. What it promises is to be looked at again; times and counts in a greeting
// make no difference.
func TestPromisesAreForgotten(t *testing.T) {
	feat := Reply{Code: 211, Text: "Features:\n SIZE\nEnd"}
	before := parseFeatures("220 Phone Server 1.2, it is 10:30, you are user 7", feat)
	known := Capabilities{List: "LIST", Seen: map[Quirk]bool{ReplacesFiles: true, MDTMWorks: true}, Features: before.digest(), Greeting: before.greeting}
	for greeting, kept := range map[string]bool{
		"220 Phone Server 1.2, it is 23:59, you are user 12": true,
		"220 Tablet Server 1.2, it is 10:30, you are user 7": false,
	} {
		now := parseFeatures(greeting, feat)
		if !now.restore(known) {
			t.Error("nothing is remembered")
		}
		if _, promised := now.Known(ReplacesFiles); promised != kept {
			t.Errorf("%q: remembered %v", greeting, promised)
		}
		if _, works := now.Known(MDTMWorks); !works {
			t.Errorf("%q: other answers are forgotten", greeting)
		}
	}
}

// TestLimitsAreOfAccounts holds that what the server allows one user is not remembered of another, and that a limit
// which an earlier version wrote for all counts for whoever is first.
func TestLimitsAreOfAccounts(t *testing.T) {
	dir := t.TempDir()
	of := func(user string) Options {
		return Options{Host: "example.org", User: user, StateDir: dir}.WithDefaults()
	}
	check := func(user string, limit, paid int) {
		t.Helper()
		if got := Recall(of(user)).Sessions; got.Limit != limit || got.Paid[0] != paid {
			t.Errorf("of %s is remembered: %+v, want a limit of %d and %d that pay", user, got, limit, paid)
		}
	}
	write := func(user string, limit, paid int) {
		t.Helper()
		if err := remember(of(user), Capabilities{Mode: "EPSV", Sessions: Sessions{Limit: limit, Paid: [3]int{paid}}}); err != nil {
			t.Fatal(err)
		}
	}
	old := `{"format":1,"server":"example.org:21","mode":"EPSV","sessions":{"limit":3,"refused":"2026-01-01T00:00:00Z","paid":[4,0,0]}}`
	file := of("ann").serverFile()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(old), 0o600); err != nil {
		t.Fatal(err)
	}
	check("ann", 3, 4)
	check("bob", 3, 4)
	write("ann", 2, 5)
	check("ann", 2, 5)
	check("bob", 0, 5)
	write("bob", 8, 6)
	check("ann", 2, 6)
	check("bob", 8, 6)
	write("ann", 0, 6)
	check("ann", 0, 6)
	check("bob", 8, 6)
}
