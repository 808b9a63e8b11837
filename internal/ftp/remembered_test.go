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
