package ftp

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCapabilities(t *testing.T) {
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

func TestCapabilitiesThatCannotBeRead(t *testing.T) {
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

func TestParseFeatures(t *testing.T) {
	vsftpd := parseFeatures("(vsFTPd 3.0.3)", Reply{211, "Features:\n EPRT\n EPSV\n MDTM\n PASV\n REST STREAM\n SIZE\n TVFS\nEnd"})
	if vsftpd.product != "vsftpd" || vsftpd.mlst || !vsftpd.Rest || !vsftpd.Size || !vsftpd.mdtm || !vsftpd.tvfs || vsftpd.utf8 || vsftpd.mfmt {
		t.Errorf("vsftpd: %+v", vsftpd)
	}
	proftpd := parseFeatures("ProFTPD Server", Reply{211, "Features:\n MLST modify*;type*;\n MFMT\n hash SHA-256*;\n XCRC\nEnd"})
	if proftpd.product != "proftpd" || !proftpd.mlst || !proftpd.mfmt || strings.Join(proftpd.hash, " ") != "HASH XCRC" {
		t.Errorf("proftpd: %+v", proftpd)
	}
	for _, r := range []Reply{{500, "what?"}, {211, "no features"}, {211, ""}} {
		if f := parseFeatures("", r); len(f.Feat) > 0 || f.ListForm != FormLIST {
			t.Errorf("%v: %+v", r, f)
		}
	}
}

func TestSeen(t *testing.T) {
	f := parseFeatures("", Reply{})
	news := 0
	f.remember = func(*Features) { news++ }
	if _, known := f.Known(MFMTWorks); known {
		t.Error("known before it was seen")
	}
	f.Observe(MFMTWorks, false)
	f.Observe(MFMTWorks, false)
	if works, known := f.Known(MFMTWorks); works || !known || news != 1 {
		t.Errorf("works %v, known %v, told %d times", works, known, news)
	}
}
