package site

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"ferry/internal/deploy"
	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/sync"
)

// TestStateUnderOtherName has the state in one of the two directories of ferry's own, and the
// server known for taking names with a leading dot, or not. It is found, or the deploy fails:
// it is never the first one.
func TestStateUnderOtherName(t *testing.T) {
	for _, c := range []struct {
		in    string
		dots  bool // what is known of the server
		empty bool // the other directory is there
		fails bool
	}{
		{in: ".ferry", dots: true}, {in: ".ferry", dots: false}, {in: ".ferry", dots: false, empty: true},
		{in: "ferry-data", dots: true, fails: true}, {in: "ferry-data", dots: true, empty: true, fails: true},
		{in: "ferry-data", dots: false}, {in: "ferry-data", dots: false, empty: true, fails: true},
	} {
		root := t.TempDir()
		server := embedded(t, ftpserver.Options{Root: root})
		d := &disk{t, filepath.Join(root, "site"), filepath.Join(root, "site", c.in)}
		d.Write(deploy.Work("state"), "what is live")
		if c.empty {
			os.MkdirAll(filepath.Join(root, "site", map[bool]string{true: "ferry-data", false: ".ferry"}[c.in == ".ferry"]), 0o755)
		}
		states := t.TempDir()
		for _, dry := range []bool{false, true} {
			memory := func(o *Options) { o.StateDir = states }
			before := connect(t, server.Addr(), "site", memory)
			if _, err := before.List(t.Context(), []manifest.Path{manifest.Root}); err != nil { // how it lists is remembered
				t.Fatal(err)
			}
			before.features.Observe(ftp.KeepsDotDirs, c.dots)
			if err := before.Close(); err != nil {
				t.Fatal(err)
			}
			srv := connect(t, server.Addr(), "site", memory)
			if !dry {
				release, _, err := srv.Lock(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				defer release()
			}
			found, err := srv.Begin(t.Context())
			unsafe := (*sync.UnsafeError)(nil)
			if c.fails != errors.As(err, &unsafe) || !c.fails && string(found.State) != "what is live" {
				t.Errorf("%+v, dry %v: %q, %v", c, dry, found.State, err)
			}
		}
	}
}
