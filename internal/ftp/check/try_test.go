package check

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ferry/internal/ftpserver"
)

// tryServer makes the trials on a server with these options and faults, whose root holds a
// file of somebody else.
func tryServer(t *testing.T, so ftpserver.Options, faults ...ftpserver.Fault) (*Report, map[string]Trial) {
	t.Helper()
	so.Root = t.TempDir()
	if err := os.WriteFile(filepath.Join(so.Root, "there"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	server, o := start(t, so)
	for _, fault := range faults {
		server.Faults().Add(fault)
	}
	target := loginDirectory()
	target.Try = true
	r, err := Run(t.Context(), o, target)
	if err != nil {
		t.Fatal(err)
	}
	if left := names(t, so.Root); len(left) != 1 && r.Left == "" {
		t.Errorf("left %v", left)
	}
	byName := make(map[string]Trial)
	for _, one := range r.Trials {
		byName[one.Operation] = one
	}
	return r, byName
}

// TestTry tries servers that lack one operation each. Nothing stays behind.
func TestTry(t *testing.T) {
	for _, test := range []struct {
		name   string
		server ftpserver.Options
		faults []ftpserver.Fault
		works  map[string]string
	}{
		{"nothing special", ftpserver.Options{}, nil, map[string]string{"rename a file over another": "yes", "resume an upload (REST, STOR)": "yes", "remove a directory": "yes"}},
		{"LIST only", ftpserver.Options{NoMLSD: true}, nil, map[string]string{"ask by MLST": "no", "list a directory": "yes", "rename a file": "yes"}},
		{"names are folded", ftpserver.Options{FoldCase: true}, nil, map[string]string{"tell upper and lower case apart": "no"}},
		{"no renaming over", ftpserver.Options{NoOverwrite: true}, nil, map[string]string{"rename a file": "yes", "rename a file over another": "no"}},
		{"renames do nothing", ftpserver.Options{}, []ftpserver.Fault{{Command: "RNTO", Refuse: "250 Rename successful."}},
			map[string]string{"rename a file": "no", "rename a file over another": "no", "rename a directory": "no", "remove a directory": "yes"}},
		{"no names with a dot", ftpserver.Options{}, []ftpserver.Fault{{Command: "STOR|MKD", Path: ".*", Refuse: "550 Not allowed"}},
			map[string]string{"a name with a leading dot": "no", "delete a file": "yes"}},
		{"no times", ftpserver.Options{NoMFMT: true}, nil, map[string]string{"set the time of a file": "no"}},
		{"no resuming", ftpserver.Options{NoREST: true}, nil, map[string]string{"resume an upload (REST, STOR)": "no", "delete a file": "yes"}},
		{"a session that breaks", ftpserver.Options{}, []ftpserver.Fault{{Command: "SIZE", Close: true, Skip: 1, Times: 1}},
			map[string]string{"ask by SIZE": "unknown", "ask by MDTM": "yes", "remove a directory": "yes"}},
		{"sizes of what is not there", ftpserver.Options{}, []ftpserver.Fault{{Command: "SIZE", Path: "absent", Refuse: "213 0"}}, map[string]string{"ask by SIZE": "no"}},
		{"read only", ftpserver.Options{ReadOnly: true}, nil, map[string]string{"make a directory": "no"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, got := tryServer(t, test.server, test.faults...)
			for operation, want := range test.works {
				if got[operation].Works != want {
					t.Errorf("%s: %+v, want %s", operation, got[operation], want)
				}
			}
			for _, one := range r.Trials {
				if strings.Contains(one.Detail, "127.0.0.1") || strings.Contains(one.Detail, "ferry-") {
					t.Errorf("not anonymous: %+v", one)
				}
			}
		})
	}
}

// TestTryCancelled cancels the check at several moments. What it made is removed.
func TestTryCancelled(t *testing.T) {
	for _, moment := range []string{"MKD", "STOR", "RNTO", "REST", "RMD"} {
		root := t.TempDir()
		server, o := start(t, ftpserver.Options{Root: root})
		ctx, cancel := context.WithCancel(t.Context())
		server.Faults().Add(ftpserver.Fault{Command: moment, Path: "", Skip: 1, Times: 1, Lose: true, Hook: cancel})
		target := loginDirectory()
		target.Try = true
		_, _ = Run(ctx, o, target)
		cancel()
		if left := names(t, root); len(left) > 0 {
			t.Errorf("cancelled at %s: left %v", moment, left)
		}
	}
}

// TestTryLeft names what could not be removed.
func TestTryLeft(t *testing.T) {
	if r, _ := tryServer(t, ftpserver.Options{}, ftpserver.Fault{Command: "RMD", Refuse: "550 No"}); r.Left == "" {
		t.Error("nothing is said to be left")
	}
}

func TestAnonymous(t *testing.T) {
	r := &Report{Address: "nas:21", User: "bob", Root: "/volume1/web"}
	for in, want := range map[string]string{
		"550 /home/bob/x: Permission denied":           "550 … Permission denied",
		"220 ProFTPD 1.3.8 Server (NAS) [192.0.2.7]":   "220 ProFTPD 1.3.8 Server (…) …",
		"220 ftp.example.com FTP server (Version 6.4)": "220 … FTP server (Version 6.4)",
		"220 (vsFTPd 3.0.3)":                           "220 (vsFTPd 3.0.3)",
		"530 SSL/TLS required":                         "530 SSL/TLS required",
		"230 User Bob logged in from [2001:db8::1]":    "230 User … logged in from …",
		"220 contact admin@example.com":                "220 contact …",
		`550 "C:\inetpub\ftp" is not there`:            `550 "…" is not there`,
		"UNIX Type: L8":                                "UNIX Type: L8",
		"250 at 12:34:56":                              "250 at 12:34:56",
	} {
		if got := r.Anonymous(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
