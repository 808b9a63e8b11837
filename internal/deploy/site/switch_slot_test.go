package site

import (
	"os"
	"path/filepath"
	"testing"

	"ferry/internal/deploy"
	"ferry/internal/ftpserver"
	"ferry/internal/test/realftp"
)

// TestSwitchBroken sends the write that switches a site, as the engine makes it, where something
// is not as it should be: whatever is missing or in the way, a whole site is live afterwards,
// with what is shared, and nothing is lost.
func TestSwitchBroken(t *testing.T) {
	test := func(t *testing.T, addr, disk string) {
		for _, c := range []struct {
			name   string
			before func(t *testing.T, path func(string) string)
			live   string // the release that is live afterwards
		}{
			{"all well", func(*testing.T, func(string) string) {}, "new"},
			{"next missing", func(t *testing.T, path func(string) string) { move(t, path("work/next"), path("elsewhere")) }, "old"},
			{"old in the way", func(t *testing.T, path func(string) string) { write(t, path("work/r/1/index.html"), "oldest") }, "old"},
			{"live missing", func(t *testing.T, path func(string) string) { move(t, path("live"), path("elsewhere")) }, "new"},
			{"shared in the way", func(t *testing.T, path func(string) string) { write(t, path("work/next/uploads/x"), "x") }, "new"},
		} {
			t.Run(c.name, func(t *testing.T) {
				base := "switch " + c.name
				path := func(name string) string { return filepath.Join(disk, base, name) }
				write(t, path("live/index.html"), "old")
				write(t, path("live/uploads/u"), "theirs")
				write(t, path("work/next/index.html"), "new")
				write(t, path("work/r/0/index.html"), "oldest")
				c.before(t, path)
				own(t, path("."))
				srv := connect(t, addr, base+"/live", func(o *Options) { o.Work = "../work" })
				live, next, aside := deploy.Place{}, deploy.Work("next"), deploy.Work("r/1")
				uploads, moved := deploy.Place{Path: "uploads"}, deploy.Work("next/uploads")
				var chain deploy.Chain
				for _, s := range [][2]deploy.Place{{uploads, moved}, {live, aside}, {next, live}, {aside, live}, {moved, uploads}} {
					chain = append(chain, deploy.Step{Op: deploy.Rename, From: s[0], To: s[1], Free: true})
				}
				if _, err := srv.Apply(t.Context(), [][]deploy.Chain{{chain}}); err != nil {
					t.Fatal(err)
				}
				if got := content(path("live/index.html")); got != c.live {
					t.Errorf("%q is live, want %q", got, c.live)
				}
				there := 0
				for _, dir := range []string{"live", "work/r/1", "elsewhere", "work/next"} {
					if content(path(dir+"/uploads/u")) == "theirs" {
						there++
						if c.name != "live missing" && c.name != "shared in the way" && dir != "live" {
							t.Errorf("what is shared is in %s", dir)
						}
					}
				}
				if there != 1 {
					t.Errorf("what is shared is there %d times", there)
				}
			})
		}
	}
	t.Run("embedded", func(t *testing.T) {
		root := t.TempDir()
		test(t, embedded(t, ftpserver.Options{Root: root}).Addr(), root)
	})
	for _, name := range realftp.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := realftp.Start(t, name, realftp.Options{})
			test(t, server.Addr, server.Root)
		})
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	d := &disk{T: t}
	d.makeDir(filepath.Dir(name))
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	own(t, name)
}

func move(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

func content(name string) string {
	text, _ := os.ReadFile(name)
	return string(text)
}
