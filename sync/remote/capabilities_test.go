package remote

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCapabilities(t *testing.T) {
	o := Options{Host: "FTP.example.org", Security: Explicit, StateDir: t.TempDir()}.withDefaults()
	want := capabilities{Mode: "EPRT", List: "LIST -a", Dots: true, Seen: map[string]bool{"mfmt": false}, Features: "MDTM SIZE"}
	if err := remember(o, want); err != nil {
		t.Fatal(err)
	}
	got := recall(o)
	want.Format, want.Server, want.Updated = capabilitiesFormat, "FTP.example.org:21", got.Updated
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	o.Security = Plain
	if got := recall(o); got.Mode != "" {
		t.Errorf("the same host without TLS is another server: %+v", got)
	}
}

func TestCapabilitiesThatCannotBeRead(t *testing.T) {
	o := Options{Host: "example.org", StateDir: t.TempDir()}.withDefaults()
	for _, content := range []string{"", "{", "[]", `{"format":1,"server":"other:21","mode":"EPRT"}`, `{"format":99,"server":"example.org:21","mode":"EPRT"}`} {
		if err := os.MkdirAll(filepath.Dir(o.serverFile()), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(o.serverFile(), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := recall(o); got.Mode != "" {
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

func TestParseFeatures(t *testing.T) {
	vsftpd := parseFeatures("(vsFTPd 3.0.3)", reply{211, "Features:\n EPRT\n EPSV\n MDTM\n PASV\n REST STREAM\n SIZE\n TVFS\nEnd"})
	if !vsftpd.vsftpd || vsftpd.mlst || !vsftpd.rest || !vsftpd.size || !vsftpd.mdtm || !vsftpd.tvfs || vsftpd.utf8 || vsftpd.mfmt {
		t.Errorf("vsftpd: %+v", vsftpd)
	}
	proftpd := parseFeatures("ProFTPD Server", reply{211, "Features:\n MLST modify*;type*;\n MFMT\n hash SHA-256*;\n XCRC\nEnd"})
	if !proftpd.proftpd || !proftpd.mlst || !proftpd.mfmt || strings.Join(proftpd.hash, " ") != "HASH XCRC" {
		t.Errorf("proftpd: %+v", proftpd)
	}
	for _, r := range []reply{{500, "what?"}, {211, "no features"}, {211, ""}} {
		if f := parseFeatures("", r); len(f.feat) > 0 || f.listForm != formLIST {
			t.Errorf("%v: %+v", r, f)
		}
	}
}

func TestSeen(t *testing.T) {
	f := parseFeatures("", reply{})
	news := 0
	f.remember = func(*features) { news++ }
	if _, known := f.seen(seenMFMT); known {
		t.Error("known before it was seen")
	}
	f.see(seenMFMT, false)
	f.see(seenMFMT, false)
	if works, known := f.seen(seenMFMT); works || !known || news != 1 {
		t.Errorf("works %v, known %v, told %d times", works, known, news)
	}
}
