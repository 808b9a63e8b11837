package remote

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ferry/internal/ftpserver"
	"ferry/internal/test/realftp"
	"ferry/manifest"
	"ferry/sync"
)

// TestPermissionsOnRealServers writes a file with permissions and changes those of another
// one, on every server. What the next listing shows is what the server has.
func TestPermissionsOnRealServers(t *testing.T) {
	for _, name := range realftp.Names() {
		t.Run(name, func(t *testing.T) {
			server := realftp.Start(t, name, realftp.Options{})
			at := func(name string) string { return filepath.Join(server.Root, name) }
			if err := errors.Join(os.WriteFile(at("there"), []byte("content"), 0o644), os.Chmod(at("there"), 0o644), server.Own()); err != nil {
				t.Fatal(err)
			}
			d := open(t, server.Addr, realftp.User, realftp.Password, "", func(o *Options) { o.Permissions = true })
			tree, err := d.Scan(t.Context(), sync.Look{})
			if err != nil {
				t.Fatal(err)
			}
			text := []byte("#!/bin/sh\n")
			run := []sync.Step{
				{Op: sync.Put, Path: "new.sh", Want: manifest.Entry{Kind: manifest.File, Size: int64(len(text)), ModTime: 1e18, Mode: 0o750},
					Open: func(_ context.Context, offset int64) (sync.Source, error) {
						return &content{bytes.NewReader(text[offset:]), text}, nil
					}},
				{Op: sync.SetMode, Path: "there", Expect: tree.At("there"), Want: manifest.Entry{Kind: manifest.File, Mode: 0o755}},
			}
			d.Apply(t.Context(), run, func(i int, out sync.Outcome) {
				if out.Err != nil || out.Entry.Mode != 0 {
					t.Errorf("%s: %+v", run[i].Path, out)
				}
			})
			if tree, err = d.Scan(t.Context(), sync.Look{}); err != nil {
				t.Fatal(err)
			}
			for name, want := range map[string]os.FileMode{"new.sh": 0o750, "there": 0o755} {
				info, err := os.Stat(at(name))
				if err != nil || info.Mode() != want {
					t.Errorf("%s has %v, %v; want %v", name, info.Mode(), err, want)
				}
				if shown := tree.At(manifest.Path(name)).Mode; shown != uint16(want) {
					t.Errorf("%s is listed with %o, want %o", name, shown, want)
				}
			}
		})
	}
}

// TestPermissionsRefused holds that a server without SITE CHMOD is named once and fails
// nothing, and that a refusal names the file.
func TestPermissionsRefused(t *testing.T) {
	for _, c := range []struct{ reply, notice string }{
		{"500 unknown command", "does not set permissions"},
		{"502 not implemented", "does not set permissions"},
		{"550 not yours", "keeps the permissions of"},
	} {
		h := newFixture(t, ftpserver.Options{NoMLSD: true}) // the embedded server's MLSD shows no modes
		var told []string
		h.d = open(t, h.server.Addr(), "ferry", "secret", "", func(o *Options) {
			o.Permissions = true
			o.Notice = func(text string) { told = append(told, text) }
		})
		h.write("a", "one")
		h.write("b", "two")
		tree := h.scan(sync.Look{})
		h.fault(ftpserver.Fault{Command: "SITE", Refuse: c.reply})
		want := manifest.Entry{Kind: manifest.File, Mode: 0o755}
		for range 2 {
			for _, out := range h.apply(sync.Step{Op: sync.SetMode, Path: "a", Expect: tree.At("a"), Want: want}, sync.Step{Op: sync.SetMode, Path: "b", Expect: tree.At("b"), Want: want}) {
				if out.Err != nil || out.Entry.Mode != tree.At("a").Mode {
					t.Errorf("%s: %+v", c.reply, out)
				}
			}
		}
		n := 1
		if strings.HasPrefix(c.reply, "550") {
			n = 4
		}
		if len(told) != n || !strings.Contains(told[0], c.notice) {
			t.Errorf("%s: told %q", c.reply, told)
		}
	}
}
