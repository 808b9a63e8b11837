package remote

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ferry/internal/test/realftp"
	"ferry/manifest"
	"ferry/sync"
)

// TestModesOnRealServers replaces files of several modes on every server, with the trash on:
// they keep them, the trash is denied to web servers and to other users, and the server tells
// the time.
func TestModesOnRealServers(t *testing.T) {
	for _, name := range realftp.Names() {
		t.Run(name, func(t *testing.T) {
			server := realftp.Start(t, name, realftp.Options{})
			modes := map[string]os.FileMode{"usual": 0o644, "secret": 0o600, "script": 0o755}
			for name, mode := range modes {
				at := filepath.Join(server.Root, name)
				if err := errors.Join(os.WriteFile(at, []byte("old"), 0o644), os.Chmod(at, mode)); err != nil {
					t.Fatal(err)
				}
			}
			if err := server.Own(); err != nil {
				t.Fatal(err)
			}
			d := open(t, server.Addr, realftp.User, realftp.Password, "", func(o *Options) {
				o.TrashName = func() (string, error) { return secretName, nil }
			})
			tree, err := d.Scan(t.Context(), sync.Look{})
			if err != nil {
				t.Fatal(err)
			}
			shows := name == "pyftpdlib" || d.server.listed.Mode(place{Dir: d.server.names.Root, Name: "secret"}) != 0
			var run []sync.Step
			for name := range modes {
				text := []byte("new and longer")
				run = append(run, sync.Step{Op: sync.Put, Path: manifest.Path(name), Expect: tree.At(manifest.Path(name)), Trash: true,
					Want: manifest.Entry{Kind: manifest.File, Size: int64(len(text)), ModTime: 1e18},
					Open: func(_ context.Context, offset int64) (sync.Source, error) {
						return &content{bytes.NewReader(text[offset:]), text}, nil
					}})
			}
			d.Apply(t.Context(), run, func(i int, out sync.Outcome) {
				if out.Err != nil {
					t.Errorf("%s: %v", run[i].Path, out.Err)
				}
			})
			for name, mode := range modes {
				info, err := os.Stat(filepath.Join(server.Root, name))
				if err != nil || info.Size() == 3 || shows && info.Mode() != mode {
					t.Errorf("%s: %v, %v; want %v", name, info.Mode(), err, mode)
				}
			}
			own := filepath.Join(server.Root, ".ferry")
			kept, _ := filepath.Glob(filepath.Join(own, secretName, "*", "*"))
			if _, err := os.Stat(filepath.Join(own, ".htaccess")); err != nil || len(kept) != len(modes) {
				t.Errorf("kept %q, %v", kept, err)
			}
			if info, err := os.Stat(own); err != nil || info.Mode().Perm() != 0o700 {
				t.Errorf("others may enter: %v, %v", info.Mode(), err)
			}
			if now, err := d.Time(t.Context()); err != nil || time.Since(now).Abs() > 2*time.Minute {
				t.Errorf("the time there is %v, %v", now, err)
			}
			if !shows {
				t.Log("this server shows no modes")
			}
		})
	}
}
